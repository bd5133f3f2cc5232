"""Make up for whatever was lost: start legs for jobs that nobody drives, forget what is due, clear what is left over."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import frozen

from omnigen.domain.errors import NotFound
from omnigen.ports.assets import Assets, StoredObject
from omnigen.ports.clock import Clock
from omnigen.ports.inspector import INSPECTIONS
from omnigen.ports.jobs import Jobs
from omnigen.ports.sketcher import ANIMATICS, PREVIEWS
from omnigen.ports.uploads import QUARANTINE, UPLOAD_KEPT, UPLOADS
from omnigen.ports.workflow import Workflow
from omnigen.together import together
from omnigen.usecases.delete_job import PurgeJobs
from omnigen.usecases.hint import start_hint
from omnigen.usecases.workspace import Workspace

_GRACE: Final = timedelta(days=2)
"""An object may be older than its row's mention of it by no more than this."""
_SKETCH: Final = timedelta(days=1)
"""Sketches are drawn again when they are asked for again."""
_JOBS: Final = "jobs/"
_OWN: Final = "sweeper/"
_REACHED: Final = f"{_OWN}reached"
PASSING: Final = {
    QUARANTINE: _GRACE,
    INSPECTIONS: _GRACE,
    UPLOADS: UPLOAD_KEPT + _GRACE,
    ANIMATICS: _SKETCH,
    PREVIEWS: _SKETCH,
    _OWN: _GRACE,
}
"""What is kept for so long, whoever it is for. Everything else belongs to a job."""
_KEPT: Final = {**PASSING, _JOBS: _GRACE}
_BATCH: Final = 100
"""Objects that are looked at side by side."""
_ROUND: Final = timedelta(seconds=40)
"""A Lambda has a minute."""


@frozen(kw_only=True)
class Swept:
    """What a sweep found to do."""

    started: int
    purged: int


@frozen(kw_only=True)
class Sweep:
    """Look for jobs without a living leg, and for jobs to be forgotten."""

    jobs: Jobs
    workflow: Workflow
    clock: Clock
    purge_jobs: PurgeJobs

    async def __call__(self, *, ignore_leases: bool = False) -> Swept:
        """One sweep. `ignore_leases` is for a start at which it is known that no leg can be alive."""
        at = self.clock.now() + (timedelta(days=366) if ignore_leases else timedelta(0))
        found = await self.jobs.undriven(at=at, limit=500)
        for job in found:
            await start_hint(self.workflow, job.id, job.epoch + 1)  # One that fails must not keep the rest.
        return Swept(started=len(found), purged=await self.purge_jobs())


@frozen(kw_only=True)
class ClearOrphans:
    """Remove objects of jobs that are gone, and what was only passing, once older than the grace period."""

    jobs: Jobs
    assets: Assets
    clock: Clock

    async def __call__(self) -> int:
        """How many were removed. A round is short: the next one goes on where it has stopped."""
        now, removed = self.clock.now(), 0
        async for batch in _batches(self.assets.list("", after=await self._reached())):
            gone = await self._of_nobody([found.key for found in batch if _is_old(found, now)])
            await together(*(self.assets.delete(key) for key in gone))
            removed += len(gone)
            if self.clock.now() >= now + _ROUND:
                await self.assets.put_bytes(_REACHED, batch[-1].key.encode(), content_type="text/plain")
                return removed
        await self.assets.delete(_REACHED)
        return removed

    async def _reached(self) -> str:
        """The key at which the last round has stopped; nothing where it came to the end."""
        with TemporaryDirectory(prefix="omnigen-sweep-") as folder:
            path = Path(folder) / "reached"
            try:
                await self.assets.fetch(_REACHED, path)
            except NotFound:
                return ""
            return path.read_text(encoding="utf-8")

    async def _of_nobody(self, keys: list[str]) -> list[str]:
        """Those that are no job's."""
        jobs = sorted({_job_of(key) for key in keys if key.startswith(_JOBS)})
        there = dict(zip(jobs, await together(*(self._exists(job_id) for job_id in jobs)), strict=True))
        return [key for key in keys if not (key.startswith(_JOBS) and there[_job_of(key)])]

    async def _exists(self, job_id: str) -> bool:
        try:
            await self.jobs.get(job_id)
        except NotFound:
            return False
        return True


async def _batches(found: AsyncIterator[StoredObject]) -> AsyncIterator[list[StoredObject]]:
    batch: list[StoredObject] = []
    async for one in found:
        batch.append(one)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _is_old(found: StoredObject, now: datetime) -> bool:
    """Whether nobody is still at it. What is none of ours never is."""
    kept = next((kept for folder, kept in _KEPT.items() if found.key.startswith(folder)), timedelta.max)
    return now - found.modified_at > kept


def _job_of(key: str) -> str:
    return key.split("/")[1]


@frozen(kw_only=True)
class ClearDesk:
    """Remove folders of jobs that have ended: whoever was killed between the end and the clearing has left them.

    For a moment at which nobody works on any job: one that has ended may be going its way again, as another revision.
    """

    jobs: Jobs
    workspace: Workspace

    async def __call__(self) -> int:
        """How many were removed. Raises Transient."""
        over = [job_id for job_id in self.workspace.kept() if await self._over(job_id)]
        for job_id in over:
            await self.workspace.clear(job_id)
        return len(over)

    async def _over(self, job_id: str) -> bool:
        try:
            return (await self.jobs.get(job_id)).ended
        except NotFound:
            return True
