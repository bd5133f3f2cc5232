"""Every answer of every route, right ones and errors alike, carries what keeps browsers and caches out of trouble."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from email.message import Message
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from attrs import evolve
from structlog.testing import capture_logs

from omnigen.adapters.aws.clients import AioClients
from omnigen.adapters.aws.s3 import S3Assets, attachment
from omnigen.entrypoints.http.web import app_policy
from omnigen.settings import Settings
from omnigen.usecases.video_url import file_name
from tests.builders import a_job
from tests.contract.harness import FAMILIES
from tests.http.conftest import Api, a_brief, bearer
from tests.http.test_events import a_job as a_submitted
from tests.http.test_events import ended
from tests.security.house import OWNER, House, a_house, expired

APP = "http://127.0.0.1:8080"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "server": "omnigen",
}
PAGES = (
    "/",
    "/docs",
    "/docs/assets/swagger-ui.css",
    "/docs/assets/start.js",
    "/openapi.json",
    "/health",
    "/ready",
)
CACHED = re.compile(r"/docs/assets/|/assets/")
"""What is the same for everybody, and never changes under its name. All else is somebody's, or of the moment."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(FAMILIES["memory"], tmp_path) as made:
        yield made


def check(answer: httpx.Response) -> None:
    """All that is true of every answer."""
    headers, where = answer.headers, f"{answer.request.method} {answer.request.url} {answer.status_code}"
    for name, value in ALWAYS.items():
        assert headers.get_list(name) == [value], (where, name)
    check_policy(headers["content-security-policy"], where)
    assert len(headers.get_list("x-request-id")) == len(headers.get_list("content-security-policy")) == 1
    assert "set-cookie" not in headers, where
    assert "x-powered-by" not in headers, where
    path = answer.request.url.path
    if not (CACHED.match(path) and answer.status_code == 200):
        assert headers.get_list("cache-control") in (["no-store"], ["no-cache"]), where
    if path.startswith("/api/"):
        assert headers.get_list("cache-control") == ["no-store"], where


def check_policy(policy: str, where: str) -> None:
    """Nothing but what is named, no script from elsewhere or from the page, no frame around it."""
    told = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert told["default-src"] == ["'none'"], where
    assert told["frame-ancestors"] == told["base-uri"] == ["'none'"], where
    assert told.get("script-src", ["'self'"]) == ["'self'"], where
    for name, sources in told.items():
        assert not {"*", "data:", "http:", "'unsafe-eval'"} & set(sources) or name == "img-src", (where, name)


async def test_every_route_for_everybody(house: House) -> None:
    """Streams, redirects and refusals among them; each asked by its owner, another, nobody, with an old token."""
    seen = set()
    for operation in sorted(house.operations, key=lambda operation: operation.id == "delete_job"):
        for who in (bearer("eve"), {}, expired(), bearer(OWNER)):
            answer = await house.ask(operation, house.jobs[operation.way.job], who)
            check(answer)
            seen.add(answer.status_code)
    assert {200, 201, 202, 204, 302, 401, 404} <= seen


async def test_pages_documents_and_what_is_not_there(house: House) -> None:
    for path in (*PAGES, "/nowhere", "/docs/assets/none.js", "/api/v1/none", "/metrics"):
        for method in ("GET", "POST", "OPTIONS", "HEAD", "BREW"):
            check(await house.client.request(method, path))
    check(await house.client.post("/api/v1/jobs", content=b" " * 2_000_000, headers=bearer()))
    check(await house.client.post("/api/v1/jobs", content=b"{", headers=bearer()))
    check(await house.client.post("/api/v1/webhooks/replicate", content=b"{}"))


async def test_an_error_of_ours_too(house: House) -> None:
    class Broken:
        async def __call__(self, *_: Any, **__: Any) -> None:
            raise ZeroDivisionError("secret detail")

    object.__setattr__(house.world.app, "get_usage", Broken())
    with capture_logs():
        answer = await house.client.get("/api/v1/usage", headers=bearer())
    assert answer.status_code == 500
    assert "secret" not in answer.text
    check(answer)


@pytest.fixture
async def webbed(
    serve: Callable[[Settings], Any], settings: Settings, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    """The web app's files, behind https."""
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "web" / "index.html").write_text("<!doctype html>")
    (tmp_path / "web" / "assets" / "app-1.js").write_text("start()")
    http = evolve(settings.http, public_url="https://api.test")
    api: Api
    async with serve(evolve(settings, web_dir=tmp_path / "web", http=http)) as api:
        yield api.client


async def test_the_web_apps_files_and_https_on_all_of_it(webbed: httpx.AsyncClient) -> None:
    paths = ("/", "/jobs/1", "/assets/app-1.js", "/assets/none.js", "/docs", "/health", "/api/v1/jobs")
    for path in paths:
        answer = await webbed.get(path)
        check(answer)
        assert answer.headers.get_list("strict-transport-security") == ["max-age=63072000; includeSubDomains"]


async def test_a_stream_of_events_is_kept_by_nobody(api: Api) -> None:
    job_id = await a_submitted(api)
    await ended(api, job_id)
    answer = await api.client.get(f"/api/v1/jobs/{job_id}/events", headers=bearer())
    assert answer.headers["content-type"].startswith("text/event-stream")
    check(answer)


@pytest.mark.parametrize(
    "environment",
    [
        {"OMNIGEN_S3_ENDPOINT": "http://127.0.0.1:9000"},
        {"OMNIGEN_S3_ENDPOINT": "http://minio:9000", "OMNIGEN_S3_PUBLIC_ENDPOINT": "https://files.test"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
        {"AWS_REGION": "eu-central-1", "OMNIGEN_ASSETS_BUCKET": "a-bucket"},
        {"AWS_REGION": "cn-north-1"},
    ],
    ids=str,
)
async def test_the_app_may_load_from_the_store_and_from_nowhere_else(environment: dict[str, str]) -> None:
    """Signed addresses lead to what its policy names; no source is a whole scheme."""
    settings = Settings.from_environment(
        {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", **environment}
    )
    policy = app_policy(settings)
    check_policy(policy, str(environment))
    assert not {"https:", "http:", "*"} & set(policy.replace(";", " ").split())
    async with AioClients(settings.aws) as clients:
        assets = await S3Assets.open(settings.assets, clients)
        url = urlsplit(await assets.read_url("film.mp4", expires_in=timedelta(minutes=5)))
        form = await assets.upload_form(
            "a", content_type="image/png", max_size=9, expires_in=timedelta(minutes=5)
        )
    for address in (url, urlsplit(form.url)):
        for rule in ("connect-src", "media-src", "img-src"):
            allowed = next(r for r in policy.split("; ") if r.startswith(rule)).split()
            assert f"{address.scheme}://{address.netloc}" in allowed


# --- other origins


def strangers() -> Iterator[str]:
    """Origins that look like the app's, or like nobody's."""
    yield from ("https://evil.test", "null", "file://", "", "*", "http://127.0.0.1", "http://127.0.0.1:80800")
    yield from (f"{APP}.evil.test", f"{APP}@evil.test", f"{APP}/", f"{APP},https://evil.test", f" {APP}x")
    yield from (
        APP.replace("http", "https"),
        APP.replace("127.0.0.1", "localhost"),
        f"{APP}\x00",
        "http://[::1]:8080",
    )


async def test_no_other_origin_may_read_anything(house: House) -> None:
    """Nor is it repeated: what is allowed is the app's own, letter by letter."""
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    for origin, operation in product(strangers(), house.operations[:4]):
        path, sent = operation.at(house.jobs["film"]), {"Origin": origin.encode()}
        for answer in (
            await house.client.request(operation.method, path, headers={**sent}),
            await house.client.options(path, headers={**sent, **preflight}),
        ):
            assert not [name for name in answer.headers if name.startswith("access-control-")], origin
            assert answer.headers["vary"] == "Origin"
            assert "evil" not in answer.text


async def test_the_app_may_read_and_brings_no_cookies(house: House) -> None:
    for path in ("/api/v1/jobs", "/nowhere", "/api/v1/jobs/none"):
        answer = await house.client.get(path, headers={"Origin": APP, **bearer(OWNER)})
        assert answer.headers.get_list("access-control-allow-origin") == [APP]
        assert "access-control-allow-credentials" not in answer.headers
    asked = {
        "Origin": APP,
        "Access-Control-Request-Method": "TRACE",
        "Access-Control-Request-Headers": "x-evil",
    }
    answer = await house.client.options("/api/v1/jobs", headers=asked)
    assert "TRACE" not in answer.headers["access-control-allow-methods"]
    assert "x-evil" not in answer.headers["access-control-allow-headers"].lower()
    assert "*" not in " ".join(answer.headers.values())


async def test_two_origins_are_none(house: House) -> None:
    headers = [("Origin", "https://evil.test"), ("Origin", APP)]
    answer = await house.client.get("/api/v1/jobs", headers=headers)
    assert answer.headers.get("access-control-allow-origin") in (None, APP)


# --- names of files

TITLES = (
    'a "quoted" one',
    "two\r\nX-Evil: lines",
    "half; filename=evil.exe",
    "\u202egpj.exe",
    "../../etc/passwd",
    "C:\\windows\\system32",
    "名前",
    "*'UTF-8''evil",
    "%0d%0aX-Evil: 1",
    "\x00\x1b[31m",
    "....",
    "-rf",
    "con.mp4" * 60,
)


@pytest.mark.parametrize("title", TITLES)
def test_a_title_becomes_a_harmless_name(title: str) -> None:
    name = file_name(evolve(a_job(), title=title))
    assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,59}\.mp4", name)


@pytest.mark.parametrize("title", TITLES)
def test_any_name_is_one_header_with_one_meaning(title: str) -> None:
    """The adapter doesn't rely on that: it may be handed any name."""
    told = attachment(title)
    assert told.isascii()
    assert told.isprintable()
    read = Message()
    read["Content-Disposition"] = told
    assert read.get_content_disposition() == "attachment"
    [(_, _), (plain, _), (full, (_, _, said))] = read.get_params([], header="content-disposition")  # type: ignore[misc]
    assert (plain, full, said.encode("latin-1").decode()) == ("filename", "filename", title)


async def test_a_job_with_such_a_title_is_told_of_in_plain_headers(house: House) -> None:
    for title in TITLES:
        brief = {"brief": {**a_brief(), "title": title[:100]}}
        answer = await house.client.post("/api/v1/jobs", json=brief, headers=bearer(OWNER))
        check(answer)
        assert answer.status_code in (202, 422, 429)
        assert re.fullmatch(r"/api/v1/jobs/\w+", answer.headers.get("location", "/api/v1/jobs/none"))
