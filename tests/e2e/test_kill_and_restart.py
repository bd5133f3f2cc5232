"""kill -9 at any moment: the job goes on where it was, and nothing is paid for twice."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from emulator.runfile import read_run
from tests.e2e.processes import command_of, descendants, kill, kill_family, until
from tests.e2e.stage import (
    CHEAP_MODEL,
    Job,
    Stage,
    brief_of,
    check_books,
    check_ledger,
    ffmpeg_name,
    shelf_of_clips,
    staged,
    takes_of,
)

STORYBOARD: dict[str, Any] = {
    "title": "Three colours",
    "resolution": "480p",
    "model": CHEAP_MODEL,
    "music": "calm piano",
    "scenes": [
        {"prompt": "Blue hour over the sea", "duration": 4},
        {"prompt": "Red rocks", "duration": 4, "transition": {"type": "dissolve", "duration": 0.5}},
        {"prompt": "A green valley", "duration": 4, "transition": {"type": "slide_left", "duration": 0.5}},
    ],
}
FRAMES = (4 + 4 + 4 - 1) * 24


@pytest.fixture
def flags(tmp_path: Path) -> tuple[str, ...]:
    """Clips that are there at once, and predictions that take a while."""
    return ("--replicate-media", str(shelf_of_clips(tmp_path / "media")), "--replicate-seconds", "3")


def test_api_and_worker_are_killed_in_the_middle(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """Once while models run, once while FFmpeg runs, once while the video is put together."""
    with staged(tmp_path / "data", *flags, patient=True) as stage:
        job_id = stage.demo.submit({"storyboard": STORYBOARD})["id"]
        stage.demo.wait(job_id, predictions_run)
        kill(child(stage, "worker"))
        kill(child(stage, "api"))
        until(lambda: composes(stage), "FFmpeg runs", timeout_s=60)
        kill(child(stage, "worker"))
        stage.demo.wait(job_id, lambda job: job["status"] == "composing")
        kill(child(stage, "worker"))
        check_done(stage, stage.demo.wait(job_id))


def test_everything_is_killed_in_the_middle(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """A power cut while models run, another while FFmpeg runs: what was acknowledged is still there."""
    data = tmp_path / "data"
    with staged(data, *flags, patient=True) as first:
        submitted = first.demo.submit({"storyboard": STORYBOARD})
        before = first.demo.wait(submitted["id"], predictions_run)
        kill_family(first.run["pid"])
    with staged(data, *flags, patient=True) as second:
        assert second.run["password"] == first.run["password"]
        now = second.demo.get(f"/jobs/{submitted['id']}")
        assert (now["created_at"], now["deadline"]) == (before["created_at"], before["deadline"])
        assert {t["id"] for t in takes_of(before)} <= {t["id"] for t in takes_of(now)}
        until(lambda: composes(second), "FFmpeg runs", timeout_s=60)
        kill_family(second.run["pid"])
    with staged(data, *flags, patient=True) as third:
        check_done(third, third.demo.wait(submitted["id"]))


def test_the_emulated_cloud_is_stopped_and_started(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """With every part an AWS part: a finished video is still there, and the job in the middle goes on."""
    data, patiently = tmp_path / "data", {"patient": True, "poll_s": 0.3}
    flags = ("--profile", "aws", *flags)
    with staged(data, *flags, **patiently) as first:
        made = first.demo.wait(first.demo.submit({"storyboard": STORYBOARD})["id"])
        assert made["status"] == "succeeded", brief_of(made)
        reseeded = [{**scene, "seed": 7 + n} for n, scene in enumerate(STORYBOARD["scenes"])]
        another = {**STORYBOARD, "music": "brisk piano", "scenes": reseeded}
        cut = first.demo.submit({"storyboard": another})
        first.demo.wait(cut["id"], predictions_run)
    with staged(data, *flags, **patiently) as second:
        shown = second.demo.ask("GET", f"/jobs/{made['id']}/video", follow_redirects=True)
        assert sha256(shown.content).hexdigest() == made["video"]["sha256"]
        job = second.demo.wait(cut["id"])
        assert (job["status"], job["revision"]) == ("succeeded", 1), brief_of(job)
        assert {take["attempt"] for take in takes_of(job)} == {1}
        check_ledger(second, takes_of(made) + takes_of(job))


def predictions_run(job: Job) -> bool:
    """Every take has been accepted by the provider, and none is there yet."""
    takes = takes_of(job)
    assert all(take["status"] in ("intent", "submitted") for take in takes), brief_of(job)
    return [take["status"] for take in takes] == ["submitted"] * 4


def composes(stage: Stage) -> bool:
    """Whether the worker has FFmpeg at work."""
    name, children = ffmpeg_name(), (read_run(stage.data) or {}).get("children", {})
    worker = children.get("worker", {}).get("pid")
    return worker is not None and any(name in command_of(pid) for pid in descendants(worker))


def child(stage: Stage, name: str) -> int:
    """The process id of a child in its present life."""
    found: list[int] = []

    def there() -> bool:
        pid = (read_run(stage.data) or {}).get("children", {}).get(name, {}).get("pid")
        found[:] = [pid] if pid and command_of(pid) else []
        return bool(found)

    until(there, f"{name} runs")
    return found[0]


def check_done(stage: Stage, job: dict[str, Any]) -> None:
    """The video is there, no take was made twice, and all books agree."""
    assert job["status"] == "succeeded", brief_of(job)
    assert job["revision"] == 1
    assert job["video"]["frames"] == FRAMES
    takes = takes_of(job)
    assert sorted(take["kind"] for take in takes) == ["music", "video", "video", "video"]
    assert {take["attempt"] for take in takes} == {1}
    check_books(stage, job)
    listed = stage.demo.get("/jobs")["jobs"]
    assert [one["id"] for one in listed] == [job["id"]]
