"""A whole programme drawn at once: small, quick, and every frame in its place."""

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.captions import Cue
from omnigen.domain.storyboard import CUT, TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import CardRender, ShotRender, SketchRender
from tests.composer.scenes import over
from tests.fixtures.clips import ClipShelf, frames_of, numbers

SMALL = Canvas(width=160, height=96)


def carded(frames: int, transition: Any = CUT, *, seed: int = 0, text: str = "A fox.") -> ShotRender:
    picture = CardRender(canvas=SMALL, frames=frames, title="Scene", text=text, seed=seed)
    return ShotRender(frames=frames, transition=transition, picture=picture)


async def sketched(composer: FfmpegComposer, into: Path, *shots: ShotRender, **told: Any) -> Path:
    await composer.draw_sketch(SketchRender(canvas=SMALL, title="A film", shots=shots, **told), into)
    return into


@pytest.mark.parametrize("kind", [k for k in TransitionKind if k is not TransitionKind.CUT])
async def test_every_frame_is_in_its_place(
    kind: TransitionKind, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Of clips, before and after a transition of any kind; and there are as many as the timeline says."""
    clips = [shelf.numbered(n, 30, tick_frames=None) for n in (85, 170)]
    shots = [
        ShotRender(frames=30, transition=transition, picture=clip)
        for clip, transition in zip(clips, (CUT, over(kind, 7)), strict=True)
    ]
    shown = frames_of(await sketched(composer, tmp_path / "s.mp4", *shots))
    assert len(shown) == 53
    assert [numbers(f) for f in shown[:23]] == [(85, n) for n in range(23)]
    assert [numbers(f) for f in shown[30:]] == [(170, n) for n in range(7, 30)]


async def test_cards_and_clips_lie_beside_each_other(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Cuts and transitions, as long as half a scene; equal cards too."""
    clip = ShotRender(
        frames=20, transition=over(TransitionKind.FADE, 10), picture=shelf.numbered(85, 20, tick_frames=None)
    )
    fade = over(TransitionKind.WIPE_LEFT, 10)
    shots = (carded(20), clip, carded(20, fade), carded(20, fade), carded(9))
    shown = frames_of(await sketched(composer, tmp_path / "s.mp4", *shots))
    assert len(shown) == 20 + 10 + 10 + 10 + 9
    assert numbers(shown[19]) != numbers(shown[20])


async def test_a_card_alone_is_a_sketch(composer: FfmpegComposer, tmp_path: Path) -> None:
    """One scene, one frame."""
    assert len(frames_of(await sketched(composer, tmp_path / "s.mp4", carded(1)))) == 1


async def test_captions_are_seen_while_they_last(composer: FfmpegComposer, tmp_path: Path) -> None:
    """From their first frame to their last, and not a frame longer."""
    path = await sketched(
        composer, tmp_path / "s.mp4", carded(24), cues=(Cue(start=6, frames=6, text="HELLO WORLD"),)
    )
    bright = [float(np.percentile(f[80:], 99.5)) > 150 for f in frames_of(path)]
    assert bright == [6 <= n < 12 for n in range(24)]


async def test_forty_scenes_take_no_more_threads_than_one(composer: FfmpegComposer, tmp_path: Path) -> None:
    """As many as a storyboard may have, within the limits that every child of ours has."""
    shots = [carded(12, CUT if n == 0 else over(TransitionKind.DISSOLVE, 3), seed=n) for n in range(40)]
    shown = frames_of(await sketched(composer, tmp_path / "s.mp4", *shots))
    assert len(shown) == 40 * 12 - 39 * 3


async def test_a_sketch_plays_while_it_loads(composer: FfmpegComposer, tmp_path: Path) -> None:
    """Its index comes first, its colours are tagged, and it bears its title."""
    path = await sketched(composer, tmp_path / "s.mp4", carded(12))
    head = path.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    with av.open(str(path)) as container:
        assert container.metadata["title"] == "A film"
        context = container.streams.video[0].codec_context
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
