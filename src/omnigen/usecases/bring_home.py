"""Bring an output home: from the provider, which forgets it after an hour, into the asset store."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import NotFound
from omnigen.domain.take import StoredFile, Take
from omnigen.ports.assets import Assets
from omnigen.ports.inspector import Inspector, MediaKind
from omnigen.ports.provider import Prediction, Provider
from omnigen.usecases.policy import Policy
from omnigen.usecases.workspace import Workspace

_SUFFIX: Final = {
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "text/plain": "txt",
    "application/json": "json",
}


@frozen(kw_only=True)
class BringHome:
    """Store what a prediction has made."""

    provider: Provider
    assets: Assets
    inspector: Inspector
    policy: Policy
    workspace: Workspace | None
    """Where whoever composes will look for it; None if that is another machine."""

    async def __call__(self, take: Take, prediction: Prediction) -> StoredFile:
        """The stored file. Raises NotFound once it has expired, Rejected for what can't be used, Transient."""
        if prediction.output is None:
            raise NotFound(f"prediction {prediction.id} has no output any more")
        beside = self.workspace.folder(take.job_id) if self.workspace is not None else None
        with TemporaryDirectory(prefix="take-", dir=beside) as folder:
            return await self._store(take, prediction.output, Path(folder) / "output")

    async def _store(self, take: Take, output: str, path: Path) -> StoredFile:
        key = f"jobs/{take.job_id}/takes/{take.id}"
        if take.kind is TakeKind.PLAN:
            text = output.encode()[:1_000_000]
            return await self.assets.put_bytes(f"{key}.txt", text, content_type="text/plain")
        kind = await self.provider.download(output, path, max_size=self.policy.max_clip)
        seconds = 0.0
        if take.kind in (TakeKind.SPEECH, TakeKind.MUSIC):
            seconds = (await self.inspector.inspect(path, MediaKind.SOUND)).seconds
        suffix = _SUFFIX.get(kind, "bin")
        stored = await self.assets.put(f"{key}.{suffix}", path, content_type=kind, seconds=seconds)
        if self.workspace is not None:
            await self.workspace.keep(take.job_id, stored, path)
        return stored
