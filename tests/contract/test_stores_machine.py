"""The whole of the stores under one machine: jobs, takes, books, outbox, rates and uploads, on every family at once.

So the fakes stay honest: what use cases are tested against answers as SQLite and DynamoDB do, down to the message of
an error. OMNIGEN_EXAMPLES says how many histories are tried; `make test-stores` tries many.
"""

import os
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from omnigen.domain.quota import EntryKind, LedgerEntry
from omnigen.domain.take import TAKE_MOVES, Take, TakeStatus
from omnigen.ports.outbox import Message, MessageKind
from omnigen.ports.uploads import Upload, UploadStatus
from tests.builders import a_file, a_take, an_entry, an_upload
from tests.contract.harness import FAMILIES
from tests.contract.model import PERIOD
from tests.contract.test_jobs_machine import ANY, OWNERS, JobsMachine, _listed

EXAMPLES: Final = int(os.environ.get("OMNIGEN_EXAMPLES", "12"))
_PREDICTIONS: Final = st.sampled_from(["p1", "p2"])
_AMOUNTS: Final = st.sampled_from([-50, 0, 70])


class StoresMachine(JobsMachine):
    """Writers at their worst, over every store of every family."""

    families = tuple(FAMILIES)

    def __init__(self) -> None:
        super().__init__()
        self.takes: list[Take] = []
        """Every take as somebody once read it."""
        self.uploads: list[Upload] = []

    # --- takes

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, scene=st.sampled_from([None, 1, 2]), attempt=st.integers(1, 2))
    def intend(self, pick: int, scene: int | None, attempt: int) -> None:
        job = self.seen[pick % len(self.seen)]
        take = a_take(job, scene, attempt=attempt, intended_at=self.tick(), epoch=job.epoch)
        stored = self.asked(lambda s: s.takes.intend(take))
        assert stored == self.model.takes.setdefault(take.id, take)
        self.takes.append(stored)

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, later=st.integers(0, 1), prediction=_PREDICTIONS)
    def adopt(self, pick: int, later: int, prediction: str) -> None:
        """A prediction belongs to one take, whoever comes first: two of a job reach for it."""
        for scene in (1, 2):
            self.intend(pick, scene, 1)
            take = self.takes[-1]
            if take.status is TakeStatus.INTENT:
                given = {"prediction_id": prediction, "epoch": take.epoch + later}
                self._move_take(take.become(TakeStatus.SUBMITTED, at=self.tick(), **given), None)

    @precondition(lambda self: self.takes)
    @rule(pick=ANY, move=ANY, epoch=st.integers(0, 2), amount=st.sampled_from([None, None, 40]))
    def move_take(self, pick: int, move: int, epoch: int, amount: int | None) -> None:
        take = self.takes[pick % len(self.takes)]
        moves: list[TakeStatus] = sorted(TAKE_MOVES[take.status])
        if moves:
            moved = take.become(moves[move % len(moves)], at=self.tick(), epoch=epoch)
            self._move_take(moved, amount)

    def _move_take(self, take: Take, amount: int | None) -> None:
        entry = None if amount is None else self._entry(f"{take.id}.late", take.owner, amount, take.job_id)
        expected = self.model.update_take(take, entry)
        if self.agreed(expected, lambda s: s.takes.update(take, entry=entry)):
            self.takes.append(take)

    @precondition(lambda self: self.takes)
    @rule(pick=ANY, prediction=_PREDICTIONS)
    def read_takes(self, pick: int, prediction: str) -> None:
        take = self.takes[pick % len(self.takes)]
        stored = self.model.takes.get(take.id)
        answer = self.asked(lambda s: s.takes.get(take.id))
        assert answer == stored if stored is not None else answer[0] == "NotFound"
        own = [t for t in self.model.takes.values() if t.job_id == take.job_id]
        expected = sorted(own, key=lambda t: (t.intended_at, t.id))
        assert self.asked(lambda s: _listed(s.takes.of_job(take.job_id))) == expected
        has = [t for t in self.model.takes.values() if t.prediction_id == prediction]
        found = self.asked(lambda s: s.takes.by_prediction(prediction))
        assert found == (has[0] if has else None)

    # --- the books

    def _entry(self, name: str, owner: str, amount: int, job_id: str, **changes: Any) -> LedgerEntry:
        return an_entry(name, amount, owner=owner, job_id=job_id, period=PERIOD, at=self.at, **changes)

    @rule(
        number=st.integers(1, 3),
        owner=st.sampled_from(OWNERS),
        amount=_AMOUNTS,
        kind=st.sampled_from(EntryKind),
    )
    def enter(self, number: int, owner: str, amount: int, kind: EntryKind) -> None:
        self.tick()
        entry = self._entry(f"entry-{number}", owner, amount, f"job_{number:06d}", kind=kind)
        fresh = entry.id not in self.model.entries
        assert self.asked(lambda s: s.usage.enter(entry)) is fresh
        self.model.entries.setdefault(entry.id, entry)

    @rule(number=st.integers(1, 3))
    def read_entries(self, number: int) -> None:
        job_id = f"job_{number:06d}"
        own = [e for e in self.model.entries.values() if e.job_id == job_id]
        found = self.asked(lambda s: _listed(s.usage.entries(job_id)))
        assert found == sorted(own, key=lambda e: (e.at, e.id))

    # --- messages

    @rule(number=st.integers(1, 3), job=st.integers(1, 3))
    def leave_word(self, number: int, job: int) -> None:
        name, at = f"wake-{number}", self.tick()
        message = Message(id=name, kind=MessageKind.WAKE, job_id=f"job_{job:06d}", at=at)
        self.asked(lambda s: s.outbox.add(message))

    @rule(limit=st.integers(1, 3))
    def act_on_messages(self, limit: int) -> None:
        found = self.asked(lambda s: _listed(s.outbox.pending(limit=limit)))
        names = [message.id for message in found[:limit]]
        self.asked(lambda s: s.outbox.done([*names, "nobody-s"]))
        left = self.asked(lambda s: _listed(s.outbox.pending(limit=99)))
        assert not {m.id for m in left} & set(names)

    @rule(delivery=st.sampled_from(["d1", "d2"]))
    def deliver(self, delivery: str) -> None:
        at = self.tick()
        answer = self.asked(lambda s: s.outbox.first_time(delivery, at=at))
        assert answer is self.model.first_time(delivery, at)

    # --- rates

    @rule(
        key=st.sampled_from(["ada", "provider:create"]),
        limit=st.integers(1, 3),
        seconds=st.sampled_from([0, 7, 45]),
    )
    def hit(self, key: str, limit: int, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)
        at = self.at
        state = self.asked(lambda s: s.rates.hit(key, limit=limit, window=60, at=at))
        assert 0 <= state.remaining <= limit == state.limit
        assert state.allowed or state.reset > 0

    # --- uploads

    @rule(number=st.integers(1, 3), owner=st.sampled_from(OWNERS))
    def expect_upload(self, number: int, owner: str) -> None:
        upload = an_upload(f"upload_{number}", owner=owner, created_at=self.tick())
        fresh = upload.id not in self.model.uploads
        if self.agreed("ok" if fresh else "Conflict", lambda s: s.uploads.add(upload)):
            self.model.uploads[upload.id] = upload
            self.uploads.append(upload)

    @precondition(lambda self: self.uploads)
    @rule(pick=ANY, status=st.sampled_from(UploadStatus), owner=st.sampled_from([None, *OWNERS]))
    def admit_upload(self, pick: int, status: UploadStatus, owner: str | None) -> None:
        before = self.uploads[pick % len(self.uploads)]
        file = a_file("inputs/1.png") if status is UploadStatus.ADMITTED else None
        after = evolve(
            before, status=status, file=file, version=before.version + 1, owner=owner or before.owner
        )
        if self.agreed(self.model.update_upload(after), lambda s: s.uploads.update(after)):
            self.uploads.append(after)

    @precondition(lambda self: self.uploads)
    @rule(pick=ANY, owner=st.sampled_from(OWNERS))
    def read_upload(self, pick: int, owner: str) -> None:
        name = self.uploads[pick % len(self.uploads)].id
        stored = self.model.uploads[name]
        answer = self.asked(lambda s: s.uploads.get(name, owner=owner))
        assert answer == stored if owner == stored.owner else answer[0] == "NotFound"


@pytest.mark.slow
@pytest.mark.timeout(3600)
class TestStores(StoresMachine.TestCase):
    settings = settings(max_examples=EXAMPLES, stateful_step_count=40, deadline=None)
