"""Nobody gets more than the tier gives: not by racing, not at the turn of a month, not by cancelling."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, QuotaExceeded, Transient
from omnigen.domain.job import Job, JobStatus
from omnigen.domain.quota import QUOTAS, Reservation, Tier, Usage, period_of
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.identity import Caller
from omnigen.ports.workflow import Leg
from omnigen.usecases.job_detail import Accepted
from tests.builders import a_job, a_revision, a_scene, an_acceptance, ended
from tests.contract.harness import FAMILIES, Stores, each_family
from tests.fakes.provider import Fate
from tests.fakes.world import BOB, World, a_world, board_of
from tests.http.conftest import a_brief, bearer
from tests.security.apis import Running, running

FREE = QUOTAS[Tier.FREE]
MANY = 64
COSTS_AT_MOST = 3_000_000
"""More than the brief that is asked for may cost."""


# --- two processes of the API over one SQLite file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("races")


@pytest.fixture(scope="module")
def pair(folder: Path) -> Iterator[list[Running]]:
    with running(folder, 2, OMNIGEN_RATE_LIMITS="off", OMNIGEN_SUBMISSIONS="0") as started:
        yield started


@asynccontextmanager
async def books(folder: Path) -> AsyncIterator[Stores]:
    """The stores of those processes, as a third one."""
    async with FAMILIES["sqlite"].open(folder) as stores:
        yield stores


async def spend(stores: Stores, owner: str, *, videos: int = 0, amount: int = 0) -> None:
    """Make it that an owner has used so much of this month."""
    now = datetime.now(UTC)
    for number in range(max(videos, 1)):
        cost = amount if number == 0 else 0
        held = Reservation(owner=owner, period=period_of(now), videos=1 if videos else 0, amount=cost)
        revision = a_revision(owner=owner, at=now, reservation=held)
        job = a_job(number, id=f"job_{owner}_{number}", owner=owner, at=now, revision=revision)
        await stores.jobs.accept(an_acceptance(job))
        await delivered(stores, job, now, cost=cost)


async def delivered(stores: Stores, job: Job, at: datetime, *, cost: int = 0) -> None:
    """Have a job that was just accepted succeed, in no time."""
    for status in (JobStatus.GENERATING, JobStatus.COMPOSING):
        job = job.become(status, at=at)
        await stores.jobs.update(job)
    await stores.jobs.end(ended(job, JobStatus.SUCCEEDED, cost=cost, at=at))


async def all_at_once(pair: list[Running], owner: str, **headers: str) -> list[httpx.Response]:
    """Many submissions of one user, over connections of their own, to both processes in turn."""
    sent = bearer(owner) | headers
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(
            httpx.AsyncClient(trust_env=False, timeout=60, limits=httpx.Limits(max_connections=MANY))
        )
        urls = [url for url, _ in zip(cycle(api.url for api in pair), range(MANY), strict=False)]
        await asyncio.gather(*(client.get(f"{url}/health") for url in urls))
        wish = {"brief": a_brief()}
        return await asyncio.gather(
            *(client.post(f"{url}/api/v1/jobs", json=wish, headers=sent) for url in urls)
        )


async def report(api: Running, owner: str) -> dict[str, Any]:
    """What the API tells a user of this month."""
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as client:
        told = (await client.get("/api/v1/usage?periods=1", headers=bearer(owner))).json()
        jobs = (await client.get("/api/v1/jobs?limit=100", headers=bearer(owner))).json()["jobs"]
    return {**told["months"][0], "active": told["active"], "jobs": len(jobs)}


@pytest.mark.parametrize(
    ("owner", "used", "code"),
    [
        ("vera", {"videos": FREE.videos - 1}, "quota_videos"),
        ("max", {"amount": FREE.spend - COSTS_AT_MOST}, "quota_spend"),
        ("carl", {}, "quota_concurrent"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_of_many_at_once_in_two_processes_one_wins(
    pair: list[Running], folder: Path, owner: str, used: dict[str, int], code: str
) -> None:
    """One video, money for one, room for one job: each is left; sixty-four ask. The others are told which it was."""
    async with books(folder) as stores:
        if used:
            await spend(stores, owner, **used)
        else:
            await stores.jobs.accept(an_acceptance(a_job(900, owner=owner, at=datetime.now(UTC))))
        before = await report(pair[0], owner)
        answers = await all_at_once(pair, owner)
    assert sorted(a.status_code for a in answers) == [202] + [429] * (MANY - 1)
    codes = {a.json()["code"] for a in answers if a.status_code == 429}
    assert codes <= {code, "quota_concurrent"}
    assert code in codes
    after = await report(pair[1], owner)
    assert (after["held_videos"], after["active"], after["jobs"]) == (
        before["held_videos"] + 1,
        before["active"] + 1,
        before["jobs"] + 1,
    )
    [won] = [a.json() for a in answers if a.status_code == 202]
    held = after["held"]["micros"] - before["held"]["micros"]
    assert held == won["estimate"]["at_most"]["micros"] <= COSTS_AT_MOST


async def test_one_key_in_two_processes_is_one_job(pair: list[Running]) -> None:
    answers = await all_at_once(pair, "kim", **{"Idempotency-Key": "the-same"})
    assert {a.status_code for a in answers} == {202}
    assert len({a.content for a in answers}) == 1
    assert sum("idempotent-replayed" not in a.headers for a in answers) == 1
    assert (await report(pair[0], "kim"))["held_videos"] == 1


# --- the use case over every store that outlives its process


@pytest.fixture(params=each_family(durable=True))
async def worlds(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[World, World]]:
    """Two processes over the same data."""
    family = FAMILIES[request.param]
    family.serve()
    async with a_world(family, tmp_path) as one, a_world(family, tmp_path) as other:
        yield one, other


@pytest.mark.parametrize("limit", ["videos", "concurrent"])
async def test_of_many_use_cases_at_once_one_wins(worlds: tuple[World, World], limit: str) -> None:
    """Whoever doesn't is refused by the quota, or asked to come again: never let in."""
    one, other = worlds
    ids = (f"job_race_{number:03}" for number in range(10_000))
    for world in worlds:
        world.container.ids().new = lambda _: next(ids)
    if limit == "videos":
        for _ in range(FREE.videos - 1):
            await finished(one, await one.submit(caller=BOB))
    else:
        for _ in range(FREE.concurrent - 1):
            await one.submit(caller=BOB)
    before = await used(one)

    async def ask(world: World) -> bool:
        try:
            await world.submit(caller=BOB)
        except (QuotaExceeded, Transient):
            return True
        return False

    refused = await asyncio.gather(*(ask(worlds[n % 2]) for n in range(MANY)))
    assert refused.count(False) == 1
    assert (await used(other)).videos == before.videos + 1


async def finished(world: World, accepted: Accepted) -> None:
    """Have a job of a world succeed."""
    await delivered(world.stores, await world.job(accepted.job_id), world.clock.now())


async def used(world: World, period: str = "2026-11", caller: Caller = BOB) -> Usage:
    return await world.stores.usage.usage(caller.id, period)


# --- the turn of a month


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(FAMILIES[request.param], tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("last", "now", "following"),
    [
        (datetime(2026, 11, 30, 23, 59, 59, 999_999, tzinfo=UTC), "2026-11", "2026-12"),
        (datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), "2026-12", "2027-01"),
        (datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC), "2028-02", "2028-03"),
    ],
    ids=["November", "New Year", "a leap day"],
)
async def test_a_month_ends_at_midnight_utc_and_a_job_belongs_to_its_first(
    world: World, last: datetime, now: str, following: str
) -> None:
    """Accepted in the last microsecond, settled in the next month: it counts in the first, and only there."""
    world.clock.advance((last - world.clock.now()).total_seconds())
    for _ in range(FREE.videos - 1):
        await finished(world, await world.submit(caller=BOB))
    leg = await world.begun(caller=BOB)
    with pytest.raises(QuotaExceeded, match=f"of {now} are used"):
        await world.submit(caller=BOB)
    world.clock.advance(0.000_001)
    assert period_of(world.clock.now()) == following
    fresh = await world.submit(caller=BOB)
    job = await world.walked(leg)
    assert job.status is JobStatus.SUCCEEDED
    ended_month, new_month = await used(world, now), await used(world, following)
    assert (ended_month.settled_videos, ended_month.held_videos, ended_month.held_amount) == (
        FREE.videos,
        0,
        0,
    )
    assert ended_month.settled_amount == job.revision.cost > 0
    held = (await world.job(fresh.job_id)).revision.reservation
    assert (new_month.held_videos, new_month.settled_videos, new_month.settled_amount) == (1, 0, 0)
    assert new_month.held_amount == held.amount


async def test_a_later_revision_holds_money_of_the_month_it_is_asked_for_in(world: World) -> None:
    """A job that failed in November and is retried in December: no second video, and December's money."""
    world.provider.will(TakeKind.VIDEO, Fate(reply="refused"))
    job = await world.walked(await world.begun(caller=BOB))
    assert job.status is JobStatus.FAILED
    november = await used(world)
    world.clock.advance(timedelta(days=30).total_seconds())
    accepted = await world.app.retry_job(BOB, job.id, render=lambda _: b"", key="again")
    assert await used(world) == november
    december = await used(world, "2026-12")
    assert (december.held_videos, december.held_amount > 0) == (0, True)
    await world.walked(await world.next_leg(accepted.job_id))
    december = await used(world, "2026-12")
    assert (december.held_amount, december.videos) == (0, 0)


# --- round and round


async def test_cancelling_again_and_again_gains_nothing_and_loses_nothing(world: World) -> None:
    """Before anything is bought: as if nothing had been asked for; fifty times over, five cancels each."""
    for _ in range(50):
        accepted = await world.submit(caller=BOB)
        calls = (world.app.cancel_job(BOB, accepted.job_id) for _ in range(5))
        await asyncio.gather(*calls)
        job = await world.closed(await world.next_leg(accepted.job_id), 3)
        assert job.status is JobStatus.CANCELLED
        await world.app.cancel_job(BOB, accepted.job_id)
        assert await used(world) == Usage(owner="bob", period="2026-11")
        assert await world.stores.usage.active("bob") == 0


async def test_what_was_bought_before_a_cancel_is_paid_until_the_money_ends(world: World) -> None:
    """Buying and cancelling gets nobody past the money of the month, though no video is ever counted."""
    dear = board_of(*(a_scene(n, frames=190) for n in range(1, 8)))
    bound, rounds = 0, 0
    while leg := await _begun_unless_refused(world, dear):
        for number in range(1, 8):
            await world.scene_done(leg, number)
        await world.app.cancel_job(BOB, leg.job_id)
        before = (await used(world)).settled_amount
        job = await world.closed(leg, 7)
        assert job.status is JobStatus.CANCELLED
        assert (await used(world)).settled_amount == before + job.revision.cost > before
        bound, rounds = job.revision.reservation.amount, rounds + 1
    now = await used(world)
    assert rounds >= FREE.spend // bound
    assert (now.videos, now.held_amount) == (0, 0)
    assert FREE.spend - bound < now.settled_amount <= FREE.spend


async def _begun_unless_refused(world: World, wish: Storyboard) -> Leg | None:
    try:
        return await world.begun(wish, caller=BOB)
    except QuotaExceeded as error:
        refused = error.reason
    assert refused == "quota_spend"
    return None


async def test_a_job_that_has_ended_gives_nothing_back(world: World) -> None:
    """Cancelled after success, deleted, restored: the video stays counted, the money spent."""
    job = await world.walked(await world.begun(caller=BOB))
    before = await used(world)
    with pytest.raises(Conflict):
        await world.app.cancel_job(BOB, job.id)
    for _ in range(3):
        await world.app.delete_job(BOB, job.id)
        await world.app.restore_job(BOB, job.id)
    assert await used(world) == before
    assert before.settled_videos == 1


async def test_a_double_end_releases_once(world: World) -> None:
    """A cancel that two legs finish at once: one ends the job, the books move once."""
    await finished(world, await world.submit(caller=BOB))
    accepted = await world.submit(caller=BOB)
    job = await world.job(accepted.job_id)
    by = [ended(job, JobStatus.FAILED, cost=10, at=world.clock.now()) for _ in range(8)]
    done = await asyncio.gather(*(world.stores.jobs.end(one) for one in by), return_exceptions=True)
    assert [isinstance(one, Conflict) for one in done].count(False) == 1
    now = await used(world)
    assert (now.held_videos, now.settled_videos, now.held_amount, now.settled_amount) == (0, 1, 0, 10)
