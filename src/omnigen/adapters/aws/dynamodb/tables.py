"""The two tables that all DynamoDB adapters share: reading, and writing under conditions.

Every read that something is decided by is consistent. Every write is one transaction, or one conditional operation.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final, TypeVar

from attrs import field, frozen

from omnigen.adapters.aws.dynamodb.attributes import Item, Value, plain, typed
from omnigen.adapters.aws.dynamodb.calls import Budget, Calls, LostRace, busy
from omnigen.adapters.aws.dynamodb.changes import Change, named, remove, valued
from omnigen.adapters.aws.dynamodb.keys import JOBS, USAGE, Key
from omnigen.domain.errors import TooLarge, Transient

T = TypeVar("T")
ROUNDS: Final = 10
"""How often a change is judged anew after it has lost a race, at most."""
_OPERATIONS: Final = 100
_TRANSACTION: Final = 4 * 2**20
_READ_AT_ONCE, _DELETED_AT_ONCE = 100, 25
_PAGE: Final = 1000


@frozen(kw_only=True)
class Stretch:
    """A run of items in one partition, of a table or of its index."""

    table: str
    pk: str
    condition: str
    """On the sort key, or empty."""
    values: Mapping[str, Value] = field(factory=dict)
    """What the conditions compare with."""
    where: str = ""
    """Which items are wanted; the others are read, and paid for, all the same."""
    backwards: bool = False
    index: str | None = None
    only: str = ""
    """Attributes that are wanted; all, if it is empty."""

    @classmethod
    def beginning(cls, table: str, pk: str, prefix: str = "", *, only: str = "") -> "Stretch":
        """All items whose places begin in a way."""
        condition = "begins_with(#sk, :prefix)" if prefix else ""
        values: dict[str, Value] = {"prefix": prefix} if prefix else {}
        return cls(table=table, pk=pk, condition=condition, values=values, only=only)


@frozen
class Tables:
    """Jobs and usage, through a client whose calls are awaited; opened and closed by whoever made it."""

    client: Any
    jobs: str = field(kw_only=True)
    usage: str = field(kw_only=True)
    budget: Budget = field(factory=Budget, kw_only=True)

    def name(self, table: str) -> str:
        """What a table is called in this account."""
        return {JOBS: self.jobs, USAGE: self.usage}[table]

    async def get(self, key: Key) -> Item | None:
        """The item as it is now; None where there is none."""
        if not key.possible:
            return None
        answer = await self._call("get_item", [key], **self._at(key), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    async def several(self, keys: Iterable[Key]) -> list[Item]:
        """Those of the items that are there, each as it is now, in any order. All are of one table."""
        left, found = list(dict.fromkeys(keys)), list[Item]()
        for begin in range(0, len(left), _READ_AT_ONCE):
            found += await self._batch(left[begin : begin + _READ_AT_ONCE])
        return found

    async def query(self, stretch: Stretch, *, limit: int | None = None) -> list[Item]:
        """The items of a stretch in the order of their places, `limit` of them at most."""
        found: list[Item] = []
        if not Key(stretch.table, stretch.pk, "").possible:
            return found
        request, size = self._query(stretch), limit
        while True:
            page = {} if size is None else {"Limit": min(size, _PAGE)}
            answer = await self._calls("query", self.name(stretch.table), **request, **page)
            found += [plain(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer or (limit is not None and len(found) >= limit):
                return found[:limit]
            # Of a page full of items that aren't wanted nothing is left: the next one is larger.
            size = None if size is None else size * 2
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    async def write(self, *changes: Change) -> None:
        """Make all changes or none. Raises LostRace where a condition doesn't hold, TooLarge, Transient."""
        if len(changes) == 1:
            await self.change(changes[0])
            return
        _check_size(changes)
        items = [{c.kind: {"TableName": self.name(c.key.table), **c.request}} for c in changes]
        keys = [c.key for c in changes]
        # By the token DynamoDB knows a repetition for ten minutes, and answers that it was made.
        token = secrets.token_hex(16)
        await self._call("transact_write_items", keys, TransactItems=items, ClientRequestToken=token)

    async def change(self, change: Change, **asked: str) -> dict[str, Any]:
        """Make one change alone, at half the price. `asked` are further parameters; returns the whole answer."""
        operation = f"{change.kind.lower()}_item"
        table = self.name(change.key.table)
        return await self._call(operation, [change.key], TableName=table, **change.request, **asked)

    async def delete(self, keys: Iterable[Key]) -> None:
        """Delete items, absent ones too, in no particular order; not all or none."""
        left = iter(dict.fromkeys(keys))
        while batch := list(islice(left, _DELETED_AT_ONCE)):
            await self._delete(batch)

    async def decided(self, what: str, attempt: Callable[[str], Awaitable[T]]) -> T:
        """The outcome of an attempt that has lost no race.

        An attempt looks, judges, and writes under the condition that what it has looked at is still there. It is
        given a token for what it writes: where a later look finds that token, the change was made, and only
        its reply was lost.
        """
        token = secrets.token_hex(8)
        for _ in range(ROUNDS):
            with suppress(LostRace):
                return await attempt(token)
        raise Transient(f"{what} is changing too quickly", code="database_busy")

    async def _batch(self, keys: Sequence[Key]) -> list[Item]:
        table = self.name(keys[0].table)
        left: Any = {table: {"Keys": [_typed(key) for key in keys], "ConsistentRead": True}}
        found, patience = list[Item](), self._calls.patience()
        while left:
            answer = await self._calls("batch_get_item", table, RequestItems=left)
            found += [plain(item) for item in answer["Responses"].get(table, [])]
            left = answer.get("UnprocessedKeys")
            if left and not await patience.another():
                raise busy(table)
        return found

    async def _delete(self, keys: Sequence[Key]) -> None:
        requests: dict[str, list[Any]] = {}
        for key in keys:
            requests.setdefault(self.name(key.table), []).append({"DeleteRequest": remove(key).request})
        left: Any = requests
        patience = self._calls.patience()
        while left:
            answer = await self._call("batch_write_item", keys, RequestItems=left)
            left = answer.get("UnprocessedItems")
            if left and not await patience.another():
                raise busy(" or ".join(left))

    def _query(self, stretch: Stretch) -> dict[str, Any]:
        partition = stretch.index or "pk"
        condition = f"#{partition} = :pk" + (f" AND {stretch.condition}" if stretch.condition else "")
        request: dict[str, Any] = {
            "TableName": self.name(stretch.table),
            "KeyConditionExpression": condition,
            "ScanIndexForward": not stretch.backwards,
            **named(condition, stretch.where, stretch.only),
            **valued({"pk": stretch.pk, **stretch.values}),
        }
        if stretch.where:
            request["FilterExpression"] = stretch.where
        if stretch.only:
            request["ProjectionExpression"] = stretch.only
        # An index follows its table a moment later; it has no consistent reads.
        return request | ({"IndexName": stretch.index} if stretch.index else {"ConsistentRead": True})

    def _at(self, key: Key) -> dict[str, Any]:
        return {"TableName": self.name(key.table), "Key": _typed(key)}

    @property
    def _calls(self) -> Calls:
        return Calls(self.client, self.budget)

    async def _call(self, operation: str, keys: Collection[Key], **request: Any) -> dict[str, Any]:
        tables = " or ".join(sorted({self.name(key.table) for key in keys}))
        return await self._calls(operation, tables, **request)


async def all_of(*reads: Awaitable[T]) -> list[T]:
    """The answers of reads that are made side by side."""
    return list(await asyncio.gather(*reads))


def _check_size(changes: Sequence[Change]) -> None:
    if len(changes) > _OPERATIONS:
        raise TooLarge(f"{len(changes)} items change at once; {_OPERATIONS} are allowed")
    size = sum(change.size for change in changes)
    if size > _TRANSACTION:
        raise TooLarge(f"{size} bytes change at once; {_TRANSACTION} bytes are allowed")


def _typed(key: Key) -> dict[str, Any]:
    return typed({"pk": key.pk, "sk": key.sk})
