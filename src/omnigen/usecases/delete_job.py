"""Hide a job at once; forget it, with its files, after a day; bring it back until then."""

from contextlib import suppress
from datetime import datetime

from attrs import evolve, frozen

from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.job import Job, JobStatus
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.ports.sketcher import PREVIEWS
from omnigen.usecases.cancel_job import CancelJob
from omnigen.usecases.get_job import GetJob
from omnigen.usecases.job_detail import JobDetail
from omnigen.usecases.policy import Policy

_TRIES = 20


@frozen(kw_only=True)
class DeleteJob:
    """Hide a job; one on its way is cancelled first."""

    jobs: Jobs
    clock: Clock
    cancel_job: CancelJob

    async def __call__(self, caller: Caller, job_id: str) -> None:
        """Hide it. Raises NotFound if it isn't there (any more)."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        await self._stop(job)
        await mark_deleted(self.jobs, job_id, caller, self.clock.now(), deleted=True)

    async def _stop(self, job: Job) -> None:
        if job.ended or job.status is JobStatus.CANCELLING:
            return
        try:
            await self.cancel_job.stop(job)
        except Conflict:
            if not (await self.jobs.get(job.id)).ended:
                raise
            # It ended by itself at the very moment: so much the better.


@frozen(kw_only=True)
class RestoreJob:
    """Bring a deleted job back."""

    jobs: Jobs
    clock: Clock
    policy: Policy
    get_job: GetJob

    async def __call__(self, caller: Caller, job_id: str) -> JobDetail:
        """The job. Raises NotFound once its day is over; a job that isn't deleted stays as it is."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None and self.clock.now() >= job.deleted_at + self.policy.purge_after:
            # Its objects may be going at this very moment: what is due is gone.
            raise NotFound(f"there is no job {job_id[:60]}")
        job = await mark_deleted(self.jobs, job_id, caller, self.clock.now(), deleted=False)
        return await self.get_job.detail(job)


async def mark_deleted(jobs: Jobs, job_id: str, caller: Caller, at: datetime, *, deleted: bool) -> Job:
    """Set or clear the mark, whatever the job's leg writes meanwhile."""
    for _ in range(_TRIES):
        job = await jobs.get(job_id, owner=caller.id)
        if (job.deleted_at is not None) == deleted:
            return job
        marked = evolve(job, deleted_at=at if deleted else None, updated_at=at, version=job.version + 1)
        try:
            await jobs.update(marked)
        except Conflict:
            continue
        return marked
    raise Conflict(f"job {job_id} changes too quickly; try again")


@frozen(kw_only=True)
class PurgeJobs:
    """Forget jobs that were deleted a day ago, objects first: a row without objects can be purged again."""

    jobs: Jobs
    assets: Assets
    clock: Clock
    policy: Policy

    async def __call__(self) -> int:
        """How many were forgotten."""
        due = await self.jobs.purgeable(before=self.clock.now() - self.policy.purge_after, limit=20)
        for job in due:
            for folder in (f"jobs/{job.id}/", f"{PREVIEWS}{job.id}/"):
                async for found in self.assets.list(folder):
                    await self.assets.delete(found.key)
            with suppress(Conflict):  # Restored at the last moment, by a clock that is slow.
                await self.jobs.purge(job.id)
        return len(due)
