"""The client: what it repeats, what it never does, and how it says what went wrong."""

import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from omnigen.domain.secret import Secret
from omnigen.entrypoints.cli.client import TRIES, Api
from omnigen.entrypoints.cli.errors import CliError, Refused, Unreachable
from omnigen.entrypoints.cli.stack import Remote
from omnigen.entrypoints.http.usage import UsageView
from omnigen.entrypoints.http.views import VideoView

TOKEN = "a-token-that-is-secret"
FILM = b"film" * 1000
MONEY = {"micros": 0, "usd": "0.00"}
LIMITS = {"videos": 1, "spend": MONEY, "concurrent": 1, "seconds": 60, "requests": 1}
USAGE = {"tier": "free", "limits": LIMITS, "active": 0, "months": []}


def api(handler: Callable[[httpx.Request], httpx.Response], waited: list[float] | None = None) -> Api:
    waits = [] if waited is None else waited
    place = Remote("http://api.test", Secret(TOKEN))
    return Api(place, transport=httpx.MockTransport(handler), pause=waits.append)


def problem(status: int, **told: Any) -> httpx.Response:
    return httpx.Response(status, json={"detail": "no", "code": "invalid", **told})


def a_video(content: bytes = FILM) -> VideoView:
    digest = hashlib.sha256(content).hexdigest()
    told = {"url": None, "duration": 5.0, "frames": 120, "rate": 24, "width": 16, "height": 9, "files": []}
    return msgspec.convert({**told, "sha256": digest, "size": len(content)}, VideoView)


def store(content: bytes) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "api.test":
            assert request.headers["authorization"] == f"Bearer {TOKEN}"
            return httpx.Response(302, headers={"location": "http://assets.test/film?signature=1"})
        assert "authorization" not in request.headers, "the asset store has no business with the token"
        return httpx.Response(200, content=content)

    return answer


def test_a_submission_is_repeated_under_the_same_key() -> None:
    """A lost reply may hide a job: the same key makes it once, however often it is sent."""
    keys = []

    def lose_replies(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        raise httpx.ReadError("the reply was lost")

    with pytest.raises(Unreachable):
        api(lose_replies).submit(b"{}", "my-key")
    assert keys == ["my-key"] * TRIES


def test_retry_after_is_honoured() -> None:
    answers = iter([problem(503, code="unavailable"), httpx.Response(200, json=USAGE)])
    waited: list[float] = []

    def answer(_: httpx.Request) -> httpx.Response:
        given = next(answers)
        given.headers["Retry-After"] = "7"
        return given

    api(answer, waited).get("/api/v1/usage", UsageView)
    assert waited == [7]


@pytest.mark.parametrize("status", [400, 401, 404, 409, 413, 422])
def test_what_waiting_does_not_mend_is_asked_once(status: int) -> None:
    asked = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return problem(status)

    with pytest.raises(Refused, match="no"):
        api(refuse).job("job_1")
    assert len(asked) == 1


def test_a_used_up_quota_is_not_waited_for() -> None:
    """429 has two meanings: too fast (wait a little) and no more this month (don't)."""
    waited: list[float] = []
    with pytest.raises(Refused) as caught:
        api(lambda _: problem(429, code="quota_videos"), waited).job("job_1")
    assert (caught.value.code, waited) == ("quota_videos", [])


@pytest.mark.parametrize("job_id", ["../../health", "a/b", "a?b=c", "", "job\n1", "jöb"])
def test_an_id_never_leads_elsewhere(job_id: str) -> None:
    asked: list[httpx.Request] = []
    with pytest.raises(Refused, match="there is no job"):
        api(lambda r: asked.append(r) or httpx.Response(200)).job(job_id)  # type: ignore[func-returns-value]
    assert asked == []


def test_an_answer_that_is_not_understood_is_one_line() -> None:
    with pytest.raises(CliError, match="this version can't read"):
        api(lambda _: httpx.Response(200, json={"id": 1})).job("job_1")


def test_the_download_is_what_was_made() -> None:
    file = io.BytesIO()
    api(store(FILM)).fetch("job_1", a_video(), file)
    assert file.getvalue() == FILM


@pytest.mark.parametrize("content", [FILM[:-1], FILM + b"x", FILM[:-1] + b"x", b""])
def test_a_damaged_download_is_refused(content: bytes) -> None:
    with pytest.raises(CliError) as caught:
        api(store(content)).fetch("job_1", a_video(), io.BytesIO())
    assert caught.value.code == "damaged_download"


def test_the_token_is_never_shown() -> None:
    place = Remote("http://api.test", Secret(TOKEN))
    with pytest.raises(Unreachable) as caught:
        api(lambda _: (_ for _ in ()).throw(httpx.ConnectError("no"))).job("job_1")
    assert TOKEN not in repr(place) + json.dumps(caught.value.told) + caught.value.message
