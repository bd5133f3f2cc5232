"""What an operator may do about a stuck job, and that money given back is given once."""

import asyncio

import pytest

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, Invalid, NotFound, Superseded
from omnigen.domain.job import JobStatus
from omnigen.domain.take import TakeStatus
from omnigen.ports.outbox import MessageKind
from tests.fakes.provider import NEVER, Fate
from tests.fakes.world import World
from tests.promises import check_promises

PRICE = 600_000


async def test_everything_about_a_job_can_be_seen(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    dossier = await world.desk.jobs.inspect(leg.job_id)
    assert dossier.job == await world.job()
    assert len(dossier.scenes) == len(dossier.takes) == 3
    assert [r.number for r in dossier.revisions] == [1]
    with pytest.raises(NotFound):
        await world.desk.jobs.inspect("job_nothing")


async def test_a_stuck_job_is_driven_on_by_a_leg_that_takes_over(world: World) -> None:
    leg = await world.begun()
    number = await world.desk.jobs.resume(leg.job_id)
    messages = await world.stores.outbox.pending(limit=10)
    assert (MessageKind.START, leg.job_id, number) in [(m.kind, m.job_id, m.leg) for m in messages]
    assert number == 2
    await world.steps.start_leg(leg.job_id, number)
    with pytest.raises(Superseded):
        await world.steps.generate_scene(leg, 1)


async def test_a_stuck_job_is_ended_with_its_hold_released_and_its_leg_stopped(world: World) -> None:
    world.provider.will(TakeKind.VIDEO, Fate(seconds=NEVER))
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    job = await world.desk.jobs.fail(leg.job_id, "it was stuck")
    assert job.revision.error is not None
    assert (job.status, job.revision.error.code) == (JobStatus.FAILED, "ended_by_operator")
    assert job.revision.error.message == "it was stuck"
    assert (await world.takes())[0].status is TakeStatus.LOST
    with pytest.raises(Superseded):
        await world.steps.generate_scene(leg, 1)
    await check_promises(world)


@pytest.mark.parametrize("verb", ["resume", "fail"])
async def test_an_ended_job_is_left_alone(world: World, verb: str) -> None:
    leg = await world.begun()
    await world.walked(leg)
    before = await world.job()
    given = ["why"] if verb == "fail" else []
    with pytest.raises(Conflict):
        await getattr(world.desk.jobs, verb)(leg.job_id, *given)
    assert await world.job() == before


async def test_money_is_given_back_up_to_what_was_spent(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    desk = world.desk.jobs
    first = await desk.refund(leg.job_id, PRICE, "one scene was poor")
    assert (first.amount, first.note) == (-PRICE, "one scene was poor")
    for wrong in (0, -1, 2 * PRICE + 1):
        with pytest.raises(Invalid) as refused:
            await desk.refund(leg.job_id, wrong, "more")
        assert refused.value.field == "amount"
    assert (await desk.refund(leg.job_id, None, "all the rest")).amount == -2 * PRICE
    with pytest.raises(Invalid):
        await desk.refund(leg.job_id, None, "again")
    assert (await world.stores.usage.usage("ada", "2026-11")).settled_amount == 0
    await check_promises(world)


async def test_of_two_refunds_at_the_same_moment_one_is_entered(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)

    async def give_way(*_: object) -> None:
        await asyncio.sleep(0)  # so that the two go in step, call by call

    world.faults.hook = give_way

    async def both() -> list[object]:
        refunds = (world.desk.jobs.refund(leg.job_id, None, "twice") for _ in range(2))
        return list(await asyncio.gather(*refunds, return_exceptions=True))

    answers = await world.clock.run(both())
    assert sum(isinstance(a, Conflict | Invalid) for a in answers) == 1
    assert (await world.stores.usage.usage("ada", "2026-11")).settled_amount == 0


async def test_a_running_job_is_not_refunded(world: World) -> None:
    leg = await world.begun()
    with pytest.raises(Conflict):
        await world.desk.jobs.refund(leg.job_id, None, "early")
