"""Reading what owners have used, and writing movements of money that have no reservation of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from omnigen.domain.quota import LedgerEntry, Usage


class UsageLedger(Protocol):
    """The books. Holding and settling happen in the jobs' own transactions; the same rows are read here."""

    async def usage(self, owner: str, period: str) -> Usage:
        """Use of one month; all zero where there was none."""
        ...

    async def active(self, owner: str) -> int:
        """How many of the owner's jobs are on their way."""
        ...

    async def enter(self, entry: LedgerEntry) -> bool:
        """Write an entry and add it to the month's use. False if that id is there already: nothing changes."""
        ...

    async def entries(self, job_id: str) -> Sequence[LedgerEntry]:
        """All entries of a job, oldest first."""
        ...


@frozen(kw_only=True)
class RateState:
    """What a window of requests looked like after a hit."""

    allowed: bool
    limit: int
    remaining: int
    reset: float
    """Seconds until one more is allowed; while there is room, until the present window ends."""


class Rates(Protocol):
    """Counters of requests that all API tasks and workers share."""

    async def hit(self, key: str, *, limit: int, window: int, at: datetime) -> RateState:
        """Count one request against `limit` in `window` seconds; one that isn't allowed doesn't count."""
        ...
