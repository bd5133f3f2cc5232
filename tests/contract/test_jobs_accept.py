"""Accepting: all of it or nothing, within the quota, once for a key (P1, P6, P12)."""

import asyncio
from itertools import pairwise

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, KeyReused, NotFound, OmniGenError, QuotaExceeded
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobStatus
from omnigen.domain.quota import period_of
from omnigen.ports.outbox import MessageKind
from tests.builders import (
    NOW,
    PLENTY,
    a_job,
    a_record,
    a_reservation,
    a_revision,
    a_storyboard,
    an_acceptance,
    ended,
    later,
)
from tests.contract.harness import Stores

MONTH = period_of(NOW)


async def test_an_accepted_job_is_there_with_all_that_belongs_to_it(stores: Stores) -> None:
    """One call writes job, revision, storyboard, scenes, first event, hold and the message to start."""
    acceptance = an_acceptance(scenes=5)
    job = acceptance.job
    assert await stores.jobs.accept(acceptance) is None
    assert await stores.jobs.get(job.id) == job
    assert list(await stores.jobs.revisions(job.id)) == [job.revision]
    assert await stores.jobs.storyboard(job.id, 1) == acceptance.storyboard
    assert await stores.jobs.scenes(job.id, 1) == acceptance.scenes
    assert [(e.type, e.scene, e.version) for e in await stores.jobs.events(job.id, 1, after={})] == [
        ("job", 0, 1)
    ]
    usage = await stores.usage.usage("ada", MONTH)
    assert (usage.held_videos, usage.held_amount) == (1, job.revision.reservation.amount)
    assert await stores.usage.active("ada") == 1
    [message] = await stores.outbox.pending(limit=10)
    assert (message.kind, message.job_id, message.leg) == (MessageKind.START, job.id, 1)


async def test_a_job_without_a_storyboard_is_still_to_be_planned(stores: Stores) -> None:
    """The paid planner has not written it yet: None, and no scenes."""
    job = a_job()
    await stores.jobs.accept(evolve(an_acceptance(job), storyboard=None, scenes=()))
    assert await stores.jobs.storyboard(job.id, 1) is None
    assert await stores.jobs.scenes(job.id, 1) == ()


async def test_the_same_id_twice_is_a_conflict(stores: Stores) -> None:
    """Without a key there is nothing that would make the second the same request: it holds nothing."""
    await stores.jobs.accept(an_acceptance())
    with pytest.raises(Conflict):
        await stores.jobs.accept(an_acceptance())
    assert (await stores.usage.usage("ada", MONTH)).held_videos == 1


@pytest.mark.parametrize(
    "broken",
    [
        a_job(version=2, revision=a_revision()),
        a_job(revision=a_revision(2)),
        a_job(revision=a_revision(status=JobStatus.GENERATING)),
        a_job(revision=a_revision(reservation=a_reservation().settle(0))),
        a_job(revision=a_revision(reservation=a_reservation("eve"))),
    ],
)
async def test_a_job_that_does_not_begin_at_the_beginning_is_refused(stores: Stores, broken: Job) -> None:
    """A first version is version 1 of revision 1, queued, with a hold of its owner's own."""
    with pytest.raises((Conflict, NotFound)):
        await stores.jobs.accept(evolve(an_acceptance(), job=broken))
    assert await stores.usage.active("ada") == 0
    assert list(await stores.outbox.pending(limit=9)) == []


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"videos": 1}, "quota_videos"),
        ({"spend": 3_600_000 - 1}, "quota_spend"),
        ({"concurrent": 1}, "quota_concurrent"),
    ],
)
async def test_each_limit_refuses_in_its_own_words_and_nothing_is_written(
    stores: Stores, limits: dict[str, int], code: str
) -> None:
    """A refused submission leaves no job, no record, no hold, no message."""
    await stores.jobs.accept(an_acceptance())
    before = await stores.usage.usage("ada", MONTH)
    second = a_job(2)
    tight = an_acceptance(second, quota=evolve(PLENTY, **limits), record=a_record(second))
    with pytest.raises(QuotaExceeded) as refused:
        await stores.jobs.accept(tight)
    assert refused.value.reason == code
    assert await stores.usage.usage("ada", MONTH) == before
    assert await stores.jobs.recall("ada", "key-1", at=NOW) is None
    assert len(await stores.outbox.pending(limit=9)) == 1
    with pytest.raises(NotFound):
        await stores.jobs.get(second.id)


async def test_limits_count_for_each_owner_and_month_alone(stores: Stores) -> None:
    """Another owner's use, or last month's, is in nobody's way."""
    one = evolve(PLENTY, videos=1)
    await stores.jobs.accept(an_acceptance(quota=one))
    await stores.jobs.accept(an_acceptance(a_job(2, owner="bob"), quota=one))
    next_month = a_job(3, revision=a_revision(reservation=a_reservation(period="2026-12")))
    await stores.jobs.accept(an_acceptance(next_month, quota=one))


async def test_parallel_submissions_at_limit_minus_one_let_one_through(
    stores: Stores, others: Stores
) -> None:
    """P1: sixteen requests by two processes race for the last video of the month."""
    quota = evolve(PLENTY, videos=3)
    for n in (1, 2):
        await stores.jobs.accept(an_acceptance(a_job(n), quota=quota))

    async def submit(n: int) -> bool:
        side = (stores, others)[n % 2]
        try:
            await side.jobs.accept(an_acceptance(a_job(n), quota=quota))
        except QuotaExceeded:
            return False
        return True

    won = await asyncio.gather(*(submit(n) for n in range(3, 19)))
    assert sum(won) == 1
    assert (await stores.usage.usage("ada", MONTH)).videos == 3
    assert len((await others.jobs.list("ada", limit=50)).jobs) == 3


async def test_a_key_brings_back_the_first_answer_to_the_letter(stores: Stores, others: Stores) -> None:
    """P6: same owner, key and request: the stored record, and nothing is held a second time."""
    first, second = a_job(1), a_job(2)
    record = a_record(first, response=bytes(range(256)))
    assert await stores.jobs.accept(an_acceptance(first, record=record)) is None
    assert await others.jobs.accept(an_acceptance(second, record=a_record(second))) == record
    assert await others.jobs.recall("ada", "key-1", at=NOW) == record
    assert (await stores.usage.usage("ada", MONTH)).held_videos == 1
    with pytest.raises(NotFound):
        await stores.jobs.get(second.id)


async def test_a_key_with_another_request_is_refused(stores: Stores) -> None:
    """P6: the key is taken, and says so; the new request leaves no trace."""
    await stores.jobs.accept(an_acceptance(record=a_record(a_job())))
    other = a_job(2)
    with pytest.raises(KeyReused):
        await stores.jobs.accept(an_acceptance(other, record=a_record(other, body="another")))
    assert await stores.usage.active("ada") == 1


async def test_a_replay_is_answered_even_where_the_quota_is_used_up(stores: Stores) -> None:
    """The retry of a request that was accepted can't be told that there is no room for it."""
    quota = evolve(PLENTY, videos=1)
    record = a_record(a_job())
    await stores.jobs.accept(an_acceptance(quota=quota, record=record))
    again = a_job(2)
    assert await stores.jobs.accept(an_acceptance(again, quota=quota, record=a_record(again))) == record


async def test_keys_belong_to_their_owner(stores: Stores) -> None:
    """P8: the same key of another owner is another key."""
    await stores.jobs.accept(an_acceptance(record=a_record(a_job())))
    theirs = a_job(2, owner="bob")
    assert await stores.jobs.accept(an_acceptance(theirs, record=a_record(theirs, body="x"))) is None
    record = await stores.jobs.recall("bob", "key-1", at=NOW)
    assert record is not None
    assert record.job_id == theirs.id


async def test_a_key_is_free_again_after_a_day(stores: Stores) -> None:
    """An expired record is as good as none, from the very instant on."""
    record = a_record(a_job())
    await stores.jobs.accept(an_acceptance(record=record))
    day = 24 * 3600
    assert await stores.jobs.recall("ada", "key-1", at=later(day - 1)) == record
    assert await stores.jobs.recall("ada", "key-1", at=later(day)) is None
    job = a_job(2, at=later(day))
    fresh = a_record(job, body="another")
    assert await stores.jobs.accept(an_acceptance(job, record=fresh)) is None
    assert await stores.jobs.recall("ada", "key-1", at=later(day)) == fresh


async def test_one_key_in_parallel_makes_one_job(stores: Stores, others: Stores) -> None:
    """P6 under a race of two processes: one is accepted, all hear of the same job."""

    async def submit(n: int) -> IdempotencyRecord | None:
        side, job = (stores, others)[n % 2], a_job(n)
        return await side.jobs.accept(an_acceptance(job, record=a_record(job)))

    answers = await asyncio.gather(*(submit(n) for n in range(1, 13)))
    assert answers.count(None) == 1
    [job] = (await stores.jobs.list("ada", limit=50)).jobs
    assert {a.job_id for a in answers if a} == {job.id}


async def test_one_that_fails_takes_no_other_with_it(stores: Stores) -> None:
    """Submissions that share a commit stay strangers to each other."""
    acceptances = [an_acceptance(a_job(1 + n // 2)) for n in range(20)]
    answers = await asyncio.gather(*(stores.jobs.accept(a) for a in acceptances), return_exceptions=True)
    assert [isinstance(a, Conflict) for a in answers].count(True) == 10
    assert answers.count(None) == 10
    assert await stores.usage.active("ada") == 10


async def test_the_next_revision_keeps_the_former_one(stores: Stores) -> None:
    """A retry makes revision 2: the job shows it, revision 1 stays as it ended, scenes and plans apart."""
    await stores.jobs.accept(an_acceptance())
    failed = ended(a_job(), cost=500)
    await stores.jobs.end(failed)
    second = failed.next_revision(a_revision(2), at=later(9))
    plan = a_storyboard(2, title="Another plan")
    await stores.jobs.accept(evolve(an_acceptance(second, scenes=2), storyboard=plan))
    assert await stores.jobs.get(second.id) == second
    assert list(await stores.jobs.revisions(second.id)) == [failed.revision, second.revision]
    assert len(await stores.jobs.scenes(second.id, 1)) == 3
    assert len(await stores.jobs.scenes(second.id, 2)) == 2
    assert await stores.jobs.storyboard(second.id, 2) == plan
    assert (await stores.jobs.storyboard(second.id, 1)) == a_storyboard()
    usage = await stores.usage.usage("ada", MONTH)
    assert (usage.held_videos, usage.settled_amount) == (0, 500)
    assert usage.held_amount == second.revision.reservation.amount


async def test_the_next_revision_starts_the_leg_after_the_newest(stores: Stores) -> None:
    """Legs count through all revisions, so that a zombie of the first is older than any leg of the second."""
    await stores.jobs.accept(an_acceptance())
    claimed = a_job().claim(1, at=later(1), lease=later(60) - NOW)
    await stores.jobs.update(claimed)
    failed = ended(claimed)
    await stores.jobs.end(failed)
    await stores.jobs.accept(an_acceptance(failed.next_revision(a_revision(2), at=later(9))))
    legs = [m.leg for m in await stores.outbox.pending(limit=9)]
    assert legs == [1, 2]


async def test_revisions_that_can_not_follow_are_refused(stores: Stores) -> None:
    """One on its way, one deleted, one skipped, one outdated, one of a job that isn't there."""
    await stores.jobs.accept(an_acceptance())
    with pytest.raises(Conflict):
        await stores.jobs.accept(an_acceptance(evolve(a_job(), version=2, revision=a_revision(2))))
    failed = ended(a_job())
    await stores.jobs.end(failed)
    second = failed.next_revision(a_revision(2), at=later(9))
    for wrong in (
        evolve(second, revision=a_revision(3)),
        evolve(second, version=second.version + 1),
        evolve(second, owner="eve", revision=a_revision(2, owner="eve")),
    ):
        with pytest.raises(Conflict):
            await stores.jobs.accept(an_acceptance(wrong))
    with pytest.raises(NotFound):
        await stores.jobs.accept(an_acceptance(evolve(second, id="job_none")))
    hidden = evolve(failed, deleted_at=later(5), version=failed.version + 1)
    await stores.jobs.update(hidden)
    with pytest.raises(Conflict) as refused:
        await stores.jobs.accept(an_acceptance(evolve(second, version=hidden.version + 1)))
    assert refused.value.reason == "job_deleted"
    assert await stores.jobs.get(failed.id) == hidden
    assert await stores.usage.active("ada") == 0


async def test_parallel_retries_make_one_revision(stores: Stores, others: Stores) -> None:
    """Of many next revisions one wins; the others are told, and hold nothing."""
    await stores.jobs.accept(an_acceptance())
    failed = ended(a_job())
    await stores.jobs.end(failed)

    async def retry(n: int) -> OmniGenError | None:
        second = failed.next_revision(a_revision(2), at=later(n))
        try:
            await (stores, others)[n % 2].jobs.accept(an_acceptance(second))
        except Conflict as conflict:
            return conflict
        return None

    answers = await asyncio.gather(*(retry(n) for n in range(8)))
    assert answers.count(None) == 1
    numbers = [r.number for r in await stores.jobs.revisions(failed.id)]
    assert all(b == a + 1 for a, b in pairwise(numbers))
    assert numbers == [1, 2]
    usage = await stores.usage.usage("ada", MONTH)
    assert usage.held_amount == a_reservation().amount
