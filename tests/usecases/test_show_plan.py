"""The render plan of a job: what is expected, what is known, what is done."""

import pytest

from omnigen.domain.errors import NotFound
from tests.fakes.world import ADA, BOB, World, spoken, three_scenes


async def test_before_anything_is_filmed_all_is_expected(world: World) -> None:
    """Of a job as of the storyboard alone; every frame has its place."""
    accepted = await world.submit()
    before = world.object_keys()
    plans = [
        await world.app.show_plan.of_job(ADA, accepted.job_id),
        await world.app.show_plan.of_wish(ADA, three_scenes()),
    ]
    for plan in plans:
        assert plan.frames == three_scenes().frames
        assert [s.number for s in plan.segments] == [1, 2, 3]
        assert all(s.expected and s.key is None and not s.stored for s in plan.segments)
        assert [s.start for s in plan.segments] == [
            sum(x.frames for x in plan.segments[:n]) for n in range(3)
        ]
    assert world.object_keys() == before


async def test_scenes_become_known_and_then_done(world: World) -> None:
    """The keys are those under which the segments then lie."""
    leg = await world.begun()
    await world.scene_done(leg, 1)
    await world.steps.render_segment(leg, 1)
    first = (await world.app.show_plan.of_job(ADA, leg.job_id)).segments[0]
    assert (first.expected, first.stored) == (False, True)
    assert first.key in world.object_keys()
    await world.walked(leg)
    plan = await world.app.show_plan.of_job(ADA, leg.job_id)
    assert all(s.stored and s.key in world.object_keys() for s in plan.segments)


async def test_what_is_missing_would_be_rendered(world: World) -> None:
    """A segment that storage has let go of isn't there any more."""
    leg = await world.begun()
    await world.walked(leg)
    plan = await world.app.show_plan.of_job(ADA, leg.job_id)
    assert plan.segments[1].key is not None
    await world.assets.delete(plan.segments[1].key)
    again = await world.app.show_plan.of_job(ADA, leg.job_id)
    assert [s.stored for s in again.segments] == [True, False, True]


async def test_a_storyboard_is_planned_with_room_for_its_words(world: World) -> None:
    """Scenes that are too short for their narration are planned as long as they will be."""
    short = spoken(words=15)
    plan = await world.app.show_plan.of_wish(ADA, short)
    assert plan.frames > short.frames


async def test_nobody_sees_anothers_plan(world: World) -> None:
    """Foreign, deleted and absent look the same (P8)."""
    accepted = await world.submit()
    for caller, job_id in ((BOB, accepted.job_id), (ADA, "job_nowhere")):
        with pytest.raises(NotFound):
            await world.app.show_plan.of_job(caller, job_id)
    await world.app.delete_job(ADA, accepted.job_id)
    with pytest.raises(NotFound):
        await world.app.show_plan.of_job(ADA, accepted.job_id)
