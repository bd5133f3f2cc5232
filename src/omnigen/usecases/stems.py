"""What is to be heard, decoded: a stem for each segment, each narration and the music, kept in the store like segments."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import frozen

from omnigen.domain.errors import OmniGenError
from omnigen.domain.job import SceneStatus
from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import Segment
from omnigen.ports.assets import Assets
from omnigen.ports.composer import ClipStem, Composer, MusicStem, SceneSound, Stem, VoiceStem
from omnigen.together import together
from omnigen.usecases.cutting import Cutting, digest_of
from omnigen.usecases.segment_keys import built
from omnigen.usecases.workspace import Workspace

_SAMPLE_RATE: Final = 48_000


@frozen(kw_only=True)
class Stems:
    """Has each stem made once, as soon as what it is made of is there."""

    assets: Assets
    composer: Composer
    workspace: Workspace

    async def early(self, cutting: Cutting, number: int) -> None:
        """Make those that a scene's clip was waited for. Trouble is left for the mix."""
        near = [n for n in (number, number + 1) if n <= len(cutting.scenes)]
        ready = [n for n in near if all(s.status is SceneStatus.READY for s in cutting.sources(n))]
        with suppress(OmniGenError):
            await together(self.voice(cutting, number), *(self.clip(cutting, n) for n in ready))

    async def scenes(self, cutting: Cutting) -> tuple[SceneSound, ...]:
        """All that scenes give to be heard. Raises Rejected naming what can't be, Transient."""
        return tuple(await together(*(self._scene(cutting, scene.number) for scene in cutting.scenes)))

    async def _scene(self, cutting: Cutting, number: int) -> SceneSound:
        stem, voice = await together(self.clip(cutting, number), self.voice(cutting, number))
        return SceneSound(number=number, stem=stem, voice=voice)

    async def clip(self, cutting: Cutting, number: int) -> Path | None:
        """What is heard of the clips during a segment."""
        segment = cutting.timeline.segment(number)
        told = [
            _heard(segment, cutting.timeline.rate),
            *(cutting.clip(source).sha256 for source in segment.sources),
        ]

        async def stem() -> Stem:
            paths = [await self.workspace.bring(cutting.job.id, cutting.clip(n)) for n in segment.sources]
            before = paths[0] if segment.overlap else None
            return ClipStem(segment=segment, rate=cutting.timeline.rate, clip=paths[-1], before=before)

        return await self._made(cutting, "clip", told, stem)

    async def voice(self, cutting: Cutting, number: int) -> Path | None:
        """The narration of a scene, if it has one."""
        speech = cutting.scenes[number - 1].speech
        if speech is None:
            return None

        async def stem() -> Stem:
            return VoiceStem(number=number, narration=await self.workspace.bring(cutting.job.id, speech))

        return await self._made(cutting, "voice", [speech.sha256], stem)

    async def music(self, cutting: Cutting, music: StoredFile | None) -> Path | None:
        """The music, as long as the programme."""
        if music is None:
            return None
        frames, rate = cutting.timeline.frames, cutting.timeline.rate

        async def stem() -> Stem:
            path = await self.workspace.bring(cutting.job.id, music)
            return MusicStem(music=path, frames=frames, rate=rate)

        return await self._made(cutting, "music", [music.sha256, frames, rate], stem)

    async def _made(
        self, cutting: Cutting, kind: str, told: Sequence[object], stem: Callable[[], Awaitable[Stem]]
    ) -> Path:
        job_id = cutting.job.id
        content = f"jobs/{job_id}/stems/{digest_of([kind, *told])}"
        key = built(content, self.composer.build, ".flac")
        async with self.workspace.lock(job_id, key):
            stored = await self.workspace.look(job_id, key) or await self._make(job_id, key, await stem())
        return await self.workspace.bring(job_id, stored)

    async def _make(self, job_id: str, key: str, stem: Stem) -> StoredFile:
        into = self.workspace.folder(job_id) / f"{Path(key).stem}.{id(stem):x}.flac"
        try:
            await self.composer.prepare(stem, into)
            stored = await self.assets.put(key, into, content_type="audio/flac", once=True)
            await self.workspace.keep(job_id, stored, into)
        finally:
            into.unlink(missing_ok=True)
        return stored


def _heard(segment: Segment, rate: int) -> list[int | None]:
    """What of a segment decides its sound; its place only where a frame has no whole number of samples."""
    phase = segment.start % rate if _SAMPLE_RATE % rate else 0
    return [segment.frames, segment.tail_start, segment.overlap, rate, phase]
