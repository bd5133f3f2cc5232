"""What every step of the workflow begins with: the job as it stands, and whether it may still go on."""

from attrs import frozen

from omnigen.domain.errors import Superseded
from omnigen.domain.job import Job, JobStatus
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import Leg
from omnigen.usecases.policy import Policy


@frozen(kw_only=True)
class Scope:
    """The job that a leg works on, read afresh."""

    job: Job
    closing: bool
    """Cancelled or too late: bring home what runs, begin nothing."""

    @classmethod
    async def read(cls, jobs: Jobs, leg: Leg, clock: Clock) -> "Scope":
        """Raises Superseded where the leg isn't the newest, or its revision has ended."""
        job = await jobs.get(leg.job_id)
        if job.epoch != leg.number or job.revision.number != leg.revision or job.ended:
            raise Superseded(f"leg {leg.number} of job {leg.job_id} is no longer the one that drives it")
        late = clock.now() >= job.revision.deadline
        return cls(job=job, closing=late or job.status is JobStatus.CANCELLING)


def overdue(job: Job, clock: Clock, policy: Policy) -> bool:
    """Whether even closing has taken too long: what still runs is left to itself, so that the job ends in time."""
    return clock.now() >= job.revision.deadline + policy.closing


async def storyboard_of(jobs: Jobs, job: Job) -> Storyboard:
    """The storyboard of the present revision; by then it has been planned."""
    storyboard = await jobs.storyboard(job.id, job.revision.number)
    if storyboard is None:
        raise RuntimeError(f"job {job.id} has no storyboard yet: plan_storyboard comes first")
    return storyboard
