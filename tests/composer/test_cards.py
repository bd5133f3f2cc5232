"""Cards stand in for clips: exact, conforming, and saying what they are told."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.copying import Stretch
from omnigen.adapters.ffmpeg.lettering import fitted, width_of
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import CardRender, SegmentRender
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import frames_of

WIDE = Canvas(width=320, height=180)


async def drawn(composer: FfmpegComposer, into: Path, **told: Any) -> Path:
    render: dict[str, Any] = {
        "canvas": WIDE,
        "frames": 30,
        "title": "Scene 1",
        "text": "A fox crosses the snow.",
    } | told
    await composer.draw_card(CardRender(**render), into)
    return into


@pytest.mark.parametrize(("frames", "rate"), [(1, 24), (2, 24), (25, 24), (61, 30), (49, 25)])
async def test_a_card_has_exactly_its_frames(
    frames: int, rate: int, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """No more and no less, all of them the same picture."""
    canvas = Canvas(width=320, height=180, rate=rate)
    path = await drawn(composer, tmp_path / "card.mp4", frames=frames, canvas=canvas)
    pictures = frames_of(path)
    assert len(pictures) == frames
    assert all(np.abs(a - b).mean() < 2 for a, b in pairwise(pictures))


async def test_a_cards_pictures_are_copied(composer: FfmpegComposer, tmp_path: Path) -> None:
    """Behind a transition, from the next half second on: nothing about a card stands in the way."""
    one = await drawn(composer, tmp_path / "1.mp4", frames=48)
    two = await drawn(composer, tmp_path / "2.mp4", frames=48, seed=1)
    film = Film(timeline=timeline(48, (48, over(TransitionKind.FADE, 10))), clips=(one, two), canvas=WIDE)
    render = SegmentRender(segment=film.timeline.segment(2), canvas=WIDE, clip=two, before=one)
    steps = await composer.plan_segment(render, scratch=tmp_path, into=tmp_path / "x.mp4")
    assert steps.copied == Stretch(start=12, end=48)
    programme = await film.programme(composer, tmp_path)
    assert programme.frames == 86


async def test_a_card_is_the_same_every_time(composer: FfmpegComposer, tmp_path: Path) -> None:
    """Same words, same bytes."""
    one = await drawn(composer, tmp_path / "1.mp4")
    two = await drawn(composer, tmp_path / "2.mp4")
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    "text",
    [
        "100% 'quoted', back\\slash: %{pts} [a]; {b} =c,\n\n\ttabs",
        "textfile=/etc/passwd:x=0",
        "Съешь ещё этих мягких французских булок",
        "\0\x07\u200b\u202e",
        "W" * 2000,
        "日本語のテキスト",
    ],
)
async def test_any_text_is_only_text(text: str, composer: FfmpegComposer, tmp_path: Path) -> None:
    """Whatever is in it, a card comes out, and no filter takes it for an option."""
    path = await drawn(composer, tmp_path / "card.mp4", text=text, title=text[:120], label=text, frames=3)
    assert len(frames_of(path)) == 3


async def test_a_label_is_clearly_seen(composer: FfmpegComposer, tmp_path: Path) -> None:
    """A bright band along the upper edge; without a label it is dark there."""
    with_label = await drawn(composer, tmp_path / "1.mp4", label="Scene 1 could not be made", frames=2)
    without = await drawn(composer, tmp_path / "2.mp4", frames=2)
    assert frames_of(with_label)[0][:8].mean() > 150
    assert frames_of(without)[0][:8].mean() < 80


@pytest.mark.parametrize("text", ["one two three", "W" * 300, "a " * 500, "", "i" * 100])
def test_lines_stay_in_their_box(text: str) -> None:
    """Of any text; what never fits ends with an ellipsis."""
    size, lines = fitted(text, 200, 90, largest=30, smallest=8)
    assert 8 <= size <= 30
    assert all(width_of(line, size) <= 200 for line in lines)
    assert len(lines) * size * 1.35 <= 90 + size
    assert text.strip() == "" or "".join(lines).rstrip("…").replace(" ", "") in text.replace(" ", "")
