"""Messages to be acted on, and deliveries that were seen, in DynamoDB.

The queue is spread over a few partitions, so that none takes all writes, and read whole: every look empties it.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from math import ceil

from omnigen.adapters.aws.dynamodb import keys
from omnigen.adapters.aws.dynamodb.attributes import Item, Value, document
from omnigen.adapters.aws.dynamodb.calls import LostRace
from omnigen.adapters.aws.dynamodb.changes import Change, keep, put, put_over
from omnigen.adapters.aws.dynamodb.found import nouns_of
from omnigen.adapters.aws.dynamodb.tables import Stretch, Tables, all_of
from omnigen.adapters.documents import MESSAGES, micros
from omnigen.ports.outbox import REMEMBERED, Message


def add(message: Message) -> Change:
    """Add a message unless it is there, in the transaction of whatever it is about."""
    return keep(keys.message(message.id), _values(message))


async def messages(tables: Tables) -> list[Item]:
    """All that wait, of all partitions."""
    stretches = (Stretch.beginning(keys.JOBS, keys.outbox(shard)) for shard in keys.SHARDS)
    return [item for found in await all_of(*map(tables.query, stretches)) for item in found]


class DynamoOutbox:
    """`omnigen.ports.outbox.Outbox` in DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, message: Message) -> None:
        """Add a message; the same id twice is one message."""
        with suppress(LostRace):
            await self._tables.write(put(keys.message(message.id), _values(message), seen=None))

    async def pending(self, *, limit: int) -> Sequence[Message]:
        """The oldest messages that nobody has finished with."""
        found = nouns_of(MESSAGES, await messages(self._tables))
        return sorted(found, key=lambda message: (message.at, message.id))[:limit]

    async def done(self, message_ids: Sequence[str]) -> None:
        """Take messages out. Absent is fine."""
        await self._tables.delete(map(keys.message, message_ids))

    async def first_time(self, delivery_id: str, *, at: datetime) -> bool:
        """Whether a delivery from outside is seen for the first time within a day."""

        token = secrets.token_hex(8)
        expires_at = ceil((at + REMEMBERED).timestamp())
        change = put_over(
            keys.delivery(delivery_id),
            {"token": token, "seen_at": micros(at), "expires_at": expires_at},
            "#seen_at <= :forgotten",
            {"forgotten": micros(at - REMEMBERED)},
        )
        try:
            await self._tables.change(change, ReturnValuesOnConditionCheckFailure="ALL_OLD")
        except LostRace as lost:
            # Ours, where only the reply to it was lost and it was written again.
            return lost.item is not None and lost.item["token"] == token
        return True


def _values(message: Message) -> dict[str, Value]:
    return {"job_id": message.job_id, "document": document(message)}
