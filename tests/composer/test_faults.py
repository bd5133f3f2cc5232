"""What the machine does to a composition: a clear error, nothing half-published, no folder and no child left."""

import asyncio
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest
from attrs import evolve

from omnigen.adapters.ffmpeg import plan
from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.runner import Limits
from omnigen.domain.errors import OmniGenError, Transient
from omnigen.domain.storyboard import TransitionKind
from tests.composer.scenes import Film, names_in, over, timeline
from tests.e2e.loopback_only import why_not
from tests.fixtures.clips import ClipShelf

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture
def film(shelf: ClipShelf) -> Film:
    clips = tuple(shelf.numbered(code, 48, tick_frames=(12,)) for code in (85, 170))
    return Film(timeline=timeline(30, (36, over(TransitionKind.FADE, 7))), clips=clips)


def wrapped(build: FfmpegBuild, folder: Path, script: str) -> FfmpegBuild:
    """The build behind a shell script; `$real` is FFmpeg itself."""
    path = folder / "ffmpeg"
    path.write_text(f'#!/bin/sh\nreal={build.path}\n{script}\nexec "$real" "$@"\n')
    path.chmod(0o755)
    return evolve(build, path=path)


async def composed(film: Film, build: FfmpegBuild, folder: Path) -> None:
    await film.programme(FfmpegComposer(build, folder / "work", 2), folder)


def nothing_is_left(folder: Path) -> bool:
    """No programme, no scratch folder, no part of a file."""
    parts = [p for p in folder.rglob("*") if "partial" in p.name or p.name.startswith(".")]
    return not (folder / "out").exists() and names_in(folder / "work") == set() and not parts


FAULTS: Final = {
    "crashes when it encodes": ('case "$*" in *libx264*) kill -SEGV $$;; esac', "scene 1"),
    "crashes half-way": (
        'case "$*" in *libx264*) timeout -s SEGV 0.2 "$real" "$@"; kill -SEGV $$;; esac',
        "scene 1",
    ),
    "is killed": ('case "$*" in *libx264*) kill -KILL $$;; esac', "scene 1, picture was interrupted"),
    "writes no stem": ('case "$*" in *flac*) exit 1;; esac', "scene 1"),
    "says that the disk is full": (
        'case "$*" in *libx264*) echo "av_interleaved_write_frame(): No space left on device" >&2; exit 228;; esac',
        "scene 1, picture was interrupted by the machine",
    ),
    "writes nothing and is content": ('case "$*" in *libx264*) exit 0;; esac', "scene 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_ffmpeg_that_fails_is_told_by_scene(
    fault: str, film: Film, build: FfmpegBuild, tmp_path: Path
) -> None:
    script, told = FAULTS[fault]
    with pytest.raises(OmniGenError, match=told):
        await composed(film, wrapped(build, tmp_path, script), tmp_path)
    assert nothing_is_left(tmp_path)


@pytest.mark.parametrize("content", [None, "", "not a program"], ids=["gone", "empty", "text"])
async def test_an_ffmpeg_that_is_gone_is_not_blamed_on_a_clip(
    content: str | None, film: Film, build: FfmpegBuild, tmp_path: Path
) -> None:
    """It was there when the worker started."""
    path = tmp_path / "ffmpeg"
    if content is not None:
        path.write_text(content)
    with pytest.raises(Transient, match="FFmpeg can't be started"):
        await composed(film, evolve(build, path=path), tmp_path)
    assert nothing_is_left(tmp_path)


async def test_an_ffmpeg_that_hangs_is_ended(
    film: Film, build: FfmpegBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own children, when its time is up."""
    monkeypatch.setattr(plan, "_limits", lambda *_: Limits(wall_s=2))
    pids = tmp_path / "pids"
    hanging = f'case "$*" in *libx264*) echo $$ >> {pids}; sleep 600 & echo $! >> {pids}; wait;; esac'
    with pytest.raises(Transient, match="scene 1, picture took longer than 2 s"):
        await composed(film, wrapped(build, tmp_path, hanging), tmp_path)
    assert nothing_is_left(tmp_path)
    assert [pid for pid in map(int, pids.read_text().split()) if not _ends(pid)] == []


async def test_a_cancelled_composition_leaves_nothing(film: Film, build: FfmpegBuild, tmp_path: Path) -> None:
    """Cancelled while FFmpeg runs."""
    pids = tmp_path / "pids"
    slow = f'case "$*" in *libx264*) echo $$ >> {pids}; sleep 600;; esac'
    task = asyncio.create_task(composed(film, wrapped(build, tmp_path, slow), tmp_path))
    await asyncio.to_thread(_written, pids)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert nothing_is_left(tmp_path)
    assert _ends(int(pids.read_text().split()[0]))


def _written(path: Path) -> None:
    while not path.exists() or not path.read_text():
        time.sleep(0.05)


def _ends(pid: int) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], 10)
    os.close(process)
    return bool(ended)


async def test_a_file_that_grows_too_large_is_the_machines_fault(
    film: Film, build: FfmpegBuild, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RLIMIT_FSIZE, as each command has it."""
    monkeypatch.setattr(plan, "_limits", lambda *_: Limits(file_mb=0))
    with pytest.raises(Transient, match="scene 1"):
        await composed(film, build, tmp_path)
    assert nothing_is_left(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(bool(why_not()), reason="no user namespaces here")
@pytest.mark.parametrize("kilobytes", [16, 64, 160, 400, 600, 800])
def test_a_full_disk_is_the_machines_fault(kilobytes: int, film: Film, tmp_path: Path) -> None:
    """On a disk of a few kilobytes, wherever it becomes full: nobody's clip is blamed, nothing is published."""
    disk, told = tmp_path / "disk", tmp_path / "plan.json"
    disk.mkdir()
    places = {name: str(disk / name) for name in ("work", "kept", "out")}
    told.write_text(json.dumps(places | {"clips": [*map(str, film.clips), str(film.clips[0])], "cores": 2}))
    script = (
        'mount -t tmpfs -o size="$1"k none "$2"; mkdir "$2/kept"; shift 2; "$@"; '
        f"find {disk} ! -type d -path '*/out/*' -o -path '{disk}/work/*'"
    )
    command = [sys.executable, "-m", "tests.composer.compose_film", str(told)]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-ec", script, "sh", str(kilobytes), str(disk), *command],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=100,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )  # fmt: skip
    begun, answer, *left = done.stdout.splitlines()
    assert begun == "begun", done.stderr
    assert json.loads(answer)["error"] == "Transient", answer
    assert left == []


def has_gone(folder: Path) -> None:
    """What is listed but isn't there: a folder between the two looks at it."""
    folder.parent.mkdir()
    folder.symlink_to(folder.parent / "not there")


async def test_a_folder_that_goes_while_it_is_looked_at(
    film: Film, composer: FfmpegComposer, work_dir: Path, tmp_path: Path
) -> None:
    """Another call's folder may go between being listed and being looked at: that is no fault of the disk."""
    has_gone(work_dir / "compose-ended")
    assert (await film.segment(composer, 1, tmp_path / "segment.mp4")).exists()
