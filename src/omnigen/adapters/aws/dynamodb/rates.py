"""Counters of requests in DynamoDB: one item for each fixed window, that of the window before read beside it.

A hit whose reply was lost, and that is made again, may count twice; that costs a user one request of his minute.
"""

from datetime import datetime

from omnigen.adapters.aws.dynamodb import keys
from omnigen.adapters.aws.dynamodb.attributes import Item, plain
from omnigen.adapters.aws.dynamodb.calls import LostRace
from omnigen.adapters.aws.dynamodb.changes import count
from omnigen.adapters.aws.dynamodb.tables import Tables
from omnigen.adapters.rate_window import judge, room_for, slot_of
from omnigen.ports.usage import RateState


class DynamoRates:
    """`omnigen.ports.usage.Rates` in DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def hit(self, key: str, *, limit: int, window: int, at: datetime) -> RateState:
        """Count one request against `limit` in `window` seconds; one that isn't allowed doesn't count."""
        slot = slot_of(at, window)
        previous = _hits(await self._tables.get(keys.rate(key, window, slot - 1)))
        room = room_for(previous, limit=limit, window=window, at=at)
        present = keys.rate(key, window, slot)
        if room < 0:
            counted = _hits(await self._tables.get(present))
        else:
            # Needed for this window and the next one.
            counted = await self._count(present, room, expires_at=(slot + 2) * window)
        return judge(previous, counted, limit=limit, window=window, at=at)

    async def _count(self, key: keys.Key, room: int, *, expires_at: int) -> int:
        """Count one, if there is room; how many there were before."""
        hit = count(
            key,
            {"hits": 1},
            condition="attribute_not_exists(#hits) OR #hits <= :room",
            compared={"room": room},
            besides={"expires_at": expires_at},
        )
        try:
            answer = await self._tables.change(
                hit, ReturnValues="UPDATED_NEW", ReturnValuesOnConditionCheckFailure="ALL_OLD"
            )
        except LostRace as lost:
            return _hits(lost.item)
        return _hits(plain(answer["Attributes"])) - 1


def _hits(item: Item | None) -> int:
    return int((item or {}).get("hits", 0))
