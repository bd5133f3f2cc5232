"""Time and chance under a test's control: hours pass in no time, and only when everybody waits."""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.builders import NOW

T = TypeVar("T")


class VirtualClock:
    """`omnigen.ports.clock.Clock` whose time is moved by `run` or `advance`.

    `busy` says whether something is still under way that no virtual time should pass over: a call of a port,
    or work in a thread.
    """

    def __init__(self, at: datetime = NOW) -> None:
        self._now = at
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0
        self._threads = 0
        self.busy: Callable[[], bool] = lambda: False

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        due = self._now + timedelta(seconds=max(0.0, seconds))
        heapq.heappush(self._sleepers, (due, self._count, future))
        await future

    def advance(self, seconds: float) -> None:
        """Let time pass, whoever waits."""
        self._wake(self._now + timedelta(seconds=seconds))

    async def run(self, work: Coroutine[Any, Any, T], *, at_most: timedelta = timedelta(days=3)) -> T:
        """Do some work; while it waits, time jumps to the next instant at which somebody has something to do."""
        self._count_threads()
        task, last = asyncio.ensure_future(work), self._now + at_most
        try:
            while True:
                await self._quiet()
                if task.done():
                    return task.result()
                assert self._sleepers, "everybody waits, and nobody for the time: it would wait for ever"
                assert self._sleepers[0][0] <= last, f"not done after {at_most}"
                self._wake(self._sleepers[0][0])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _wake(self, at: datetime) -> None:
        self._now = max(self._now, at)
        while self._sleepers and (self._sleepers[0][0] <= at or self._sleepers[0][2].done()):
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)

    async def _quiet(self) -> None:
        """Until nothing can happen without time passing."""
        loop: Any = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(0)
            if self._threads or self.busy():
                await asyncio.sleep(0.0002)
            elif not loop._ready:  # the loop's own queue: nobody else has anything to do
                self._wake(self._now)
                if not loop._ready:
                    return

    def _count_threads(self) -> None:
        loop: Any = asyncio.get_running_loop()
        if getattr(loop, "counted_for", None) is self:
            return
        plain = type(loop).run_in_executor.__get__(loop)

        def counted(*args: Any) -> "asyncio.Future[Any]":
            future: asyncio.Future[Any] = plain(*args)
            self._threads += 1
            future.add_done_callback(lambda _: self._one_less())
            return future

        loop.run_in_executor, loop.counted_for = counted, self

    def _one_less(self) -> None:
        self._threads -= 1


class CountedIds:
    """`omnigen.ports.clock.Ids` that counts up; its chance always falls in the middle."""

    def __init__(self) -> None:
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:06d}"

    def seed(self) -> int:
        self._count += 1
        return self._count

    def jitter(self) -> float:
        return 0.5
