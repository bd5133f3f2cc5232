"""Starts children side by side, keeps them alive, and leaves nobody behind."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

from emulator.child import Child, ChildSpec
from emulator.errors import EmulatorError
from emulator.guard import Guard
from emulator.logs import fresh_log, keep_bounded


class Supervisor:
    """A group of children that live and end together.

    `async with Supervisor(...)` starts them all and returns when every one is ready; leaving the
    block stops them, those that use others first. Raises EmulatorError where one can't be kept alive.
    """

    def __init__(self, specs: Sequence[ChildSpec], *, logs: Path, say: Callable[[str], None]) -> None:
        self._guard = Guard()
        self._children = [Child(spec, fresh_log(logs, spec.name), self._guard, say) for spec in specs]
        self._tasks: list[asyncio.Task[None]] = []
        self._housekeeping: asyncio.Task[None] | None = None

    @property
    def children(self) -> dict[str, Child]:
        """The children by name."""
        return {child.spec.name: child for child in self._children}

    def summary(self) -> dict[str, dict[str, Any]]:
        """Process and log of each child, for run.json."""
        return {child.spec.name: {"pid": child.pid, "log": str(child.log)} for child in self._children}

    async def __aenter__(self) -> Self:
        self._tasks = [
            asyncio.create_task(child.keep_alive(), name=child.spec.name) for child in self._children
        ]
        self._housekeeping = asyncio.create_task(keep_bounded([child.log for child in self._children]))
        try:
            await self._until_ready()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def watch(self) -> None:
        """Wait for a child to be given up, and raise its EmulatorError."""
        if not self._tasks:
            await asyncio.Event().wait()
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """End every child: first those that use others, then the others."""
        used = {name for child in self._children for name in child.spec.uses}
        first = [child for child in self._children if child.spec.name not in used]
        last = [child for child in self._children if child.spec.name in used]
        for wave in (first, last):
            await asyncio.gather(*(child.stop() for child in wave))
        for task in self._pending():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, EmulatorError):
                await task
        self._guard.dismiss()

    def kill(self) -> None:
        """End every child's group at once, without asking."""
        for child in self._children:
            child.kill()

    def _pending(self) -> list[asyncio.Task[None]]:
        extra = [self._housekeeping] if self._housekeeping else []
        return [*self._tasks, *extra]

    async def _until_ready(self) -> None:
        ready, failed = asyncio.create_task(self._all_ready()), asyncio.create_task(self.watch())
        try:
            await asyncio.wait([ready, failed], return_when=asyncio.FIRST_COMPLETED)
            if failed.done():
                failed.result()
        finally:
            ready.cancel()
            failed.cancel()

    async def _all_ready(self) -> None:
        for child in self._children:
            await child.ready.wait()
