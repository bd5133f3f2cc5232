"""One machine drives a plain model and several families of stores side by side, and compares every answer.

Writers hold on to whatever they have once read, so that stale versions, zombie legs and second ends come
up by themselves. After each step the books are added up anew from all reservations (P1).
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import evolve
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from omnigen.domain.errors import OmniGenError
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, JobStatus, Revision, SceneState, SceneStatus
from omnigen.ports.jobs import Page
from tests.builders import NOW, a_record, a_reservation, a_revision, a_storyboard, an_acceptance
from tests.builders import a_job as job_of
from tests.contract.harness import FAMILIES, Stores
from tests.contract.model import PERIOD, QUOTA, Model

_RAM: Final = Path("/dev/shm")
OWNERS: Final = ("ada", "bob")
LEASE: Final = timedelta(minutes=5)
ANY: Final = st.integers(0, 10**6)
"""Picks one of a list whose length is known only when the rule runs."""


class JobsMachine(RuleBasedStateMachine):
    """Writers at their worst, over several families at once."""

    families = tuple(name for name, family in FAMILIES.items() if not family.slow)

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory(dir=_RAM if _RAM.is_dir() else None)
        self.open = AsyncExitStack()
        self.stores: dict[str, Stores] = {
            name: self.run(self.open.enter_async_context(family.open(Path(self.folder.name) / name)))
            for name, family in FAMILIES.items()
            if name in self.families
        }
        self.model = Model()
        self.at = NOW
        self.seen: list[Job] = []
        """Every job as somebody once read it."""
        self.scenes: list[SceneState] = []
        self.number = 0

    def teardown(self) -> None:
        self.run(self.open.aclose())
        self.loop.close()
        self.folder.cleanup()

    def run(self, work: Awaitable[Any]) -> Any:
        async def whole() -> Any:
            return await work

        return self.loop.run_until_complete(whole())

    def asked(self, call: Callable[[Stores], Awaitable[Any]]) -> Any:
        """The answer of all families, which must be one and the same: a result, or an error and its code."""

        async def answer(stores: Stores) -> Any:
            try:
                return await call(stores)
            except OmniGenError as error:
                return type(error).__name__, error.reason, error.message

        answers = {name: self.run(answer(stores)) for name, stores in self.stores.items()}
        first = next(iter(answers.values()))
        assert all(a == first for a in answers.values()), answers
        return first

    def agreed(self, expected: str, call: Callable[[Stores], Awaitable[Any]]) -> bool:
        """Whether the write was made, on which model and families agree."""
        answer = self.asked(call)
        told = answer[0] if isinstance(answer, tuple) else "replay" if answer is not None else "ok"
        assert told == expected, (told, expected, answer)
        return told == "ok"

    def tick(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    @rule(hours=st.sampled_from([1, 12, 25]))
    def time_passes(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    @rule(
        owner=st.sampled_from(OWNERS),
        amount=st.sampled_from([0, 100, 400]),
        key=st.sampled_from([None, "k1", "k2"]),
        body=st.sampled_from(["x", "y"]),
    )
    def submit(self, owner: str, amount: int, key: str | None, body: str) -> None:
        self.number += 1
        reservation = a_reservation(owner, amount=amount, period=PERIOD)
        revision = a_revision(owner=owner, reservation=reservation, at=NOW)
        job = job_of(self.number, owner=owner, at=self.tick(), revision=revision)
        self._accept(job, None if key is None else a_record(job, key, body=body))

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, amount=st.sampled_from([0, 300]))
    def try_again(self, pick: int, amount: int) -> None:
        job = self.seen[pick % len(self.seen)]
        if job.ended and job.deleted_at is None:
            number = job.revision.number + 1
            held = a_reservation(job.owner, videos=0, amount=amount, period=PERIOD)
            again = a_revision(number, owner=job.owner, reservation=held)
            self._accept(job.next_revision(again, at=self.tick()), None)

    def _accept(self, job: Job, record: IdempotencyRecord | None) -> None:
        scenes = SceneState.of(job.id, job.revision.number, a_storyboard(2), self.at)
        acceptance = an_acceptance(job, scenes=2, quota=QUOTA, record=record)
        expected = self.model.accept(job, scenes, record)
        if self.agreed(expected, lambda s: s.jobs.accept(acceptance)):
            self.seen.append(job)
            self.scenes += scenes

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, legs=st.sampled_from([1, 1, 1, 2]))
    def claim(self, pick: int, legs: int) -> None:
        job = self.seen[pick % len(self.seen)]
        if not job.ended:
            claimed = job.claim(job.epoch + 1, at=self.tick(), lease=LEASE)
            self._update(evolve(claimed, epoch=job.epoch + legs))

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, move=ANY)
    def move(self, pick: int, move: int) -> None:
        job = self.seen[pick % len(self.seen)]
        moves = sorted(s for s in JOB_MOVES[job.status] if JOB_MOVES[s])
        if moves:
            self._update(job.become(moves[move % len(moves)], at=self.tick()))

    @precondition(lambda self: self.seen)
    @rule(pick=ANY)
    def hide_or_show(self, pick: int) -> None:
        job = self.seen[pick % len(self.seen)]
        at = self.tick()
        hidden = None if job.deleted_at else at
        self._update(evolve(job, deleted_at=hidden, updated_at=at, version=job.version + 1))

    def _update(self, job: Job) -> None:
        if self.agreed(self.model.update(job), lambda s: s.jobs.update(job)):
            self.seen.append(job)

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, share=st.sampled_from([0, 0.5, 1]), succeed=st.booleans())
    def end(self, pick: int, share: float, succeed: bool) -> None:
        job = self.seen[pick % len(self.seen)]
        if job.ended:
            return
        held = job.revision.reservation
        cost = int(held.amount * share)
        done = succeed and job.status is JobStatus.COMPOSING
        over = held.settle(cost) if done else held.release(cost)
        last = JobStatus.CANCELLED if job.status is JobStatus.CANCELLING else JobStatus.FAILED
        status = JobStatus.SUCCEEDED if done else last
        last_job = job.become(status, at=self.tick(), reservation=over, cost=cost)
        if self.agreed(self.model.end(last_job), lambda s: s.jobs.end(last_job)):
            self.seen.append(last_job)

    @precondition(lambda self: self.scenes)
    @rule(pick=ANY, move=ANY, epoch=st.integers(0, 2))
    def film(self, pick: int, move: int, epoch: int) -> None:
        scene = self.scenes[pick % len(self.scenes)]
        moves: list[SceneStatus] = sorted(SCENE_MOVES[scene.status])
        if moves:
            moved = evolve(scene.become(moves[move % len(moves)], at=self.tick()), epoch=epoch)
            if self.agreed(self.model.update_scene(moved), lambda s: s.jobs.update_scene(moved)):
                self.scenes.append(moved)

    @precondition(lambda self: self.seen)
    @rule(pick=ANY)
    def purge(self, pick: int) -> None:
        job_id = self.seen[pick % len(self.seen)].id
        self.agreed(self.model.purge(job_id), lambda s: s.jobs.purge(job_id))

    @precondition(lambda self: self.seen)
    @rule(pick=ANY, owner=st.sampled_from([None, *OWNERS]))
    def read(self, pick: int, owner: str | None) -> None:
        job_id = self.seen[pick % len(self.seen)].id
        stored = self.model.jobs.get(job_id)
        answer = self.asked(lambda s: s.jobs.get(job_id, owner=owner))
        if stored is not None and owner in (None, stored.owner):
            assert answer == stored
            self._read_revisions(stored)
        else:
            assert answer[0] == "NotFound"

    def _read_revisions(self, job: Job) -> None:
        revisions: list[Revision] = self.asked(lambda s: _listed(s.jobs.revisions(job.id)))
        assert [r.number for r in revisions] == list(range(1, job.revision.number + 1))
        assert all(r.ended for r in revisions[:-1])
        for revision in revisions:
            self._read_revision(job.id, revision.number)

    def _read_revision(self, job_id: str, number: int) -> None:
        scenes = self.asked(lambda s: s.jobs.scenes(job_id, number))
        assert list(scenes) == [self.model.scenes[job_id, number, n] for n in (1, 2)]
        self.asked(lambda s: _listed(s.jobs.events(job_id, number, after={1: 2})))
        self.asked(lambda s: s.jobs.storyboard(job_id, number))

    @rule(owner=st.sampled_from(OWNERS), limit=st.integers(1, 3))
    def page_through(self, owner: str, limit: int) -> None:
        page = self._page(owner, limit, None)
        found = [job.id for job in page.jobs]
        while page.cursor is not None:
            page = self._page(owner, limit, page.cursor)
            found += [job.id for job in page.jobs]
        assert found == self.model.listed(owner)

    def _page(self, owner: str, limit: int, cursor: str | None) -> Page:
        page: Page = self.asked(lambda s: s.jobs.list(owner, limit=limit, cursor=cursor))
        return page

    @rule(status=st.sampled_from(JobStatus), minutes=st.sampled_from([0, 4, 6]))
    def look_around(self, status: JobStatus, minutes: int) -> None:
        at = self.at + timedelta(minutes=minutes)
        self.asked(lambda s: s.jobs.list("ada", limit=9, status=status))
        undriven = self.asked(lambda s: _listed(s.jobs.undriven(at=at, limit=99)))
        abandoned = (
            j.id
            for j in self.model.jobs.values()
            if not j.ended and (j.driven_until is None or j.driven_until <= at)
        )
        assert sorted(j.id for j in undriven) == sorted(abandoned)
        self.asked(lambda s: _listed(s.jobs.purgeable(before=at, limit=99)))
        self.asked(lambda s: _listed(s.outbox.pending(limit=99)))
        self.asked(lambda s: s.jobs.recall("ada", "k1", at=at))

    @invariant()
    def the_books_are_right(self) -> None:
        for owner in OWNERS:
            self._check_books(owner)

    def _check_books(self, owner: str) -> None:
        usage = self.asked(lambda s: s.usage.usage(owner, PERIOD))
        assert usage == self.model.usage(owner)
        assert usage.videos <= QUOTA.videos
        assert usage.amount - max(0, self.model.beside(owner)) <= QUOTA.spend
        active = self.asked(lambda s: s.usage.active(owner))
        assert active == self.model.active(owner) <= QUOTA.concurrent


async def _listed(answer: Awaitable[Any]) -> list[Any]:
    return list(await answer)


TestJobs = JobsMachine.TestCase
TestJobs.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
