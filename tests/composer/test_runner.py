"""Children are bounded and never left behind; faults of footage and of the machine are told apart."""

import asyncio
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer, deliver
from omnigen.adapters.ffmpeg.runner import Command, Limits, Runner
from omnigen.domain.errors import OmniGenError, Rejected, Transient
from tests.composer.scenes import Film, names_in, timeline
from tests.fixtures.clips import ClipShelf

PATIENT = Limits(wall_s=20)


def python(script: str, limits: Limits = PATIENT, blame: str | None = None) -> Command:
    return Command(step="a script", args=("-c", script), limits=limits, blame=blame)


@pytest.fixture
def runner() -> Runner:
    return Runner((sys.executable, "-I"), asyncio.Semaphore(2))


async def test_both_pipes_are_drained_and_frames_are_counted(runner: Runner) -> None:
    script = "import sys; sys.stderr.write('x' * 3_000_000); print('frame=7\\nprogress=end')"
    seen: list[int] = []
    outcome = await runner.run(python(script), seen.append)
    assert (outcome.frames, seen) == (7, [7])
    assert len(outcome.stderr) == 64 * 1024


@pytest.mark.parametrize(
    ("script", "blame", "error", "message"),
    [
        ("raise SystemExit(1)", "the clip of scene 3", Rejected, "the clip of scene 3 is damaged"),
        ("raise SystemExit(1)", None, Transient, "a script failed"),
        ("import os; os.kill(os.getpid(), 9)", "the clip", Transient, "interrupted by the machine"),
        ("import sys; sys.exit('No space left on device')", "the clip", Transient, "the machine"),
        ("while True: pass", "the clip", Rejected, "takes too long to decode"),
        ("x = bytes(3_000_000_000)", "the clip", Rejected, "the clip is damaged"),
    ],
    ids=["footage", "own", "killed", "disk", "cpu", "memory"],
)
async def test_failures_are_told_apart(
    script: str, blame: str | None, error: type[OmniGenError], message: str, runner: Runner
) -> None:
    limits = Limits(wall_s=60, cpu_s=1, memory_mb=1024)
    with pytest.raises(error, match=message):
        await runner.run(python(script, limits, blame))


async def test_the_group_is_killed_when_its_time_is_up(tmp_path: Path) -> None:
    """A child's child too."""
    mark = f": > {tmp_path}/pid$$"
    script = f"{mark}; sh -c '{mark}; exec sleep 600' & sleep 600"
    command = Command(step="a script", args=(script,), limits=Limits(wall_s=2))
    with pytest.raises(Transient, match="took longer than 2 s"):
        await Runner(("/bin/sh", "-c"), asyncio.Semaphore(1)).run(command)
    assert len(names_in(tmp_path)) == 2
    assert not _alive(tmp_path)


async def test_a_cancelled_call_leaves_no_child(runner: Runner, tmp_path: Path) -> None:
    script = (
        f"import os, pathlib, time; pathlib.Path({str(tmp_path)!r}, 'pid' + str(os.getpid())).write_text('');"
        "print('frame=1', flush=True); time.sleep(600)"
    )
    running = asyncio.Event()
    task = asyncio.create_task(runner.run(python(script), lambda _: running.set()))
    await running.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not _alive(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
def test_a_killed_worker_leaves_no_child() -> None:
    script = "import os, time; print(f'frame={os.getpid()}', flush=True); time.sleep(600)"
    worker = (
        "import asyncio, sys; from omnigen.adapters.ffmpeg.runner import Command, Runner;"
        "runner = Runner((sys.executable, '-I'), asyncio.Semaphore(1));"
        f"command = Command(step='a script', args=('-c', {script!r}));"
        "asyncio.run(runner.run(command, lambda pid: print(pid, flush=True)))"
    )
    with subprocess.Popen([sys.executable, "-c", worker], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
    ended, _, _ = select.select([child], [], [], 20)
    os.close(child)
    assert ended


async def test_a_full_disk_is_the_machines_fault(build: FfmpegBuild) -> None:
    """/dev/full says that no space is left on it."""
    source = ("-f", "lavfi", "-i", "color=s=160x96:d=1", "-f", "rawvideo", "-y", "/dev/full")
    command = Command(step="a picture", args=source, blame="the clip of scene 1")
    with pytest.raises(Transient, match="interrupted by the machine"):
        await Runner((str(build.path),), asyncio.Semaphore(1)).run(command)


def _alive(folder: Path) -> list[int]:
    """Of the processes that left their number in a folder, those that don't end."""
    pids = [int(name.removeprefix("pid")) for name in names_in(folder)]
    assert pids
    return [pid for pid in pids if not _ends(pid)]


def _ends(pid: int) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], 10)
    os.close(process)
    return bool(ended)


async def test_no_more_run_at_once_than_there_are_slots(tmp_path: Path) -> None:
    """Each child fails if it finds another one's mark."""
    runner = Runner((sys.executable, "-I"), asyncio.Semaphore(1))
    script = f"import os; os.mkdir({str(tmp_path / 'mark')!r}); os.rmdir({str(tmp_path / 'mark')!r})"
    await asyncio.gather(*(runner.run(python(script)) for _ in range(4)))


async def test_a_child_sees_no_credentials(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    outcome = await runner.run(python("import os; print(dict(os.environ))"))
    assert "hush" not in outcome.stdout


def test_a_missing_ffmpeg_is_said_with_the_setting_to_mend_it(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="OMNIGEN_FFMPEG"):
        FfmpegBuild.find(tmp_path / "ffmpeg")


def test_an_old_or_poor_build_says_what_it_lacks(tmp_path: Path) -> None:
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho ffmpeg version 4.4.1\n")
    poor.chmod(0o755)
    build = FfmpegBuild.find(poor)
    assert "version 5.1 or later (this is 4.4.1)" in build.missing
    assert {"the filter xfade", "the encoder libx264"} <= set(build.missing)


async def test_a_build_that_lacks_something_is_not_used(
    shelf: ClipShelf, work_dir: Path, tmp_path: Path
) -> None:
    poor = FfmpegBuild(path=Path("/usr/bin/true"), version="9", missing=("the filter xfade",))
    film = Film(timeline=timeline(8), clips=(shelf.numbered(85, 10),))
    with pytest.raises(Transient, match="lacks the filter xfade"):
        await film.segment(FfmpegComposer(poor, work_dir, 1), 1, tmp_path / "s.mp4")


def test_a_delivered_file_is_whole_or_not_there(tmp_path: Path) -> None:
    made, into = tmp_path / "made", tmp_path / "deep" / "into"
    made.write_text("all of it")
    deliver(made, into)
    assert into.read_text() == "all of it"
    assert names_in(into.parent) == {"into"}


async def test_a_work_folder_that_cant_be_made_is_the_machines_fault(
    shelf: ClipShelf, build: FfmpegBuild, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    film = Film(timeline=timeline(8), clips=(shelf.numbered(85, 10),))
    with pytest.raises(Transient, match="work folder"):
        await film.segment(FfmpegComposer(build, tmp_path / "file" / "work", 1), 1, tmp_path / "s.mp4")
