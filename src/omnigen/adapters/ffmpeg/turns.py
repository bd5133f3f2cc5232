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

_FREE, _TWICE, _SOON_FREE = 0, 1, 2
_Waiting = tuple[SegmentRender, "asyncio.Future[None]"]


class Turns:
    """At most `places` segments at a time."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: list[_Waiting] = []
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
            chosen = self._choose()
            self._waiting.remove(chosen)
            render, place = chosen
            if place.cancelled():
                continue
            self._free -= 1
            if render.leave is not None:
                self._coming.append(render.leave)
            place.set_result(None)

    def _choose(self) -> _Waiting:
        """The cheapest; if a clip's end has to be decoded twice, then in the middle of the longest stretch.

        There it begins a chain in which nothing else is, and that others meet only at its end.
        """
        cheapest = min(self._waiting, key=lambda one: self._cost(one[0]))
        if self._cost(cheapest[0]) == _FREE:
            return cheapest
        stretch = max(_stretches(self._waiting), key=len)
        middle = stretch[len(stretch) // 2]
        return middle if self._cost(middle[0]) == self._cost(cheapest[0]) else cheapest

    def _cost(self, render: SegmentRender) -> int:
        """Free if nothing is decoded twice; dearest where nothing would be after some waiting."""
        if render.before is None or (render.tail is not None and render.tail.exists()):
            return _FREE
        return _SOON_FREE if render.tail in self._coming else _TWICE


def _stretches(waiting: list[_Waiting]) -> list[list[_Waiting]]:
    """Those that wait, by neighbours."""
    found: list[list[_Waiting]] = []
    for one in sorted(waiting, key=lambda one: one[0].segment.number):
        if found and found[-1][-1][0].segment.number == one[0].segment.number - 1:
            found[-1].append(one)
        else:
            found.append([one])
    return found
