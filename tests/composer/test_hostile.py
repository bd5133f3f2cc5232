"""Broken and hostile clips: each is refused by its scene's name, or rendered right, and nothing else is opened.

The clips, and what is to be said of each, are in tests/fixtures/hostile.py.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import TransitionKind
from tests.composer.scenes import Film, names_in, over, timeline
from tests.fixtures.clips import ClipShelf, frames_of, numbers, samples_of
from tests.fixtures.hostile import CLIPS, CODE, FRAMES, RIGHT, Bench

ROOT: Final = Path(__file__).parents[2]
MEMORY_MB: Final = 400
"""More than any of the processes that look into a hostile clip may take."""
SYSTEM: Final = (
    *("/usr/", "/lib", "/etc/ld.so", "/etc/localtime", "/proc/", "/sys/", "/dev/"),
    *(sys.prefix, sys.base_prefix, str(ROOT), *sys.path[1:]),
)
"""Where programs and their libraries lie."""


@pytest.fixture
def bench(shelf: ClipShelf, tmp_path: Path) -> Bench:
    (tmp_path / "bench").mkdir()
    return Bench(shelf, tmp_path / "bench")


@pytest.mark.parametrize("name", CLIPS)
async def test_it_is_refused_by_its_scene_or_rendered_right(
    name: str, bench: Bench, composer: FfmpegComposer, work_dir: Path, tmp_path: Path
) -> None:
    """Never a gap, a grey frame, a frame of another file; nothing is left of what was refused."""
    make, refusal = CLIPS[name]
    film, into = Film(timeline=timeline(FRAMES), clips=(make(bench),)), tmp_path / "segment.mp4"
    if refusal == RIGHT:
        shown = frames_of(await film.segment(composer, 1, into))
        assert [numbers(f) for f in shown] == [(CODE, n) for n in range(FRAMES)]
    else:
        with pytest.raises(Rejected, match=f"the clip of scene 1 ({refusal})"):
            await film.segment(composer, 1, into)
        assert not into.exists()
    assert names_in(work_dir) == set()


@pytest.mark.parametrize("name", ["cut off", "corrupted, encoded", "all frames at once", "8192x8192"])
async def test_the_scene_before_is_named_where_its_end_is_at_fault(
    name: str, bench: Bench, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """A transition reads two clips; the one that is broken is blamed."""
    plan = timeline(FRAMES, (FRAMES, over(TransitionKind.FADE, 12)))
    film = Film(timeline=plan, clips=(CLIPS[name][0](bench), bench.good))
    with pytest.raises(Rejected, match="the clip of scene 1 "):
        await film.segment(composer, 2, tmp_path / "segment.mp4")


@pytest.mark.parametrize("name", [n for n, (_, refusal) in CLIPS.items() if refusal != RIGHT])
async def test_its_sound_is_refused_or_whole(
    name: str, bench: Bench, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """The mixer reads clips on its own: what it makes of a broken one is a refusal, or sound of the right length."""
    film = Film(timeline=timeline(FRAMES), clips=(CLIPS[name][0](bench),))
    try:
        heard = samples_of(await film.sound(composer, tmp_path))
    except Rejected as error:
        refusal = error.message
    else:
        refusal = ""
        assert 0 <= len(heard) - FRAMES * 2000 < 1024
    assert not refusal or refusal.startswith("the clip of scene 1 ")


@pytest.mark.system
@pytest.mark.timeout(600)
def test_no_other_file_is_opened_and_no_socket(bench: Bench, tmp_path: Path) -> None:
    """By the system calls of all processes, for all hostile clips; none of them takes much memory."""
    for number, (make, _) in enumerate(CLIPS.values()):
        clip = make(bench)
        clip.replace(bench.folder / f"clip-{number}{clip.suffix}")
    bench.canary.touch()
    told = _watched(bench.folder, tmp_path)
    assert told["answers"] == len(CLIPS)
    assert told["memory_mb"] < MEMORY_MB
    opened = set(_calls(tmp_path / "calls"))
    assert any(path.startswith(str(bench.folder)) for path in opened), "nothing was watched"
    ours = (str(tmp_path / "work"), str(bench.folder / "clip-"))
    assert [path for path in opened if not path.startswith((*ours, *SYSTEM))] == []
    assert str(bench.canary) not in opened


def _watched(folder: Path, tmp_path: Path) -> dict[str, Any]:
    """Render every clip of a folder in a process of its own, its system calls and its children's written down."""
    run = ("strace", "-f", "-qq", "-s", "300", "-e", "trace=openat,open,socket,connect")
    script = ("-m", "tests.composer.render_all", str(folder), str(tmp_path / "work"))
    done = subprocess.run(
        [*run, "-o", str(tmp_path / "calls"), sys.executable, *script],
        capture_output=True, text=True, check=False, timeout=500, cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _calls(calls: Path) -> Iterator[str]:
    """Which files were opened by any process or thread; a socket counts as something opened."""
    for line in calls.read_text(errors="replace").splitlines():
        call = line.partition(" ")[2]
        if found := re.match(r' *open(?:at)?\((?:AT_FDCWD, )?"([^"]*)"', call):
            if "= -1" not in call and "O_DIRECTORY" not in call:
                yield str(Path(found[1]).absolute())
        elif re.match(r" *(socket|connect)\(", call):
            yield f"socket: {call}"
