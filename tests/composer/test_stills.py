"""Stills become clips: moved over smoothly, exactly as long as asked, from the picture's one shape to the other."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.stills import move_of
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import Still
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import ClipShelf, frames_of, luma, numbers

CANVAS = Canvas(width=384, height=216)
SPOT = (0.55, 0.45)
"""Where a bright spot lies in the still, in parts of its width and height."""
SEEDS = range(6)
"""One for each kind of move."""


def _spot(shelf: ClipShelf, suffix: str = ".png") -> Path:
    """A soft spot on dark grey, 1280x720."""
    expression = f"30+190*exp(-(pow(X-{SPOT[0]}*W,2)+pow(Y-{SPOT[1]}*H,2))/(2*40*40))"
    return shelf.made(
        "-f", "lavfi", "-i", "color=black:s=1280x720,format=gray", "-vf", f"geq='{expression}'",
        "-frames:v", "1", suffix=suffix,
    )  # fmt: skip


def _centre(picture: NDArray[np.float64]) -> tuple[float, float]:
    """Where the spot is, in pixels, to a fraction of one."""
    weight = np.clip(picture - 70, 0, None)
    rows, columns = np.indices(picture.shape)
    return (weight * (columns + 0.5)).sum() / weight.sum(), (weight * (rows + 0.5)).sum() / weight.sum()


async def _clip(
    still: Path, seed: int, frames: int, composer: FfmpegComposer, folder: Path, canvas: Canvas = CANVAS
) -> list[NDArray[np.float64]]:
    film = Film(timeline=timeline(frames), clips=(still,), canvas=canvas)
    path = await film.segment(composer, 1, folder / "s.mp4", still=Still(frames=frames, seed=seed))
    return frames_of(path)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_move_is_smooth_and_goes_where_it_was_meant_to(
    seed: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """The spot is within half a pixel of its computed place on every frame, and never 0.15 pixels off its pace."""
    shown = await _clip(_spot(shelf), seed, 48, composer, tmp_path)
    assert len(shown) == 48
    found = np.array([_centre(f) for f in shown])
    first, last = move_of(Still(frames=48, seed=seed), 24)
    for n, centre in enumerate(found):
        part = n / 47
        left, top, size = (
            a + (b - a) * part
            for a, b in ((first.left, last.left), (first.top, last.top), (first.size, last.size))
        )
        place = (SPOT[0] - left) / size * CANVAS.width, (SPOT[1] - top) / size * CANVAS.height
        assert np.hypot(*(centre - np.array(place))) < 0.5
    steps = np.diff(found, axis=0)
    assert np.abs(steps - steps.mean(axis=0)).max() < 0.15
    assert np.abs(steps).max() > 0.02


def test_seeds_choose_all_kinds_of_moves_and_never_look_past_an_edge() -> None:
    views = [move_of(Still(frames=f, seed=s), 24) for s in range(60) for f in (1, 24, 120, 1440)]
    assert len(set(views)) > 60
    for view in (v for pair in views for v in pair):
        assert view.left >= 0
        assert view.top >= 0
        assert max(view.left, view.top) + view.size <= 1 + 1e-9
        assert view.size >= 0.8


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
async def test_every_kind_of_picture_that_models_make_is_taken(
    suffix: str, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Of another shape, too: a wide still fills a tall canvas's width, over itself."""
    canvas = Canvas(width=90, height=160)
    shown = await _clip(_spot(shelf, suffix), 0, 5, composer, tmp_path, canvas)
    assert [f.shape for f in shown] == [(160, 90)] * 5
    assert min(f.min() for f in shown) > 16


async def test_a_move_goes_on_through_its_transitions(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Of two scenes of one still and one seed, 24 frames each, the transition mixes frames 18 to 23 with 0 to 5."""
    still, move = _spot(shelf), Still(frames=24, seed=2)
    film = Film(
        timeline=timeline(24, (24, over(TransitionKind.FADE, 6))), clips=(still, still), canvas=CANVAS
    )
    alone = await _clip(still, 2, 24, composer, tmp_path)
    one = frames_of(await film.segment(composer, 1, tmp_path / "1.mp4", still=move, tails=tmp_path))
    told = {"still": move, "before_still": move}
    left = frames_of(await film.segment(composer, 2, tmp_path / "2.mp4", tails=tmp_path, **told))
    anew = frames_of(await film.segment(composer, 2, tmp_path / "3.mp4", **told))
    assert [len(one), len(left), len(anew)] == [18, 24, 24]
    for n in range(6):
        mixed = alone[18 + n] * (1 - n / 6) + alone[n] * n / 6
        assert np.abs(anew[n] - mixed).mean() < 2
        assert np.abs(left[n] - anew[n]).mean() < 0.5


async def test_a_still_and_a_clip_follow_each_other(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    clips = (shelf.numbered(85, 24, size=(384, 216)), _spot(shelf))
    film = Film(timeline=timeline(24, (24, over(TransitionKind.WIPE_LEFT, 6))), clips=clips, canvas=CANVAS)
    move = Still(frames=24, seed=1)
    shown = frames_of(await film.segment(composer, 2, tmp_path / "s.mp4", still=move))
    assert len(shown) == 24
    assert numbers(shown[0]) == (85, 18)
    assert np.abs(shown[0] - luma(85, 18, (384, 216))).mean() < 3


async def test_a_video_is_no_still(shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="the clip of scene 1 is not a PNG, JPEG or WebP image"):
        await _clip(shelf.numbered(85, 30), 0, 24, composer, tmp_path)
