"""The paid planner: its plan where it is good, the free one, saying so, where it isn't."""

import json

import pytest

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Planner
from omnigen.ports.provider import PredictionStatus
from omnigen.ports.workflow import Leg, Verdict
from tests.builders import a_brief
from tests.fakes.provider import NEVER, Fate
from tests.fakes.world import ADA, BOB, World
from tests.promises import check_promises

PLAN = TakeKind.PLAN
WISH = a_brief(planner=Planner.LLM)


def _plan(*seconds: float) -> str:
    scenes = [{"prompt": f"a shot of the sea, number {n}", "seconds": s} for n, s in enumerate(seconds, 1)]
    return json.dumps({"title": "The plan", "scenes": scenes})


async def _planned(world: World, *fates: Fate, brief: object = WISH) -> Leg:
    world.provider.will(PLAN, *fates)
    leg = await world.begun(brief=brief)
    verdict = await world.clock.run(world.until(lambda: world.steps.plan_storyboard(leg)))
    assert verdict is Verdict.READY
    return leg


async def test_a_good_plan_is_used_and_paid(world: World) -> None:
    leg = await _planned(world, Fate(text=_plan(5, 5, 5)))
    board = await world.stores.jobs.storyboard(leg.job_id, 1)
    assert board is not None
    assert (board.title, len(board.scenes)) == ("The plan", 3)
    assert (await world.job()).revision.note is None
    assert (await world.job()).title == "The plan"
    job = await world.walked(leg)
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.cost == 20_000 + sum(t.cost for t in await world.takes() if t.kind is TakeKind.VIDEO)
    await check_promises(world)


@pytest.mark.parametrize(
    ("fates", "cost"),
    [
        ([Fate(text="I am sorry, I can't do that")], 20_000),
        ([Fate(text='{"title": "no scenes", "scenes": []}')], 20_000),
        ([Fate(text=_plan(100, 80))], 20_000),
        ([Fate(text=_plan(*[1.0] * 15))], 20_000),  # fifteen clips of four seconds: dearer than what is held
        ([Fate(reply="refused")], 0),
        ([Fate(ends=PredictionStatus.FAILED, error_code="sensitive")], 0),
        ([Fate(ends=PredictionStatus.FAILED)] * 3, 0),
    ],
    ids=["words", "empty", "long", "dear", "refused", "sensitive", "failed"],
)
async def test_a_plan_that_can_not_be_used_gives_way_to_the_free_one(
    world: World, fates: list[Fate], cost: int
) -> None:
    leg = await _planned(world, *fates)
    job = await world.job()
    assert job.revision.note is not None
    assert "free planner" in job.revision.note
    assert sum(t.cost for t in await world.takes()) == cost
    assert (await world.walked(leg)).status is JobStatus.SUCCEEDED
    await check_promises(world)


async def test_a_plan_is_made_once_whoever_calls(world: World) -> None:
    leg = await _planned(world, Fate(text=_plan(5, 5, 5)))
    board = await world.stores.jobs.storyboard(leg.job_id, 1)
    for _ in range(2):
        assert (await world.steps.plan_storyboard(leg)).verdict is Verdict.READY
    assert await world.stores.jobs.storyboard(leg.job_id, 1) == board
    assert len(world.provider.asked) == 1


async def test_a_job_cancelled_while_it_is_planned_stops_the_planner(world: World) -> None:
    world.provider.will(PLAN, Fate(seconds=NEVER))
    leg = await world.begun(brief=WISH)
    await world.steps.plan_storyboard(leg)
    await world.app.cancel_job(ADA, leg.job_id)
    verdict = await world.clock.run(world.until(lambda: world.steps.plan_storyboard(leg)))
    assert verdict is Verdict.STOP
    job = await world.steps.fail_job(leg, None)
    assert (job.status, job.revision.cost) == (JobStatus.CANCELLED, 20_000)
    await check_promises(world)


async def test_a_retry_uses_the_answer_that_was_paid_for(world: World) -> None:
    """The job was ended between answer and plan."""
    world.provider.will(PLAN, Fate(text=_plan(5, 5, 5), seconds=1))
    leg = await world.begun(brief=WISH)
    await world.steps.plan_storyboard(leg)
    world.clock.advance(5)
    await world.app.cancel_job(ADA, leg.job_id)
    assert (await world.walked(leg)).status is JobStatus.CANCELLED
    await world.retry(leg.job_id)
    leg = await world.next_leg(leg.job_id)
    assert (await world.walked(leg)).status is JobStatus.SUCCEEDED
    assert [t.kind for t in await world.takes()].count(PLAN) == 1
    await check_promises(world)


async def test_drafting_spends_and_stores_nothing(world: World) -> None:
    draft = await world.app.draft_storyboard(BOB, a_brief())
    assert draft.storyboard.frames == 360
    assert draft.estimate.at_most > 0
    assert world.faults.calls == []
