"""What lies beside a video: all of it is in the store before it is named, and none of it can cost a user the video."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from attrs import evolve
from dependency_injector import providers

from omnigen.domain.errors import Transient
from omnigen.domain.job import Job, JobStatus, SidecarKind
from omnigen.domain.manifest import FORMAT, Manifest
from omnigen.domain.storyboard import Soundtrack, Storyboard
from omnigen.ports.editor import CutList
from tests.builders import a_scene, a_storyboard
from tests.contract.harness import FAMILIES
from tests.fakes.world import ADA, World, a_world
from tests.promises import check_promises

ALL = [SidecarKind.SPRITES, SidecarKind.SPRITES_VTT, SidecarKind.TIMELINE_OTIO, SidecarKind.MANIFEST]


def with_everything() -> Storyboard:
    """Two scenes that speak, and music."""
    scenes = tuple(a_scene(n, narration="The lamp is lit.") for n in (1, 2))
    return evolve(a_storyboard(2), scenes=scenes, soundtrack=Soundtrack(music="slow strings"))


async def made(world: World, storyboard: Storyboard | None = None) -> Job:
    job = await world.walked(await world.begun(storyboard))
    assert job.status is JobStatus.SUCCEEDED
    return job


async def content(world: World, job: Job, kind: SidecarKind, folder: Path) -> bytes:
    """The file of that kind as it is in the store; its hash is that of the row."""
    assert job.revision.video is not None
    file = next(one.file for one in job.revision.video.beside if one.kind is kind)
    into = folder / "fetched"
    await world.assets.fetch(file.key, into)
    data = into.read_bytes()
    assert hashlib.sha256(data).hexdigest() == file.sha256
    return data


async def told(world: World, job: Job, folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(await content(world, job, SidecarKind.MANIFEST, folder))
    return data


async def test_a_video_has_all_its_files(world: World) -> None:
    job = await made(world)
    assert job.revision.video is not None
    assert [one.kind for one in job.revision.video.sidecars] == ALL
    await check_promises(world)


async def test_the_manifest_names_every_take_and_every_file_by_its_hash(world: World, tmp_path: Path) -> None:
    """Takes with what they cost, clips, segments, sound, narration, music; all hashes are those of the store."""
    job = await made(world, with_everything())
    facts, video = await told(world, job, tmp_path), job.revision.video
    assert video is not None
    takes = {take.id: take for take in await world.takes()}
    assert facts["format"] == FORMAT
    assert facts["cost_micros"] == sum(take.cost for take in takes.values()) == job.revision.cost
    assert facts["video"]["sha256"] == video.file.sha256
    beside = {one.name: one.file.sha256 for one in video.beside if one.kind is not SidecarKind.MANIFEST}
    assert {file["name"]: file["sha256"] for file in facts["files"]} == beside
    states = await world.stores.jobs.scenes(job.id, 1)
    for scene, state in zip(facts["scenes"], states, strict=True):
        assert state.clip is not None
        assert scene["clip"]["sha256"] == state.clip.sha256
        assert [take["kind"] for take in scene["takes"]] == ["speech", "video"]
        for take in scene["takes"]:
            known = takes[take["id"]]
            assert (take["model"], take["prompt"], take["seed"], take["cost_micros"]) == (
                known.model, known.prompt, known.seed, known.cost,
            )  # fmt: skip
        assert scene["narration"]["text"] == "The lamp is lit."
        segment = next(k for k in world.object_keys() if scene["segment"]["key"] in k)
        stored = await world.assets.head(segment)
        assert stored is not None
        assert stored.sha256 == scene["segment"]["sha256"]
        assert scene["segment"]["encoded_because"] == "a stand-in copies nothing"
    assert facts["sound"]["music_take"]["prompt"] == "slow strings"


async def test_a_card_is_labelled_as_what_it_is(world: World, tmp_path: Path) -> None:
    """No model has made it, and nobody who reads the manifest or opens the timeline takes it for a clip."""
    scenes = (a_scene(1), a_scene(2, placeholder=True))
    job = await made(world, evolve(a_storyboard(2), scenes=scenes))
    facts = await told(world, job, tmp_path)
    assert [scene["shown"] for scene in facts["scenes"]] == ["clip", "placeholder"]
    assert facts["scenes"][1]["takes"] == []
    timeline = await content(world, job, SidecarKind.TIMELINE_OTIO, tmp_path)
    assert timeline.count(b'"placeholder": true') == 2  # its picture and its sound


async def test_the_manifest_gives_nothing_away(world: World, tmp_path: Path) -> None:
    """No owner, no address, no prediction's id, and no instant but the one at which it was asked for."""
    job = await made(world, with_everything())
    text = (await content(world, job, SidecarKind.MANIFEST, tmp_path)).decode()
    secrets = [job.owner, "http", *(take.prediction_id or "-" for take in await world.takes())]
    assert not [secret for secret in secrets if f'"{secret}' in text]
    assert text.count('_at": ') == 1
    assert msgspec.json.decode(text, type=Manifest).job == job.id


async def test_the_same_inputs_give_the_same_files(tmp_path: Path) -> None:
    """Two worlds: every file beside the video, byte for byte."""
    found = []
    for name in ("one", "two"):
        async with a_world(FAMILIES["memory"], tmp_path / name) as world:
            job = await made(world, with_everything())
            found.append([await content(world, job, kind, tmp_path) for kind in ALL])
    assert found[0] == found[1]


class Broken:
    """An editor's format that never succeeds."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def written(self, cut: CutList) -> bytes:
        raise self._error


@asynccontextmanager
async def without_timeline(folder: Path, error: Exception) -> AsyncIterator[World]:
    async with a_world(FAMILIES["memory"], folder) as world:
        publish = world.container.compose_video().publish_video
        editor = providers.Object(Broken(error))
        world.container.compose_video.override(
            providers.Object(
                evolve(world.container.compose_video(), publish_video=evolve(publish, editor=editor()))
            )
        )
        yield world


@pytest.mark.parametrize("error", [Transient("no room"), ImportError("no library"), ValueError("a bug")])
async def test_a_file_that_cannot_be_made_costs_nobody_the_video(tmp_path: Path, error: Exception) -> None:
    """The others are there, the manifest doesn't name it, and whoever runs OmniGen can see it in the numbers."""
    async with without_timeline(tmp_path, error) as world:
        job = await made(world)
        assert job.revision.video is not None
        kinds = [one.kind for one in job.revision.video.sidecars]
        assert kinds == [kind for kind in ALL if kind is not SidecarKind.TIMELINE_OTIO]
        facts = await told(world, job, tmp_path)
        assert "timeline.otio" not in {file["name"] for file in facts["files"]}
        assert world.metrics.counted["sidecars_missing_total timeline_otio"] == 1
        await check_promises(world)


async def test_files_go_with_their_job(world: World) -> None:
    """Deleted and purged: nothing is left of them."""
    job = await made(world)
    await world.app.delete_job(ADA, job.id)
    world.clock.advance(24 * 3600 + 1)
    await world.steps.sweep()
    assert world.object_keys() == []
