"""Messages to be acted on, and deliveries that were seen, in memory."""

from collections.abc import Sequence
from datetime import datetime

from omnigen.adapters.memory.store import Tables
from omnigen.ports.outbox import REMEMBERED, Message


class MemoryOutbox:
    """`omnigen.ports.outbox.Outbox` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, message: Message) -> None:
        """Add a message; the same id twice is one message."""
        self._tables.outbox.setdefault(message.id, message)

    async def pending(self, *, limit: int) -> Sequence[Message]:
        """The oldest messages that nobody has finished with."""
        return sorted(self._tables.outbox.values(), key=lambda m: (m.at, m.id))[:limit]

    async def done(self, message_ids: Sequence[str]) -> None:
        """Take messages out. Absent is fine."""
        for message_id in message_ids:
            self._tables.outbox.pop(message_id, None)

    async def first_time(self, delivery_id: str, *, at: datetime) -> bool:
        """Whether a delivery from outside is seen for the first time within a day."""
        seen_at = self._tables.deliveries.get(delivery_id)
        if seen_at is not None and seen_at > at - REMEMBERED:
            return False
        self._tables.deliveries[delivery_id] = at
        return True
