"""A leg that is cut off at any call of a port, before or after it took effect: another one goes on exactly there."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve

from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Soundtrack, Storyboard
from tests.builders import a_scene
from tests.contract.harness import FAMILIES
from tests.fakes.catalogue import ANIMATED
from tests.fakes.world import World, a_world, board_of
from tests.promises import check_promises
from tests.workflow.driver import LocalDriver

_SHARES = 8
_NOT_A_LEG = ("outbox.", "jobs.undriven", "jobs.purgeable")


def _everything() -> Storyboard:
    """Two scenes with speech, still and clip, and music beside them."""
    scenes = (a_scene(n, narration=f"this is scene {n}") for n in (1, 2))
    return evolve(board_of(*scenes), model=ANIMATED, soundtrack=Soundtrack(music="slow and dark"))


class Knife:
    """Cuts every living leg off at one call, counted among those that legs make."""

    def __init__(self, driver: LocalDriver, at: int, when: str) -> None:
        self.count, self.used, self.name = 0, False, ""
        self._driver, self._at, self._when = driver, at, when
        self._call = -1

    async def __call__(self, name: str, number: int, when: str) -> None:
        if name.startswith(_NOT_A_LEG):
            return
        if when == "before":
            self.count += 1
            if self.count == self._at:
                self._call = number
        if (number, when) == (self._call, self._when):
            self.used, self.name = True, name
            self._driver.kill_leg()
            await asyncio.sleep(0)  # the axe falls at this await


async def _cut(world: World, at: int, when: str) -> Knife:
    """A job whose leg was cut at that call; everything must have come right in the end."""
    await world.submit(_everything())
    driver = LocalDriver(world)
    knife = Knife(driver, at, when)
    world.faults.hook = knife
    (job,) = await driver.settle()
    await driver.cut()
    assert job.status is JobStatus.SUCCEEDED, f"{at} {when} {knife.name}: {job.revision.error}"
    # Where a request may have been under way it is not known whether it was charged: one more take is made then.
    doubtful = int(knife.name in {"provider.create", "takes.update"})
    assert len(world.provider.charged()) <= 7 + doubtful, f"{at} {when} {knife.name}"
    await check_promises(world)
    return knife


async def _all_cuts(family: str, share: int, step: int) -> None:
    with TemporaryDirectory() as folder:
        async with a_world(FAMILIES[family], Path(folder)) as world:
            calls = (await _cut(world, 0, "before")).count
    assert calls > 100
    used = []
    for number in range(1 + share * step, calls + 1, _SHARES * step):
        for when in ("before", "after"):
            with TemporaryDirectory() as folder:
                async with a_world(FAMILIES[family], Path(folder)) as world:
                    knife = await _cut(world, number, when)
                    # With real threads a run may make a few calls less than the one that was counted.
                    assert knife.used or knife.count < number
                    used.append(knife.used)
    assert sum(used) >= 0.8 * len(used)


@pytest.mark.parametrize("share", range(_SHARES))
async def test_cut_at_any_call_in_memory(share: int) -> None:
    await _all_cuts("memory", share, 1)


@pytest.mark.parametrize("share", range(_SHARES))
async def test_cut_at_every_seventh_call_in_sqlite(share: int) -> None:
    await _all_cuts("sqlite", share, 7)
