"""The books and the counters of requests in memory."""

from collections.abc import Sequence
from datetime import datetime

from omnigen.adapters.memory.store import Tables
from omnigen.adapters.rate_window import judge, slot_of
from omnigen.domain.quota import LedgerEntry, Usage
from omnigen.ports.usage import RateState


class MemoryUsage:
    """`omnigen.ports.usage.UsageLedger` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def usage(self, owner: str, period: str) -> Usage:
        """Use of one month."""
        return self._tables.usage_of(owner, period)

    async def active(self, owner: str) -> int:
        """How many of the owner's jobs are on their way."""
        return self._tables.active(owner)

    async def enter(self, entry: LedgerEntry) -> bool:
        """Write an entry and add it to the month's use, once for its id."""
        return self._tables.enter(entry)

    async def entries(self, job_id: str) -> Sequence[LedgerEntry]:
        """All entries of a job, oldest first."""
        found = [entry for entry in self._tables.entries.values() if entry.job_id == job_id]
        return sorted(found, key=lambda entry: (entry.at, entry.id))


class MemoryRates:
    """`omnigen.ports.usage.Rates` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def hit(self, key: str, *, limit: int, window: int, at: datetime) -> RateState:
        """Count one request against `limit` in `window` seconds; one that isn't allowed doesn't count."""
        hits, slot = self._tables.hits, slot_of(at, window)
        before, now = hits[key, window, slot - 1], hits[key, window, slot]
        state = judge(before, now, limit=limit, window=window, at=at)
        hits[key, window, slot] += state.allowed
        return state
