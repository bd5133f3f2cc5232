"""The account's request limits: a bucket a kind, short bursts allowed."""

from __future__ import annotations

import math

from emulator.replicate.clock import Clock
from emulator.replicate.problems import throttled


class Bucket:
    """Holds a minute's worth of requests and fills up evenly."""

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self._capacity = float(per_minute)
        self._level = float(per_minute)
        self._clock = clock
        self._at = clock.now()

    def take(self) -> None:
        """Count one request. Raises Problem (429) where none is left."""
        self._refill()
        if self._level < 1:
            raise throttled((1 - self._level) * 60 / self._capacity)
        self._level -= 1

    def headers(self) -> dict[str, str]:
        """What is left, and the seconds until all of it is back."""
        self._refill()
        reset = math.ceil((self._capacity - self._level) * 60 / self._capacity)
        return {"ratelimit-remaining": str(int(self._level)), "ratelimit-reset": str(reset)}

    def _refill(self) -> None:
        now = self._clock.now()
        self._level = min(self._capacity, self._level + (now - self._at) * self._capacity / 60)
        self._at = now
