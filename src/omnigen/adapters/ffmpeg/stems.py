"""Decodes clips, narrations and music to stems, with FFmpeg: see `sound` for the commands."""

from collections.abc import Sequence
from pathlib import Path

from omnigen.adapters.ffmpeg import sound
from omnigen.adapters.ffmpeg.graph import SAMPLE_RATE
from omnigen.adapters.ffmpeg.probe import Prober, demuxer_of, is_picture
from omnigen.adapters.ffmpeg.runner import Command, Runner
from omnigen.adapters.ffmpeg.sound import Sound
from omnigen.ports.composer import ClipStem, Stem, VoiceStem
from omnigen.ports.inspector import MediaKind
from omnigen.together import together


class Stems:
    """Makes stems in one scratch folder."""

    def __init__(self, runner: Runner, prober: Prober, scratch: Path) -> None:
        self._runner = runner
        self._prober = prober
        self._scratch = scratch

    async def all(self, asked: Sequence[Path | Stem]) -> list[Path]:
        """Stems, in order; only those are made that aren't there."""
        return await together(*(self._one(stem) for stem in asked))

    async def _one(self, stem: Path | Stem) -> Path:
        if isinstance(stem, Path):
            return stem
        return await self.make(stem, self._scratch / f"{_name(stem)}.flac")

    async def make(self, stem: Stem, into: Path) -> Path:
        """Decode one. Raises Rejected naming what can't be heard."""
        await self._runner.run(await self._plan(stem, into))
        return into

    async def _plan(self, stem: Stem, into: Path) -> Command:
        if isinstance(stem, ClipStem):
            number = stem.segment.number
            clip, before = await together(self._clip(stem.clip, number), self._clip(stem.before, number - 1))
            return sound.plan_piece(stem.segment, clip, before, rate=stem.rate, into=into)
        if isinstance(stem, VoiceStem):
            voice, _ = await self._foreign(stem.narration, f"the narration of scene {stem.number}")
            return sound.plan_voice(voice, into=into)
        music, seconds = await self._foreign(stem.music, "the music")
        samples = sound.samples_of(stem.frames, stem.rate)
        return sound.plan_music(music, round(seconds * SAMPLE_RATE), samples, into=into)

    async def _clip(self, path: Path | None, number: int) -> Sound | None:
        if path is None:
            return None
        subject = f"the clip of scene {number}"
        if is_picture(path, subject):
            return None
        demuxer = demuxer_of(path, MediaKind.VIDEO, subject)
        look = await self._prober.look(path, subject)
        heard = Sound(path=path, demuxer=demuxer, subject=subject, from_zero=look.from_zero)
        return heard if look.has_sound else None

    async def _foreign(self, path: Path, subject: str) -> tuple[Sound, float]:
        """A file of sound and how many seconds it lasts, found by decoding it."""
        found = await self._prober.decode(path, MediaKind.SOUND, subject)
        demuxer = demuxer_of(path, MediaKind.SOUND, subject)
        return Sound(path=path, demuxer=demuxer, subject=subject), found["sound_s"]


def _name(stem: Stem) -> str:
    if isinstance(stem, ClipStem):
        return f"bed-{stem.segment.number}"
    return f"voice-{stem.number}" if isinstance(stem, VoiceStem) else "music"
