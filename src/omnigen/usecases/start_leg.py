"""A leg's first act: the conditional claim. Whoever loses it ends at once, since executions may be doubled."""

from attrs import frozen

from omnigen.domain.errors import Conflict, Superseded
from omnigen.domain.job import Job, JobStatus
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import Leg
from omnigen.usecases.policy import Policy
from omnigen.usecases.step import overdue

_TRIES = 10


@frozen(kw_only=True)
class StartLeg:
    """Claim leg n, after leg n - 1."""

    jobs: Jobs
    clock: Clock
    policy: Policy

    async def __call__(self, job_id: str, number: int, by: str | None = None) -> Leg:
        """The claimed leg. Raises Superseded where it is another's, NotFound for a job that isn't there.

        A caller whose reply may be lost says who it is, and asks again: then it finds its own claim.
        """
        for _ in range(_TRIES):
            job = await self.jobs.get(job_id)
            if job.is_claimed(number, by):
                return self._leg(job)
            claimed = self._claim(job, number, by)
            try:
                await self.jobs.update(claimed)
            except Superseded:
                raise
            except Conflict:
                continue  # a cancel came in between, or another claim: the next look tells which
            return self._leg(claimed)
        raise Superseded(f"leg {number} of job {job_id} lost every race")

    def _leg(self, job: Job) -> Leg:
        until = self.clock.now() + self.policy.leg
        return Leg(job_id=job.id, revision=job.revision.number, number=job.epoch, until=until)

    def _claim(self, job: Job, number: int, by: str | None) -> Job:
        at = self.clock.now()
        claimed = job.claim(number, at=at, lease=self.policy.lease, by=by)
        if claimed.status is not JobStatus.QUEUED:
            return claimed
        begun = claimed.become(JobStatus.GENERATING, at=at, started_at=at)
        # One write, one version: the claim and the beginning are the same change.
        return begun.at_version(claimed.version)


@frozen(kw_only=True)
class KeepLeg:
    """Say that a leg is alive, so that the sweeper leaves its job alone."""

    jobs: Jobs
    clock: Clock
    policy: Policy

    async def __call__(self, leg: Leg) -> None:
        """Renew the lease.

        Raises Superseded where another leg has taken over, the revision has ended, or it is so late that
        the leg must be hanging: the sweeper's next one ends the job.
        """
        for _ in range(_TRIES):
            job = await self.jobs.get(leg.job_id)
            if job.epoch != leg.number or job.revision.number != leg.revision or job.ended:
                raise Superseded(f"leg {leg.number} of job {leg.job_id} has been taken over")
            if overdue(job, self.clock, self.policy):
                raise Superseded(f"leg {leg.number} of job {leg.job_id} has not ended it in time")
            try:
                await self.jobs.update(job.keep(at=self.clock.now(), lease=self.policy.lease))
            except Superseded:
                raise
            except Conflict:
                continue
            return
