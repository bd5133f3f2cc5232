"""Every family of stores that the contract suites run over, and how each is opened.

A family joins by one function here. Opening the same place twice gives what two processes would have: two
sets of adapters over the same data (memory is the process's own, so there the second set is the first).
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Final

from attrs import frozen

from omnigen.adapters.local.sqlite import (
    Database,
    SqliteJobs,
    SqliteOutbox,
    SqliteRates,
    SqliteTakes,
    SqliteUploads,
    SqliteUsage,
)
from omnigen.adapters.memory import MemoryStore
from omnigen.ports.jobs import Jobs
from omnigen.ports.outbox import Outbox
from omnigen.ports.takes import Takes
from omnigen.ports.uploads import Uploads
from omnigen.ports.usage import Rates, UsageLedger


@frozen(kw_only=True)
class Stores:
    """One family's adapters, opened over one place."""

    jobs: Jobs
    takes: Takes
    usage: UsageLedger
    rates: Rates
    outbox: Outbox
    uploads: Uploads


@frozen(kw_only=True)
class Family:
    """How a family is opened, and whether it outlives its process."""

    open: Callable[[Path], AbstractAsyncContextManager[Stores]]
    durable: bool


@cache
def _memory_at(place: Path) -> MemoryStore:
    return MemoryStore()


@asynccontextmanager
async def _memory(place: Path) -> AsyncIterator[Stores]:
    store = _memory_at(place)
    yield Stores(
        jobs=store.jobs,
        takes=store.takes,
        usage=store.usage,
        rates=store.rates,
        outbox=store.outbox,
        uploads=store.uploads,
    )


@asynccontextmanager
async def _sqlite(place: Path) -> AsyncIterator[Stores]:
    database = await Database.open(place / "omnigen.db")
    try:
        yield Stores(
            jobs=SqliteJobs(database),
            takes=SqliteTakes(database),
            usage=SqliteUsage(database),
            rates=SqliteRates(database),
            outbox=SqliteOutbox(database),
            uploads=SqliteUploads(database),
        )
    finally:
        await database.close()


FAMILIES: Final = {
    "memory": Family(open=_memory, durable=False),
    "sqlite": Family(open=_sqlite, durable=True),
}
