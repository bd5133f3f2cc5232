"""Runs the sound's plan: pieces, stems, levels, mix, and as many masters as the loudness needs."""

import asyncio
import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Final

import structlog

from omnigen.adapters.ffmpeg import sound
from omnigen.adapters.ffmpeg.probe import Prober, demuxer_of
from omnigen.adapters.ffmpeg.runner import Command, Runner, together
from omnigen.adapters.ffmpeg.sound import Mastering, Measured, Sound
from omnigen.domain.captions import Speech, placed, spoken_frames
from omnigen.domain.errors import Transient
from omnigen.ports.composer import SceneSound, SoundRender
from omnigen.ports.inspector import MediaKind

log = structlog.get_logger(__name__)

_MASTERS: Final = 5
_SAMPLE_BYTES: Final = 8
"""Two channels of 32-bit float."""


class Mixer:
    """The sound of one programme, made in one scratch folder."""

    def __init__(self, runner: Runner, prober: Prober, scratch: Path) -> None:
        self._runner = runner
        self._prober = prober
        self._scratch = scratch

    async def mix(self, render: SoundRender) -> Path:
        """The programme's sound as AAC, exactly as long as its pictures."""
        total = sound.programme_samples(render.timeline)
        made = await together(self._bed(render), self._voice(render), self._music(render, total))
        stems = {n: p for n, p in zip(("bed", "voice", "music"), made, strict=True) if p is not None}
        measured = await together(*(self._level(sound.plan_level(path)) for path in stems.values()))
        levels = dict(zip(stems, measured, strict=True))
        if len(stems) == 1:
            ((name, mix),) = stems.items()
            return await self._mastered(mix, levels[name], sound.stem_gain(name, levels[name]), total)
        mix = self._scratch / "mix.pcm"
        await self._runner.run(sound.plan_mix(stems, levels, total, into=mix))
        return await self._mastered(mix, await self._level(sound.plan_level(mix)), 0.0, total)

    async def _bed(self, render: SoundRender) -> Path:
        """The clips' own sound, a piece for each segment."""
        looks = await together(*(self._clip(s) for s in render.scenes))
        commands = []
        for segment, before, clip in zip(render.timeline.segments(), [None, *looks], looks, strict=False):
            into = self._scratch / f"bed-{segment.number}.pcm"
            commands.append(sound.plan_piece(segment, clip, before, rate=render.timeline.rate, into=into))
        await self._all(commands)
        pieces = [self._scratch / f"bed-{n}.pcm" for n in range(1, len(looks) + 1)]
        return await asyncio.to_thread(_laid_end_to_end, pieces, self._scratch / "bed.pcm")

    async def _clip(self, scene: SceneSound) -> Sound | None:
        subject = f"the clip of scene {scene.number}"
        demuxer = demuxer_of(scene.clip, MediaKind.VIDEO, subject)
        look = await self._prober.look(scene.clip, subject)
        return Sound(path=scene.clip, demuxer=demuxer, subject=subject) if look.has_sound else None

    async def _voice(self, render: SoundRender) -> Path | None:
        """All narrations, each followed by silence up to where the next one begins."""
        spoken = {s.number: s.narration for s in render.scenes if s.narration is not None}
        if not spoken:
            return None
        lengths = await together(*(self._narration_frames(n, p, render) for n, p in spoken.items()))
        speeches = placed(render.timeline, dict(zip(spoken, lengths, strict=True)))
        pieces = [self._scratch / f"voice-{s.number}.pcm" for s in speeches]
        marks = [sound.samples_of(s.start, render.timeline.rate) for s in speeches]
        ends = [*marks[1:], sound.programme_samples(render.timeline)]
        await self._all(
            [
                sound.plan_voice(_narration(s, spoken[s.number]), _safe(s.tempo), end - mark, into=piece)
                for s, piece, mark, end in zip(speeches, pieces, marks, ends, strict=True)
            ]
        )
        silence = await asyncio.to_thread(_silence, self._scratch / "voice-0.pcm", marks[0])
        return await asyncio.to_thread(_laid_end_to_end, [silence, *pieces], self._scratch / "voice.pcm")

    async def _narration_frames(self, number: int, path: Path, render: SoundRender) -> int:
        """How many frames a narration lasts, rounded up, found by decoding it."""
        found = await self._prober.decode(path, MediaKind.SOUND, f"the narration of scene {number}")
        return spoken_frames(found["sound_s"], render.timeline.rate)

    async def _music(self, render: SoundRender, total: int) -> Path | None:
        if render.music is None:
            return None
        await self._prober.decode(render.music, MediaKind.SOUND, "the music")
        demuxer = demuxer_of(render.music, MediaKind.SOUND, "the music")
        into = self._scratch / "music.pcm"
        music = Sound(path=render.music, demuxer=demuxer, subject="the music")
        await self._runner.run(sound.plan_music(music, total, into=into))
        return into

    async def _mastered(self, mix: Path, level: Measured, lift: float, total: int) -> Path:
        """Encode, measure what came out, correct, until it is right: encoders overshoot."""
        made = self._scratch / "sound.mp4"
        mastering = Mastering.of(level, lift)
        if mastering.limits(level):
            # A fifth of the work of an encode that would have to be done again.
            mastering = mastering.rehearsed(await self._level(sound.plan_level(mix, mastering)))
        result = Measured(loudness=-70, peak=0)
        for _ in range(_MASTERS):
            await self._runner.run(sound.plan_master(mix, mastering, total, into=made))
            result = await self._level(sound.plan_measure(made, "sound"))
            if sound.good_enough(result):
                break
            mastering = mastering.corrected(result)
        if result.peak > sound.CEILING:
            raise Transient(f"the sound peaks at {result.peak} dBTP after encoding")
        log.info("sound.mastered", loudness=result.loudness, peak=result.peak)
        return made

    async def _level(self, command: Command) -> Measured:
        return sound.measured((await self._runner.run(command)).stderr)

    async def _all(self, commands: Sequence[Command]) -> None:
        await together(*(self._runner.run(command) for command in commands))


def _narration(speech: Speech, path: Path) -> Sound:
    subject = f"the narration of scene {speech.number}"
    return Sound(path=path, demuxer=demuxer_of(path, MediaKind.SOUND, subject), subject=subject)


def _safe(tempo: Fraction) -> float:
    """A trace faster than computed: atempo may end a few samples late, and no word may be cut."""
    return 1.0 if tempo == 1 else float(tempo) * 1.002


def _laid_end_to_end(pieces: Sequence[Path], into: Path) -> Path:
    with into.open("wb") as whole:
        for piece in pieces:
            with piece.open("rb") as part:
                shutil.copyfileobj(part, whole, 1 << 20)
            piece.unlink()
    return into


def _silence(path: Path, samples: int) -> Path:
    """A file of zeros that takes no room on the disk."""
    with path.open("wb") as file:
        file.truncate(samples * _SAMPLE_BYTES)
    return path
