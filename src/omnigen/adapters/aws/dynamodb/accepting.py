"""Accepting a job, or its next revision: what is looked at first, and all that is written together."""

from math import ceil

from attrs import evolve, frozen

from omnigen.adapters.aws.dynamodb import keys, outbox, usage
from omnigen.adapters.aws.dynamodb.attributes import Item, Value, document, noun_of, packed, unpacked
from omnigen.adapters.aws.dynamodb.changes import Change, put
from omnigen.adapters.aws.dynamodb.found import Found
from omnigen.adapters.aws.dynamodb.job_items import archived, planned, present, written
from omnigen.adapters.aws.dynamodb.tables import Tables, all_of
from omnigen.adapters.documents import RECORDS
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job
from omnigen.domain.quota import Usage
from omnigen.domain.succession import check_first, check_next_revision, held, replayed
from omnigen.ports.jobs import Acceptance
from omnigen.ports.outbox import Message


@frozen(kw_only=True)
class Standing:
    """All that decides about an acceptance. Reading doesn't wait for writers, nor stand in their way."""

    pointer: Item | None
    stored: Found[Job] | None
    usage: Usage
    active: int
    record: Item | None

    @classmethod
    async def look(cls, tables: Tables, acceptance: Acceptance) -> "Standing":
        """Read it."""
        job, record, held_by = acceptance.job, acceptance.record, acceptance.job.revision.reservation
        pointer, item, month, active = await all_of(
            tables.get(keys.pointer(job.id)),
            tables.get(keys.job(job.owner, job.id)),
            tables.get(keys.period(held_by.owner, held_by.period)),
            tables.get(keys.active(job.owner)),
        )
        if pointer is not None and pointer["owner"] != job.owner:
            item = await tables.get(keys.job(str(pointer["owner"]), job.id))
        # Last: where the same request has been accepted in between, it is a repetition and no conflict.
        kept = None if record is None else await tables.get(keys.record(record.owner, record.key))
        return cls(
            pointer=pointer,
            stored=present(item),
            usage=usage.usage_of(month, held_by.owner, held_by.period),
            active=usage.active_of(active),
            record=kept,
        )

    def written_by(self, token: str) -> bool:
        """Whether it has been accepted by the writer of that token."""
        stored = None if self.stored is None else self.stored.item
        return any(item and item["token"] == token for item in (self.pointer, stored, self.record))

    def check(self, acceptance: Acceptance) -> IdempotencyRecord | None:
        """Raise what stands against it; the record by which it was accepted before, None if it may be now."""
        job, record = acceptance.job, acceptance.record
        if record is not None:
            stored = None if self.record is None else record_of(self.record)
            if before := replayed(stored, record, at=job.updated_at):
                return before
        self._check_job(job)
        held(self.usage, job.revision.reservation, acceptance.quota, active=self.active)
        return None

    def _check_job(self, job: Job) -> None:
        if job.version == 1:
            check_first(job)
            if self.pointer is not None:
                raise Conflict(f"job {job.id} is there already")
        elif self.stored is None:
            raise NotFound(f"job {job.id} was not found")
        else:
            check_next_revision(self.stored.noun, job)

    def changes(self, acceptance: Acceptance, token: str) -> list[Change]:
        """All that is written, under the condition that nothing of this has changed meanwhile."""
        job, seen = acceptance.job, None if self.stored is None else self.stored.item
        changes = [
            *written(job, token, seen=seen),
            *usage.hold(job.revision.reservation, acceptance.quota),
            outbox.add(Message.to_start(job)),
        ]
        if self.stored is None:
            changes.append(put(keys.pointer(job.id), {"token": token, "owner": job.owner}, seen=None))
        else:
            changes.append(archived(self.stored.noun))
        if acceptance.storyboard is not None:
            changes += planned(job, acceptance.storyboard, acceptance.scenes, token)
        if acceptance.record is not None:
            changes.append(_kept(acceptance.record, token, self.record))
        return changes


def record_of(item: Item) -> IdempotencyRecord:
    """The record that an item holds, expired or not."""
    return evolve(noun_of(RECORDS, item), response=unpacked(item["response"]))


def _kept(record: IdempotencyRecord, token: str, seen: Item | None) -> Change:
    """The record in an empty place, or in that of one that has expired."""
    values: dict[str, Value] = {
        "token": token,
        "document": document(evolve(record, response=b"")),
        "response": packed(record.response),  # apart: as text inside the document it would take a third more
        "expires_at": ceil(record.expires_at.timestamp()),
    }
    return put(keys.record(record.owner, record.key), values, seen=seen)
