"""The next revision: it keeps what was paid for, holds money only, and leaves the revision before it alone (P4)."""

from datetime import timedelta

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, Invalid, KeyReused, NotFound
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Soundtrack
from omnigen.ports.provider import PredictionStatus
from tests.builders import a_scene
from tests.fakes.catalogue import ANIMATED
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, BOB, World, board_of, rendered
from tests.promises import check_promises

VIDEO, SPEECH = TakeKind.VIDEO, TakeKind.SPEECH
REFUSED = Fate(reply="refused")


async def _failed(world: World, *, ready: tuple[int, ...] = (1, 2)) -> str:
    """A job of three scenes whose third failed, while others were stored."""
    leg = await world.begun()
    world.provider.will(VIDEO, REFUSED, scene=3)
    for number in (*ready, 3):
        await world.scene_done(leg, number)
    job = await world.steps.fail_job(leg, None)
    assert job.status is JobStatus.FAILED
    return job.id


async def test_stored_takes_are_kept_and_only_the_rest_is_held_and_paid(world: World) -> None:
    job_id = await _failed(world)
    await world.retry(job_id)
    held = (await world.job()).revision
    assert (held.number, held.reservation.amount, held.reservation.videos) == (2, 600_000, 0)
    job = await world.walked(await world.next_leg(job_id))
    assert (job.status, job.revision.cost) == (JobStatus.SUCCEEDED, 600_000)
    assert len(world.provider.made) == 3
    await check_promises(world)


async def test_the_revision_before_stays_as_it_ended(world: World) -> None:
    job_id = await _failed(world)
    before = (await world.job()).revision
    await world.retry(job_id)
    await world.walked(await world.next_leg(job_id))
    first, second = await world.stores.jobs.revisions(job_id)
    assert first == before
    assert (first.status, second.status) == (JobStatus.FAILED, JobStatus.SUCCEEDED)


async def test_a_rejected_clip_is_made_anew_with_another_seed_and_held_for(world: World) -> None:
    world.provider.will(VIDEO, Fate(media={"seconds": 1}), scene=2)
    leg = await world.begun()
    for number in (1, 3, 2):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    await world.steps.fail_job(leg, None)
    await world.retry(leg.job_id)
    boards = [await world.stores.jobs.storyboard(leg.job_id, n) for n in (1, 2)]
    seeds = [[s.seed for s in board.scenes] for board in boards if board is not None]
    assert seeds[1] == [seeds[0][0], seeds[1][1], seeds[0][2]]
    assert seeds[0][1] != seeds[1][1]
    job = await world.walked(await world.next_leg(leg.job_id))
    assert (job.revision.reservation.amount, job.revision.cost) == (600_000, 600_000)
    await check_promises(world)


async def test_with_narration_still_and_music_a_retry_pays_for_nothing_twice(world: World) -> None:
    """The speech lengthened the scene: its clip is longer than planned, and is known again all the same."""
    world.provider.will(SPEECH, Fate(media={"seconds": 6.5}), scene=1)
    board = evolve(
        board_of(a_scene(1, narration=" ".join(["slowly"] * 14)), a_scene(2)),
        model=ANIMATED,
        soundtrack=Soundtrack(music="slow and dark"),
    )
    world.provider.will(VIDEO, REFUSED, scene=2)
    leg = await world.begun(board)
    await world.clock.run(world.until(lambda: world.steps.generate_music(leg)))
    for number in (1, 2):
        await world.scene_done(leg, number)
    await world.steps.fail_job(leg, None)
    await world.retry(leg.job_id)
    job = await world.walked(await world.next_leg(leg.job_id))
    assert job.status is JobStatus.SUCCEEDED
    assert (job.revision.reservation.amount, job.revision.cost) == (600_000, 600_000)
    kinds = [m.take.kind for m in world.provider.made.values()]
    assert {k: kinds.count(k) for k in kinds} == {
        TakeKind.MUSIC: 1,
        TakeKind.SPEECH: 1,
        TakeKind.STILL: 2,
        TakeKind.VIDEO: 2,
    }
    await check_promises(world)


async def test_a_cancelled_job_can_be_retried_and_uses_what_came_too_late(world: World) -> None:
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    world.clock.advance(60)
    await world.app.cancel_job(ADA, leg.job_id)
    await world.walked(leg)
    await world.retry(leg.job_id)
    job = await world.walked(await world.next_leg(leg.job_id))
    assert (job.status, job.revision.cost) == (JobStatus.SUCCEEDED, 2 * 600_000)
    await check_promises(world)


async def test_attempts_are_counted_anew_in_each_revision(world: World) -> None:
    failed = Fate(ends=PredictionStatus.FAILED)
    world.provider.will(VIDEO, *[failed] * 5)
    leg = await world.begun(board_of(a_scene(1)))
    await world.walked(leg)
    await world.retry(leg.job_id)
    job = await world.walked(await world.next_leg(leg.job_id))
    assert job.status is JobStatus.SUCCEEDED
    assert [t.revision for t in await world.takes()] == [1, 1, 1, 2, 2, 2]


async def test_a_retry_has_a_deadline_of_its_own(world: World) -> None:
    job_id = await _failed(world)
    world.clock.advance(24 * 3600)
    await world.retry(job_id)
    assert (await world.job()).revision.deadline == world.clock.now() + timedelta(minutes=20)


async def test_the_same_key_gives_the_same_revision_and_bytes(world: World) -> None:
    job_id = await _failed(world)
    first = await world.retry(job_id)
    await world.walked(await world.next_leg(job_id))
    again = await world.retry(job_id)
    assert (again.response, again.revision, again.replayed) == (first.response, 2, True)
    with pytest.raises(KeyReused):
        await world.retry(job_id, max_cost=10**9)


@pytest.mark.parametrize("drive", [False, True])
async def test_a_job_on_its_way_or_done_can_not_be_retried(world: World, drive: bool) -> None:
    leg = await world.begun()
    if drive:
        await world.walked(leg)
    with pytest.raises(Conflict):
        await world.retry(leg.job_id)


async def test_a_foreign_or_deleted_job_is_not_there(world: World) -> None:
    job_id = await _failed(world)
    with pytest.raises(NotFound):
        await world.app.retry_job(BOB, job_id, render=rendered, key="k")
    await world.app.delete_job(ADA, job_id)
    with pytest.raises(NotFound):
        await world.retry(job_id)


async def test_what_a_retry_may_cost_can_be_bounded(world: World) -> None:
    job_id = await _failed(world)
    with pytest.raises(Invalid) as refused:
        await world.retry(job_id, max_cost=599_999)
    assert refused.value.reason == "max_cost_exceeded"
    await world.retry(job_id, key="more", max_cost=600_000)
