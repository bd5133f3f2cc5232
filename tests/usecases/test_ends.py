"""How jobs end: cancelled at any stage, too late, given up; and what that costs to the last micro-dollar (P1, P3, P10)."""

from datetime import timedelta

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, NotFound, Rejected, Superseded, Transient
from omnigen.domain.job import Failure, JobStatus, SceneStatus
from omnigen.domain.quota import EntryKind, ReservationStatus
from omnigen.domain.storyboard import Soundtrack
from omnigen.domain.take import TakeStatus
from omnigen.ports.provider import PredictionStatus
from omnigen.ports.workflow import Leg, Verdict
from tests.builders import a_scene
from tests.fakes.provider import NEVER, Fate
from tests.fakes.world import ADA, BOB, World, board_of
from tests.promises import check_promises

VIDEO = TakeKind.VIDEO
PRICE = 600_000


async def _cancelled(world: World, leg: Leg) -> None:
    await world.app.cancel_job(ADA, leg.job_id)
    job = await world.walked(leg)
    assert job.status is JobStatus.CANCELLED
    assert job.revision.reservation.status is ReservationStatus.RELEASED
    usage = await world.stores.usage.usage("ada", "2026-11")
    assert (usage.videos, usage.held_amount, usage.settled_amount) == (0, 0, job.revision.cost)
    await check_promises(world)


async def test_cancelled_before_anything_was_asked_costs_nothing(world: World) -> None:
    leg = await world.begun()
    await _cancelled(world, leg)
    assert world.provider.asked == []
    states = await world.stores.jobs.scenes(leg.job_id, 1)
    assert {s.status for s in states} == {SceneStatus.CANCELLED}


async def test_cancelled_with_an_intent_that_was_never_sent_costs_nothing(world: World) -> None:
    world.provider.will(VIDEO, Fate(reply="throttled", retry_after=30))
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    await _cancelled(world, leg)
    assert [t.status for t in await world.takes()] == [TakeStatus.CANCELLED]
    assert (await world.job()).revision.cost == 0


async def test_cancelled_while_predictions_run_costs_what_was_begun(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2):
        await world.steps.generate_scene(leg, number)
    await _cancelled(world, leg)
    assert sorted(world.provider.cancelled)[:2] == ["p0001", "p0002"]
    assert (await world.job()).revision.cost == 2 * PRICE


async def test_cancelled_just_too_late_for_a_clip_pays_and_keeps_it(world: World) -> None:
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    world.clock.advance(60)
    await _cancelled(world, leg)
    (take,) = await world.takes()
    assert (take.status, take.cost) == (TakeStatus.STORED, PRICE)
    assert (await world.job()).revision.video is None


async def test_cancelled_after_a_lost_reply_finds_it_and_pays_for_it(world: World) -> None:
    world.provider.will(VIDEO, Fate(reply="lost", seconds=NEVER))
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    await _cancelled(world, leg)
    (take,) = await world.takes()
    assert (take.status, take.cost) == (TakeStatus.CANCELLED, PRICE)


async def test_cancelled_after_a_request_that_never_arrived_ends_after_the_adoption_deadline(
    world: World,
) -> None:
    world.provider.will(VIDEO, Fate(reply="unheard"))
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    await _cancelled(world, leg)
    (take,) = await world.takes()
    assert (take.status, take.cost) == (TakeStatus.LOST, 0)


async def test_cancelled_while_composing_pays_for_the_clips(world: World) -> None:
    world.composer.seconds = 60
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)

    async def cancel(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.update", "after"):
            world.faults.hook = None
            await world.app.cancel_job(ADA, leg.job_id)

    world.faults.hook = cancel
    begun = world.clock.now()
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.STOP
    assert world.clock.now() - begun < timedelta(seconds=5)
    assert world.composer.joined == []
    await _cancelled(world, leg)
    assert (await world.job()).revision.cost == 3 * PRICE


async def test_cancelled_at_the_last_moment_is_cancelled_though_the_video_is_there(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    await world.clock.run(world.steps.compose_video(leg))
    await world.app.cancel_job(ADA, leg.job_id)
    with pytest.raises(Conflict):
        await world.steps.finish_job(leg)
    await _cancelled(world, leg)


async def test_cancel_can_be_repeated_and_not_undone(world: World) -> None:
    leg = await world.begun()
    for _ in range(2):
        detail = await world.app.cancel_job(ADA, leg.job_id)
        assert detail.job.status is JobStatus.CANCELLING
    assert world.workflow.woken == [leg.job_id]
    await world.walked(leg)
    assert (await world.app.cancel_job(ADA, leg.job_id)).job.status is JobStatus.CANCELLED
    with pytest.raises(NotFound):
        await world.app.cancel_job(BOB, leg.job_id)


async def test_a_job_that_succeeded_can_not_be_cancelled(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    before = await world.job()
    with pytest.raises(Conflict) as refused:
        await world.app.cancel_job(ADA, leg.job_id)
    assert refused.value.reason == "job_succeeded"
    assert await world.job() == before


# --- too late


async def test_past_its_deadline_a_job_begins_nothing_and_stops_what_runs(world: World) -> None:
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    world.provider.made["p0001"].fate = Fate(seconds=NEVER)
    world.clock.advance(world.policy.job_deadline.total_seconds())
    leg = await world.next_leg(leg.job_id)
    job = await world.walked(leg)
    assert job.revision.error is not None
    assert (job.status, job.revision.error.code) == (JobStatus.FAILED, "deadline_exceeded")
    assert job.revision.cost == job.revision.error.charged == PRICE
    assert len(world.provider.asked) == 1
    await check_promises(world)


async def test_a_job_that_nobody_drove_ends_once_somebody_does(world: World) -> None:
    job_id = (await world.submit()).job_id
    world.clock.advance(7 * 24 * 3600)
    await world.steps.sweep()
    assert world.workflow.started[-1] == (job_id, 1)
    job = await world.walked(await world.next_leg(job_id))
    assert job.revision.error is not None
    assert (job.revision.error.code, job.revision.cost) == ("deadline_exceeded", 0)


@pytest.mark.parametrize("reply", ["accepted", "lost", "unheard"])
async def test_when_even_closing_takes_too_long_the_job_ends_without_the_provider(
    world: World, reply: str
) -> None:
    """What may have been charged is in our books then, and not in the owner's."""
    world.provider.will(VIDEO, Fate(reply=reply, seconds=NEVER))
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    world.provider.down = Transient("nobody answers")
    late = world.policy.job_deadline + world.policy.closing
    world.clock.advance(late.total_seconds())
    with pytest.raises(Superseded):
        await world.steps.keep_leg(leg)  # it hangs: another is to end the job
    job = await world.walked(await world.next_leg(leg.job_id))
    assert (job.status, job.revision.cost) == (JobStatus.FAILED, 0)
    (entry,) = await world.stores.usage.entries(job.id)
    assert (entry.kind, entry.amount) == (EntryKind.LOST, PRICE)
    world.provider.down = None
    await check_promises(world)


# --- failing


async def test_of_several_broken_scenes_the_first_to_break_is_named(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.steps.generate_scene(leg, number)
    world.provider.made["p0003"].fate = Fate(
        seconds=1, reply="accepted", error_code="sensitive", ends=PredictionStatus.FAILED
    )
    world.provider.made["p0001"].fate = Fate(seconds=5, error_code="sensitive", ends=PredictionStatus.FAILED)
    for number in (3, 2, 1):
        await world.scene_done(leg, number)
        world.clock.advance(3)
    job = await world.steps.fail_job(leg, None)
    assert job.revision.error is not None
    assert job.revision.error.scene == 3


async def test_music_begins_nothing_once_a_scene_has_failed(world: World) -> None:
    world.provider.will(VIDEO, Fate(reply="refused"))
    leg = await world.begun(evolve(board_of(a_scene(1)), soundtrack=Soundtrack(music="slow and dark")))
    await world.scene_done(leg)
    assert (await world.steps.generate_music(leg)).verdict is Verdict.READY
    assert len(world.provider.asked) == 1


async def test_footage_that_can_not_be_composed_says_why(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
    await _all_ready(world, leg)
    world.composer.refuses = [Rejected("scene 2 has no picture", code="clip_unusable")] * 3
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.STOP
    errors = [s.error for s in await world.stores.jobs.scenes(leg.job_id, 1) if s.error]
    assert any("scene 2 has no picture" in e.message and e.code == "clip_rejected" for e in errors)


async def test_one_of_several_segments_that_breaks_is_told_as_it_is(world: World) -> None:
    """Not wrapped in a group of errors, which nobody sorts."""
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
    await _all_ready(world, leg)
    world.composer.refuses = [Transient("the disk is full")]
    with pytest.raises(Transient, match="the disk is full"):
        await world.clock.run(world.steps.compose_video(leg))
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.READY


async def test_clips_that_clash_are_encoded_anew_for_the_others_to_be_joined(world: World) -> None:
    """Once: a repeated call finds their segments in the store."""
    world.composer.clashing = {2, 3}
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
    await _all_ready(world, leg)

    def outage(name: str, _: int, when: str) -> None:
        if world.composer.joined and (name, when) == ("assets.put", "before"):
            raise Transient("nothing is published")

    world.faults.hook = outage
    with pytest.raises(Transient, match="nothing is published"):
        await world.clock.run(world.steps.compose_video(leg))
    assert world.composer.rendered == {1: 1, 2: 2, 3: 2}
    world.faults.hook = None
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.READY
    assert world.composer.rendered == {1: 1, 2: 2, 3: 2}
    assert len(world.composer.joined) == 2


async def test_a_store_that_is_away_for_a_note_of_progress_does_not_stop_the_composing(world: World) -> None:
    world.composer.seconds = 30
    leg = await world.begun(board_of(a_scene(1)))
    await world.scene_done(leg)
    await world.steps.render_segment(leg, 1)
    start = world.clock.now()

    def outage(name: str, _: int, when: str) -> None:
        if when == "before" and 2 < (world.clock.now() - start).total_seconds() < 20:
            raise Transient(f"{name} is away")

    world.faults.hook = outage
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.READY
    assert len(world.composer.joined) == 1


async def test_the_reason_of_an_end_is_kept_with_what_it_cost(world: World) -> None:
    leg = await world.begun()
    await world.scene_done(leg)
    job = await world.steps.fail_job(leg, Failure(code="some_reason", message="so it is"))
    assert job.revision.error == Failure(code="some_reason", message="so it is", charged=PRICE)


async def _all_ready(world: World, leg: Leg) -> None:
    """All clips admitted, no segment rendered yet."""
    for number in (1, 2, 3):
        state = (await world.stores.jobs.scenes(leg.job_id, 1))[number - 1]
        ready = evolve(state.become(SceneStatus.READY, at=world.clock.now()), epoch=leg.number)
        await world.stores.jobs.update_scene(ready)
