"""What takes cost their owner, and which entry in the books a change of one needs."""

from collections.abc import Iterable
from datetime import datetime

from omnigen.domain.catalogue import Micros
from omnigen.domain.quota import EntryKind, LedgerEntry, period_of
from omnigen.domain.take import Take, TakeStatus


def due(take: Take) -> Micros:
    """What its owner pays for it as it stands."""
    return take.cost if take.charged else 0


def spent(takes: Iterable[Take], revision: int) -> Micros:
    """What the takes that a revision asked for have cost its owner."""
    return sum(due(t) for t in takes if t.revision == revision)


def committed(takes: Iterable[Take], revision: int) -> Micros:
    """The same with what may still be charged: intents count at their estimate."""
    mine = [t for t in takes if t.revision == revision]
    return sum(t.estimate if t.status is TakeStatus.INTENT else due(t) for t in mine)


def entry_for(before: Take, after: Take, *, settled: bool, at: datetime) -> LedgerEntry | None:
    """The entry that goes with a change. `settled` says that the revision which pays has ended already.

    Until then its settlement adds up what its takes have cost; afterwards each change is an entry of its own.
    """
    moved = due(after) - due(before)
    if moved and settled:
        kind = EntryKind.LATE_COST if moved > 0 else EntryKind.REFUND
        return _entry(after, kind, moved, f"late.{after.status}", at)
    if after.status is TakeStatus.LOST:
        # Nobody can say whether it was charged: our books carry it, the owner's don't.
        return _entry(after, EntryKind.LOST, after.estimate, "lost", at)
    return None


def _entry(take: Take, kind: EntryKind, amount: Micros, why: str, at: datetime) -> LedgerEntry:
    return LedgerEntry(
        id=f"{take.id}.{why}",
        owner=take.owner,
        period=period_of(at),
        job_id=take.job_id,
        revision=take.revision,
        kind=kind,
        amount=amount,
        take_id=take.id,
        at=at,
    )
