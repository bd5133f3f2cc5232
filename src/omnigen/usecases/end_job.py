"""The end of a revision: succeeded, failed or cancelled, and its reservation settled or released with it."""

from collections.abc import Callable
from datetime import datetime

from attrs import evolve, frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Conflict, Superseded, Transient
from omnigen.domain.job import INTERNAL, Failure, Job, JobStatus, SceneState, SceneStatus
from omnigen.domain.take import Take, TakeStatus
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.takes import Takes
from omnigen.ports.workflow import Leg
from omnigen.usecases.step import Scope
from omnigen.usecases.take_costs import entry_for, spent
from omnigen.usecases.workspace import Workspace

_TRIES = 20
"""A keep-alive, a cancel or a step of an older leg may come in between; each lost race is somebody's progress."""

Change = Callable[[Job, Micros, datetime], Job | None]
"""Gives a job its end, at what its revision has cost; None where it is not to end so."""


@frozen(kw_only=True)
class FinishJob:
    """Settle: the video counts, and what was really spent."""

    jobs: Jobs
    takes: Takes
    clock: Clock
    workspace: Workspace

    async def __call__(self, leg: Leg) -> Job:
        """Move to succeeded, in the same transaction as the books. Raises Superseded, Transient.

        Raises Conflict where the job was cancelled at the last moment.
        """

        def succeed(job: Job, cost: Micros, at: datetime) -> Job | None:
            if job.status is JobStatus.CANCELLING:
                return None
            settled = job.revision.reservation.settle(cost)
            return job.become(JobStatus.SUCCEEDED, at=at, cost=cost, reservation=settled, progress=1.0)

        ended = await _end(self.jobs, self.takes, self.clock, leg, succeed)
        if ended is None:
            raise Conflict(f"job {leg.job_id} was cancelled at the last moment")
        await self.workspace.clear(leg.job_id)
        return ended


@frozen(kw_only=True)
class FailJob:
    """Release: the video is given back, and only what was really spent stays."""

    jobs: Jobs
    takes: Takes
    clock: Clock
    workspace: Workspace

    async def __call__(self, leg: Leg, failure: Failure | None = None) -> Job:
        """Move to cancelled where that was asked for, to failed otherwise. Raises Superseded, Transient.

        `failure` says what went wrong with the job itself; without it, the scene that broke first does.
        """
        scenes = await self._end_scenes(leg)

        def end(job: Job, cost: Micros, at: datetime) -> Job:
            released = job.revision.reservation.release(cost)
            if job.status is JobStatus.CANCELLING:
                return job.become(JobStatus.CANCELLED, at=at, cost=cost, reservation=released)
            reason = evolve(failure or _reason(job, scenes, at), charged=cost)
            return job.become(JobStatus.FAILED, at=at, cost=cost, reservation=released, error=reason)

        ended = await _end(self.jobs, self.takes, self.clock, leg, end)
        assert ended is not None
        await self.workspace.clear(leg.job_id)
        return ended

    async def _end_scenes(self, leg: Leg) -> tuple[SceneState, ...]:
        """Scenes that were on their way have ended too; those that are stored are kept for a retry."""
        for _ in range(_TRIES):
            # First of all: a zombie that lets go of the job must not end the scenes of the living leg.
            await Scope.read(self.jobs, leg, self.clock)
            scenes = await self.jobs.scenes(leg.job_id, leg.revision)
            try:
                for scene in scenes:
                    await self._end_scene(leg, scene)
            except Superseded:
                raise
            except Conflict:
                continue
            return scenes
        raise Transient(f"the scenes of job {leg.job_id} change too quickly to be ended")

    async def _end_scene(self, leg: Leg, scene: SceneState) -> None:
        if scene.status in (SceneStatus.PENDING, SceneStatus.GENERATING):
            ended = scene.become(SceneStatus.CANCELLED, at=self.clock.now())
            await self.jobs.update_scene(evolve(ended, epoch=leg.number))


def _reason(job: Job, scenes: tuple[SceneState, ...], at: datetime) -> Failure:
    broken = [(s.updated_at, s.number, s.error) for s in scenes if s.error is not None]
    if broken:
        return min(broken, key=lambda b: b[:2])[2]
    if at >= job.revision.deadline:
        return Failure(
            code="deadline_exceeded",
            message=f"it was not finished by {job.revision.deadline:%Y-%m-%d %H:%M:%S} UTC",
            retryable=True,
        )
    return INTERNAL


async def _end(jobs: Jobs, takes: Takes, clock: Clock, leg: Leg, change: Change) -> Job | None:
    """Write the end; None where `change` won't have it."""
    for _ in range(_TRIES):
        scope = await Scope.read(jobs, leg, clock)
        try:
            # Before the sum is drawn: a take that could still change would be in no settlement.
            closed = [await _closed(takes, leg, take, clock.now()) for take in await takes.of_job(leg.job_id)]
            ended = change(scope.job, spent(closed, leg.revision), clock.now())
            if ended is not None:
                await jobs.end(ended)
        except Superseded:
            raise
        except Conflict:
            continue
        return ended
    raise Transient(f"job {leg.job_id} changes too quickly to be ended")


async def _closed(takes: Takes, leg: Leg, take: Take, at: datetime) -> Take:
    """The take, ended. What is still open here was given up: too late, or broken off by an operator."""
    if take.ended:
        return take
    if take.status is TakeStatus.INTENT and take.sent_at is None:
        ended = take.become(TakeStatus.CANCELLED, at=at, epoch=leg.number)
    else:
        ended = take.become(
            TakeStatus.LOST, at=at, epoch=leg.number, cost=0, error="it was given up", error_code="lost"
        )
    await takes.update(ended, entry=entry_for(take, ended, settled=take.revision < leg.revision, at=at))
    return ended
