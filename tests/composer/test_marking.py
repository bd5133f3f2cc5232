"""A watermark lies over every frame, transitions included, with its own transparency."""

from pathlib import Path

import numpy as np
import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.storyboard import Corner, TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import Mark, SegmentRender
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import ClipShelf, frames_of

CANVAS = Canvas(width=320, height=180)
MARGIN = 8
"""A twenty-fifth of 180, rounded to even; 7.2 is 8."""


@pytest.fixture
def logo(shelf: ClipShelf) -> Path:
    """40x40: the left half white, the right half transparent, and green where nobody should see it."""
    left, right = "color=white:s=20x40", "color=0x00ff00@0:s=20x40"
    return shelf.made(
        "-filter_complex", f"{left},format=rgba[l];{right},format=rgba[r];[l][r]hstack,format=rgba",
        "-frames:v", "1", suffix=".png",
    )  # fmt: skip


def _film(shelf: ClipShelf) -> Film:
    """Black clips, a fade between them."""
    black = shelf.made("-f", "lavfi", "-i", "color=black:s=320x180:r=24:d=2", "-c:v", "libx264")
    return Film(
        timeline=timeline(24, (24, over(TransitionKind.FADE, 8))), clips=(black, black), canvas=CANVAS
    )


@pytest.mark.parametrize("corner", Corner)
async def test_a_mark_sits_still_in_its_corner_at_its_strength(
    corner: Corner, logo: Path, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """40 wide of 320, at three quarters: its white is three quarters of white, its transparent half isn't there."""
    mark = Mark(image=logo, corner=corner, opacity=0.75, width=0.125)
    film = _film(shelf)
    segments = [
        await film.segment(composer, n, tmp_path / f"{n}.mp4", mark=mark, tails=tmp_path) for n in (1, 2)
    ]
    shown = [frame for path in segments for frame in frames_of(path)]
    assert len(shown) == 40
    x = MARGIN if corner.value.endswith("left") else CANVAS.width - 40 - MARGIN
    y = MARGIN if corner.value.startswith("top") else CANVAS.height - 40 - MARGIN
    for picture in shown:
        assert picture[y + 3 : y + 37, x + 3 : x + 17].mean() == pytest.approx(16 + 0.75 * 219, abs=3)
        assert picture[y : y + 40, x + 24 : x + 40].max() < 24
    without = np.array(shown)
    without[:, y - 2 : y + 42, x - 2 : x + 42] = 16
    assert without.max() < 24
    flicker = np.abs(np.diff([f[y : y + 40, x : x + 40].mean() for f in shown])).max()
    assert flicker < 1


async def test_no_frame_is_copied_beneath_a_mark(
    logo: Path, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = _film(shelf)
    mark = Mark(image=logo, corner=Corner.TOP_LEFT, opacity=1, width=0.1)
    render = SegmentRender(
        segment=film.timeline.segment(1), canvas=CANVAS, clip=film.clips[0], before=None, mark=mark
    )
    steps = await composer.plan_segment(render, scratch=tmp_path, into=tmp_path / "s.mp4")
    assert steps.copied == "a watermark lies over it"
