"""Make up for whatever was lost: start legs for jobs that nobody drives, forget what is due, clear what is left over."""

from collections.abc import AsyncIterator
from datetime import timedelta
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
from omnigen.usecases.delete_job import PurgeJobs
from omnigen.usecases.hint import start_hint
from omnigen.usecases.workspace import Workspace

_GRACE: Final = timedelta(days=2)
"""An object may be older than its row's mention of it by no more than this."""
_SKETCH: Final = timedelta(days=1)
"""Sketches are drawn again when they are asked for again."""
PASSING: Final = {
    QUARANTINE: _GRACE,
    INSPECTIONS: _GRACE,
    UPLOADS: UPLOAD_KEPT + _GRACE,
    ANIMATICS: _SKETCH,
    PREVIEWS: _SKETCH,
}
"""What is kept for so long, whoever it is for. Everything else belongs to a job."""
BATCH: Final = 1000
"""Objects that are looked at together: S3 lists as many at once."""


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
        """How many were removed."""
        now, removed = self.clock.now(), 0
        for prefix, kept in PASSING.items():
            async for batch in _batches(self.assets.list(prefix)):
                removed += await self._remove([f.key for f in batch if f.modified_at < now - kept])
        async for batch in _batches(self.assets.list("jobs/")):
            old = [found.key for found in batch if found.modified_at < now - _GRACE]
            removed += await self._remove(await self._of_nobody(old))
        return removed

    async def _of_nobody(self, keys: list[str]) -> list[str]:
        """Those whose job is gone."""
        known: dict[str, bool] = {}
        for job_id in {_job_of(key) for key in keys}:
            known[job_id] = await self._exists(job_id)
        return [key for key in keys if not known[_job_of(key)]]

    async def _remove(self, keys: list[str]) -> int:
        for key in keys:
            await self.assets.delete(key)
        return len(keys)

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
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


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
