"""The books in DynamoDB: counters that transactions add to, under the conditions that the limits set.

`videos` and `amount` are what is held and settled together: a condition can compare, but not add up.
"""

from collections.abc import Sequence
from typing import Final

from omnigen.adapters.aws.dynamodb import keys
from omnigen.adapters.aws.dynamodb.attributes import Item, document
from omnigen.adapters.aws.dynamodb.changes import Change, count, put
from omnigen.adapters.aws.dynamodb.found import nouns_of
from omnigen.adapters.aws.dynamodb.tables import Stretch, Tables
from omnigen.adapters.documents import ENTRIES
from omnigen.domain.quota import EntryKind, LedgerEntry, Quota, Reservation, Usage

_COUNTERS: Final = ("held_videos", "settled_videos", "held_amount", "settled_amount")


def usage_of(item: Item | None, owner: str, period: str) -> Usage:
    """What the item of a month says; all zero where there is none."""
    counted = {name: int((item or {}).get(name, 0)) for name in _COUNTERS}
    return Usage(owner=owner, period=period, **counted)


def active_of(item: Item | None) -> int:
    """How many jobs an owner's counter says are on their way."""
    return int((item or {}).get("jobs", 0))


def hold(reservation: Reservation, quota: Quota) -> tuple[Change, Change]:
    """Hold a reservation and count its job, if there is room for both; what was read says so, this makes sure."""
    videos, amount = reservation.videos, reservation.amount
    room, limits = dict[str, int](), list[str]()
    if amount:
        room["max_amount"] = quota.spend - amount
        limits.append("(attribute_not_exists(#amount) OR #amount <= :max_amount)")
    if videos:
        room["max_videos"] = quota.videos - videos
        limits.append("(attribute_not_exists(#videos) OR #videos <= :max_videos)")
    held = {"held_videos": videos, "videos": videos, "held_amount": amount, "amount": amount}
    key = keys.period(reservation.owner, reservation.period)
    slot = "attribute_not_exists(#jobs) OR #jobs < :limit"
    return (
        count(key, held, condition=" AND ".join(limits), compared=room),
        count(
            keys.active(reservation.owner), {"jobs": 1}, condition=slot, compared={"limit": quota.concurrent}
        ),
    )


def end(reservation: Reservation) -> tuple[Change, Change]:
    """Count a reservation that was held as settled or released, and its job as over."""
    moved = {
        "held_videos": -reservation.videos,
        "held_amount": -reservation.amount,
        "settled_videos": reservation.settled_videos,
        "settled_amount": reservation.settled_amount,
        "videos": reservation.settled_videos - reservation.videos,
        "amount": reservation.settled_amount - reservation.amount,
    }
    month = keys.period(reservation.owner, reservation.period)
    return count(month, moved), count(keys.active(reservation.owner), {"jobs": -1})


def enter(entry: LedgerEntry, token: str) -> list[Change]:
    """Write an entry that is not there yet, and add it up."""
    written = put(
        keys.entry(entry.job_id, entry.id), {"token": token, "document": document(entry)}, seen=None
    )
    if entry.kind is EntryKind.LOST:
        return [written]
    moved = {"settled_amount": entry.amount, "amount": entry.amount}
    return [written, count(keys.period(entry.owner, entry.period), moved)]


class DynamoUsage:
    """`omnigen.ports.usage.UsageLedger` in DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def usage(self, owner: str, period: str) -> Usage:
        """Use of one month."""
        return usage_of(await self._tables.get(keys.period(owner, period)), owner, period)

    async def active(self, owner: str) -> int:
        """How many of the owner's jobs are on their way."""
        return active_of(await self._tables.get(keys.active(owner)))

    async def enter(self, entry: LedgerEntry) -> bool:
        """Write an entry and add it to the month's use, once for its id."""

        async def attempt(token: str) -> bool:
            there = await self._tables.get(keys.entry(entry.job_id, entry.id))
            if there is not None:
                return there["token"] == token
            await self._tables.write(*enter(entry, token))
            return True

        return await self._tables.decided(f"entry {entry.id}", attempt)

    async def entries(self, job_id: str) -> Sequence[LedgerEntry]:
        """All entries of a job, oldest first."""
        items = await self._tables.query(Stretch.beginning(keys.USAGE, keys.of_job(job_id), "ENTRY#"))
        return sorted(nouns_of(ENTRIES, items), key=lambda entry: (entry.at, entry.id))
