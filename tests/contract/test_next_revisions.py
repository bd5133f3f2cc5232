"""Next revisions: what edits add to nouns is kept, money is held where there is any, and only one comes next."""

import asyncio

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, QuotaExceeded
from omnigen.domain.job import Job, Reason, SceneState
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.jobs import Acceptance
from tests.builders import (
    NOW,
    PLENTY,
    a_reservation,
    a_revision,
    a_storyboard,
    a_take,
    an_acceptance,
    an_entry,
    ended,
    later,
)
from tests.contract.harness import Stores


async def _ended_job(stores: Stores) -> Job:
    acceptance = an_acceptance()
    await stores.jobs.accept(acceptance)
    over = ended(acceptance.job)
    await stores.jobs.end(over)
    return over


def _edited(job: Job, amount: int = 0, board: Storyboard | None = None, number: int = 2) -> Acceptance:
    """The next revision by an edit, holding so much."""
    board = board or a_storyboard(2, title="Another")
    held = a_reservation(videos=0, amount=amount)
    revision = a_revision(number, at=later(5), reason=Reason.EDIT, reservation=held)
    again = evolve(job.next_revision(revision, at=later(5)), title=board.title)
    states = SceneState.of(job.id, number, board, later(5))
    return Acceptance(job=again, storyboard=board, scenes=states, quota=PLENTY)


async def test_what_an_edit_adds_is_kept(stores: Stores) -> None:
    """Who a scene is, its chosen take and whether it is a placeholder come back as they were; so do a take's."""
    job = await _ended_job(stores)
    plain = a_storyboard(2)
    first, second = plain.scenes
    scenes = (evolve(first, origin=3, take="job_000001.r1.video.x.1"), evolve(second, placeholder=True))
    acceptance = _edited(job, board=evolve(plain, scenes=scenes))
    await stores.jobs.accept(acceptance)
    assert await stores.jobs.storyboard(job.id, 2) == acceptance.storyboard
    assert (await stores.jobs.get(job.id)).title == plain.title
    take = a_take(job, origin=3, subject="f" * 64)
    await stores.takes.intend(take)
    assert list(await stores.takes.of_job(job.id)) == [take]


async def test_what_costs_nothing_is_accepted_beyond_the_limit(stores: Stores) -> None:
    """A late cost has gone beyond the month's money: what holds nothing still goes, what holds a cent doesn't."""
    job = await _ended_job(stores)
    await stores.usage.enter(an_entry(amount=PLENTY.spend + 1, job=job))
    with pytest.raises(QuotaExceeded):
        await stores.jobs.accept(_edited(job, amount=10_000))
    await stores.jobs.accept(_edited(job))
    assert (await stores.jobs.get(job.id)).revision.number == 2


async def test_of_many_next_revisions_at_once_one_is_accepted(stores: Stores) -> None:
    """The others hold nothing, and are told of the conflict."""
    job = await _ended_job(stores)
    tries = (stores.jobs.accept(_edited(job, amount=1000 + n)) for n in range(8))
    answers = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(a is None for a in answers) == 1
    assert all(a is None or isinstance(a, Conflict) for a in answers)
    usage = await stores.usage.usage("ada", a_reservation().period)
    assert 1000 <= usage.held_amount <= 1007
    assert await stores.usage.active("ada") == 1


async def test_an_edit_of_a_job_deleted_at_that_moment_is_a_conflict(stores: Stores) -> None:
    """The mark raises the version: what was decided before it can't be written after it."""
    job = await _ended_job(stores)
    deleted = evolve(job, deleted_at=NOW, updated_at=NOW, version=job.version + 1)
    await stores.jobs.update(deleted)
    with pytest.raises(Conflict):
        await stores.jobs.accept(_edited(job))
    assert await stores.usage.active("ada") == 0
