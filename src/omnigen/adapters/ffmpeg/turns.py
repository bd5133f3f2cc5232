"""Which of the waiting segments is rendered next: as few clips as possible are decoded twice.

A segment that comes in by a transition needs the end of the clip before. If the segment before was rendered here,
it has left that end behind; if it is being rendered, it is worth taking another one first.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from attrs import evolve

from omnigen.ports.composer import SegmentRender


class Turns:
    """At most `places` segments at a time."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: list[tuple[SegmentRender, asyncio.Future[None]]] = []
        self._coming: list[Path] = []
        """Tails that the segments being rendered will leave."""

    @asynccontextmanager
    async def turn(self, render: SegmentRender) -> AsyncIterator[SegmentRender]:
        """Wait for a place; the render that is handed out names a tail only if it is there."""
        await self._enter(render)
        try:
            there = render.tail is not None and await asyncio.to_thread(render.tail.exists)
            yield render if there else evolve(render, tail=None)
        finally:
            self._leave(render)

    async def _enter(self, render: SegmentRender) -> None:
        # All that become renderable at one moment are seen before the first is chosen.
        await asyncio.sleep(0)
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((render, place))
        self._next()
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._waiting = [(r, f) for r, f in self._waiting if f is not place]
            else:
                self._leave(render)
            raise

    def _leave(self, render: SegmentRender) -> None:
        self._free += 1
        if render.leave is not None:
            self._coming.remove(render.leave)
        self._next()

    def _next(self) -> None:
        while self._free and self._waiting:
            chosen = min(self._waiting, key=lambda one: self._cost(one[0]))
            self._waiting.remove(chosen)
            render, place = chosen
            if place.cancelled():
                continue
            self._free -= 1
            if render.leave is not None:
                self._coming.append(render.leave)
            place.set_result(None)

    def _cost(self, render: SegmentRender) -> int:
        """0 if nothing is decoded twice, 2 if nothing would be after some waiting; the first come of its kind first."""
        if render.before is None or (render.tail is not None and render.tail.exists()):
            return 0
        return 2 if render.tail in self._coming else 1
