"""`make verify-live`, with a second fake in the place of the real service."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import ClientSession, web

from emulator.ports import free_ports
from emulator.replicate import Options, Studio, running, serving
from emulator.replicate.verify.__main__ import cheapest, main
from emulator.replicate.verify.fields import refusals
from emulator.replicate.verify.script import Plan, Visit
from emulator.replicate.verify.shapes import Missed, Seen, differences, shape_of
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import TakeKind
from tests.emulator.replicate_stub import PUBLIC, render

TOKEN = "r8_canary_token"
SECRET = "whsec_Y2FuYXJ5IHNlY3JldA=="
CATALOGUE = load_catalogue()
CHEAPEST = cheapest(CATALOGUE)


def studio(folder: Path) -> Studio:
    return Studio(folder / "cache", render=render, executor=ThreadPoolExecutor(2))


def options(folder: Path, **more: Any) -> Options:
    return Options(state_dir=folder, **{"seconds": 1.2, "token": TOKEN, "webhook_secret": SECRET} | more)


@contextmanager
def service(folder: Path) -> Iterator[str]:
    """What stands for the real one: another process' worth of state, other settings."""
    with running(options(folder, creates_per_minute=60), studio=studio(folder)) as url:
        yield url


def verify(tmp_path: Path, *arguments: str, token: str | None = TOKEN, answer: str = "y") -> int:
    environ = {} if token is None else {"REPLICATE_API_TOKEN": token}
    flags = ["--report", str(tmp_path / "report.json"), *arguments]
    return main(flags, environ=environ, ask=lambda _: answer, studio=studio(tmp_path / "fake"))


def report(tmp_path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
    return found


def how(tmp_path: Path) -> dict[str, list[str]]:
    """The differences by check."""
    return {c["check"]: c["how"] for c in report(tmp_path)["checks"] if c["verdict"] == "differs"}


def test_the_fake_is_like_the_fake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything can be checked, nothing differs, one clip is paid for, nothing secret is told."""
    with service(tmp_path / "real") as url:
        assert verify(tmp_path, "--base-url", url) == 0
        ledger = PUBLIC.get(f"{url}/_emulator/ledger").json()
        files = PUBLIC.get(f"{url}/v1/files", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert {check["verdict"] for check in report(tmp_path)["checks"]} == {"same"}
    assert len(report(tmp_path)["checks"]) == 16 + len(CATALOGUE.models)
    assert (ledger["accepted"], ledger["total"]) == (1, report(tmp_path)["at_most_micros"])
    assert files["results"] == []
    told = capsys.readouterr()
    everything = told.out + told.err + (tmp_path / "report.json").read_text()
    assert "$0.20 at most" in told.out
    for secret in (TOKEN, SECRET, SECRET.removeprefix("whsec_"), "Replicate emulator"):
        assert secret not in everything


def test_a_second_clip_is_cancelled_if_asked(tmp_path: Path) -> None:
    """It counts for the most that it can cost."""
    with service(tmp_path / "real") as url:
        assert verify(tmp_path, "--base-url", url, "--cancel", "--max-cost", "0.39") == 2
        assert verify(tmp_path, "--base-url", url, "--cancel", "--max-cost", "0.4") == 0
        assert PUBLIC.get(f"{url}/_emulator/ledger").json()["accepted"] == 2


def distort(path: str, body: Any) -> None:
    """The service has changed since the fake was written."""
    if body.get("status") == 401:
        body["title"] = "Go away"
    elif path == "/v1/account":
        del body["avatar_url"]
        body["plan"] = "free"
    elif path == "/v1/models/google/veo-3.1":
        schemas = body["latest_version"]["openapi_schema"]["components"]["schemas"]
        schemas["duration"]["enum"] = [5, 10]
        schemas["Input"]["properties"]["sound"] = schemas["Input"]["properties"].pop("generate_audio")
    elif path == "/v1/predictions" and "results" in body:
        for p in body["results"]:
            p["input"]["prompt"] = "rewritten"
    elif path.startswith("/v1/predictions/") and body.get("status") == "succeeded":
        body |= {"output": [body["output"]], "deadline": None}
    elif path == "/v1/files":
        body["size"] = str(body["size"])


@asynccontextmanager
async def distorted(target: str) -> AsyncIterator[str]:
    """A proxy that passes everything on and changes what comes back."""
    async with ClientSession(target) as session:

        async def pass_on(request: web.Request) -> web.Response:
            headers = {k: v for k, v in request.headers.items() if k != "Host"}
            data = await request.read()
            async with session.request(request.method, request.path_qs, headers=headers, data=data) as reply:
                kept = {k: v for k, v in reply.headers.items() if k in ("Content-Type", "ratelimit-reset")}
                content = await reply.read()
                if "json" in kept.get("Content-Type", ""):
                    body = json.loads(content)
                    distort(request.path, body)
                    content = json.dumps(body).encode()
                return web.Response(body=content, status=reply.status, headers=kept)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", pass_on)
        runner = web.AppRunner(app)
        await runner.setup()
        [port] = free_ports(1)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()


async def test_distorted_answers_are_found_and_named(tmp_path: Path) -> None:
    """Each of them by the check, the field and what it is on either side; and nothing else."""
    folder = tmp_path / "real"
    async with serving(options(folder), studio=studio(folder)) as target, distorted(target) as url:
        assert await asyncio.to_thread(verify, tmp_path, "--base-url", url, "--yes") == 1
    found = {name: [w for w in told if "ratelimit" not in w] for name, told in how(tmp_path).items()}
    gone = "header ratelimit-remaining: real absent, fake there"
    assert all(gone in told for name, told in how(tmp_path).items() if not name.startswith("401"))
    assert found["account"] == [
        "avatar_url: real absent, fake null",
        "plan: real text, fake absent",
    ]
    assert found["401 for another token"] == ["title: real Go away, fake Unauthenticated"]
    assert found["lend a file"] == ["size: real text, fake number"]
    assert found["list of predictions"] == ["the input is told as posted: real False, fake True"]
    assert "output: real list, fake address" in found["poll to the end"]
    assert "deadline: real null, fake absent" in found["poll to the end"]
    [refused, duration, audio, more] = found["model google/veo-3.1"]
    assert "duration 4 is none of [10, 5]" in refused
    assert "generate_audio is unknown" in refused
    assert duration == "input duration: real integer, enum [10, 5], fake integer, enum [4, 6, 8]"
    assert audio == "input generate_audio: real absent, fake boolean"
    assert more == "the real one also takes sound"
    assert found["model google/veo-3.1-fast"] == []


async def test_a_clip_that_takes_too_long_is_cancelled(tmp_path: Path) -> None:
    """What is given up doesn't go on running at somebody's cost."""
    plan = Plan(catalogue=CATALOGUE, model=CHEAPEST, poll=0.05, patience=0.1)
    async with serving(options(tmp_path, seconds=1000.0), studio=studio(tmp_path)) as url:
        async with Visit(url, TOKEN, plan) as visit:
            seen = await visit.run()
        async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
            [left] = (await http.get("/v1/predictions")).json()["results"]
    assert seen["poll to the end"] == Missed("no clip within 0.1 s; cancelled")
    assert isinstance(seen["download"], Missed)
    assert left["status"] in ("canceled", "aborted")


@pytest.mark.parametrize(
    ("arguments", "answer", "why"),
    [
        (["--max-cost", "0.19"], "y", "more than --max-cost, $0.19"),
        (["--model", "google/veo-3.1"], "y", "more than --max-cost, $1.00"),
        ([], "n", "not agreed to"),
        ([], "", "not agreed to"),
        (["--model", "google/none"], "y", "model is 'google/none'"),
    ],
)
def test_nothing_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], answer: str, why: str
) -> None:
    """Too dear, not agreed to, or unknown: one line, status 2, and not even a connection."""
    with service(tmp_path / "real") as url:
        assert verify(tmp_path, "--base-url", url, *arguments, answer=answer) == 2
        assert PUBLIC.get(f"{url}/_emulator/ledger").json()["accepted"] == 0
    [line] = capsys.readouterr().err.splitlines()
    assert why in line
    assert not (tmp_path / "report.json").exists()


@pytest.mark.parametrize("token", [None, "", "  ", "r8_\u00e9"])
def test_without_a_token(tmp_path: Path, capsys: pytest.CaptureFixture[str], token: str | None) -> None:
    assert verify(tmp_path, token=token) == 2
    told = capsys.readouterr()
    [line] = told.err.splitlines()
    assert "REPLICATE_API_TOKEN" in line
    assert told.out == ""


@pytest.mark.parametrize(
    "flags", [["--base-url", "http://example.com"], ["--max-cost", "much"], ["--max-cost", "nan"], ["--what"]]
)
def test_wrong_flags_are_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    """The token never goes anywhere unencrypted."""
    with pytest.raises(SystemExit) as ended:
        verify(tmp_path, *flags)
    assert ended.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_service_out_of_reach_is_no_success(tmp_path: Path) -> None:
    [port] = free_ports(1)
    assert verify(tmp_path, "--base-url", f"http://127.0.0.1:{port}") == 1
    assert {check["verdict"] for check in report(tmp_path)["checks"]} == {"couldn't check"}


def test_shapes() -> None:
    """Kinds, not contents; null where an account may or may not have something; lists by their items."""
    shown = {
        "id": "x",
        "urls": {"get": "https://a/b"},
        "input": {"prompt": "p"},
        "results": [{"n": 1}, {"n": None}],
    }
    assert shape_of(shown) == {
        "id": "text", "urls": "object", "urls.get": "address", "input": "object", "results": "list",
        "results[]": "object", "results[].n": "null",
    }  # fmt: skip
    one = Seen(status=200, body=shape_of({"next": None, "results": [], "error": None}))
    other = Seen(status=200, body=shape_of({"next": "https://a", "results": [{"n": 1}], "error": "e"}))
    assert differences(one, other) == ["error: real null, fake text"]


def test_every_dialect_is_held_against_a_schema() -> None:
    """A schema that knows nothing refuses every field; the cheapest clip is one of two seconds."""
    for model in CATALOGUE.models:
        assert "is unknown" in refusals(model, {})[0]
    assert (CHEAPEST.id, CHEAPEST.kind) == ("wan-video/wan-2.7-i2v", TakeKind.VIDEO)
