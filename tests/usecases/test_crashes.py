"""A step that is called twice at once, or by a leg that is no longer the one; tests/simulation cuts jobs off anywhere."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, Superseded
from omnigen.domain.job import JobStatus, SceneStatus
from omnigen.domain.storyboard import Planner, Soundtrack
from omnigen.domain.take import TakeStatus
from omnigen.ports.provider import PredictionStatus
from omnigen.ports.workflow import Leg, Verdict
from tests.builders import a_brief, a_scene
from tests.contract.harness import FAMILIES, each_family
from tests.fakes.catalogue import ANIMATED
from tests.fakes.faults import Call
from tests.fakes.provider import Fate
from tests.fakes.world import World, a_world, board_of, three_scenes
from tests.promises import check_promises

VIDEO = TakeKind.VIDEO
FULL = evolve(
    board_of(a_scene(1, narration="here it is")), model=ANIMATED, soundtrack=Soundtrack(music="slow and dark")
)


async def test_every_step_twice_at_once_is_the_same_as_once(world: World) -> None:
    leg = await world.begun(FULL)

    async def both(step: Callable[[], Awaitable[object]]) -> list[object]:
        return await world.clock.run(_gathered(step, step))

    for _ in range(40):
        await both(lambda: world.steps.generate_scene(leg, 1))
        await both(lambda: world.steps.generate_music(leg))
        world.clock.advance(1)
    for step in (lambda: world.steps.render_segment(leg, 1), lambda: world.steps.compose_video(leg)):
        answers = await both(step)
        assert {getattr(a, "verdict", a) for a in answers} == {Verdict.READY}
    ends = await both(lambda: world.steps.finish_job(leg))
    assert sum(isinstance(end, Conflict) for end in ends) == 1
    job = await world.job()
    assert job.status is JobStatus.SUCCEEDED
    assert [n for n in world.provider.accepted.values() if n != 1] == []
    assert len(world.provider.made) == 4
    await check_promises(world)


async def _gathered(*steps: Callable[[], Awaitable[object]]) -> list[object]:
    return list(await asyncio.gather(*(step() for step in steps), return_exceptions=True))


# --- zombies


async def test_an_older_leg_s_calls_write_nothing(world: World) -> None:
    old = await world.begun()
    await world.steps.generate_scene(old, 1)
    new = await world.next_leg(old.job_id)
    before = await _state(world, old.job_id)
    steps: list[Callable[[], Awaitable[object]]] = [
        lambda: world.steps.plan_storyboard(old),
        lambda: world.steps.generate_scene(old, 1),
        lambda: world.steps.generate_scene(old, 2),
        lambda: world.steps.generate_music(old),
        lambda: world.steps.render_segment(old, 1),
        lambda: world.steps.compose_video(old),
        lambda: world.steps.keep_leg(old),
        lambda: world.steps.finish_job(old),
        lambda: world.steps.fail_job(old, None),
    ]
    for step in steps:
        with pytest.raises(Superseded):
            await step()
    assert await _state(world, old.job_id) == before
    assert (await world.walked(new)).status is JobStatus.SUCCEEDED
    await check_promises(world)


@pytest.mark.parametrize("family", each_family())
async def test_a_leg_that_falls_behind_at_any_call_spends_and_ends_nothing(
    tmp_path: Path, family: str
) -> None:
    """The new leg takes over, and gets as far as it can, just while the old one makes its n-th call."""
    number, behind = 0, True
    while behind:
        async with a_world(FAMILIES[family], tmp_path / str(number)) as world:
            behind = await _fallen_behind(world, number)
        number += 1
    assert number > 8


async def _fallen_behind(world: World, number: int) -> bool:
    old = await world.begun(board_of(a_scene(1)))
    start, taken = len(world.faults.calls), False

    async def takeover(_: str, at: int, when: str) -> None:
        nonlocal taken
        if not taken and (at - start, when) == (number, "before"):
            taken = True
            await world.steps.generate_scene(await world.next_leg(old.job_id), 1)

    world.faults.hook = takeover
    with suppress(Superseded):
        await world.steps.generate_scene(old, 1)
    world.faults.hook = None
    if taken:
        assert len(world.provider.made) == 1
        await world.walked(await world.next_leg(old.job_id))
        assert len(world.provider.made) == 1
        assert (await world.job()).status is JobStatus.SUCCEEDED
        await check_promises(world)
    return taken


async def test_a_leg_of_an_ended_revision_can_not_touch_the_next_one(world: World) -> None:
    """Until the next leg is claimed, both revisions have the same newest leg."""
    world.provider.will(VIDEO, Fate(reply="refused"), scene=1)
    old = await world.begun()
    await world.walked(old)
    await world.retry(old.job_id)
    before = await _state(world, old.job_id)
    for step in (
        lambda: world.steps.keep_leg(old),
        lambda: world.steps.generate_scene(old, 2),
        lambda: world.steps.fail_job(old, None),
    ):
        with pytest.raises(Superseded):
            await step()
    assert await _state(world, old.job_id) == before


async def test_what_is_intended_while_the_job_ends_does_not_stay_open(world: World) -> None:
    """The leg has looked, and writes its intent just after somebody else has ended the job."""
    old = await world.begun(board_of(a_scene(1)))

    async def end(called: str, _: int, when: str) -> None:
        if (called, when) == ("takes.intend", "before"):
            world.faults.hook = None
            await world.desk.jobs.fail(old.job_id, "enough")

    world.faults.hook = end
    with pytest.raises(Superseded):
        await world.steps.generate_scene(old, 1)
    assert [t.status for t in await world.takes()] == [TakeStatus.CANCELLED]
    assert world.provider.asked == []
    await check_promises(world)


async def test_a_leg_can_be_claimed_once_and_in_order(world: World) -> None:
    job_id = (await world.submit()).job_id
    for wrong in (0, 2):
        with pytest.raises(Superseded):
            await world.steps.start_leg(job_id, wrong)
    answers = await world.clock.run(_gathered(*[lambda: world.steps.start_leg(job_id, 1)] * 5))
    assert sum(isinstance(a, Leg) for a in answers) == 1
    assert sum(isinstance(a, Superseded) for a in answers) == 4


async def test_who_claims_again_finds_its_own_claim_and_nobody_elses(world: World) -> None:
    """Its reply was lost; a doubled execution, the leg before and the one after are others."""
    job_id = (await world.submit()).job_id
    leg = await world.steps.start_leg(job_id, 1, by="one")
    claimed = await world.job(job_id)
    assert evolve(await world.steps.start_leg(job_id, 1, by="one"), until=leg.until) == leg
    assert await world.job(job_id) == claimed
    for other in ("two", None):
        with pytest.raises(Superseded):
            await world.steps.start_leg(job_id, 1, by=other)
    await world.steps.start_leg(job_id, 2, by="two")
    with pytest.raises(Superseded):
        await world.steps.start_leg(job_id, 1, by="one")


async def test_a_claim_survives_a_cancel_at_the_same_moment(world: World) -> None:
    job_id = (await world.submit()).job_id

    async def cancel(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.update", "before"):
            world.faults.hook = None
            await world.container.cancel_job().stop(await world.job())

    world.faults.hook = cancel
    leg = await world.steps.start_leg(job_id, 1)
    assert (await world.job()).status is JobStatus.CANCELLING
    assert (await world.walked(leg)).status is JobStatus.CANCELLED


# --- races with the keep-alive, which writes the job every few seconds


def _keep_alive_before(world: World, name: str, leg: Leg) -> None:
    async def keep(called: str, _: int, when: str) -> None:
        if (called, when) == (name, "before"):
            world.faults.hook = None
            await world.steps.keep_leg(leg)

    world.faults.hook = keep


async def test_a_keep_alive_does_not_spoil_a_plan(world: World) -> None:
    leg = await world.begun(brief=a_brief(planner=Planner.LLM))
    _keep_alive_before(world, "jobs.plan", leg)
    assert await world.clock.run(world.until(lambda: world.steps.plan_storyboard(leg))) is Verdict.READY
    assert await world.stores.jobs.storyboard(leg.job_id, 1) is not None


@pytest.mark.parametrize("name", ["jobs.update", "jobs.end"])
async def test_a_keep_alive_does_not_spoil_composing_or_the_end(world: World, name: str) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    _keep_alive_before(world, name, leg)
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.READY
    assert (await world.steps.finish_job(leg)).status is JobStatus.SUCCEEDED


async def test_a_video_is_known_again_where_every_write_comes_twice(world: World) -> None:
    """The second one is refused, since the first one took effect: who is told of a conflict may be the winner."""

    async def repeated(call: Call) -> Any:
        if call.name == "jobs.update":
            await call.make()
        return await call.make()

    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    world.faults.instead = repeated
    assert (await world.clock.run(world.steps.compose_video(leg))).verdict is Verdict.READY
    world.faults.instead = None
    assert (await world.steps.finish_job(leg)).status is JobStatus.SUCCEEDED


async def test_a_scene_that_moves_while_the_job_fails_does_not_keep_it(world: World) -> None:
    leg = await world.begun(three_scenes())
    await world.steps.generate_scene(leg, 1)

    async def move(called: str, _: int, when: str) -> None:
        if (called, when) == ("jobs.update_scene", "before"):
            world.faults.hook = None
            await world.steps.generate_scene(leg, 2)

    world.faults.hook = move
    job = await world.steps.fail_job(leg, None)
    assert job.status is JobStatus.FAILED
    states = await world.stores.jobs.scenes(leg.job_id, 1)
    assert {s.status for s in states} == {SceneStatus.CANCELLED}
    assert {t.status for t in await world.takes()} == {TakeStatus.LOST}
    assert {world.provider.status(m) for m in world.provider.made.values()} == {PredictionStatus.PROCESSING}


async def _state(world: World, job_id: str) -> object:
    job = await world.job(job_id)
    return (job, await world.stores.jobs.scenes(job_id, job.revision.number), await world.takes(job_id))
