"""Changing: one version after the other, never by a zombie, never after the end (P1, P4, P5)."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, NotFound, Superseded
from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, JobStatus, SceneState, SceneStatus
from omnigen.domain.quota import ReservationStatus, period_of
from tests.builders import (
    NOW,
    a_file,
    a_job,
    a_reservation,
    a_storyboard,
    an_acceptance,
    ended,
    later,
)
from tests.contract.harness import Stores

MONTH = period_of(NOW)
LEASE = later(60) - NOW
TO_END: dict[JobStatus, tuple[JobStatus, ...]] = {
    JobStatus.QUEUED: (),
    JobStatus.GENERATING: (JobStatus.GENERATING,),
    JobStatus.COMPOSING: (JobStatus.GENERATING, JobStatus.COMPOSING),
    JobStatus.CANCELLING: (JobStatus.CANCELLING,),
}


async def _accepted(stores: Stores) -> Job:
    acceptance = an_acceptance()
    await stores.jobs.accept(acceptance)
    return acceptance.job


async def _at(stores: Stores, status: JobStatus) -> Job:
    """A job that has come to that status by legal moves."""
    job = await _accepted(stores)
    for move in TO_END[status]:
        job = job.become(move, at=NOW)
        await stores.jobs.update(job)
    return job


async def _scene(stores: Stores, number: int = 1) -> SceneState:
    return (await stores.jobs.scenes(a_job().id, 1))[number - 1]


async def _wins(write: Awaitable[None]) -> bool:
    try:
        await write
    except Conflict:
        return False
    return True


async def test_an_update_replaces_the_whole_job(stores: Stores) -> None:
    """What was written is what is read, down to microseconds and empty fields."""
    job = await _accepted(stores)
    job = job.claim(1, at=later(0.123456), lease=LEASE)
    await stores.jobs.update(job)
    assert await stores.jobs.get(job.id) == job


@pytest.mark.parametrize("versions", [-1, 0, 2])
async def test_only_the_next_version_is_written(stores: Stores, versions: int) -> None:
    """P4: whoever has not seen the latest version loses, and nothing has changed."""
    job = await _accepted(stores)
    with pytest.raises(Conflict):
        await stores.jobs.update(evolve(job, title="mine", version=job.version + versions))
    assert await stores.jobs.get(job.id) == job
    assert len(await stores.jobs.events(job.id, 1, after={})) == 1


async def test_of_parallel_updates_one_wins(stores: Stores, others: Stores) -> None:
    """Sixteen writers of two processes saw the same version."""
    job = await _accepted(stores)
    changed = [evolve(job, title=f"title {n}", version=2) for n in range(16)]
    sides = (stores, others)
    won = await asyncio.gather(*(_wins(sides[n % 2].jobs.update(changed[n])) for n in range(16)))
    assert won.count(True) == 1
    assert await others.jobs.get(job.id) == changed[won.index(True)]


async def test_an_absent_job_is_not_found(stores: Stores) -> None:
    """On every write, as on every read."""
    job, scene = a_job(), SceneState.of("job_none", 1, a_storyboard(), NOW)[0]
    for call in (
        stores.jobs.update(evolve(job, version=2)),
        stores.jobs.end(ended(job)),
        stores.jobs.plan(evolve(job, version=2), a_storyboard(), ()),
        stores.jobs.update_scene(evolve(scene, version=2)),
        stores.jobs.get(job.id),
        stores.jobs.revisions(job.id),
    ):
        with pytest.raises(NotFound):
            await call
    assert await stores.jobs.scenes(job.id, 1) == ()
    assert await stores.jobs.storyboard(job.id, 1) is None
    assert list(await stores.jobs.events(job.id, 1, after={})) == []


async def test_a_zombie_leg_can_not_write_the_job(stores: Stores) -> None:
    """P5: even with the right version, an older leg is told that it is one."""
    job = (await _accepted(stores)).claim(1, at=NOW, lease=LEASE)
    await stores.jobs.update(job)
    newer = job.claim(2, at=NOW, lease=LEASE)
    await stores.jobs.update(newer)
    for write in (
        stores.jobs.update(evolve(job, version=newer.version + 1)),
        stores.jobs.update(job.become(JobStatus.GENERATING, at=NOW)),
        stores.jobs.plan(evolve(job, version=newer.version + 1), a_storyboard(), ()),
        stores.jobs.end(evolve(ended(job), version=newer.version + 1)),
    ):
        with pytest.raises(Superseded):
            await write
    assert await stores.jobs.get(job.id) == newer


async def test_a_leg_is_claimed_once(stores: Stores, others: Stores) -> None:
    """Of many executions of the same leg one lives."""
    job = await _accepted(stores)
    claims = [job.claim(1, at=later(n), lease=LEASE) for n in range(10)]
    sides = (stores, others)
    won = await asyncio.gather(*(_wins(sides[n % 2].jobs.update(claims[n])) for n in range(10)))
    assert won.count(True) == 1


@pytest.mark.parametrize("before", [s for s in JobStatus if JOB_MOVES[s]])
@pytest.mark.parametrize("after", list(JobStatus))
async def test_only_legal_moves_are_written(stores: Stores, before: JobStatus, after: JobStatus) -> None:
    """P4: the table of moves holds in the store too, whoever made the job that is written."""
    job = await _at(stores, before)
    reservation = job.revision.reservation
    over = not JOB_MOVES[after]
    revision = evolve(job.revision, status=after, reservation=reservation.release(0) if over else reservation)
    moved = evolve(job, revision=revision, version=job.version + 1)
    write = stores.jobs.end if over else stores.jobs.update
    legal = after in JOB_MOVES[before] or before is after
    assert await _wins(write(moved)) is legal
    assert await stores.jobs.get(job.id) == (moved if legal else job)


async def test_a_job_ends_by_end_alone(stores: Stores) -> None:
    """P1, P3: an end that forgets the books is refused, and so is one that isn't an end."""
    job = await _accepted(stores)
    for wrong in (
        stores.jobs.update(ended(job)),
        stores.jobs.update(job.become(JobStatus.FAILED, at=NOW)),
        stores.jobs.end(job.become(JobStatus.FAILED, at=NOW)),
        stores.jobs.end(job.become(JobStatus.GENERATING, at=NOW)),
        stores.jobs.update(job.revise(at=NOW, reservation=a_reservation(amount=1))),
    ):
        with pytest.raises(Conflict):
            await wrong
    assert await stores.jobs.get(job.id) == job
    assert (await stores.usage.usage("ada", MONTH)).held_videos == 1


@pytest.mark.parametrize(
    "changes",
    [{"owner": "eve"}, {"period": "2020-01"}, {"videos": 0}, {"amount": 1}, {"settled_videos": 1}],
)
async def test_a_reservation_ends_as_it_began(stores: Stores, changes: dict[str, Any]) -> None:
    """P1: nothing but its end may differ from what is held."""
    job = await _accepted(stores)
    last = ended(job)
    wrong = evolve(last.revision, reservation=evolve(last.revision.reservation, **changes))
    with pytest.raises(Conflict):
        await stores.jobs.end(evolve(last, revision=wrong))
    usage = await stores.usage.usage("ada", MONTH)
    assert (usage.held_videos, usage.settled_videos) == (1, 0)


async def test_success_settles_and_failure_releases(stores: Stores) -> None:
    """The video counts only if it was made; the money that was spent counts always."""
    good = await _at(stores, JobStatus.COMPOSING)
    bad = a_job(2)
    await stores.jobs.accept(an_acceptance(bad))
    await stores.jobs.end(ended(good, JobStatus.SUCCEEDED, cost=700))
    await stores.jobs.end(ended(bad, cost=50))
    usage = await stores.usage.usage("ada", MONTH)
    assert (usage.held_videos, usage.held_amount) == (0, 0)
    assert (usage.settled_videos, usage.settled_amount) == (1, 750)
    assert await stores.usage.active("ada") == 0
    assert (await stores.jobs.get(bad.id)).revision.reservation.status is ReservationStatus.RELEASED


async def test_of_parallel_ends_one_counts(stores: Stores, others: Stores) -> None:
    """P1: failing, cancelling and a sweeper at once release what was held once."""
    job = await _accepted(stores)
    sides, ends = (stores, others), [ended(job, cost=n) for n in range(1, 11)]
    won = await asyncio.gather(*(_wins(sides[n % 2].jobs.end(ends[n])) for n in range(10)))
    assert won.count(True) == 1
    usage = await stores.usage.usage("ada", MONTH)
    assert (usage.held_videos, usage.held_amount) == (0, 0)
    assert usage.settled_amount == won.index(True) + 1


async def test_an_ended_revision_never_changes(stores: Stores) -> None:
    """P4: not by update, not by a second end, not with the right version, and its scenes neither."""
    job = await _accepted(stores)
    scene = await _scene(stores)
    last = ended(job, cost=3)
    await stores.jobs.end(last)
    after = evolve(last, version=last.version + 1)
    other = evolve(last.revision, cost=4)
    for write in (
        stores.jobs.update(evolve(after, revision=other)),
        stores.jobs.update(evolve(after, revision=evolve(other, status=JobStatus.QUEUED))),
        stores.jobs.end(after),
        stores.jobs.plan(after, a_storyboard(), ()),
        stores.jobs.update_scene(scene.become(SceneStatus.GENERATING, at=NOW)),
    ):
        with pytest.raises(Conflict):
            await write
    assert await stores.jobs.get(job.id) == last
    assert await _scene(stores) == scene


async def test_an_ended_job_is_hidden_and_shown_again(stores: Stores) -> None:
    """Deleting is the job's, not the revision's: that may still change."""
    job = await _accepted(stores)
    last = ended(job)
    await stores.jobs.end(last)
    hidden = evolve(last, deleted_at=later(1), version=last.version + 1)
    await stores.jobs.update(hidden)
    shown = evolve(hidden, deleted_at=None, version=hidden.version + 1)
    await stores.jobs.update(shown)
    assert await stores.jobs.get(job.id) == shown


async def test_a_job_never_changes_hands(stores: Stores) -> None:
    """P8: no write moves a job to another owner."""
    job = await _accepted(stores)
    with pytest.raises(Conflict):
        await stores.jobs.update(evolve(job, owner="eve", version=2))


async def test_a_paid_planner_adds_its_storyboard_once(stores: Stores, others: Stores) -> None:
    """Two workers that both have an answer: one storyboard, its scenes, and an event."""
    acceptance = evolve(an_acceptance(), storyboard=None, scenes=())
    await stores.jobs.accept(acceptance)
    job, plan = acceptance.job, a_storyboard(4)
    scenes = SceneState.of(job.id, 1, plan, NOW)
    planned = job.revise(at=later(1), note="planned")
    sides = (stores, others)
    won = await asyncio.gather(*(_wins(sides[n].jobs.plan(planned, plan, scenes)) for n in (0, 1)))
    assert sorted(won) == [False, True]
    assert await stores.jobs.storyboard(job.id, 1) == plan
    assert await stores.jobs.scenes(job.id, 1) == scenes
    again = planned.revise(at=later(2))
    with pytest.raises(Conflict):
        await stores.jobs.plan(again, a_storyboard(2), SceneState.of(job.id, 1, a_storyboard(2), NOW))
    assert len(await stores.jobs.scenes(job.id, 1)) == 4
    assert await stores.jobs.get(job.id) == planned


async def test_scenes_are_written_side_by_side(stores: Stores, others: Stores) -> None:
    """Forty workers on forty scenes never meet, and no update is lost."""
    job = a_job()
    await stores.jobs.accept(an_acceptance(scenes=40))

    async def work(scene: SceneState) -> None:
        side = (stores, others)[scene.number % 2]
        for status in (SceneStatus.GENERATING, SceneStatus.STORED, SceneStatus.READY):
            scene = scene.become(status, at=NOW, progress=0.5, clip=a_file(f"clips/{scene.number}"))
            await side.jobs.update_scene(evolve(scene, epoch=1))

    await asyncio.gather(*(work(s) for s in await stores.jobs.scenes(job.id, 1)))
    done = await others.jobs.scenes(job.id, 1)
    assert [s.number for s in done] == list(range(1, 41))
    assert {(s.status, s.version, s.epoch) for s in done} == {(SceneStatus.READY, 4, 1)}
    assert [s.clip and s.clip.key for s in done] == [f"clips/{n}" for n in range(1, 41)]


async def test_of_parallel_writers_of_one_scene_one_wins(stores: Stores, others: Stores) -> None:
    """Two executions of the same leg on the same scene."""
    await _accepted(stores)
    scene = await _scene(stores)
    moved = [scene.become(SceneStatus.GENERATING, at=later(n)) for n in range(8)]
    sides = (stores, others)
    won = await asyncio.gather(*(_wins(sides[n % 2].jobs.update_scene(moved[n])) for n in range(8)))
    assert won.count(True) == 1
    assert await _scene(others) == moved[won.index(True)]


async def test_a_zombie_leg_can_not_write_a_scene(stores: Stores) -> None:
    """P5: a scene that leg 2 has written refuses leg 1, with whatever version it comes."""
    await _accepted(stores)
    scene = await _scene(stores)
    newer = evolve(scene.become(SceneStatus.GENERATING, at=NOW), epoch=2)
    await stores.jobs.update_scene(newer)
    for version in (2, 3):
        zombie = evolve(newer, status=SceneStatus.STORED, epoch=1, version=version)
        with pytest.raises(Superseded):
            await stores.jobs.update_scene(zombie)
    with pytest.raises(Conflict) as stale:
        await stores.jobs.update_scene(newer)
    assert not isinstance(stale.value, Superseded)
    assert await _scene(stores) == newer
    await stores.jobs.update_scene(newer.become(SceneStatus.STORED, at=NOW))


@pytest.mark.parametrize("after", list(SceneStatus))
@pytest.mark.parametrize("before", [SceneStatus.PENDING, SceneStatus.STORED, SceneStatus.READY])
async def test_only_legal_moves_of_scenes_are_written(
    stores: Stores, before: SceneStatus, after: SceneStatus
) -> None:
    """P4: a scene can't come back from its end either."""
    await _accepted(stores)
    scene = await _scene(stores)
    way = {
        SceneStatus.STORED: [SceneStatus.STORED],
        SceneStatus.READY: [SceneStatus.STORED, SceneStatus.READY],
    }
    for status in way.get(before, []):
        scene = scene.become(status, at=NOW)
        await stores.jobs.update_scene(scene)
    moved = scene.revise(at=NOW, status=after)
    legal = after in SCENE_MOVES[before] or after is before
    assert await _wins(stores.jobs.update_scene(moved)) is legal
    assert await _scene(stores) == (moved if legal else scene)


async def test_scenes_of_a_former_revision_never_change(stores: Stores) -> None:
    """P4: a late worker of revision 1 finds its scenes closed while revision 2 runs."""
    job = await _accepted(stores)
    scene = await _scene(stores)
    last = ended(job)
    await stores.jobs.end(last)
    again = evolve(last.revision, number=2, status=JobStatus.QUEUED, ended_at=None)
    held = evolve(again, reservation=a_reservation(videos=0))
    second = last.next_revision(held, at=NOW)
    await stores.jobs.accept(an_acceptance(second))
    with pytest.raises(Conflict):
        await stores.jobs.update_scene(scene.become(SceneStatus.GENERATING, at=NOW))
    [fresh, *_] = await stores.jobs.scenes(job.id, 2)
    await stores.jobs.update_scene(fresh.become(SceneStatus.GENERATING, at=NOW))
    assert (await _scene(stores)) == scene
