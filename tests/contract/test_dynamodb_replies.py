"""DynamoDB: whatever is lost, late or half done, each change is made once, and its writer hears of it rightly."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, NotFound, Transient
from omnigen.domain.job import Job, JobStatus, SceneState, SceneStatus
from omnigen.domain.quota import period_of
from omnigen.domain.take import TakeStatus
from omnigen.ports.outbox import Message, MessageKind
from omnigen.ports.uploads import UploadStatus
from tests.builders import (
    NOW,
    a_file,
    a_job,
    a_record,
    a_revision,
    a_storyboard,
    a_take,
    an_acceptance,
    an_entry,
    an_upload,
    ended,
    later,
)
from tests.contract.dynamodb import Bench, a_bench, everything
from tests.contract.harness import Stores, dynamodb_stores
from tests.fakes.dynamodb import Partly, Request, first_of_each, lost_reply, refusal

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(place: Path) -> AsyncIterator[Bench]:
    async with a_bench(place) as made:
        yield made


async def _life(stores: Stores) -> list[Any]:
    """Every write that there is, at least once, and what each has answered."""
    job, told = a_job(), list[Any]()
    record = a_record(job)
    first = evolve(an_acceptance(job, record=record), storyboard=None, scenes=())
    told.append(await stores.jobs.accept(first))
    told.append(await stores.jobs.accept(evolve(first, record=record)))
    plan = a_storyboard(2)
    job = job.claim(1, at=later(1), lease=later(60) - NOW)
    await stores.jobs.update(job)
    scenes = SceneState.of(job.id, 1, plan, NOW)
    await stores.jobs.plan(job := job.revise(at=later(2), note="planned"), plan, scenes)
    await stores.jobs.update_scene(evolve(scenes[0].become(SceneStatus.GENERATING, at=later(3)), epoch=1))
    take = await stores.takes.intend(a_take())
    told.append(await stores.takes.intend(a_take(next_at=later(5))))
    await stores.takes.update(take := take.become(TakeStatus.SUBMITTED, at=NOW, prediction_id="p1"))
    lost = take.become(TakeStatus.FAILED, at=NOW)
    await stores.takes.update(lost, entry=an_entry(amount=40))
    told.append(await stores.usage.enter(an_entry("entry_2", amount=2)))
    await stores.jobs.end(job := ended(job, cost=500, at=later(9)))
    job = job.next_revision(a_revision(2), at=later(10))
    await stores.jobs.accept(an_acceptance(job))
    await stores.jobs.end(job := ended(job, at=later(11)))
    await _odds_and_ends(stores, told)
    return [*told, job]


async def _odds_and_ends(stores: Stores, told: list[Any]) -> None:
    await stores.outbox.add(Message(id="m1", kind=MessageKind.WAKE, job_id="job_x", at=NOW))
    await stores.outbox.done(["m1", "start:job_000001:1"])
    told.append(await stores.outbox.first_time("wh_1", at=NOW))
    told.append(await stores.outbox.first_time("wh_1", at=later(1)))
    await stores.uploads.add(an_upload())
    admitted = evolve(an_upload(), status=UploadStatus.ADMITTED, file=a_file(), version=2)
    await stores.uploads.update(admitted)


@pytest.mark.parametrize("forgets_tokens", [False, True])
async def test_a_lost_reply_is_neither_a_lost_race_nor_a_second_write(
    bench: Bench, place: Path, forgets_tokens: bool
) -> None:
    """The reply to every write is lost once: all answers and all items are as if none had been.

    Even on a server that doesn't know a repeated transaction again: then by the writer's own mark.
    """
    async with a_bench(place / "plain") as plain:
        expected, items = await _life(plain.stores), await everything(plain.tables)
    bench.wire.forgets_tokens = forgets_tokens
    bench.wire.after = first_of_each(lost_reply)
    assert await _life(bench.stores) == expected
    bench.wire.after = lambda *_: None
    assert await everything(bench.tables) == items
    assert len(items) > 20


async def test_a_request_that_never_arrived_is_sent_again(bench: Bench, place: Path) -> None:
    """Every write is refused once before it takes effect."""
    async with a_bench(place / "plain") as plain:
        expected, items = await _life(plain.stores), await everything(plain.tables)
    bench.wire.before = first_of_each(lambda: refusal("ThrottlingException"))
    assert await _life(bench.stores) == expected
    bench.wire.before = lambda *_: None
    assert await everything(bench.tables) == items


async def test_every_read_of_a_table_is_consistent(bench: Bench) -> None:
    """Whatever was acknowledged is seen by the next look; only the index, which is not believed, may lag behind."""
    await _life(bench.stores)
    job = a_job()
    await bench.stores.jobs.get(job.id, owner="ada")
    await bench.stores.jobs.list("ada", limit=5)
    await bench.stores.jobs.events(job.id, 1, after={})
    await bench.stores.jobs.revisions(job.id)
    await bench.stores.jobs.undriven(at=later(99), limit=5)
    await bench.stores.takes.of_job(job.id)
    await bench.stores.takes.by_prediction("p1")
    await bench.stores.usage.entries(job.id)
    await bench.stores.outbox.pending(limit=5)
    reads = [request for name, request in bench.wire.calls if name in {"get_item", "query"}]
    batches = [request for name, request in bench.wire.calls if name == "batch_get_item"]
    reads += [asked for request in batches for asked in request["RequestItems"].values()]
    assert len(reads) > 30
    assert [r for r in reads if not r.get("ConsistentRead") and "IndexName" not in r] == []


async def test_another_s_equal_write_is_not_taken_for_one_s_own(bench: Bench) -> None:
    """Two workers with the very same change: the second has lost, even if its first reply got lost as well."""
    job = a_job()
    await bench.others.jobs.accept(an_acceptance(job))
    changed = job.become(JobStatus.GENERATING, at=later(1))
    await bench.others.jobs.update(changed)
    with pytest.raises(Conflict):
        await bench.stores.jobs.update(changed)


async def test_who_lost_a_race_judges_anew(bench: Bench) -> None:
    """Another writes between the look and the write: the answer is about what is there then."""
    job = a_job()
    await bench.others.jobs.accept(an_acceptance(job))
    raced = False

    async def overtake(operation: str, _: Request) -> None:
        nonlocal raced
        if operation == "transact_write_items" and not raced:
            raced = True
            await bench.others.jobs.update(evolve(job, title="x", version=2))

    bench.wire.before = overtake
    with pytest.raises(Conflict) as told:
        await bench.stores.jobs.update(job.become(JobStatus.GENERATING, at=later(1)))
    assert "is at version 2" in told.value.message
    assert (await bench.others.jobs.get(job.id)).title == "x"


async def test_one_who_always_loses_gives_up(bench: Bench) -> None:
    """A condition that fails again and again, though nothing seems to stand against it: not now."""
    await bench.others.uploads.add(an_upload())

    def lose(operation: str, _: Request) -> None:
        if operation == "put_item":
            raise refusal("ConditionalCheckFailedException")

    bench.wire.before = lose
    with pytest.raises(Transient):
        await bench.stores.uploads.update(an_upload(version=2))
    assert bench.wire.count("put_item") == 10


async def _deleted(stores: Stores, scenes: int = 40) -> Job:
    """A job that may be forgotten, with all that can belong to one."""
    job = a_job()
    await stores.jobs.accept(an_acceptance(job, scenes=scenes, record=a_record(job)))
    for scene in await stores.jobs.scenes(job.id, 1):
        await stores.jobs.update_scene(scene.become(SceneStatus.GENERATING, at=NOW))
        await stores.takes.intend(a_take(scene=scene.number, prediction_id=f"p{scene.number}"))
    await stores.jobs.end(last := ended(job))
    hidden = evolve(last, deleted_at=later(1), version=last.version + 1)
    await stores.jobs.update(hidden)
    return hidden


async def test_a_purge_that_was_cut_off_is_taken_up_again(bench: Bench) -> None:
    """Cut before each of its writes in turn: at once gone for everybody, and still due for the sweeper."""
    job = await _deleted(bench.others)
    for number in range(99):
        writes = 0

        def cut(operation: str, _: Request, number: int = number) -> None:
            nonlocal writes
            if operation in {"update_item", "batch_write_item", "transact_write_items"}:
                writes += 1
                if writes > number:
                    raise asyncio.CancelledError

        bench.wire.before = cut
        try:
            await bench.stores.jobs.purge(job.id)
        except asyncio.CancelledError:
            assert [j.id for j in await bench.others.jobs.purgeable(before=later(2), limit=9)] == [job.id]
            await _check_gone(bench.others, job, marked=number > 0)
        else:
            break
    assert number > 2
    left = await everything(bench.tables)
    assert {pk for pk, _ in left} == {"OWNER#ada"}
    assert {sk for _, sk in left} == {f"PERIOD#{period_of(NOW)}", "ACTIVE", "KEY#key-1"}
    await bench.stores.jobs.purge(job.id)


async def _check_gone(stores: Stores, job: Job, *, marked: bool) -> None:
    if not marked:
        assert await stores.jobs.get(job.id) == job
        return
    restored = evolve(job, deleted_at=None, version=job.version + 1)
    for call in (stores.jobs.get(job.id), stores.jobs.get(job.id, owner="ada"), stores.jobs.update(restored)):
        with pytest.raises(NotFound):
            await call
    assert (await stores.jobs.list("ada", limit=9)).jobs == ()


async def test_what_a_batch_leaves_over_is_asked_for_again(bench: Bench) -> None:
    """DynamoDB may do a part of a batch only: of reads and of deletions nothing is forgotten."""
    jobs = [a_job(n) for n in range(1, 8)]
    for job in jobs:
        await bench.others.jobs.accept(an_acceptance(job))
    partly = Partly(bench.wire, at_a_time=1)
    stores = dynamodb_stores(evolve(bench.tables, client=partly))
    found = await stores.jobs.undriven(at=later(1), limit=9)
    assert [job.id for job in found] == [job.id for job in jobs]
    await stores.outbox.done([f"start:{job.id}:1" for job in jobs])
    assert list(await bench.others.outbox.pending(limit=9)) == []
    assert partly.refused > 8


async def test_a_batch_that_is_never_done_is_an_outage(bench: Bench) -> None:
    """Within the same budget as any other call."""
    await bench.others.jobs.accept(an_acceptance())
    stores = dynamodb_stores(evolve(bench.tables, client=Partly(bench.wire, at_a_time=0)))
    with pytest.raises(Transient):
        await stores.jobs.undriven(at=later(1), limit=9)
    with pytest.raises(Transient):
        await stores.outbox.done(["start:job_000001:1"])
