"""Counters of requests in SQLite: two rows a key, those of the present fixed window and of the one before."""

from datetime import datetime

import apsw

from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.rate_window import judge, slot_of
from omnigen.ports.usage import RateState

_READ = "SELECT slot, hits FROM hits WHERE key = ? AND window = ? AND slot >= ?"
_COUNT = "INSERT INTO hits VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET hits = hits + 1"
_FORGET = "DELETE FROM hits WHERE key = ? AND window = ? AND slot < ?"


class SqliteRates:
    """`omnigen.ports.usage.Rates` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hit(self, key: str, *, limit: int, window: int, at: datetime) -> RateState:
        """Count one request against `limit` in `window` seconds; one that isn't allowed doesn't count."""
        slot = slot_of(at, window)

        def change(db: apsw.Connection) -> RateState:
            hits = dict(db.execute(_READ, (key, window, slot - 1)))
            state = judge(hits.get(slot - 1, 0), hits.get(slot, 0), limit=limit, window=window, at=at)
            if state.allowed:
                db.execute(_COUNT, (key, window, slot))
                db.execute(_FORGET, (key, window, slot - 1))
            return state

        return await self._database.write(change)
