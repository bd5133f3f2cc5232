"""Reading: own jobs only, newest first, page by page; events from any position; the sweeper's view (P8)."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import chain

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, Invalid, NotFound
from omnigen.domain.job import Failure, Job, JobStatus, SceneStatus
from omnigen.domain.quota import period_of
from omnigen.ports.jobs import Jobs
from tests.builders import NOW, a_job, a_record, a_take, an_acceptance, an_entry, ended, later
from tests.contract.harness import Stores


async def _fill(stores: Stores, *numbers: int, owner: str = "ada") -> list[Job]:
    jobs = [a_job(n, owner=owner) for n in numbers]
    for job in jobs:
        await stores.jobs.accept(an_acceptance(job))
    return jobs


async def _pages(jobs: Jobs, owner: str, limit: int, status: JobStatus | None = None) -> list[list[str]]:
    pages, cursor = [], None
    while True:
        page = await jobs.list(owner, limit=limit, cursor=cursor, status=status)
        pages.append([job.id for job in page.jobs])
        cursor = page.cursor
        if cursor is None:
            return pages


async def _delete(stores: Stores, job: Job, at: float = 1) -> Job:
    hidden = evolve(job, deleted_at=later(at), version=job.version + 1)
    await stores.jobs.update(hidden)
    return hidden


async def test_a_foreign_job_is_as_absent_as_one_that_never_was(stores: Stores) -> None:
    """P8: the same error, in the same words."""
    [job] = await _fill(stores, 1)
    with pytest.raises(NotFound) as foreign:
        await stores.jobs.get(job.id, owner="eve")
    with pytest.raises(NotFound) as absent:
        await stores.jobs.get("job_000002", owner="eve")
    assert foreign.value.message.replace(job.id, "") == absent.value.message.replace("job_000002", "")
    assert await stores.jobs.get(job.id, owner="ada") == job


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 5), (2, [2, 2, 1]), (4, [4, 1]), (5, [5]), (50, [5])])
async def test_pages_show_every_job_once_newest_first(stores: Stores, limit: int, sizes: list[int]) -> None:
    """Whatever the size of a page; the last one has no cursor."""
    await _fill(stores, 3, 1, 5, 2, 4)
    await _fill(stores, 6, 7, owner="bob")
    pages = await _pages(stores.jobs, "ada", limit)
    assert [len(page) for page in pages] == sizes
    assert list(chain(*pages)) == [f"job_{n:06d}" for n in (5, 4, 3, 2, 1)]


async def test_an_empty_listing_is_one_empty_page(stores: Stores) -> None:
    """Neither an error nor a cursor."""
    page = await stores.jobs.list("nobody", limit=10)
    assert (page.jobs, page.cursor) == ((), None)


async def test_a_listing_stands_while_jobs_come_and_go(stores: Stores, others: Stores) -> None:
    """A cursor is a position, not a number: newer jobs don't shift it, deleted ones leave no gap."""
    jobs = await _fill(stores, 1, 2, 3, 4)
    first = await stores.jobs.list("ada", limit=2)
    await _fill(others, 9)
    last = ended(jobs[1])
    await stores.jobs.end(last)
    await _delete(stores, last)
    second = await others.jobs.list("ada", limit=2, cursor=first.cursor)
    assert [j.id for j in second.jobs] == [jobs[0].id]
    assert second.cursor is None


async def test_a_listing_has_every_job_accepted_before(stores: Stores, others: Stores) -> None:
    """Read your own writes, through the other process too."""
    for n in range(1, 6):
        await _fill(stores, n)
        assert (await others.jobs.list("ada", limit=1)).jobs[0].id == f"job_{n:06d}"


async def test_deleted_jobs_are_hidden_but_there(stores: Stores) -> None:
    """Hidden in the listing; `get` has them, since they can be restored."""
    [job, _] = await _fill(stores, 1, 2)
    hidden = await _delete(stores, job)
    assert await _pages(stores.jobs, "ada", 10) == [["job_000002"]]
    assert await stores.jobs.get(job.id, owner="ada") == hidden


async def test_a_listing_by_status_pages_too(stores: Stores) -> None:
    """The filter counts before the page does."""
    jobs = await _fill(stores, *range(1, 8))
    for job in jobs[::2]:
        await stores.jobs.end(ended(job))
    failed = await _pages(stores.jobs, "ada", 3, JobStatus.FAILED)
    assert [len(p) for p in failed] == [3, 1]
    assert list(chain(*failed)) == [jobs[n].id for n in (6, 4, 2, 0)]
    assert await _pages(stores.jobs, "ada", 3, JobStatus.SUCCEEDED) == [[]]


async def test_a_cursor_is_of_no_use_to_another_owner(stores: Stores) -> None:
    """P8: refused outright."""
    await _fill(stores, 1, 2, 3)
    await _fill(stores, 4, 5, owner="bob")
    cursor = (await stores.jobs.list("ada", limit=1)).cursor
    with pytest.raises(Invalid) as refused:
        await stores.jobs.list("bob", limit=1, cursor=cursor)
    assert refused.value.field == "cursor"


@pytest.mark.parametrize(
    "forge",
    [
        lambda c: "",
        lambda c: "!" + c[1:],
        lambda c: c[:-1],
        lambda c: c + "A",
        lambda c: c + "=",
        lambda c: " " + c,
        lambda c: c.swapcase(),
        lambda c: "ü" + c,
        lambda c: "A" * 5000,
        lambda c: "job_000002",
        lambda c: json.dumps({"id": "job_000002"}),
        lambda c: urlsafe_b64encode(b"job_000002").decode(),
        lambda c: urlsafe_b64encode(urlsafe_b64decode(c + "==")[:-1] + b"9").decode().rstrip("="),
        lambda c: urlsafe_b64encode(b"\xff" * 30).decode(),
        lambda c: "\x00",
    ],
)
async def test_a_cursor_that_was_not_given_out_is_refused(stores: Stores, forge: object) -> None:
    """Cut, bent, spelt otherwise, forged or of a wholly different make: Invalid, by name."""
    await _fill(stores, 1, 2, 3)
    cursor = (await stores.jobs.list("ada", limit=1)).cursor
    assert cursor is not None
    with pytest.raises(Invalid) as refused:
        await stores.jobs.list("ada", limit=1, cursor=forge(cursor))  # type: ignore[operator]
    assert refused.value.field == "cursor"


async def test_every_write_has_its_event(stores: Stores) -> None:
    """In order within the job and within each scene, with the version that was written."""
    [job] = await _fill(stores, 1)
    [first, second, _] = await stores.jobs.scenes(job.id, 1)
    await stores.jobs.update(job := job.become(JobStatus.GENERATING, at=later(1)))
    await stores.jobs.update_scene(first := first.become(SceneStatus.GENERATING, at=later(2), progress=0.25))
    failure = Failure(code="sensitive", message="the model refused it", scene=2)
    await stores.jobs.update_scene(second.become(SceneStatus.FAILED, at=later(3), error=failure))
    await stores.jobs.update_scene(first.become(SceneStatus.STORED, at=later(4)))
    await stores.jobs.end(ended(job, cost=12, at=later(5)))
    events = await stores.jobs.events(job.id, 1, after={})
    of = {n: [(e.version, e.data["status"]) for e in events if e.scene == n] for n in range(4)}
    assert of[0] == [(1, "queued"), (2, "generating"), (3, "failed")]
    assert of[1] == [(2, "generating"), (3, "stored")]
    assert of[2] == [(2, "failed")]
    assert of[3] == []
    assert [e.at for e in events] == [NOW, later(1), later(2), later(3), later(4), later(5)]
    assert {e.type for e in events if e.scene} == {"scene"}
    told = next(e.data for e in events if e.scene == 2)
    assert told["number"] == 2
    assert told["error"]["code"] == "sensitive"
    assert next(e.data for e in events if e.version == 3 and not e.scene)["cost"] == 12


async def test_events_resume_behind_a_position(stores: Stores) -> None:
    """A position is the newest version seen of each scene; what isn't named there was not seen."""
    [job] = await _fill(stores, 1)
    [first, second, _] = await stores.jobs.scenes(job.id, 1)
    for status in (SceneStatus.GENERATING, SceneStatus.STORED):
        await stores.jobs.update_scene(first := first.become(status, at=NOW))
        await stores.jobs.update_scene(second := second.become(status, at=NOW))
    seen = await stores.jobs.events(job.id, 1, after={0: 1, 1: 3, 2: 2})
    assert [(e.scene, e.version) for e in seen] == [(2, 3)]
    assert list(await stores.jobs.events(job.id, 1, after={0: 1, 1: 3, 2: 3})) == []
    assert len(await stores.jobs.events(job.id, 1, after={})) == 5
    assert list(await stores.jobs.events(job.id, 2, after={})) == []


async def test_a_job_is_undriven_until_a_leg_takes_it_and_after_that_has_died(stores: Stores) -> None:
    """The sweeper sees new jobs, expired leases and deleted jobs that have not ended; nothing else."""
    new, driven, dead, over = await _fill(stores, 1, 2, 3, 4)
    await stores.jobs.update(driven.claim(1, at=NOW, lease=later(60) - NOW))
    await stores.jobs.update(dead.claim(1, at=NOW, lease=later(5) - NOW))
    await stores.jobs.end(ended(over))
    hidden = await _delete(stores, new)
    found = await stores.jobs.undriven(at=later(5), limit=9)
    assert [j.id for j in found] == [new.id, dead.id]
    assert found[0] == hidden
    assert [j.id for j in await stores.jobs.undriven(at=later(4.999999), limit=9)] == [new.id]
    assert [j.id for j in await stores.jobs.undriven(at=later(60), limit=2)] == [new.id, dead.id]
    assert [j.id for j in await stores.jobs.undriven(at=later(60), limit=9)] == [new.id, dead.id, driven.id]


async def test_only_ended_and_deleted_jobs_are_purgeable(stores: Stores) -> None:
    """And only those deleted before the instant, the oldest first."""
    kept, running, late, soon = await _fill(stores, 1, 2, 3, 4)
    for job in (kept, late, soon):
        await stores.jobs.end(ended(job))
    await _delete(stores, running)
    await _delete(stores, ended(late), at=20)
    await _delete(stores, ended(soon), at=10)
    assert [j.id for j in await stores.jobs.purgeable(before=later(21), limit=9)] == [soon.id, late.id]
    assert [j.id for j in await stores.jobs.purgeable(before=later(21), limit=1)] == [soon.id]
    assert [j.id for j in await stores.jobs.purgeable(before=later(20), limit=9)] == [soon.id]


async def test_a_purged_job_is_gone_but_its_usage_is_not(stores: Stores) -> None:
    """Job, scenes, storyboard, events, takes and messages go; books and the record under its key stay."""
    job = a_job()
    await stores.jobs.accept(an_acceptance(job, record=a_record(job)))
    await stores.takes.intend(a_take(prediction_id="p1"))
    await _fill(stores, 2)
    await stores.usage.enter(an_entry(amount=7))
    last = ended(job, cost=5)
    await stores.jobs.end(last)
    await _delete(stores, last)
    await stores.jobs.purge(job.id)
    await stores.jobs.purge(job.id)
    with pytest.raises(NotFound):
        await stores.jobs.get(job.id)
    assert await stores.jobs.scenes(job.id, 1) == ()
    assert await stores.jobs.storyboard(job.id, 1) is None
    assert list(await stores.jobs.events(job.id, 1, after={})) == []
    assert list(await stores.takes.of_job(job.id)) == []
    assert await stores.takes.by_prediction("p1") is None
    assert [m.job_id for m in await stores.outbox.pending(limit=9)] == ["job_000002"]
    assert (await stores.usage.usage("ada", period_of(NOW))).settled_amount == 12
    assert len(await stores.usage.entries(job.id)) == 1
    assert await stores.jobs.recall("ada", "key-1", at=NOW) is not None
    assert (await stores.jobs.get("job_000002")).id == "job_000002"


async def test_a_job_that_must_stay_is_not_purged(stores: Stores) -> None:
    """One on its way holds quota; one that was restored meanwhile is somebody's again."""
    running, restored = await _fill(stores, 1, 2)
    await stores.jobs.end(ended(restored))
    await _delete(stores, running)
    for job in (running, restored):
        with pytest.raises(Conflict):
            await stores.jobs.purge(job.id)
        assert (await stores.jobs.get(job.id)).id == job.id
