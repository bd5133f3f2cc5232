"""All stores in one process's memory: plain dictionaries, gone when it ends.

Nothing here awaits between looking and writing, so that every method is a transaction by itself; each looks
at everything that may refuse it before it writes anything.
"""

from collections import Counter
from datetime import datetime

from attrs import define, field

from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, Revision, SceneState
from omnigen.domain.quota import EntryKind, LedgerEntry, Usage
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import Take
from omnigen.ports.outbox import Message
from omnigen.ports.uploads import Upload


@define
class Tables:
    """What is remembered, by key. All adapters of one store share it."""

    jobs: dict[str, Job] = field(factory=dict)
    revisions: dict[tuple[str, int], Revision] = field(factory=dict)
    """Those that were followed by another."""
    storyboards: dict[tuple[str, int], Storyboard] = field(factory=dict)
    scenes: dict[tuple[str, int, int], SceneState] = field(factory=dict)
    events: list[JobEvent] = field(factory=list)
    records: dict[tuple[str, str], IdempotencyRecord] = field(factory=dict)
    usage: dict[tuple[str, str], Usage] = field(factory=dict)
    entries: dict[str, LedgerEntry] = field(factory=dict)
    takes: dict[str, Take] = field(factory=dict)
    outbox: dict[str, Message] = field(factory=dict)
    deliveries: dict[str, datetime] = field(factory=dict)
    """When each was seen."""
    hits: Counter[tuple[str, int, int]] = field(factory=Counter)
    """Requests by key, window and slot."""
    uploads: dict[str, Upload] = field(factory=dict)

    def usage_of(self, owner: str, period: str) -> Usage:
        """Use of a month; all zero where there was none."""
        return self.usage.get((owner, period)) or Usage(owner=owner, period=period)

    def keep(self, usage: Usage) -> None:
        """Remember the use of a month."""
        self.usage[usage.owner, usage.period] = usage

    def active(self, owner: str) -> int:
        """How many of an owner's jobs are on their way."""
        return sum(job.owner == owner and not job.ended for job in self.jobs.values())

    def enter(self, entry: LedgerEntry) -> bool:
        """Write a ledger entry and add it up, unless its id is there already."""
        if entry.id in self.entries:
            return False
        self.entries[entry.id] = entry
        if entry.kind is not EntryKind.LOST:
            self.keep(self.usage_of(entry.owner, entry.period).add(entry.amount))
        return True
