"""What drives jobs in the scenarios: one interface, so that the same scenarios run over every workflow there is."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final, Protocol

import pytest

from omnigen.adapters.local.workflow import LocalWorkflow
from omnigen.container import Worker
from omnigen.domain.errors import OmniGenError
from omnigen.domain.job import Job
from omnigen.entrypoints.worker import look
from tests.contract.harness import each_family
from tests.fakes.world import World

MACHINE: Final = "state-machine"
"""The workflow that AWS drives; the others are the local one, by the family of stores that it works on."""
LENGTHY: Final = pytest.mark.parametrize("world", [*each_family(quick=True), MACHINE], indirect=True)
"""For scenarios of ten thousand calls of a store: where each goes over a wire, they say no more, for minutes."""
_LOOK, _SWEEP = 1.0, 5.0
"""Seconds between two looks into the outbox, and between two sweeps."""


class Driver(Protocol):
    """A workflow at work on the jobs of a world."""

    @property
    def composes_apart(self) -> bool:
        """Whether composing has a leg of its own."""
        ...

    async def settle(self, *, at_most: timedelta = timedelta(hours=2)) -> list[Job]:
        """Drive until every job of the world has ended; the jobs as they then are."""
        ...

    async def until(self, seen: Callable[[], Awaitable[bool]]) -> None:
        """Drive until something is seen."""
        ...

    async def cut(self) -> None:
        """Kill whatever drives legs now; others go on later, from what is in the store."""
        ...

    async def start(self, job_id: str, leg: int) -> None:
        """Start a leg, besides whatever the outbox starts."""
        ...


class LocalDriver:
    """The local workflow with its outbox and its sweeper, under virtual time."""

    composes_apart = False

    def __init__(self, world: World) -> None:
        self.world = world
        self.workflow: LocalWorkflow = world.driver()
        self._worker = Worker(
            pipeline=world.steps,
            workflow=self.workflow,
            outbox=world.container.outbox(),
            metrics=world.metrics,
        )

    async def settle(self, *, at_most: timedelta = timedelta(hours=2)) -> list[Job]:
        async def over() -> bool:
            for job_id in self.world.jobs:
                if not (await self.world.job(job_id)).ended:
                    return False
            return True

        await self.until(over, at_most=at_most)
        return [await self.world.job(job_id) for job_id in self.world.jobs]

    async def until(
        self, seen: Callable[[], Awaitable[bool]], *, at_most: timedelta = timedelta(hours=2)
    ) -> None:
        await self.world.clock.run(self._work(seen), at_most=at_most)

    async def _work(self, seen: Callable[[], Awaitable[bool]]) -> None:
        repeated = [
            asyncio.create_task(self._repeat(_LOOK, lambda: look(self._worker))),
            asyncio.create_task(self._repeat(_SWEEP, self.world.steps.sweep)),
        ]
        try:
            while not await seen():
                for task in repeated:
                    if task.done():
                        task.result()
                await self.world.clock.sleep(_LOOK)
        finally:
            for task in repeated:
                task.cancel()
            await asyncio.gather(*repeated, return_exceptions=True)

    async def _repeat(self, seconds: float, action: Callable[[], Awaitable[object]]) -> None:
        while True:
            with suppress(OmniGenError):  # as the worker does: another round will come
                await action()
            await self.world.clock.sleep(seconds)

    async def cut(self) -> None:
        await self.workflow.stop()

    async def start(self, job_id: str, leg: int) -> None:
        await self.workflow.start(job_id, leg)

    def kill_leg(self) -> None:
        """Cut off every leg at this very instant, without waiting for it."""
        for task in list(self.workflow._running.values()):
            task.cancel()
