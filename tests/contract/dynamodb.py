"""Tables of DynamoDB with a test's hand between the adapters and the server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from omnigen.adapters.aws.dynamodb import Tables
from omnigen.adapters.aws.dynamodb.calls import Budget
from tests.contract.harness import Stores, dynamodb_stores, dynamodb_tables
from tests.fakes.dynamodb import Wire
from tests.fixtures.aws import dynamodb_client


@frozen
class Bench:
    """Stores whose every call can be watched and broken, and others that nothing happens to."""

    wire: Wire
    tables: Tables
    stores: Stores
    others: Stores


async def _at_once(_: float) -> None:
    """A pause that takes no time."""


@asynccontextmanager
async def a_bench(place: Path) -> AsyncIterator[Bench]:
    """A bench over tables of a place's own."""
    async with dynamodb_client() as client, dynamodb_tables(client, place) as tables:
        wire = Wire(client)
        watched = evolve(tables, client=wire, budget=Budget(sleep=_at_once))
        yield Bench(wire, watched, dynamodb_stores(watched), dynamodb_stores(tables))


async def everything(tables: Tables) -> dict[tuple[str, str], dict[str, Any]]:
    """All items of both tables, by partition and place, without the marks of their writers."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for name in (tables.jobs, tables.usage):
        answer = await tables.client.scan(TableName=name, ConsistentRead=True)
        for item in answer["Items"]:
            item.pop("token", None)
            found[item["pk"]["S"], item["sk"]["S"]] = item
    return found
