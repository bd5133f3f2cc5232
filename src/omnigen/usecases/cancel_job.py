"""Ask a job to stop. What has been spent by then stays spent; the rest is given back."""

from attrs import frozen

from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.job import Job, JobStatus
from omnigen.ports.clock import Clock
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import Workflow
from omnigen.usecases.get_job import GetJob
from omnigen.usecases.hint import wake_hint
from omnigen.usecases.job_detail import JobDetail

_TRIES = 20
"""A running job is written by its leg too; each lost race means that somebody else got on."""


@frozen(kw_only=True)
class CancelJob:
    """Move a job to `cancelling`; its leg does the rest."""

    jobs: Jobs
    workflow: Workflow
    clock: Clock
    get_job: GetJob

    async def __call__(self, caller: Caller, job_id: str) -> JobDetail:
        """The job, cancelling or cancelled already. Raises NotFound, Conflict once it has ended otherwise."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        if job.status not in (JobStatus.CANCELLING, JobStatus.CANCELLED):
            job = await self.stop(job)
        return await self.get_job.detail(job)

    async def stop(self, job: Job) -> Job:
        """Have it cancelled, whatever its leg writes meanwhile."""
        for _ in range(_TRIES):
            stopping = job.become(JobStatus.CANCELLING, at=self.clock.now())
            try:
                await self.jobs.update(stopping)
            except Conflict:
                job = await self.jobs.get(job.id)
                if job.status in (JobStatus.CANCELLING, JobStatus.CANCELLED):
                    return job
                continue
            await wake_hint(self.workflow, job.id)
            return stopping
        raise Conflict(f"job {job.id} changes too quickly; try again")
