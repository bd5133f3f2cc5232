"""Every family of stores that the contract suites run over, and how each is opened.

A family joins by one function here. Opening the same place twice gives what two processes would have: two
sets of adapters over the same data (memory is the process's own, so there the second set is the first).
"""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import frozen

from emulator.aws.tables import create_tables, tables_of
from omnigen.adapters.aws.dynamodb import (
    DynamoJobs,
    DynamoOutbox,
    DynamoRates,
    DynamoTakes,
    DynamoUploads,
    DynamoUsage,
    Tables,
)
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
from tests.fixtures.aws import dynamodb_client, dynamodb_endpoint, leave_no_table


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
    slow: bool = False
    """Whether it is left out of the inner loop."""
    serve: Callable[[], object] = lambda: None
    """Starts what it needs, for this process and those that it starts."""


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


@asynccontextmanager
async def _dynamodb(place: Path) -> AsyncIterator[Stores]:
    async with dynamodb_client() as client, dynamodb_tables(client, place) as tables:
        yield dynamodb_stores(tables)


@asynccontextmanager
async def dynamodb_tables(client: Any, place: Path) -> AsyncIterator[Tables]:
    """Tables of a place's own, made if need be."""
    tables = tables_of(f"test-{hashlib.sha256(str(place).encode()).hexdigest()[:16]}-")
    await create_tables(client, tables.values(), upkeep=False)
    leave_no_table(table.name for table in tables.values())
    yield Tables(client, jobs=tables["jobs"].name, usage=tables["usage"].name)


def dynamodb_stores(tables: Tables) -> Stores:
    """All adapters over the same tables."""
    return Stores(
        jobs=DynamoJobs(tables),
        takes=DynamoTakes(tables),
        usage=DynamoUsage(tables),
        rates=DynamoRates(tables),
        outbox=DynamoOutbox(tables),
        uploads=DynamoUploads(tables),
    )


FAMILIES: Final = {
    "memory": Family(open=_memory, durable=False),
    "sqlite": Family(open=_sqlite, durable=True),
    "dynamodb": Family(open=_dynamodb, durable=True, slow=True, serve=dynamodb_endpoint),
}


def each_family(*, durable: bool = False, quick: bool = False) -> list[Any]:
    """Names of all families, as parameters of a test; only those that outlive their process, or that are quick."""
    return [
        pytest.param(name, marks=pytest.mark.slow if family.slow else ())
        for name, family in FAMILIES.items()
        if (family.durable or not durable) and not (family.slow and quick)
    ]
