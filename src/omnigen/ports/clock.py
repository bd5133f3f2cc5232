"""Time and fresh names: the two things that would make a use case unrepeatable."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is, and waiting."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Ids(Protocol):
    """Fresh ids and chance."""

    def new(self, prefix: str) -> str:
        """A new id that sorts by the time of its making, as in `job_01J...`."""
        ...

    def seed(self) -> int:
        """A random whole number from 0 to 2**31 - 1."""
        ...

    def jitter(self) -> float:
        """A random number from 0 to 1."""
        ...
