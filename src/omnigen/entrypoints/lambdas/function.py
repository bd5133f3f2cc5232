"""One Lambda function: its settings read and its adapters opened once, its steps found by name."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final, Protocol

import structlog
from attrs import evolve, frozen

from omnigen.container import Container, stepping
from omnigen.domain.errors import Invalid, Rejected, Superseded, Transient
from omnigen.entrypoints.lambdas.words import Answer, LegStep, told, understood
from omnigen.entrypoints.logs import Lines, configure_logging
from omnigen.ports.workflow import Leg, Outcome, attempt
from omnigen.settings import Part, Settings

log = structlog.get_logger(__name__)

_SPARE: Final = 5.0
"""Seconds of a call that are left for the answer: what Lambda itself breaks off leaves none."""
_OVERTIME: Final = 45.0
"""Seconds after its leg's end in which a step is broken off: the execution has fifteen more to hand over in."""
_ENOUGH: Final = 10.0
"""Seconds that a step has all the same: an end to be written, or a late one to be told that it is too late."""

Run = Callable[[Container, Any], Awaitable[Mapping[str, Any]]]


class Context(Protocol):
    """What Lambda says of a call."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Until it breaks the call off."""
        ...


@frozen(kw_only=True)
class Step:
    """How one step is called."""

    takes: type[Any]
    """What its event is, besides the step's own name."""
    run: Run


class Function:
    """A handler. It is cheap to make: whatever costs time is left to the first call."""

    def __init__(self, part: Part, steps: Mapping[str, Step]) -> None:
        self._part = part
        self._steps = steps
        self._loop: asyncio.AbstractEventLoop | None = None
        self._container: Container | None = None
        self._lines: Lines | None = None
        self._exits = AsyncExitStack()

    def __call__(self, event: Any, context: Context) -> Mapping[str, Any]:
        """Answer one call of Lambda's. Raises what the machine is to retry or to catch, by its class's name."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        try:
            return self._loop.run_until_complete(self._serve(event, context))
        finally:
            # What waits to be written would wait until the sandbox is thawed again.
            if self._lines is not None:
                self._lines.flush()
            if self._container is not None:
                self._container.metrics().flush()

    async def _serve(self, event: Any, context: Context) -> Mapping[str, Any]:
        if self._container is None:
            settings = Settings.from_environment(part=self._part)
            self._lines = configure_logging(settings.log_level)
            # A folder of its own: what another job has left there is this sandbox's to remove.
            settings = evolve(settings, work_dir=settings.work_dir / str(os.getpid()))
            self._container = await self._exits.enter_async_context(stepping(settings))
        seconds = context.get_remaining_time_in_millis() / 1000 - _SPARE
        with structlog.contextvars.bound_contextvars(request_id=context.aws_request_id):
            return await self.answer(self._container, event, seconds=seconds)

    async def answer(self, container: Container, event: Any, *, seconds: float) -> Mapping[str, Any]:
        """Run the step that an event names, for so many seconds at most. Raises Invalid, TooLarge, Transient."""
        name, step, request = self._request(event)
        if isinstance(request, LegStep):
            seconds = min(seconds, _left(container, request))
        with structlog.contextvars.bound_contextvars(step=name, **_ids(request)):
            try:
                async with asyncio.timeout(seconds) as limit:
                    answer = await step.run(container, request)
            except TimeoutError as error:
                if not limit.expired():
                    raise
                # The next leg goes on from what is in the store, or this one at its next try.
                raise Transient(f"{name} was broken off after {seconds:.0f} s") from error
            except Exception as error:
                log.warning("step raised", error=type(error).__name__, reason=str(error)[:500])
                raise
            log.info("step", verdict=answer.get("verdict"), seconds=answer.get("seconds"))
            return answer

    def _request(self, event: Any) -> tuple[str, Step, Any]:
        if not isinstance(event, dict):
            raise Invalid(f"the event is {type(event).__name__}; an object with a step is expected")
        name = str(event.get("step"))
        if name not in self._steps:
            known = ", ".join(self._steps)
            raise Invalid(f"step is {name[:80]!r}; the {self._part} knows {known}", field="step")
        step = self._steps[name]
        return name, step, understood({k: v for k, v in event.items() if k != "step"}, step.takes)


def _left(container: Container, request: LegStep) -> float:
    """Seconds until the execution must have its answer, lest it ends with no hand-over."""
    left: timedelta = request.leg.until - container.clock().now()
    return max(left.total_seconds() + _OVERTIME, _ENOUGH)


def _ids(request: Any) -> dict[str, Any]:
    """Ids for the log, as far as the request has any."""
    if not isinstance(request, LegStep):
        return {}
    ids = {"job_id": request.leg.job_id, "leg": request.leg.number}
    scene = getattr(request, "scene", None)
    return ids if scene is None else {**ids, "scene": scene}


async def outcome_of(
    container: Container, leg: Leg, call: Callable[[], Awaitable[Outcome]]
) -> Mapping[str, Any]:
    """The answer of a step of a leg. Raises Transient for the machine's retries, and what is a bug."""
    try:
        return told(Answer.of(await attempt(leg, container.clock(), call)))
    except (Superseded, Rejected) as error:
        return told(Answer.to(error))
