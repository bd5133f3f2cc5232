"""Every reply that a request can get, and none: what is known to be charged, and what is sent again (P2, P11)."""

import asyncio
import itertools
from datetime import timedelta
from functools import partial

import pytest

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Superseded, Transient
from omnigen.domain.job import JobStatus
from omnigen.domain.quota import EntryKind
from omnigen.domain.take import Take, TakeStatus
from omnigen.ports.provider import PredictionStatus
from omnigen.ports.workflow import Verdict
from tests.builders import a_scene
from tests.fakes.provider import Fate
from tests.fakes.world import World, board_of, spoken
from tests.promises import check_promises

VIDEO, SPEECH = TakeKind.VIDEO, TakeKind.SPEECH
ONE = board_of(a_scene(1))
FAILED = Fate(ends=PredictionStatus.FAILED)


async def _made(world: World, *fates: Fate) -> tuple[Verdict, list[Take]]:
    """One scene whose requests meet those fates, brought to its end, its job with it."""
    world.provider.will(VIDEO, *fates)
    leg = await world.begun(ONE)
    verdict = await world.scene_done(leg)
    takes = await world.takes()
    if verdict is Verdict.STOP:
        await world.steps.fail_job(leg, None)
    await check_promises(world, ended=verdict is Verdict.STOP)
    return verdict, takes


async def test_a_reply_lost_after_acceptance_is_found_again(world: World) -> None:
    verdict, takes = await _made(world, Fate(reply="lost"))
    assert verdict is Verdict.READY
    assert [t.status for t in takes] == [TakeStatus.STORED]
    assert len(world.provider.made) == 1


async def test_a_request_lost_on_its_way_is_given_up_after_the_adoption_deadline(world: World) -> None:
    verdict, (lost, made) = await _made(world, Fate(reply="unheard"))
    assert verdict is Verdict.READY
    assert (lost.status, lost.cost, made.status) == (TakeStatus.LOST, 0, TakeStatus.STORED)
    assert lost.ended_at is not None
    assert lost.sent_at is not None
    assert lost.ended_at - lost.sent_at >= world.policy.adoption
    (entry,) = await world.stores.usage.entries(lost.job_id)
    assert (entry.kind, entry.amount) == (EntryKind.LOST, lost.estimate)
    assert (await world.stores.usage.usage("ada", "2026-11")).settled_amount == 0


async def test_two_equal_inputs_in_flight_get_one_prediction_each(world: World) -> None:
    """Both replies are lost; the two jobs ask for the very same, and either prediction will do for either."""
    world.provider.will(VIDEO, Fate(reply="lost"), Fate(reply="lost"))
    legs = [await world.begun(ONE), await world.begun(ONE)]
    for leg in legs:
        await world.steps.generate_scene(leg, 1)
    for leg in legs:
        assert await world.scene_done(leg) is Verdict.READY
    ids = [(await world.takes(leg.job_id))[0].prediction_id for leg in legs]
    assert sorted(map(str, ids)) == ["p0001", "p0002"]
    await check_promises(world, ended=False)


async def test_whose_prediction_was_adopted_by_an_equal_take_finds_the_other_one(world: World) -> None:
    """The second take adopts while the first one's reply is still on its way."""
    world.provider.will(VIDEO, Fate(), Fate(reply="lost"))
    first, second = await world.begun(ONE), await world.begun(ONE)
    adopted = False

    async def meanwhile(name: str, _: int, when: str) -> None:
        nonlocal adopted
        if (name, when, adopted) == ("provider.create", "after", False):
            adopted = True
            await world.steps.generate_scene(second, 1)
            await world.steps.generate_scene(second, 1)

    world.faults.hook = meanwhile
    await world.steps.generate_scene(first, 1)
    (took,) = await world.takes(second.job_id)
    assert took.prediction_id == "p0001"
    assert await world.scene_done(first) is Verdict.READY
    (found,) = await world.takes(first.job_id)
    assert found.prediction_id == "p0002"
    await check_promises(world, ended=False)


async def test_a_prediction_older_than_the_intent_is_another_s(world: World) -> None:
    """Whoever gave it up has it in the books as lost: to adopt it would leave a later one in nobody's."""
    world.provider.will(VIDEO, Fate(reply="lost"), Fate(reply="unheard"))
    leg = await world.begun(ONE)
    await world.steps.generate_scene(leg, 1)
    await world.desk.jobs.fail(leg.job_id, "enough")
    world.clock.advance(30)
    leg = await world.begun(ONE)
    assert await world.scene_done(leg) is Verdict.READY
    assert [t.status for t in await world.takes()] == [TakeStatus.LOST, TakeStatus.STORED]
    assert "p0001" not in [t.prediction_id for t in await world.takes()]
    await check_promises(world, ended=False)


async def test_a_prediction_made_long_after_the_intent_may_still_be_ours(world: World) -> None:
    """Whoever sent it stood still before, for longer than lost replies are looked for; then nothing is heard of it."""
    world.provider.will(VIDEO, Fate(reply="lost"))
    leg = await world.begun(ONE)

    def stand_still(name: str, _: int, when: str) -> None:
        if (name, when) == ("provider.create", "before"):
            world.faults.hook = None
            world.clock.advance(80)

    world.faults.hook = stand_still
    assert await world.scene_done(leg) is Verdict.READY
    assert [t.status for t in await world.takes()] == [TakeStatus.STORED]
    await check_promises(world, ended=False)


async def test_who_stands_still_before_sending_does_not_send(world: World) -> None:
    """By then others may have given it up, and have made another."""
    leg = await world.begun(ONE)

    def stand_still(name: str, _: int, when: str) -> None:
        if (name, when) == ("takes.update", "after"):
            world.faults.hook = None
            world.clock.advance(80)

    world.faults.hook = stand_still
    await world.steps.generate_scene(leg, 1)
    assert world.provider.asked == []
    (take,) = await world.takes()
    assert (take.status, take.sent_at, take.sends) == (TakeStatus.INTENT, None, 1)
    assert await world.scene_done(leg) is Verdict.READY
    assert [t.sends for t in await world.takes()] == [2]
    await check_promises(world, ended=False)


async def test_throttling_waits_as_long_as_it_is_told_and_sends_the_same_take(world: World) -> None:
    verdict, (take,) = await _made(world, Fate(reply="throttled", retry_after=47))
    assert (verdict, take.sends) == (Verdict.READY, 2)
    first, second = (t.sent_at for t in world.provider.asked)
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(seconds=47)


async def test_connection_refused_backs_off_and_sends_the_same_take(world: World) -> None:
    verdict, (take,) = await _made(world, *[Fate(reply="unreachable")] * 6)
    assert (verdict, take.sends) == (Verdict.READY, 7)
    sent = [t.sent_at for t in world.provider.asked if t.sent_at is not None]
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(sent)]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 10 * gaps[0]


async def test_a_refusal_is_final_and_free(world: World) -> None:
    verdict, (take,) = await _made(world, Fate(reply="refused"))
    assert (verdict, take.status, take.cost) == (Verdict.STOP, TakeStatus.REFUSED, 0)
    assert (await world.job()).revision.cost == 0


async def test_sensitive_content_is_not_tried_again(world: World) -> None:
    verdict, (take,) = await _made(world, Fate(ends=PredictionStatus.FAILED, error_code="sensitive"))
    assert (verdict, take.status, take.cost) == (Verdict.STOP, TakeStatus.FAILED, 0)


async def test_two_failures_are_followed_by_a_third_take_with_a_pause_before_each(world: World) -> None:
    verdict, takes = await _made(world, FAILED, FAILED)
    assert verdict is Verdict.READY
    assert [(t.status, t.attempt, t.cost) for t in takes] == [
        (TakeStatus.FAILED, 1, 0),
        (TakeStatus.FAILED, 2, 0),
        (TakeStatus.STORED, 3, 600_000),
    ]
    for before, after in itertools.pairwise(takes):
        assert before.ended_at is not None
        assert after.submitted_at is not None
        assert after.submitted_at > before.ended_at


async def test_three_failures_end_the_scene(world: World) -> None:
    verdict, takes = await _made(world, FAILED, FAILED, FAILED)
    assert (verdict, len(takes)) == (Verdict.STOP, 3)
    error = (await world.job()).revision.error
    assert error is not None
    assert (error.code, error.retryable, error.charged) == ("take_failed", True, 0)


@pytest.mark.parametrize(
    ("fate", "status", "cost"),
    [
        (Fate(ends=PredictionStatus.ABORTED), TakeStatus.ABORTED, 0),
        (Fate(expired=True), TakeStatus.LOST, 0),
        (Fate(forgotten=True), TakeStatus.LOST, 0),
        (Fate(ends=PredictionStatus.CANCELED), TakeStatus.CANCELLED, 600_000),
    ],
)
async def test_what_brings_no_clip_is_followed_by_another_take(
    world: World, fate: Fate, status: TakeStatus, cost: int
) -> None:
    """One that somebody cancelled was charged: what is held doesn't pay for a second one, so the scene ends."""
    verdict, takes = await _made(world, fate)
    assert (takes[0].status, takes[0].cost) == (status, cost)
    assert verdict is (Verdict.STOP if cost else Verdict.READY)
    if cost:
        error = (await world.job()).revision.error
        assert error is not None
        assert (error.code, error.charged) == ("budget_exhausted", cost)


async def test_an_output_that_is_no_media_is_final_and_was_charged(world: World) -> None:
    world.provider.will(SPEECH, Fate(media={"bad": True}))
    leg = await world.begun(spoken())
    assert await world.scene_done(leg) is Verdict.STOP
    job = await world.steps.fail_job(leg, None)
    (take,) = await world.takes()
    assert (take.status, take.error_code) == (TakeStatus.FAILED, "bad_output")
    assert job.revision.cost == take.cost > 0
    await check_promises(world)


async def test_a_status_that_is_throttled_is_not_asked_for_before_its_time(world: World) -> None:
    leg = await world.begun(ONE)
    await world.steps.generate_scene(leg, 1)
    world.provider.down = Transient("throttled", retry_after=90)
    outcome = await world.steps.generate_scene(leg, 1)
    assert (outcome.verdict, outcome.seconds) == (Verdict.WAIT, 90)
    world.provider.down = None
    world.clock.advance(60)
    before = len(world.faults.calls)
    assert (await world.steps.generate_scene(leg, 1)).seconds == 30
    assert "provider.get" not in world.faults.calls[before:]
    assert await world.scene_done(leg) is Verdict.READY


async def test_no_more_than_the_account_s_creations_a_minute_are_sent(world: World) -> None:
    """Forty scenes at twelve a minute."""
    object.__setattr__(world.policy, "creations_a_minute", 12)
    leg = await world.begun(board_of(*(a_scene(n, frames=100) for n in range(1, 41))))
    for _ in range(3):
        for number in range(1, 41):
            await world.steps.generate_scene(leg, number)
        assert len(world.provider.asked) == 12


async def test_no_more_than_the_budget_of_retries_is_sent(world: World) -> None:
    """Three clips fail at once; with one retry a minute, one of them is asked for again in this minute."""
    object.__setattr__(world.policy, "retries_a_minute", 1)
    world.provider.will(VIDEO, FAILED, FAILED, FAILED)
    leg = await world.begun()
    for _ in range(10):
        for number in (1, 2, 3):
            await world.steps.generate_scene(leg, number)
        world.clock.advance(5)
    assert len(world.provider.asked) == 4


async def test_a_take_that_was_charged_for_nothing_is_not_covered_twice(world: World) -> None:
    world.provider.will(VIDEO, *[Fate(ends=PredictionStatus.CANCELED)] * 3)
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.steps.generate_scene(leg, number)
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
    job = await world.steps.fail_job(leg, None)
    assert job.revision.cost == job.revision.reservation.amount
    assert len(world.provider.made) == 3
    await check_promises(world)


async def test_of_takes_that_race_for_the_rest_of_the_money_those_that_fit_are_sent(world: World) -> None:
    """One of three was charged for nothing, all three want another try, and two are covered."""
    world.provider.will(VIDEO, Fate(ends=PredictionStatus.CANCELED), FAILED, FAILED)
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.steps.generate_scene(leg, number)

    async def give_way(*_: object) -> None:
        await asyncio.sleep(0)  # so that the three go in step, call by call

    world.faults.hook = give_way

    async def side_by_side() -> list[Verdict]:
        scenes = (world.until(partial(world.steps.generate_scene, leg, n)) for n in (1, 2, 3))
        return list(await asyncio.gather(*scenes))

    verdicts = await world.clock.run(side_by_side())
    assert sorted(verdicts) == [Verdict.READY, Verdict.READY, Verdict.STOP]
    assert len(world.provider.made) == 3 + 2
    job = await world.steps.fail_job(leg, None)
    assert job.revision.cost == job.revision.reservation.amount
    assert job.revision.error is not None
    assert job.revision.error.code == "budget_exhausted"
    await check_promises(world)


async def test_nothing_is_sent_for_a_job_that_ended_since_the_step_began(world: World) -> None:
    leg = await world.begun()

    async def end(name: str, _: int, when: str) -> None:
        if (name, when) == ("takes.intend", "before"):
            world.faults.hook = None
            await world.desk.jobs.fail(leg.job_id, "enough")

    world.faults.hook = end
    with pytest.raises(Superseded):
        await world.steps.generate_scene(leg, 1)
    assert world.provider.asked == []
    (left,) = await world.takes()
    await world.retry(leg.job_id)
    job = await world.walked(await world.next_leg(leg.job_id))
    assert job.status is JobStatus.SUCCEEDED
    assert left.id not in {
        t.id for t in world.provider.asked
    }  # the revision that asked for it can't pay any more
    assert job.revision.cost == 3 * left.estimate
    await check_promises(world)
