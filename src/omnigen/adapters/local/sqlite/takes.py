"""Takes in SQLite."""

from collections.abc import Sequence

import apsw

from omnigen.adapters.documents import TAKES, micros, text
from omnigen.adapters.local.sqlite import usage
from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.local.sqlite.reading import every, first
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.quota import LedgerEntry
from omnigen.domain.succession import check_take
from omnigen.domain.take import Take


class SqliteTakes:
    """`omnigen.ports.takes.Takes` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def intend(self, take: Take) -> Take:
        """Write the intent, unless that id is there already. Returns what is stored."""

        def change(db: apsw.Connection) -> Take:
            stored = first(TAKES, db, "SELECT document FROM takes WHERE id = ?", take.id)
            if stored is None:
                _check_prediction(db, take)
                row = (take.id, take.job_id, take.prediction_id, micros(take.intended_at), text(take))
                db.execute("INSERT INTO takes VALUES (?, ?, ?, ?, ?)", row)
            return stored or take

        return await self._database.write(change)

    async def get(self, take_id: str) -> Take:
        """The take. Raises NotFound."""
        return await self._database.read(lambda db: _get(db, take_id))

    async def update(self, take: Take, *, entry: LedgerEntry | None = None) -> None:
        """Replace a take, and write a ledger entry with it."""

        def change(db: apsw.Connection) -> None:
            check_take(_get(db, take.id), take)
            _check_prediction(db, take)
            row = (take.prediction_id, text(take), take.id)
            db.execute("UPDATE takes SET prediction_id = ?, document = ? WHERE id = ?", row)
            if entry is not None:
                usage.enter(db, entry)

        await self._database.write(change)

    async def of_job(self, job_id: str) -> Sequence[Take]:
        """All takes of a job, in the order in which they were intended."""
        query = "SELECT document FROM takes WHERE job_id = ? ORDER BY intended_at, id"
        return await self._database.read(lambda db: every(TAKES, db, query, job_id))

    async def by_prediction(self, prediction_id: str) -> Take | None:
        """The take that a prediction belongs to."""
        query = "SELECT document FROM takes WHERE prediction_id = ?"
        return await self._database.read(lambda db: first(TAKES, db, query, prediction_id))


def _get(db: apsw.Connection, take_id: str) -> Take:
    take = first(TAKES, db, "SELECT document FROM takes WHERE id = ?", take_id)
    if take is None:
        raise NotFound(f"take {take_id} was not found")
    return take


def _check_prediction(db: apsw.Connection, take: Take) -> None:
    taken = "SELECT id FROM takes WHERE prediction_id = ? AND id <> ?"
    if take.prediction_id and db.execute(taken, (take.prediction_id, take.id)).get:
        raise Conflict(f"prediction {take.prediction_id} belongs to another take", code="prediction_taken")
