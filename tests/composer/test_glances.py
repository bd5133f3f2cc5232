"""What is seen of a programme before it is played: each small picture shows its own scene, at its own time."""

import re
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.sheet import MODES
from omnigen.adapters.ffmpeg.sprites import EACH_S, MOST, Stretch, cells, sheet_size, size_of
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Canvas, Timeline
from tests.composer.scenes import Film, over, timeline, timelines
from tests.fixtures.clips import ClipShelf, numbers

CUE = re.compile(r"(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)")


def stretches(plan: Timeline, gop: int) -> list[Stretch]:
    """Segments with a keyframe every `gop` frames."""
    return [Stretch(s.start, s.frames, s.overlap, tuple(range(0, s.frames, gop))) for s in plan.segments()]


@given(timelines(), st.integers(1, 300))
def test_every_moment_has_one_picture_of_its_own_scene(plan: Timeline, gop: int) -> None:
    """Without a gap from first to last; a picture never shows a transition, nor another scene than is mostly seen."""
    laid = cells(stretches(plan, gop), plan.rate)
    assert (laid[0].start, laid[-1].end) == (0, plan.frames)
    assert all(a.end == b.start for a, b in pairwise(laid))
    assert 1 <= len(laid) <= MOST
    for cell in laid:
        segment = plan.segment(cell.segment + 1)
        assert min(segment.overlap, segment.frames - 1) <= cell.frame < segment.frames
        assert segment.start + segment.overlap // 2 <= cell.start < cell.end


@given(timelines())
def test_where_there_are_keyframes_enough_a_picture_is_near_its_time(plan: Timeline) -> None:
    """With a keyframe a second, no moment is further from its picture than two cells."""
    laid = cells(stretches(plan, plan.rate), plan.rate)
    for cell in laid:
        if cell.end - cell.start < 2 * EACH_S * plan.rate:
            shown = plan.segment(cell.segment + 1).start + cell.frame
            assert cell.start - 2 * EACH_S * plan.rate <= shown < cell.end + 2 * EACH_S * plan.rate


def test_a_sheet_of_the_longest_programme_is_of_modest_size() -> None:
    """1600 x 900 pixels for 100 pictures of 16:9; upright ones are as high as others are wide."""
    assert sheet_size(MOST, size_of(1280, 720)) == (1600, 900)
    assert size_of(720, 1280) == (90, 160)


def picture_of(path: Path) -> NDArray[np.float64]:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).to_ndarray(format="gray").astype(float)


def seconds(stamp: str) -> float:
    hours, minutes, rest = stamp.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.mark.parametrize("gop", [12, 250])
async def test_each_part_of_the_sheet_shows_the_frame_that_it_stands_for(
    gop: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Copied clips with many keyframes and encoded ones: the number in every picture is of the scene at its time."""
    plan = timeline(100, (90, over(TransitionKind.FADE, 12)), (30, over(TransitionKind.WIPE_LEFT, 15)), 60)
    clips = tuple(shelf.numbered(c.number, 110, options=("-g", str(gop))) for c in plan.clips)
    programme = await Film(timeline=plan, clips=clips).programme(composer, tmp_path)
    assert programme.sprites is not None
    assert programme.sprites_vtt is not None
    sheet, text = picture_of(programme.sprites), programme.sprites_vtt.read_text()
    found = CUE.findall(text)
    assert text.startswith("WEBVTT\n")
    assert (seconds(found[0][0]), seconds(found[-1][1])) == (0, pytest.approx(plan.frames / 24, abs=1e-3))
    for start, end, name, *part in found:
        x, y, width, height = map(int, part)
        scene, _ = numbers(sheet[y : y + height, x : x + width])
        middle = round((seconds(start) + seconds(end)) / 2 * 24)
        mostly = [s for s in plan.segments() if s.start + s.overlap // 2 <= middle]
        assert (name, scene) == ("sprites.jpg", mostly[-1].number)


async def test_colours_of_poster_and_sprites_are_those_of_the_video(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """An orange of bt709 in limited range is the same orange in a JPEG, to a few steps of 256."""
    orange = (230, 126, 34)
    source = f"color=0x{bytes(orange).hex()}:s=160x96:r=24:d=2,format=gbrp"
    tags = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    clip = shelf.made(
        "-f", "lavfi", "-i", source, "-vf", f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{tags}"
    )
    programme = await Film(timeline=timeline(24), clips=(clip,)).programme(composer, tmp_path)
    for path in (programme.poster, programme.sprites):
        assert path is not None
        with av.open(str(path)) as container:
            pixels = next(container.decode(video=0)).to_ndarray(format="rgb24")
        assert np.abs(pixels.reshape(-1, 3).mean(axis=0) - orange).max() < 6, path.name


async def test_an_upright_programme_has_upright_sprites(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(
        timeline=timeline(24), clips=(shelf.numbered(3, 24),), canvas=Canvas(width=96, height=160, rate=24)
    )
    programme = await film.programme(composer, tmp_path)
    assert programme.sprites is not None
    assert picture_of(programme.sprites).shape == (160, 96)


def test_a_sheet_that_cannot_be_written_is_none_and_the_poster_is_there_all_the_same(
    shelf: ClipShelf, tmp_path: Path
) -> None:
    segment = {"file": [str(shelf.numbered(5, 24)), "mov"], "start": 0, "frames": 24, "overlap": 0}
    found = MODES["glances"](
        {
            "segments": [segment],
            "canvas": [160, 96],
            "rate": 24,
            "poster": str(tmp_path / "poster.jpg"),
            "sheet": str(tmp_path / "nowhere" / "sheet.jpg"),
        }
    )
    assert found["cells"] == []
    assert numbers(picture_of(tmp_path / "poster.jpg"))[0] == 5
