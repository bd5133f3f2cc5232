"""What only the local workflow can: wake a leg that waits, and keep no trace of one that has ended."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from tests.builders import a_scene
from tests.contract.harness import each_family
from tests.fakes.world import World, board_of
from tests.promises import check_promises
from tests.workflow.driver import LocalDriver

pytestmark = pytest.mark.parametrize("world", each_family(), indirect=True)


@pytest.fixture
async def driver(world: World) -> AsyncIterator[LocalDriver]:
    made = LocalDriver(world)
    yield made
    await made.cut()


async def test_nothing_of_a_leg_stays_in_memory(world: World, driver: LocalDriver) -> None:
    await world.submit()
    await driver.settle()
    await driver.cut()
    assert driver.workflow.running == 0
    assert driver.workflow._bells == {}


async def test_a_wake_shortens_the_wait_even_if_it_comes_during_the_look(
    world: World, driver: LocalDriver
) -> None:
    """Polls are an hour apart: only the two wakes bring the job on."""
    object.__setattr__(world.policy, "poll", 3600.0)
    accepted = await world.submit(board_of(a_scene(1)))
    looks = 0

    async def wake_while_it_looks(name: str, _: int, when: str) -> None:
        nonlocal looks
        if (name, when) == ("provider.get", "after"):
            looks += 1
            if looks == 1:
                await driver.workflow.wake(accepted.job_id)

    world.faults.hook = wake_while_it_looks
    await driver.until(lambda: _asked(world))
    await driver.workflow.wake(accepted.job_id)  # as a webhook does: the first look finds it running
    await driver.until(lambda: _looked(lambda: looks, 2))
    begun = world.clock.now()
    await driver.settle()
    assert world.clock.now() - begun < timedelta(minutes=6)  # the leg's end is the longest wait there is
    await check_promises(world)


async def _looked(looks: Callable[[], int], count: int) -> bool:
    return looks() >= count


async def _asked(world: World) -> bool:
    return bool(world.provider.asked)
