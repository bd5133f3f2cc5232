"""The machine's own time and chance."""

import asyncio
import secrets
import time
from datetime import UTC, datetime
from random import Random, SystemRandom
from typing import Final

from omnigen.domain.storyboard import MAX_SEED

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM: Final = SystemRandom()
_CHANCE: Final = Random(_RANDOM.getrandbits(256))  # noqa: S311  ids are names and no secrets
"""Seeded once by the system: each system call for more would let another thread in."""


class SystemClock:
    """UTC, to the microsecond."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class RandomIds:
    """Ids of 48 bits of milliseconds and 80 of chance, in Crockford's base 32: they sort by their time (ULID)."""

    def new(self, prefix: str) -> str:
        """A new id, as in `job_01j9z...`: 26 signs after the prefix."""
        value = (time.time_ns() // 1_000_000) << 80 | _CHANCE.getrandbits(80)
        return f"{prefix}_" + "".join([_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5)])

    def seed(self) -> int:
        """A random seed."""
        return secrets.randbelow(MAX_SEED + 1)

    def jitter(self) -> float:
        """A random number from 0 to 1."""
        return _RANDOM.random()
