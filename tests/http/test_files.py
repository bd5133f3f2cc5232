"""Files beside a video, over HTTP: listed with the video, led to one by one, handed to an editor all together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import opentimelineio as otio
import pytest
from attrs import evolve
from dependency_injector import providers

from omnigen.adapters.oidc import OidcVerifier
from omnigen.domain.storyboard import Soundtrack
from omnigen.entrypoints.http.app import create_app
from omnigen.settings import Settings
from omnigen.usecases.app import App
from tests.builders import a_scene, a_storyboard
from tests.contract.harness import FAMILIES
from tests.fakes.world import World, a_world
from tests.http.conftest import bearer, key_set, lived, problem_of

KINDS = ["poster", "sprites", "sprites_vtt", "timeline_otio", "manifest"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(FAMILIES["memory"], tmp_path / "world") as made:
        yield made


@pytest.fixture
async def client(world: World, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API over a world in which films can be made."""

    async def keys() -> bytes:
        return key_set()

    world.container.verifier.override(providers.Object(OidcVerifier(settings.identity, fetch=keys)))

    @asynccontextmanager
    async def opening(_: Settings) -> AsyncIterator[App]:
        yield world.app

    http = evolve(settings.http, rate_limits=False)
    server = create_app(evolve(settings, http=http), opening)
    async with lived(server):
        transport = httpx.ASGITransport(app=server, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as made:
            yield made


async def a_film(world: World) -> str:
    """Two scenes that speak, and music: made, published, ended."""
    scenes = tuple(a_scene(n, narration="The lamp is lit.") for n in (1, 2))
    board = evolve(a_storyboard(2), scenes=scenes, soundtrack=Soundtrack(music="slow strings"))
    return (await world.walked(await world.begun(board))).id


async def test_a_video_lists_its_files_with_addresses(client: httpx.AsyncClient, world: World) -> None:
    job = (await client.get(f"/api/v1/jobs/{await a_film(world)}", headers=bearer("ada"))).json()
    files = job["video"]["files"]
    assert [file["kind"] for file in files] == KINDS
    assert [file["name"] for file in files] == [
        "poster.jpg", "sprites.jpg", "sprites.vtt", "timeline.otio", "manifest.json",
    ]  # fmt: skip
    assert all(file["url"] and file["size"] and len(file["sha256"]) == 64 for file in files)
    assert files[0]["url"] == job["poster_url"]


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_leads_to_its_file(client: httpx.AsyncClient, world: World, kind: str) -> None:
    address = f"/api/v1/jobs/{await a_film(world)}/files/{kind}"
    plain, saved = [await client.get(address + query, headers=bearer("ada")) for query in ("", "?download=1")]
    assert (plain.status_code, plain.headers["cache-control"]) == (302, "no-store")
    assert plain.headers["location"] != saved.headers["location"]


@pytest.mark.parametrize("kind", ["captions_srt", "video", "nonsense", "POSTER", "%2e%2e"])
async def test_a_kind_that_is_not_there_is_said_with_those_that_are(
    client: httpx.AsyncClient, world: World, kind: str
) -> None:
    response = await client.get(f"/api/v1/jobs/{await a_film(world)}/files/{kind}", headers=bearer("ada"))
    problem = problem_of(response, 404)
    assert problem["code"] == "file_absent"
    assert "poster, sprites, sprites_vtt, timeline_otio, manifest" in problem["detail"]


@pytest.mark.parametrize("route", ["files/manifest", "export"])
async def test_files_are_the_owners_alone(client: httpx.AsyncClient, world: World, route: str) -> None:
    """Foreign and absent are the same 404 (P8); deleted ones are gone at once."""
    job_id = await a_film(world)
    foreign = await client.get(f"/api/v1/jobs/{job_id}/{route}", headers=bearer("eve"))
    absent = await client.get(f"/api/v1/jobs/job_absent/{route}", headers=bearer("eve"))
    told = [problem_of(answer, 404)["detail"] for answer in (foreign, absent)]
    assert told[0].replace(job_id, "X") == told[1].replace("job_absent", "X")
    await client.delete(f"/api/v1/jobs/{job_id}", headers=bearer("ada"))
    problem_of(await client.get(f"/api/v1/jobs/{job_id}/{route}", headers=bearer("ada")), 404)


@pytest.mark.parametrize("route", ["files/manifest", "export"])
async def test_before_the_video_there_is_nothing_beside_it(
    client: httpx.AsyncClient, world: World, route: str
) -> None:
    job_id = (await world.submit()).job_id
    response = await client.get(f"/api/v1/jobs/{job_id}/{route}", headers=bearer("ada"))
    assert problem_of(response, 409)["code"] == "job_queued"


async def test_a_file_that_storage_has_let_go_of_has_expired(client: httpx.AsyncClient, world: World) -> None:
    job_id = await a_film(world)
    video = (await world.job(job_id)).revision.video
    assert video is not None
    for sidecar in video.beside:
        await world.assets.delete(sidecar.file.key)
    for route in ("files/sprites", "export"):
        response = await client.get(f"/api/v1/jobs/{job_id}/{route}", headers=bearer("ada"))
        assert problem_of(response, 404)["code"] == "video_expired"


async def test_an_editor_gets_the_timeline_and_every_file_that_it_names(
    client: httpx.AsyncClient, world: World, tmp_path: Path
) -> None:
    """What the timeline refers to is what is handed out, name for name and hash for hash."""
    job_id = await a_film(world)
    files = (await client.get(f"/api/v1/jobs/{job_id}/export", headers=bearer("ada"))).json()["files"]
    handed = {file["name"]: file["sha256"] for file in files}
    assert files[0]["name"] == "timeline.otio"
    video = (await world.job(job_id)).revision.video
    assert video is not None
    key = next(s.file.key for s in video.sidecars if s.name == "timeline.otio")
    await world.assets.fetch(key, tmp_path / "timeline.otio")
    timeline = otio.adapters.read_from_file(str(tmp_path / "timeline.otio"))
    named = {
        clip.media_reference.target_url: clip.media_reference.metadata["omnigen"]["sha256"]
        for clip in timeline.find_clips()
    }
    assert {"clips", "narration", "music"} == {name.split("/")[0].split(".")[0] for name in named}
    assert named == {name: sha for name, sha in handed.items() if name != "timeline.otio"}
