"""The web app is served with history fallback; without one a page says what runs here. The API stays JSON."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve

from omnigen.settings import Settings
from tests.http.conftest import Api, problem_of


@pytest.fixture
async def app(
    serve: Callable[[Settings], Any], settings: Settings, tmp_path: Path
) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>app</title>")
    (folder / "assets" / "app-1a2b.js").write_text("start()")
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "sample.mp4").write_bytes(b"0123456789")
    (tmp_path / "secret.txt").write_text("hidden words")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    api: Api
    async with serve(evolve(settings, web_dir=folder)) as api:
        yield api.client


TOO_LONG = "/" + 300 * "x"
"""Longer than a file's name may be."""


@pytest.mark.parametrize(
    "path", ["/", "/jobs/job_1", "/create?prompt=x", "/deep/er/still", "/index.html", TOO_LONG]
)
async def test_every_address_of_the_app_is_its_page(app: httpx.AsyncClient, path: str) -> None:
    response = await app.get(path)
    assert (response.status_code, response.text) == (200, "<!doctype html><title>app</title>")
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-cache"
    policy = response.headers["content-security-policy"].split("; ")
    assert {"script-src 'self'", "style-src 'self'"} <= set(policy)
    assert {"require-trusted-types-for 'script'", "trusted-types 'none'"} <= set(policy)


async def test_its_files_are_given_out_hashed_ones_for_ever(app: httpx.AsyncClient) -> None:
    script, icon = await app.get("/assets/app-1a2b.js"), await app.get("/favicon.svg")
    assert script.text == "start()"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in script.headers["content-type"]
    assert (icon.text, icon.headers["cache-control"]) == ("<svg/>", "no-cache")


@pytest.mark.parametrize(
    ("asked", "expected", "told"),
    [
        ("bytes=0-", b"0123456789", "bytes 0-9/10"),
        ("bytes=2-4", b"234", "bytes 2-4/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
        ("bytes=-3", b"789", "bytes 7-9/10"),
        ("bytes=-99", b"0123456789", "bytes 0-9/10"),
    ],
)
async def test_a_player_may_seek_in_the_sample(
    app: httpx.AsyncClient, asked: str, expected: bytes, told: str
) -> None:
    response = await app.get("/sample.mp4", headers={"Range": asked})
    assert (response.status_code, response.content) == (206, expected)
    assert response.headers["content-range"] == told
    assert response.headers["content-type"] == "video/mp4"


@pytest.mark.parametrize(
    "asked", ["bytes=10-", "bytes=4-2", "bytes=-", "bytes=-0", "bytes=0-1,3-4", "lines=1-2"]
)
async def test_a_range_that_is_not_there_is_said_to_be_none(app: httpx.AsyncClient, asked: str) -> None:
    response = await app.get("/sample.mp4", headers={"Range": asked})
    assert (response.status_code, response.headers["content-range"]) == (416, "bytes */10")
    assert (await app.get("/sample.mp4")).content == b"0123456789"


@pytest.mark.parametrize("path", ["/assets/gone.js", "/api/v1/nothing", "/api", "/api/v2/jobs"])
async def test_what_is_missing_is_a_problem(app: httpx.AsyncClient, path: str) -> None:
    problem_of(await app.get(path), 404)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/link.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/a%00b",
    ],
)
async def test_nothing_outside_the_folder_is_given_out(app: httpx.AsyncClient, path: str) -> None:
    assert "hidden" not in (await app.get(path)).text


async def test_without_an_app_a_page_says_what_runs_here(client: httpx.AsyncClient) -> None:
    response = await client.get("/")
    assert response.status_code == 200
    assert 'href="/docs"' in response.text
    assert "'sha256-" in response.headers["content-security-policy"]
    problem_of(await client.get("/jobs/job_1"), 404)
