"""Publish a programme and what lies beside it, each file under the hash of its content.

All of it is there before the row that names it: a revision that has ended never changes, so what is missing by then is
missing for good. Video, poster and captions must be there. The others are made in milliseconds, or beside the join;
each may fail or be too slow, and then the video has none.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.job import SIDECAR_NAMES, Job, Sidecar, SidecarKind, Video
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.composer import Composer, Programme
from omnigen.ports.editor import EditorFormat
from omnigen.ports.metrics import Metrics
from omnigen.ports.takes import Takes
from omnigen.usecases.admit_upload import input_key
from omnigen.usecases.cut_list import cut_list
from omnigen.usecases.cutting import Cutting
from omnigen.usecases.manifest import Parts, manifest, written

_TYPES: Final = {
    SidecarKind.CAPTIONS_SRT: "application/x-subrip",
    SidecarKind.SPRITES: "image/jpeg",
    SidecarKind.SPRITES_VTT: "text/vtt",
    SidecarKind.MANIFEST: "application/json",
    SidecarKind.TIMELINE_OTIO: "application/json",
}
_PATIENCE_S: Final = 5.0
"""For all optional files together: a video is not kept waiting for them."""

Made = Callable[[], Awaitable[StoredFile]]


@frozen(kw_only=True)
class PublishVideo:
    """Put everything into the store; what is named is there."""

    assets: Assets
    takes: Takes
    composer: Composer
    editor: EditorFormat
    metrics: Metrics

    async def __call__(self, cutting: Cutting, parts: Parts, programme: Programme) -> Video:
        """The video with its files. Raises Transient."""
        deadline = asyncio.get_running_loop().time() + _PATIENCE_S
        try:
            async with asyncio.TaskGroup() as group:
                published = group.create_task(self._video(cutting.job, programme))
                beside = group.create_task(self._beside(cutting, parts, programme, deadline))
        except BaseExceptionGroup as several:
            raise several.exceptions[0] from None
        video = evolve(published.result(), sidecars=beside.result())
        facts = await self._at_best(
            SidecarKind.MANIFEST, lambda: self._manifest(cutting, parts, programme, video), deadline
        )
        return evolve(video, sidecars=(*video.sidecars, *facts))

    async def _video(self, job: Job, programme: Programme) -> Video:
        captions = programme.captions
        return Video(
            file=await self._put(job, programme.video, "video/mp4", programme.frames / programme.rate),
            poster=await self._put(job, programme.poster, "image/jpeg"),
            captions=await self._put(job, captions, "text/vtt") if captions else None,
            frames=programme.frames,
            rate=programme.rate,
            width=programme.width,
            height=programme.height,
        )

    async def _beside(
        self, cutting: Cutting, parts: Parts, programme: Programme, deadline: float
    ) -> tuple[Sidecar, ...]:
        """Whatever else can be had in time, but the manifest, which names all the others."""
        files = {
            SidecarKind.CAPTIONS_SRT: programme.captions_srt,
            SidecarKind.SPRITES: programme.sprites,
            SidecarKind.SPRITES_VTT: programme.sprites_vtt,
        }
        wanted: dict[SidecarKind, Made] = {
            kind: partial(self._put, cutting.job, path, _TYPES[kind])
            for kind, path in files.items()
            if path is not None
        }
        wanted[SidecarKind.TIMELINE_OTIO] = lambda: self._timeline(cutting, parts)
        found = await asyncio.gather(*(self._at_best(kind, make, deadline) for kind, make in wanted.items()))
        return tuple(sidecar for one in found for sidecar in one)

    async def _at_best(self, kind: SidecarKind, make: Made, deadline: float) -> tuple[Sidecar, ...]:
        """The one file, or none."""
        try:
            async with asyncio.timeout_at(deadline):
                return (Sidecar(kind=kind, file=await make()),)
        except Exception:  # noqa: BLE001  whatever is wrong with it, the video is whole
            self.metrics.count("sidecars_missing_total", kind=kind.value)
            return ()

    async def _timeline(self, cutting: Cutting, parts: Parts) -> StoredFile:
        # Its library takes a moment to be loaded.
        data = await asyncio.to_thread(self.editor.written, cut_list(cutting, parts.music))
        return await self._put_bytes(cutting.job, data, SidecarKind.TIMELINE_OTIO)

    async def _manifest(
        self, cutting: Cutting, parts: Parts, programme: Programme, video: Video
    ) -> StoredFile:
        facts = manifest(
            cutting,
            parts,
            programme,
            await self.takes.of_job(cutting.job.id),
            build=self.composer.build,
            video=video.file,
            beside=video.beside,
            pictures=await self._pictures(cutting),
        )
        return await self._put_bytes(cutting.job, written(facts), SidecarKind.MANIFEST)

    async def _pictures(self, cutting: Cutting) -> dict[int, str]:
        """Hashes of what the user gave to begin scenes with; a picture that is gone says nothing any more."""
        found: dict[int, str] = {}
        for scene in cutting.storyboard.scenes:
            if scene.reference is None:
                continue
            file = await self.assets.head(input_key(cutting.job.id, scene.reference))
            if file is not None:
                found[scene.number] = file.sha256
        return found

    async def _put(self, job: Job, path: Path, content_type: str, seconds: float = 0.0) -> StoredFile:
        digest = await asyncio.to_thread(_sha256, path)
        key = f"jobs/{job.id}/videos/{digest}{path.suffix}"
        return await self.assets.put(key, path, content_type=content_type, seconds=seconds, once=True)

    async def _put_bytes(self, job: Job, data: bytes, kind: SidecarKind) -> StoredFile:
        suffix = Path(SIDECAR_NAMES[kind]).suffix
        key = f"jobs/{job.id}/videos/{hashlib.sha256(data).hexdigest()}{suffix}"
        return await self.assets.put_bytes(key, data, content_type=_TYPES[kind])


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
