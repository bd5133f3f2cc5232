"""The end of a revision: succeeded, failed or cancelled, and its reservation settled or released with it."""

from collections.abc import Callable, Iterable
from datetime import datetime

from attrs import evolve, frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Conflict, Superseded
from omnigen.domain.job import Failure, Job, JobStatus, SceneState, SceneStatus
from omnigen.domain.take import Take
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.takes import Takes
from omnigen.ports.workflow import Leg
from omnigen.usecases.step import Scope
from omnigen.usecases.workspace import Workspace

_TRIES = 20


@frozen(kw_only=True)
class FinishJob:
    """Settle: the video counts, and what was really spent."""

    jobs: Jobs
    takes: Takes
    clock: Clock
    workspace: Workspace

    async def __call__(self, leg: Leg) -> None:
        """Move to succeeded, in the same transaction as the books. Raises Superseded, Conflict, Transient."""

        def succeed(job: Job, cost: Micros, at: datetime) -> Job:
            settled = job.revision.reservation.settle(cost)
            return job.become(
                JobStatus.SUCCEEDED, at=at, cost=cost, reservation=settled, progress=1.0
            )

        if await _end(self.jobs, self.takes, self.clock, leg, succeed) is None:
            raise Conflict(f"job {leg.job_id} was cancelled at the last moment")
        self.workspace.clear(leg.job_id)


@frozen(kw_only=True)
class FailJob:
    """Release: the video is given back, and only what was really spent stays."""

    jobs: Jobs
    takes: Takes
    clock: Clock
    workspace: Workspace

    async def __call__(self, leg: Leg, failure: Failure | None = None) -> None:
        """Move to cancelled where that was asked for, to failed otherwise. Raises Superseded, Transient.

        `failure` says what went wrong with the job itself; without it, the first broken scene does.
        """
        scenes = await self.jobs.scenes(leg.job_id, leg.revision)
        await self._end_scenes(leg, scenes)

        def end(job: Job, cost: Micros, at: datetime) -> Job:
            released = job.revision.reservation.release(cost)
            if job.status is JobStatus.CANCELLING:
                return job.become(JobStatus.CANCELLED, at=at, cost=cost, reservation=released)
            reason = evolve(failure or _reason(job, scenes, at), charged=cost)
            return job.become(JobStatus.FAILED, at=at, cost=cost, reservation=released, error=reason)

        await _end(self.jobs, self.takes, self.clock, leg, end, cancelling=True)
        self.workspace.clear(leg.job_id)

    async def _end_scenes(self, leg: Leg, scenes: tuple[SceneState, ...]) -> None:
        """Scenes that were on their way have ended too; those that are stored are kept for a retry."""
        for scene in scenes:
            if scene.status in (SceneStatus.PENDING, SceneStatus.GENERATING):
                ended = scene.become(SceneStatus.CANCELLED, at=self.clock.now())
                await self.jobs.update_scene(evolve(ended, epoch=leg.number))


def _reason(job: Job, scenes: tuple[SceneState, ...], at: datetime) -> Failure:
    for scene in scenes:
        if scene.error is not None:
            return scene.error
    if at >= job.revision.deadline:
        return Failure(
            code="deadline_exceeded",
            message=f"it was not finished by {job.revision.deadline:%Y-%m-%d %H:%M:%S} UTC",
            retryable=True,
        )
    return Failure(code="internal", message="something went wrong on our side", retryable=True)


async def _end(
    jobs: Jobs,
    takes: Takes,
    clock: Clock,
    leg: Leg,
    change: Callable[[Job, Micros, datetime], Job],
    *,
    cancelling: bool = False,
) -> Job | None:
    """Write the end; None where the job was cancelled meanwhile and `cancelling` isn't meant."""
    for _ in range(_TRIES):
        scope = await Scope.read(jobs, leg, clock)
        if scope.job.status is JobStatus.CANCELLING and not cancelling:
            return None
        cost = spent(await takes.of_job(leg.job_id), leg.revision)
        ended = change(scope.job, cost, clock.now())
        try:
            await jobs.end(ended)
        except Superseded:
            raise
        except Conflict:
            continue
        return ended
    raise Conflict(f"job {leg.job_id} changes too quickly to be ended")


def spent(takes: Iterable[Take], revision: int) -> Micros:
    """What the takes that a revision asked for have cost its owner."""
    return sum(t.cost for t in takes if t.revision == revision and t.charged)
