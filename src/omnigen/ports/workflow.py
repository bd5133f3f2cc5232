"""What drives a job from queued to its end, leg after leg."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from omnigen.domain.errors import Transient
from omnigen.ports.clock import Clock


@frozen(kw_only=True)
class Leg:
    """One stretch of a job's way, driven by one execution. Its number is the epoch of all that it writes."""

    job_id: str
    revision: int
    number: int
    until: datetime
    """When it must have handed over to the next: an execution lives for five minutes at most."""


class Verdict(StrEnum):
    """What the workflow is to do after a step."""

    READY = "ready"
    """Go on."""
    WAIT = "wait"
    """Call again after `seconds`; the waiting is the workflow's, not the step's."""
    HANDOVER = "handover"
    """The leg's time is up: start the next one."""
    STOP = "stop"
    """The job can't go on (failed, cancelled, too late): end it by `fail_job`."""


@frozen(kw_only=True)
class Outcome:
    """The answer of a step. A step is short and idempotent: calling it twice does no harm."""

    verdict: Verdict
    seconds: float = 0.0


READY = Outcome(verdict=Verdict.READY)
STOP = Outcome(verdict=Verdict.STOP)
HANDOVER = Outcome(verdict=Verdict.HANDOVER)


def wait(leg: Leg, clock: Clock, seconds: float) -> Outcome:
    """Wait, at most for as long as the leg lives; hand over once its time is up.

    A wait that is longer than a leg passes through several: handing over at once would have them chase each other.
    """
    left = (leg.until - clock.now()).total_seconds()
    if left <= 0:
        return HANDOVER
    return Outcome(verdict=Verdict.WAIT, seconds=min(left, max(0.05, seconds)))


async def attempt(leg: Leg, clock: Clock, step: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Call a step as every workflow does: only while its leg lives, and not before the time that it asks for.

    Raises Transient where the workflow's own retries are to decide, and whatever else the step raises.
    """
    if clock.now() >= leg.until:
        return HANDOVER
    try:
        return await _on_this_machine(step)
    except Transient as error:
        if error.retry_after is None and clock.now() < leg.until:
            raise
        return wait(leg, clock, error.retry_after or 0.0)


async def _on_this_machine(step: Callable[[], Awaitable[Outcome]]) -> Outcome:
    """Call it. A disk that is full or fails is nobody's job's fault, and may be well again: it raises Transient."""
    try:
        return await step()
    except OSError as error:
        raise Transient(f"the machine failed: {error.strerror or type(error).__name__}") from error


class Workflow(Protocol):
    """Starts legs and shortens their waits. Both are hints: the sweeper makes up for any that is lost."""

    async def start(self, job_id: str, leg: int) -> None:
        """Start leg number `leg`; it ends at once if another was claimed before. Raises Transient."""
        ...

    async def wake(self, job_id: str) -> None:
        """Have the living leg look at once instead of at its next poll."""
        ...
