"""The books in SQLite. Its functions also run inside the transactions of jobs and takes."""

from collections.abc import Sequence

import apsw

from omnigen.adapters.documents import ENTRIES, micros, text
from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.local.sqlite.reading import every
from omnigen.domain.quota import EntryKind, LedgerEntry, Quota, Reservation, Usage
from omnigen.domain.succession import held

_READ = """
SELECT held_videos, settled_videos, held_amount, settled_amount FROM usage WHERE owner = ? AND period = ?
"""
_WRITE = "INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?, ?, ?)"
_ACTIVE = "SELECT count(*) FROM jobs WHERE owner = ? AND NOT ended"


def hold(db: apsw.Connection, reservation: Reservation, quota: Quota) -> None:
    """Hold a reservation against an owner's limits. Raises QuotaExceeded."""
    usage = _usage(db, reservation.owner, reservation.period)
    _keep(db, held(usage, reservation, quota, active=_active(db, reservation.owner)))


def end(db: apsw.Connection, reservation: Reservation) -> None:
    """Count a reservation that was held as settled or released."""
    _keep(db, _usage(db, reservation.owner, reservation.period).end(reservation))


def enter(db: apsw.Connection, entry: LedgerEntry) -> bool:
    """Write an entry and add it up, unless its id is there already."""
    row = (entry.id, entry.job_id, micros(entry.at), text(entry))
    db.execute("INSERT OR IGNORE INTO entries VALUES (?, ?, ?, ?)", row)
    if not db.changes():
        return False
    if entry.kind is not EntryKind.LOST:
        _keep(db, _usage(db, entry.owner, entry.period).add(entry.amount))
    return True


def _usage(db: apsw.Connection, owner: str, period: str) -> Usage:
    videos, settled, amount, spent = db.execute(_READ, (owner, period)).fetchone() or (0, 0, 0, 0)
    return Usage(
        owner=owner,
        period=period,
        held_videos=videos,
        settled_videos=settled,
        held_amount=amount,
        settled_amount=spent,
    )


def _keep(db: apsw.Connection, usage: Usage) -> None:
    db.execute(
        _WRITE,
        (
            usage.owner,
            usage.period,
            usage.held_videos,
            usage.settled_videos,
            usage.held_amount,
            usage.settled_amount,
        ),
    )


def _active(db: apsw.Connection, owner: str) -> int:
    return int(db.execute(_ACTIVE, (owner,)).get)


class SqliteUsage:
    """`omnigen.ports.usage.UsageLedger` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def usage(self, owner: str, period: str) -> Usage:
        """Use of one month."""
        return await self._database.read(lambda db: _usage(db, owner, period))

    async def active(self, owner: str) -> int:
        """How many of the owner's jobs are on their way."""
        return await self._database.read(lambda db: _active(db, owner))

    async def enter(self, entry: LedgerEntry) -> bool:
        """Write an entry and add it to the month's use, once for its id."""
        return await self._database.write(lambda db: enter(db, entry))

    async def entries(self, job_id: str) -> Sequence[LedgerEntry]:
        """All entries of a job, oldest first."""
        query = "SELECT document FROM entries WHERE job_id = ? ORDER BY at, id"
        return await self._database.read(lambda db: every(ENTRIES, db, query, job_id))
