"""A plan can be read before anything is rendered: the same decision, commands without a path of this machine."""

from pathlib import Path

from attrs import evolve

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.captions import Cue
from omnigen.domain.storyboard import Corner, TransitionKind
from omnigen.ports.composer import Mark, SegmentRender
from tests.composer.scenes import CANVAS, names_in, over, timeline
from tests.composer.test_copying import shaped
from tests.fixtures.clips import ClipShelf


def render(shelf: ClipShelf, folder: Path, *, there: bool = True) -> SegmentRender:
    clips = [shaped(shelf, "short GOPs", n) if there else folder / f"{n}.mp4" for n in (85, 170)]
    segment = timeline(96, (96, over(TransitionKind.FADE, 10))).segment(2)
    return SegmentRender(segment=segment, canvas=CANVAS, clip=clips[1], before=clips[0])


async def test_it_decides_as_the_render_will(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """What is copied, and every command; only the names of files are others. Nothing is run."""
    wanted = render(shelf, tmp_path)
    outline = await composer.outline(wanted)
    steps = await composer.plan_segment(wanted, scratch=tmp_path, into=tmp_path / "x.mp4")
    assert not isinstance(steps.copied, str)
    assert outline.copied == (steps.copied.start, steps.copied.end) == (12, 96)
    assert [c.step for c in outline.commands][: len(steps.commands)] == [c.step for c in steps.commands]
    assert [c.args[0] for c in outline.commands] == ["ffmpeg", "splice"]
    assert names_in(tmp_path) == set()


async def test_it_says_why_nothing_is_copied(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """In the words of the plan."""
    captioned = evolve(render(shelf, tmp_path), cues=(Cue(start=0, frames=20, text="Hello"),))
    outline = await composer.outline(captioned)
    assert (outline.copied, outline.reason) == (None, "captions are burned in")
    told = " ".join(arg for command in outline.commands for arg in command.args)
    assert "DejaVuSans-Bold.ttf" in told
    assert str(tmp_path) not in told
    assert str(shelf.folder) not in told
    assert "/src/" not in told
    assert "site-packages" not in told


async def test_clips_that_are_not_there_are_expected(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Nobody knows yet whether they can be copied."""
    outline = await composer.outline(render(shelf, tmp_path, there=False))
    assert outline.copied is None
    assert outline.reason is not None
    assert "not there yet" in outline.reason
    assert any("clip-1" in command.args for command in outline.commands)


async def test_a_watermark_is_planned_with_by_its_name(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Nobody has to fetch it to know that nothing is copied under it."""
    mark = Mark(image=Path("watermark"), corner=Corner.TOP_LEFT, opacity=0.5, width=0.2)
    outline = await composer.outline(evolve(render(shelf, tmp_path), mark=mark))
    assert (outline.copied, outline.reason) == (None, "a watermark lies over it")
    assert any("watermark" in command.args for command in outline.commands)
