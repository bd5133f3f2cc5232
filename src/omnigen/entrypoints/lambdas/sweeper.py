"""The sweeper's Lambda, called by the clock: makes up for whatever was lost."""

from collections.abc import Mapping
from typing import Any, Final

import structlog

from omnigen.container import Container
from omnigen.domain.errors import NotFound, OmniGenError
from omnigen.entrypoints.lambdas.function import Function, Step
from omnigen.entrypoints.lambdas.words import Word
from omnigen.ports.outbox import Message, MessageKind
from omnigen.settings import Part

log = structlog.get_logger(__name__)

_BATCH: Final = 200


class Round(Word, frozen=True):
    """What a round is called with."""

    ignore_leases: bool = False
    """Where it is known that no leg can be alive: an emulator that was just started."""


async def sweep(container: Container, asked: Round) -> Mapping[str, Any]:
    """Act on messages whose hint was lost, then start a leg for each job that nobody drives."""
    delivered = await _deliver(container)
    swept = await container.sweep()(ignore_leases=asked.ignore_leases)
    container.metrics().count("legs_started_by_sweeper_total", delivered + swept.started)
    return {"delivered": delivered, "started": swept.started, "purged": swept.purged}


async def clear_orphans(container: Container, _: Round) -> Mapping[str, Any]:
    """Remove objects that nobody refers to."""
    return {"removed": await container.clear_orphans()()}


async def _deliver(container: Container) -> int:
    """Start what the outbox asks for; how many legs that were. A message that can't be acted on now stays."""
    started = 0
    while True:
        messages = await container.outbox().pending(limit=_BATCH)
        done = []
        for message in messages:
            try:
                if await _is_wanted(container, message):
                    await container.workflow().start(message.job_id, message.leg)
                    started += 1
                done.append(message.id)
            except OmniGenError as error:
                log.warning("put off", job_id=message.job_id, reason=error.message)
        await container.outbox().done(done)
        if len(messages) < _BATCH or len(done) < len(messages):
            return started


async def _is_wanted(container: Container, message: Message) -> bool:
    """Whether a leg is still to be started: most were claimed within a second, by the hint. Nothing can be woken here."""
    if message.kind is not MessageKind.START:
        return False
    try:
        job = await container.jobs().get(message.job_id)
    except NotFound:
        return False
    return bool(job.epoch < message.leg and not job.ended)


handler = Function(
    Part.SWEEPER,
    {
        "sweep": Step(takes=Round, run=sweep),
        "clear_orphans": Step(takes=Round, run=clear_orphans),
    },
)
