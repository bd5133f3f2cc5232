"""Time and fresh names of a world: the loop's time as each process's own clock shows it."""

import asyncio
import random
from datetime import datetime, timedelta

from tests.builders import NOW
from tests.simulation.loop import PROCESS, SimLoop


class SimClock:
    """`omnigen.ports.clock.Clock`: what it shows depends on whose it is."""

    def __init__(self, loop: SimLoop) -> None:
        self._loop = loop

    def now(self) -> datetime:
        process = PROCESS.get()
        skew = process.skew if process is not None else 0.0
        return NOW + timedelta(seconds=self._loop.time() + skew)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class TrueClock:
    """The world's own time, whoever asks: the provider's, and the judges'."""

    def __init__(self, loop: SimLoop, skew: float = 0.0) -> None:
        self._loop, self.skew = loop, skew

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self._loop.time() + self.skew)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class SimIds:
    """`omnigen.ports.clock.Ids`: names count up, chance comes from a stream."""

    def __init__(self, chance: random.Random) -> None:
        self._chance, self._count = chance, 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:06d}"

    def seed(self) -> int:
        return self._chance.randrange(2**31)

    def jitter(self) -> float:
        return self._chance.random()
