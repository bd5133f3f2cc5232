"""The composer's desk: clips of a job, downloaded once, and room for what is rendered of them."""

import asyncio
import shutil
from pathlib import Path

from attrs import field, frozen

from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets


@frozen(kw_only=True)
class Workspace:
    """Scratch folders by job, below one root that may be emptied at any time."""

    root: Path
    assets: Assets
    _locks: dict[str, asyncio.Lock] = field(factory=dict, init=False)

    def folder(self, job_id: str) -> Path:
        """The job's own folder, made where it isn't there."""
        path = self.root / job_id
        path.mkdir(parents=True, exist_ok=True)
        return path

    async def bring(self, job_id: str, file: StoredFile) -> Path:
        """A local copy of a stored file, named by its hash: it is downloaded once. Raises Transient, NotFound."""
        path = self.folder(job_id) / f"{file.sha256}{Path(file.key).suffix}"
        async with self._locks.setdefault(str(path), asyncio.Lock()):
            if not path.exists():
                await self.assets.fetch(file.key, path)
        return path

    def clear(self, job_id: str) -> None:
        """Take away everything of a job."""
        shutil.rmtree(self.root / job_id, ignore_errors=True)
        for name in [n for n in self._locks if n.startswith(str(self.root / job_id))]:
            del self._locks[name]
