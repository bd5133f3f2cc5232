"""The workflow on one machine: an asyncio task per leg, driving the same steps in the same order as the state machine.

Nothing is kept here that matters. What a leg has done is in the store, so that after a crash the next one goes
on from there: it re-attaches to running predictions, and finds finished segments.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol, TypeVar

import structlog
from attrs import field, frozen

from omnigen.domain.errors import Conflict, NotFound, OmniGenError, Rejected, Superseded, Transient
from omnigen.domain.job import INTERNAL, Failure, Job, SceneState
from omnigen.ports.clock import Clock, Ids
from omnigen.ports.jobs import Jobs
from omnigen.ports.metrics import Metrics
from omnigen.ports.outbox import Message, MessageKind, Outbox
from omnigen.ports.workflow import Leg, Outcome, Verdict, attempt

T = TypeVar("T")

log = structlog.get_logger(__name__)

RETRIES: Final = 8
"""How often a step is tried again after a transient error before its leg gives way to the next."""
RETRY_FIRST: Final = 1
RETRY_RATE: Final = 2
RETRY_CAP: Final = 20
"""Seconds before the first retry, by how much each is longer than the one before, and the longest. Chance then takes
anything from all to nothing of it. The state machine has the same numbers, in whole seconds: a test compares them."""
KEEP_EVERY: Final = 5.0
"""Seconds between two renewals of a leg's lease."""


class Steps(Protocol):
    """The use cases that a leg calls."""

    @property
    def start_leg(self) -> Callable[[str, int], Awaitable[Leg]]: ...  # noqa: D102
    @property
    def keep_leg(self) -> Callable[[Leg], Awaitable[None]]: ...  # noqa: D102
    @property
    def plan_storyboard(self) -> Callable[[Leg], Awaitable[Outcome]]: ...  # noqa: D102
    @property
    def generate_scene(self) -> Callable[[Leg, int], Awaitable[Outcome]]: ...  # noqa: D102
    @property
    def generate_music(self) -> Callable[[Leg], Awaitable[Outcome]]: ...  # noqa: D102
    @property
    def render_segment(self) -> Callable[[Leg, int], Awaitable[Outcome]]: ...  # noqa: D102
    @property
    def compose_video(self) -> Callable[[Leg], Awaitable[Outcome]]: ...  # noqa: D102
    @property
    def finish_job(self) -> Callable[[Leg], Awaitable[Job]]: ...  # noqa: D102
    @property
    def fail_job(self) -> Callable[[Leg, Failure | None], Awaitable[Job]]: ...  # noqa: D102


@frozen(kw_only=True)
class OutboxWorkflow:
    """The API's side: messages, which the worker finds within a tenth of a second."""

    outbox: Outbox
    clock: Clock
    ids: Ids

    async def start(self, job_id: str, leg: int) -> None:
        """Nothing is left to do: the acceptance left word in its own transaction, in this very outbox."""

    async def wake(self, job_id: str) -> None:
        """Leave word that something has happened."""
        name = self.ids.new("wake")
        await self.outbox.add(
            Message(id=name, kind=MessageKind.WAKE, job_id=job_id, leg=0, at=self.clock.now())
        )


@frozen(kw_only=True)
class LocalWorkflow:
    """The worker's side: drives legs as tasks, and wakes those that wait."""

    steps: Steps
    jobs: Jobs
    clock: Clock
    ids: Ids
    metrics: Metrics
    _running: dict[str, "asyncio.Task[None]"] = field(factory=dict, init=False)
    _bells: dict[str, asyncio.Event] = field(factory=dict, init=False)

    async def start(self, job_id: str, leg: int) -> None:
        """Drive a leg in the background. The claim sorts out whoever else was told to."""
        name = f"{job_id}:{leg}"
        if name in self._running:
            return
        task = asyncio.create_task(self._drive(job_id, leg), name=name)
        self._running[name] = task
        task.add_done_callback(lambda _: self._let_go(job_id, name))

    async def wake(self, job_id: str) -> None:
        """Ring for everybody who waits for that job."""
        bell = self._bells.pop(job_id, None)
        if bell is not None:
            bell.set()

    def _let_go(self, job_id: str, name: str) -> None:
        self._running.pop(name, None)
        if not any(other.startswith(f"{job_id}:") for other in self._running):
            self._bells.pop(job_id, None)

    @property
    def running(self) -> int:
        """How many legs are being driven."""
        return len(self._running)

    async def stop(self) -> None:
        """Let go of all legs: others will go on from what is in the store."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one leg

    async def _drive(self, job_id: str, number: int) -> None:
        with structlog.contextvars.bound_contextvars(job_id=job_id, leg=number):
            try:
                leg = await self._persist(lambda: self.steps.start_leg(job_id, number))
            except (Superseded, NotFound) as error:
                log.info("leg not claimed", reason=error.message)
                return
            except OmniGenError as error:
                log.warning("leg not started", reason=error.message)
                return
            log.info("leg started", revision=leg.revision)
            await self._kept(leg)

    async def _kept(self, leg: Leg) -> None:
        """Run the leg while its lease is being renewed."""
        work = asyncio.create_task(self._run(leg))
        keeper = asyncio.create_task(self._keep(leg))
        try:
            await asyncio.wait({work, keeper}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, keeper):
                task.cancel()
            results = await asyncio.gather(work, keeper, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception):
                    # The sweeper starts another leg once the lease has run out.
                    log.error("leg broke", exc_info=result)

    async def _keep(self, leg: Leg) -> None:
        while True:
            await self.clock.sleep(KEEP_EVERY)
            try:
                await self.steps.keep_leg(leg)
            except Superseded:
                log.info("leg taken over")
                return
            except OmniGenError as error:
                log.warning("lease not renewed", reason=error.message)

    async def _run(self, leg: Leg) -> None:
        """The walk. Whatever isn't expected ends the job as failed: none is left behind."""
        try:
            await self._walk(leg)
        except Superseded as error:
            log.info("leg superseded", reason=error.message)
        except Transient as error:
            # Nothing is lost: the sweeper starts another leg once the lease has run out, until the deadline.
            log.warning("leg gave up", reason=error.message)
        except Rejected as error:
            await self._fail(leg, Failure(code=error.reason, message=error.message))
        except Exception:
            log.exception("step broke")
            await self._fail(leg, INTERNAL)

    async def _walk(self, leg: Leg) -> None:
        verdict = await self._until_done(leg, lambda: self.steps.plan_storyboard(leg))
        if verdict is Verdict.READY:
            verdict = await self._generate(leg)
        if verdict is Verdict.READY:
            verdict = await self._until_done(leg, lambda: self.steps.compose_video(leg))
        match verdict:
            case Verdict.READY:
                await self._finish(leg)
            case Verdict.HANDOVER:
                await self.start(leg.job_id, leg.number + 1)
            case _:
                await self._fail(leg, None)

    async def _generate(self, leg: Leg) -> Verdict:
        """All scenes and the music side by side."""
        scenes = await self._persist(lambda: self.jobs.scenes(leg.job_id, leg.revision))
        works = [self._scene(leg, scene) for scene in scenes]
        works.append(self._until_done(leg, lambda: self.steps.generate_music(leg)))
        # To the end of all, even where one breaks: what the others have running is paid for.
        return _verdict_of_all(await asyncio.gather(*works, return_exceptions=True))

    async def _scene(self, leg: Leg, scene: SceneState) -> Verdict:
        number = scene.number
        verdict = await self._until_done(leg, lambda: self.steps.generate_scene(leg, number))
        if verdict is not Verdict.READY:
            return verdict
        return await self._until_done(leg, lambda: self.steps.render_segment(leg, number))

    async def _finish(self, leg: Leg) -> None:
        try:
            self._ended(await self._persist(lambda: self.steps.finish_job(leg)))
        except Superseded:
            raise
        except Conflict:
            await self._fail(leg, None)

    async def _fail(self, leg: Leg, failure: Failure | None) -> None:
        with suppress(Superseded):
            self._ended(await self._persist(lambda: self.steps.fail_job(leg, failure)))

    def _ended(self, job: Job) -> None:
        error = job.revision.error
        log.info("job ended", status=job.status.value, failure=error.code if error else None)
        self.metrics.count("jobs_ended_total", status=job.status.value)

    # --- steps, waits and retries

    async def _until_done(self, leg: Leg, step: Callable[[], Awaitable[Outcome]]) -> Verdict:
        """Call a step until it no longer says wait. One that can't be called for long is left to the next leg."""
        while True:
            # Before the call: what happens while it looks must wake it too.
            bell = self._bells.setdefault(leg.job_id, asyncio.Event())
            try:
                outcome = await self._persist(lambda: attempt(leg, self.clock, step))
            except Transient as error:
                log.warning("step given up", reason=error.message)
                return Verdict.HANDOVER
            if outcome.verdict is not Verdict.WAIT:
                return outcome.verdict
            await self._wait(bell, outcome.seconds)

    async def _wait(self, bell: asyncio.Event, seconds: float) -> None:
        """Wait for the bell, at most for so long."""
        waits = [asyncio.create_task(bell.wait()), asyncio.create_task(self.clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _persist(self, step: Callable[[], Awaitable[T]]) -> T:
        """Call a step, and again after transient errors, ever more slowly."""
        for tries in range(RETRIES):
            try:
                return await step()
            except Transient as error:
                pause = min(RETRY_CAP, RETRY_FIRST * RETRY_RATE**tries) * self.ids.jitter()
                log.warning("step put off", reason=error.message, seconds=round(pause, 2))
                await self.clock.sleep(pause)
        return await step()


def _verdict_of_all(results: "list[Verdict | BaseException]") -> Verdict:
    """What a leg does after its scenes: a hand-over comes first, since the next leg waits for the rest.

    Raises what broke a scene: Superseded before all, since then nothing else is this leg's affair; anything
    else once no hand-over is left, so that what runs comes home first.
    """
    errors = [r for r in results if isinstance(r, BaseException)]
    verdicts = [r for r in results if isinstance(r, Verdict)]
    for error in sorted(errors, key=lambda e: not isinstance(e, Superseded)):
        if isinstance(error, Superseded) or Verdict.HANDOVER not in verdicts:
            raise error
    for verdict in (Verdict.HANDOVER, Verdict.STOP):
        if verdict in verdicts:
            return verdict
    return Verdict.READY
