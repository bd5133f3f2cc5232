"""Sound is mixed stretch by stretch: nobody hears it, and an edit does again only what it has changed."""

from pathlib import Path

import numpy as np
import pytest
from attrs import evolve
from numpy.typing import NDArray

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.ledger import Ledger
from omnigen.domain.storyboard import TransitionKind
from omnigen.ports.composer import ClipStem, SoundRender, VoiceStem
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import SAMPLE_RATE, ClipShelf, samples_of, tone, write_wav


def toned(shelf: ClipShelf, hertz: float, seconds: float = 2.5) -> Path:
    """A clip with a steady tone."""
    return shelf.made(
        *("-f", "lavfi", "-i", f"color=gray:s=160x96:r=24:d={seconds}"),
        *("-f", "lavfi", "-i", f"sine=f={hertz}:d={seconds}", "-shortest"),
    )


def five(shelf: ClipShelf, *hertz: float) -> Film:
    plan = timeline(48, *[(48, over(TransitionKind.FADE, 6))] * 4)
    return Film(timeline=plan, clips=tuple(toned(shelf, h) for h in hertz))


async def mixed(composer: FfmpegComposer, render: SoundRender, into: Path) -> bytes:
    await composer.mix(render, into)
    return content(into)


def content(path: Path) -> bytes:
    return path.read_bytes()


async def test_an_edit_gives_the_bytes_that_it_would_give_anew(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """With what the mix before knows, and without it; the unchanged is mixed by neither of them again."""
    voice, music = shelf.sound(tone(1.2, 300)), shelf.sound(tone(4, 220))
    before, after = five(shelf, 400, 500, 600, 700, 800), five(shelf, 400, 500, 600, 900, 800)
    first = tmp_path / "first.mp4"
    await composer.mix(before.sounds(narrations=[None, voice], music=music), first)
    render = after.sounds(narrations=[None, voice], music=music)
    anew = await mixed(composer, render, tmp_path / "anew.mp4")
    assert await mixed(composer, evolve(render, earlier=first), tmp_path / "edited.mp4") == anew
    old, new = (
        set(Ledger.read(tmp_path / name, composer.build).laid) for name in ("first.mp4", "edited.mp4")
    )
    assert 1 <= len(old & new) < len(new)
    same = before.sounds(narrations=[None, voice], music=music)
    assert await mixed(composer, evolve(same, earlier=tmp_path / "edited.mp4"), tmp_path / "back.mp4") == (
        first.read_bytes()
    )


async def test_what_another_build_has_mixed_is_not_taken(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    await composer.mix(five(shelf, *[400] * 5).sounds(), tmp_path / "sound.mp4")
    assert Ledger.read(tmp_path / "sound.mp4", composer.build).laid
    assert not Ledger.read(tmp_path / "sound.mp4", "another").laid
    assert not Ledger.read(toned(shelf, 400), composer.build).laid


async def test_prepared_stems_give_the_same_bytes(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Whether stems were made as soon as their clips came, or with the mix."""
    film, voice = five(shelf, 400, 500, 600, 700, 800), shelf.sound(tone(1.2, 300))
    render = film.sounds(narrations=[voice])
    scenes = []
    for segment, scene in zip(film.timeline.segments(), render.scenes, strict=True):
        before = film.clips[scene.number - 2] if segment.overlap else None
        stem, said = tmp_path / f"{scene.number}.flac", tmp_path / "voice.flac"
        clip = ClipStem(segment=segment, rate=24, clip=film.clips[scene.number - 1], before=before)
        await composer.prepare(clip, stem)
        if scene.narration:
            await composer.prepare(VoiceStem(number=1, narration=scene.narration), said)
        scenes.append(
            evolve(scene, clip=None, narration=None, stem=stem, voice=said if scene.narration else None)
        )
    prepared = await mixed(composer, evolve(render, scenes=tuple(scenes)), tmp_path / "prepared.mp4")
    assert prepared == await mixed(composer, render, tmp_path / "anew.mp4")


@pytest.mark.parametrize("kind", ["tone", "noise", "clicks"])
async def test_nobody_hears_where_two_stretches_meet(
    kind: str, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Each stretch was encoded on its own: at the seams the sound is as near to its source as between them."""
    source = _source(kind)
    film = Film(
        timeline=timeline(*[30] * 8), clips=tuple(shelf.numbered(85, 30, tick_frames=None) for _ in range(8))
    )
    music = write_wav(tmp_path / "music.wav", source)
    await composer.mix(film.sounds(music=music), tmp_path / "sound.mp4")
    heard = samples_of(tmp_path / "sound.mp4")[: len(source)]
    middle = slice(SAMPLE_RATE * 3 // 2, SAMPLE_RATE * 7)
    gain = np.dot(heard[middle], source[middle]) / np.dot(source[middle], source[middle])
    error = (heard - gain * source) ** 2
    laid = Ledger.read(tmp_path / "sound.mp4", composer.build).laid
    seams = sorted(first * 1024 - 1024 for first, _ in laid.values())
    near = [error[s - 1024 : s + 1024].mean() for s in seams if middle.start < s < middle.stop]
    assert len(near) >= 4
    assert max(near) < 4 * np.percentile(error[middle].reshape(-1, 2000).mean(axis=1), 95) + 1e-9


def _source(kind: str) -> NDArray[np.float32]:
    random = np.random.default_rng(5)
    if kind == "tone":
        return tone(10, 997, 0.2)
    if kind == "noise":
        return random.normal(0, 0.05, 10 * SAMPLE_RATE).astype(np.float32).clip(-0.9, 0.9)
    clicks = np.zeros(10 * SAMPLE_RATE, np.float32)
    clicks[:: SAMPLE_RATE // 9] = 0.3
    return clicks + tone(10, 220, 0.05)
