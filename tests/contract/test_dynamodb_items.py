"""DynamoDB: how large items are, how many meet in a transaction, what expires, and in which order the sweeper looks."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from omnigen.adapters.aws.clients import ThreadedClients
from omnigen.adapters.aws.dynamodb import CONFIG, keys
from omnigen.adapters.aws.dynamodb.attributes import LARGEST_ITEM, plain, size_of
from omnigen.adapters.aws.dynamodb.calls import Budget
from omnigen.adapters.aws.dynamodb.events import in_order
from omnigen.adapters.aws.dynamodb.found import Remembered
from omnigen.domain.errors import Conflict, NotFound, QuotaExceeded, TooLarge
from omnigen.domain.job import Job, JobEvent, JobStatus, SceneState, SceneStatus
from omnigen.domain.quota import period_of
from omnigen.domain.storyboard import MAX_NARRATION, MAX_PROMPT, MAX_SCENES, Storyboard
from omnigen.settings import Settings
from tests.builders import (
    NOW,
    PLENTY,
    a_file,
    a_job,
    a_record,
    a_revision,
    a_scene,
    a_storyboard,
    a_take,
    an_acceptance,
    an_estimate,
    an_upload,
    ended,
    later,
)
from tests.contract.dynamodb import Bench, a_bench
from tests.contract.harness import dynamodb_stores
from tests.fakes.dynamodb import Contended, Request, keys_of
from tests.fixtures.aws import dynamodb_endpoint

pytestmark = pytest.mark.slow


@pytest.fixture
async def bench(place: Path) -> AsyncIterator[Bench]:
    async with a_bench(place) as made:
        yield made


def _words(count: int, seed: int) -> str:
    """Signs from all over Unicode, four bytes each, in no order that could be compressed."""
    chance = random.Random(seed)
    return "".join(chr(chance.randrange(0x10000, 0x10FFFF)) for _ in range(count))


def _longest() -> Storyboard:
    """The largest storyboard that there can be."""
    scenes = tuple(
        a_scene(n, prompt=_words(MAX_PROMPT, n), narration=_words(MAX_NARRATION, n + 1000))
        for n in range(1, MAX_SCENES + 1)
    )
    return evolve(a_storyboard(), scenes=scenes)


async def test_the_largest_storyboard_fits(bench: Bench) -> None:
    """Accepted, planned anew, ended and followed: every item under 400 KB, every transaction under 100 operations."""
    plan = _longest()
    job = a_job(revision=a_revision(estimate=an_estimate(MAX_SCENES)))
    scenes = SceneState.of(job.id, 1, plan, NOW)
    answer = "".join(s.prompt for s in plan.scenes).encode()
    record = a_record(job, response=answer)
    acceptance = evolve(an_acceptance(job, record=record), storyboard=plan, scenes=scenes)
    assert await bench.stores.jobs.accept(acceptance) is None
    await bench.stores.jobs.end(job := ended(job))
    job = job.next_revision(a_revision(2, estimate=an_estimate(MAX_SCENES)), at=later(9))
    await bench.stores.jobs.accept(evolve(an_acceptance(job), storyboard=None, scenes=()))
    second = SceneState.of(job.id, 2, plan, NOW)
    await bench.stores.jobs.plan(job := job.revise(at=later(10)), plan, second)
    await bench.stores.jobs.end(ended(job))
    assert (
        await bench.others.jobs.storyboard(job.id, 1) == plan == await bench.others.jobs.storyboard(job.id, 2)
    )
    assert await bench.others.jobs.recall("ada", "key-1", at=NOW) == record
    assert max(len(keys_of(request)) for _, request in bench.wire.calls) == 48
    sizes = {
        str(item["sk"]): size_of(item)
        for name, request in bench.wire.calls
        if name == "transact_write_items"
        for item in (plain(op["Put"]["Item"]) for op in request["TransactItems"] if "Put" in op)
    }
    assert 300_000 < sizes["STORYBOARD#0001"] < LARGEST_ITEM
    assert sizes[f"JOB#{job.id}"] < 8_000


async def test_what_no_item_can_hold_is_refused_and_changes_nothing(bench: Bench) -> None:
    """Said in bytes, before anything is sent."""
    job = a_job(title=_words(200_000, 1))
    with pytest.raises(TooLarge, match="409600 bytes are allowed"):
        await bench.stores.jobs.accept(an_acceptance(job))
    assert bench.wire.written() == []
    with pytest.raises(NotFound):
        await bench.others.jobs.get(job.id)
    assert await bench.others.usage.active("ada") == 0


async def test_forty_workers_meet_nowhere(bench: Bench) -> None:
    """Each update of a scene is one look at it and one transaction on it and its event; none is repeated."""
    job = a_job()
    await bench.others.jobs.accept(an_acceptance(scenes=40))

    async def work(scene: SceneState) -> None:
        for status in (SceneStatus.GENERATING, SceneStatus.STORED, SceneStatus.READY):
            scene = scene.become(status, at=NOW, clip=a_file(f"clips/{scene.number}"))
            await bench.stores.jobs.update_scene(scene)

    await asyncio.gather(*(work(s) for s in await bench.others.jobs.scenes(job.id, 1)))
    done = await bench.others.jobs.scenes(job.id, 1)
    assert {(s.status, s.version) for s in done} == {(SceneStatus.READY, 4)}
    assert (bench.wire.count("get_item"), bench.wire.count("transact_write_items")) == (120, 120)
    assert len(set(bench.wire.written())) == 40 + 120
    assert {sk.split("#")[0] for _, sk in bench.wire.written()} == {"SCENE", "EVENT"}


async def test_forty_workers_do_not_conflict_with_each_other(bench: Bench) -> None:
    """On AWS two transactions on one item at a time are one too many: theirs have no item in common."""
    await bench.others.jobs.accept(an_acceptance(scenes=40))
    scenes = await bench.others.jobs.scenes(a_job().id, 1)
    contended = Contended(bench.tables.client)
    stores = dynamodb_stores(evolve(bench.tables, client=contended))
    await asyncio.gather(
        *(stores.jobs.update_scene(s.become(SceneStatus.GENERATING, at=NOW)) for s in scenes),
        *(stores.takes.intend(a_take(scene=s.number)) for s in scenes),
    )
    assert contended.conflicts == 0


async def test_submissions_that_conflict_all_get_in(bench: Bench) -> None:
    """One owner's submissions meet in his books; within the budget each has its turn, up to the very limit."""
    contended = Contended(bench.tables.client)
    patient = Budget(tries=100, seconds=60)  # how long a turn takes is up to the machine
    stores = dynamodb_stores(evolve(bench.tables, client=contended, budget=patient))
    quota = evolve(PLENTY, videos=12)

    async def submit(n: int) -> bool:
        try:
            await stores.jobs.accept(an_acceptance(a_job(n), quota=quota, scenes=1))
        except QuotaExceeded:
            return False
        return True

    won = await asyncio.gather(*(submit(n) for n in range(1, 17)))
    assert won.count(True) == 12
    assert (await bench.others.usage.usage("ada", period_of(NOW))).held_videos == 12
    assert contended.conflicts > 0


async def test_the_end_closes_a_scene_that_is_being_written(bench: Bench) -> None:
    """A worker that has looked at an open scene can't write it once the revision has ended."""
    job = a_job()
    await bench.others.jobs.accept(an_acceptance(job))
    [scene, *_] = await bench.others.jobs.scenes(job.id, 1)
    last = ended(job)

    async def end_first(operation: str, _: Request) -> None:
        if operation == "transact_write_items":
            bench.wire.before = lambda *_: None
            await bench.others.jobs.end(last)

    bench.wire.before = end_first
    with pytest.raises(Conflict, match="has ended; it never changes"):
        await bench.stores.jobs.update_scene(scene.become(SceneStatus.GENERATING, at=later(1)))
    events = await bench.others.jobs.events(job.id, 1, after={})
    assert [(e.scene, e.data["status"]) for e in events] == [(0, "queued"), (0, "failed")]


async def test_the_limits_hold_even_if_they_were_reached_since_the_look(bench: Bench) -> None:
    """The conditions are DynamoDB's own: what was read before the write decides nothing but the words."""
    for limits in ({"videos": 1}, {"spend": 3_600_000 - 1}, {"concurrent": 1}):
        owner = next(iter(limits))
        first, second = (a_job(n, owner=owner, id=f"{owner}_{n}") for n in (1, 2))
        quota = evolve(PLENTY, **limits)

        async def overtake(operation: str, _: Request, job: Job = first) -> None:
            if operation == "transact_write_items":
                bench.wire.before = lambda *_: None
                await bench.others.jobs.accept(an_acceptance(job))

        bench.wire.before = overtake
        with pytest.raises(QuotaExceeded):
            await bench.stores.jobs.accept(an_acceptance(second, quota=quota))
        assert await bench.others.usage.active(owner) == 1


async def test_what_expires_says_when(bench: Bench) -> None:
    """In whole seconds, never too early: DynamoDB removes it within days, and until then it is told by its instant."""
    job, at = a_job(at=later(0.5)), later(0.5)
    await bench.stores.jobs.accept(an_acceptance(job, record=a_record(job)))
    await bench.stores.outbox.first_time("wh_1", at=at)
    await bench.stores.rates.hit("ada", limit=5, window=60, at=at)
    await bench.stores.uploads.add(an_upload(created_at=at))
    await bench.stores.uploads.update(an_upload(created_at=at, version=2))
    slot = int(at.timestamp() // 60)
    ends = {
        keys.record("ada", "key-1"): int(later(86_400).timestamp()) + 1,
        keys.delivery("wh_1"): int(later(86_400).timestamp()) + 1,
        keys.rate("ada", 60, slot): (slot + 2) * 60,
        keys.upload("upload_1"): int(later(7 * 86_400).timestamp()) + 1,
    }
    for key, end in ends.items():
        item = await bench.tables.get(key)
        assert item is not None
        assert item["expires_at"] == end
    assert await bench.stores.jobs.recall("ada", "key-1", at=later(86_401)) is None
    assert await bench.stores.outbox.first_time("wh_1", at=later(86_401))


async def test_the_sweeper_looks_through_all_partitions_in_one_order(bench: Bench) -> None:
    """The longest abandoned first, wherever it is; the same again, however many are asked for."""
    jobs = [a_job(n) for n in range(1, 25)]
    until = {job.id: (n * 7) % 24 for n, job in enumerate(jobs)}
    for job in jobs:
        await bench.others.jobs.accept(an_acceptance(job, scenes=1))
        await bench.others.jobs.update(job.claim(1, at=NOW, lease=later(until[job.id]) - NOW))
    expected = sorted(until, key=lambda job_id: until[job_id])
    for limit in (1, 5, 23, 24, 99):
        found = await bench.stores.jobs.undriven(at=later(60), limit=limit)
        assert [job.id for job in found] == expected[:limit]
    found = await bench.stores.jobs.undriven(at=later(11), limit=99)
    assert [until[job.id] for job in found] == list(range(12))
    indexed = {
        request["ExpressionAttributeValues"][":pk"]["S"]
        for name, request in bench.wire.calls
        if name == "query"
    }
    assert indexed == {f"open#{shard}" for shard in keys.SHARDS}
    assert len({keys.shard_of(job.id) for job in jobs}) == len(keys.SHARDS)


async def test_an_index_that_lags_behind_is_not_believed(bench: Bench) -> None:
    """What it still has is read again: a job that was driven, ended or forgotten since is not brought up."""
    driven, over, gone, left = jobs = [a_job(n) for n in range(1, 5)]
    for job in jobs:
        await bench.others.jobs.accept(an_acceptance(job))
    old: dict[str, Any] = {}
    bench.wire.answered = lambda operation, request, answer: old.setdefault(str(request), answer)
    assert len(await bench.stores.jobs.undriven(at=later(5), limit=9)) == 4
    await bench.others.jobs.update(driven.claim(1, at=NOW, lease=later(60) - NOW))
    await bench.others.jobs.end(ended(over))
    await bench.others.jobs.end(last := ended(gone))
    await bench.others.jobs.update(evolve(last, deleted_at=NOW, version=last.version + 1))
    await bench.others.jobs.purge(gone.id)
    bench.wire.answered = lambda operation, request, answer: (
        old[str(request)] if request.get("IndexName") else answer
    )
    assert [job.id for job in await bench.stores.jobs.undriven(at=later(5), limit=9)] == [left.id]


async def test_a_long_listing_is_read_page_by_page(bench: Bench) -> None:
    """Wherever DynamoDB ends a page; deleted jobs among them cost a page more, and leave no gap."""
    jobs = [a_job(n) for n in range(1, 31)]
    for job in jobs:
        await bench.others.jobs.accept(an_acceptance(job, scenes=1))
    for job in jobs[10:28]:
        await bench.others.jobs.end(last := ended(job))
        await bench.others.jobs.update(evolve(last, deleted_at=NOW, version=last.version + 1))
    page = await bench.stores.jobs.list("ada", limit=4)
    assert [job.id for job in page.jobs] == [jobs[n].id for n in (29, 28, 9, 8)]
    assert bench.wire.count("query") > 1
    page = await bench.stores.jobs.list("ada", limit=50, cursor=page.cursor)
    assert [job.id for job in page.jobs] == [job.id for job in jobs[7::-1]]
    assert page.cursor is None


async def test_no_id_is_too_long_to_ask_for(bench: Bench) -> None:
    """DynamoDB refuses keys of more than some kilobytes; to whoever asks, there is just no such thing."""
    for long in ("x" * 5000, "ü" * 1500, "\ud800" * 3000):
        with pytest.raises(NotFound):
            await bench.stores.jobs.get(long)
        with pytest.raises(NotFound):
            await bench.stores.jobs.get(long, owner="ada")
        with pytest.raises(NotFound):
            await bench.stores.uploads.get(long, owner="ada")
        assert await bench.stores.takes.by_prediction(long) is None
        assert await bench.stores.jobs.scenes(long, 1) == ()
    assert bench.wire.calls == []


async def test_the_clients_of_lambdas_serve_as_well(bench: Bench) -> None:
    """boto3's, each call on a thread: the same answers, races and bytes."""
    region = {
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    settings = Settings.from_environment({**region, "AWS_ENDPOINT_URL": dynamodb_endpoint()})
    async with ThreadedClients(settings.aws) as clients:
        client = await clients.open("dynamodb", config=CONFIG)
        stores = dynamodb_stores(evolve(bench.tables, client=client))
        job = a_job()
        record = a_record(job, response=bytes(range(256)) * 10)
        await stores.jobs.accept(an_acceptance(job, record=record))
        assert await stores.jobs.recall("ada", "key-1", at=NOW) == record
        with pytest.raises(Conflict):
            await stores.jobs.accept(an_acceptance(job))
        await asyncio.gather(*(stores.takes.intend(a_take(scene=n)) for n in range(1, 9)))
        assert len(await bench.others.takes.of_job(job.id)) == 8
        await stores.uploads.add(an_upload())
        with pytest.raises(NotFound):
            await stores.uploads.get("upload_1", owner="eve")
        assert await stores.jobs.get(job.id) == await bench.others.jobs.get(job.id)


def test_events_are_told_in_order_whatever_the_clocks_say() -> None:
    """Each scene's by version, all by time, and the end after every scene's last word."""

    def event(scene: int, version: int, at: float, status: str = "generating") -> JobEvent:
        data = {"status": status}
        return JobEvent(
            job_id="j", revision=1, scene=scene, version=version, type="x", data=data, at=later(at)
        )

    told = [
        event(0, 1, 0, "queued"),
        event(1, 2, 5),
        event(1, 3, 3),
        event(2, 2, 4),
        event(0, 2, 2, JobStatus.GENERATING),
        event(0, 3, 1, JobStatus.FAILED),
        event(0, 4, 1, JobStatus.FAILED),
    ]
    random.Random(1).shuffle(told)
    assert [(e.scene, e.version) for e in in_order(told)] == [
        (0, 1),
        (0, 2),
        (2, 2),
        (1, 2),
        (1, 3),
        (0, 3),
        (0, 4),
    ]


def test_not_everything_is_remembered_for_ever() -> None:
    """A process that lives for months sees more jobs than it has memory for."""
    owners = Remembered()
    for n in range(20_000):
        owners.keep(f"job_{n}", "ada")
    assert owners.get("job_0") is None
    assert owners.get("job_19999") == "ada"
    assert sum(owners.get(f"job_{n}") is not None for n in range(20_000)) == 10_000
