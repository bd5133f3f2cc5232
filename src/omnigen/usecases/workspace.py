"""The composer's desk: clips of a job, downloaded once, and room for what is rendered of them."""

import asyncio
import shutil
from pathlib import Path

from attrs import field, frozen

from omnigen.domain.errors import NotFound
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets


@frozen(kw_only=True)
class Workspace:
    """Scratch folders by job, below one root that may be emptied at any time."""

    root: Path
    assets: Assets
    _locks: dict[str, dict[str, asyncio.Lock]] = field(factory=dict, init=False)
    _seen: dict[str, dict[str, StoredFile]] = field(factory=dict, init=False)
    """By job and key: what was seen in the store, or put there from here."""

    def folder(self, job_id: str) -> Path:
        """The job's own folder, made where it isn't there."""
        path = self.root / job_id
        path.mkdir(parents=True, exist_ok=True)
        return path

    def lock(self, job_id: str, name: str) -> asyncio.Lock:
        """Held by whoever makes a file of that name, so that nobody in this process makes it twice."""
        return self._locks.setdefault(job_id, {}).setdefault(name, asyncio.Lock())

    async def look(self, job_id: str, key: str) -> StoredFile | None:
        """What is stored under a key that never changes its content; the store is asked once."""
        seen = self._seen.get(job_id, {}).get(key)
        if seen is None and (seen := await self.assets.head(key)):
            self._note(job_id, seen)
        return seen

    def _note(self, job_id: str, file: StoredFile) -> None:
        self._seen.setdefault(job_id, {})[file.key] = file

    async def bring(self, job_id: str, file: StoredFile) -> Path:
        """A local copy of a stored file, named by its hash: it is downloaded once. Raises Transient, NotFound."""
        name = _name(file)
        async with self.lock(job_id, name):
            path = self.folder(job_id) / name
            if not path.exists():
                try:
                    await self.assets.fetch(file.key, path)
                except NotFound:
                    # What was seen has gone since: whoever tries again asks again.
                    self._seen.get(job_id, {}).pop(file.key, None)
                    raise
            self._note(job_id, file)
        return path

    async def keep(self, job_id: str, file: StoredFile, path: Path) -> None:
        """Take over what was stored from here, so that it needn't be downloaded again."""
        name = _name(file)
        async with self.lock(job_id, name):
            await asyncio.to_thread(path.replace, self.folder(job_id) / name)
            self._note(job_id, file)

    async def keep_only(self, job_id: str) -> None:
        """Take away everything of other jobs: for a process that works on one job at a time, and has the root to itself."""
        for other in [name for name in self._locks if name != job_id]:
            del self._locks[other]
            self._seen.pop(other, None)
        await asyncio.to_thread(self._empty, job_id)

    def _empty(self, job_id: str) -> None:
        for path in self.root.glob("*"):
            if path.name != job_id:
                shutil.rmtree(path, ignore_errors=True)

    def kept(self) -> list[str]:
        """Ids of the jobs that have a folder."""
        return [path.name for path in self.root.glob("job_*") if path.is_dir()]

    async def clear(self, job_id: str) -> None:
        """Take away everything of a job."""
        self._locks.pop(job_id, None)
        self._seen.pop(job_id, None)
        await asyncio.to_thread(shutil.rmtree, self.root / job_id, ignore_errors=True)


def _name(file: StoredFile) -> str:
    return f"{file.sha256}{Path(file.key).suffix}"
