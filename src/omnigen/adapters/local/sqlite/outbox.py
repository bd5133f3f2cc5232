"""Messages to be acted on, and deliveries that were seen, in SQLite."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from omnigen.adapters.documents import MESSAGES, micros, text
from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.local.sqlite.reading import every
from omnigen.ports.outbox import REMEMBERED, Message


def add(db: apsw.Connection, message: Message) -> None:
    """Add a message, in the transaction of whatever it is about."""
    row = (message.id, message.job_id, micros(message.at), text(message))
    db.execute("INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?)", row)


class SqliteOutbox:
    """`omnigen.ports.outbox.Outbox` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, message: Message) -> None:
        """Add a message; the same id twice is one message."""
        await self._database.write(lambda db: add(db, message))

    async def pending(self, *, limit: int) -> Sequence[Message]:
        """The oldest messages that nobody has finished with."""
        query = "SELECT document FROM outbox ORDER BY at, id LIMIT ?"
        return await self._database.read(lambda db: every(MESSAGES, db, query, limit))

    async def done(self, message_ids: Sequence[str]) -> None:
        """Take messages out. Absent is fine."""
        ids = [(message_id,) for message_id in message_ids]
        await self._database.write(lambda db: db.executemany("DELETE FROM outbox WHERE id = ?", ids))

    async def first_time(self, delivery_id: str, *, at: datetime) -> bool:
        """Whether a delivery from outside is seen for the first time within a day."""

        def change(db: apsw.Connection) -> bool:
            db.execute("DELETE FROM deliveries WHERE seen_at <= ?", (micros(at - REMEMBERED),))
            db.execute("INSERT OR IGNORE INTO deliveries VALUES (?, ?)", (delivery_id, micros(at)))
            return bool(db.changes())

        return await self._database.write(change)
