"""Broken and hostile clips: each is refused by its scene's name, or rendered right, and nothing else is opened.

The clips, and what is to be said of each, are in tests/fixtures/hostile.py.
"""

from pathlib import Path
from typing import Final

import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import TransitionKind
from tests.composer.scenes import Film, names_in, over, timeline
from tests.fixtures.clips import ClipShelf, frames_of, numbers, samples_of
from tests.fixtures.hostile import CLIPS, CODE, FRAMES, RIGHT, Bench
from tests.fixtures.tracing import traced

MEMORY_MB: Final = 400
"""More than any of the processes that look into a hostile clip may take."""


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
    work, clips = tmp_path / "work", str(bench.folder / "clip-")
    trace = traced("tests.composer.render_all", bench.folder, work, calls=tmp_path / "calls", timeout_s=500)
    assert trace.answer["answers"] == len(CLIPS)
    assert trace.answer["memory_mb"] < MEMORY_MB
    assert any(path.startswith(clips) for path in trace.read), "nothing was watched"
    assert trace.outside(str(work), clips) == []
    assert not any(path.startswith(clips) for path in trace.written)
