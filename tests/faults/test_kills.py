"""kill -9 of API, worker and their children at each place at which one of them writes: the promises hold.

`make test-faults`; KILLS=1000 for more of them, SEED=7 for others.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.e2e.stage import brief_of
from tests.faults.ground import grounds
from tests.faults.reaper import Orders
from tests.faults.siege import FAMILIES, Siege

pytestmark = [pytest.mark.system, pytest.mark.timeout(36_000)]

KILLS: Final = max(100, int(os.environ.get("KILLS", "100")))
"""Of both tests together, at least."""
SEED: Final = int(os.environ.get("SEED", "1"))
SITES: Final = 70
"""At least; some 80 are known."""
ENDLESS: Final = 3 * SITES
AT_RANDOM: Final = 0.85
"""Of the kills that are not a site's first. A last one takes a whole life, of two films."""
EACH_S: Final = 30
"""A kill takes no longer on average, on however busy a machine."""


async def test_killed_wherever_something_is_written(tmp_path: Path) -> None:
    """Once at every site, until two jobs in a row have met none at which nobody had been killed yet."""
    async with besieged(tmp_path, Orders(Random(SEED), everywhere=True)) as siege:
        before = [0, 0]

        def nothing_new() -> bool:
            jobs, kills = len(siege.ended), len(siege.orders.kills)
            assert kills < ENDLESS, f"one place under ever new names? {siege.orders.kills[-3:]}"
            if before[1] != kills:
                before[:] = [jobs, kills]
            return jobs >= before[0] + 2

        await siege.hold(nothing_new, within_s=EACH_S * KILLS)
    assert len(siege.orders.sites) == len(siege.orders.kills) >= SITES


async def test_killed_at_the_last_time_and_at_any_time(tmp_path: Path) -> None:
    """At the last time that a site is passed while two films are made, those first that are passed most; then, at any
    moment at all, two of three times of the worker's.
    """
    async with besieged(tmp_path, orders := Orders(Random(SEED), everywhere=False)) as siege:
        seen = await siege.undisturbed(siege.film(1), siege.film(2))
        number = KILLS - SITES
        chances = round(number * AT_RANDOM)
        often = sorted((n, site) for reaper in seen.values() for site, n in reaper.counted.items() if n > 1)
        orders.last.update({site: n for n, site in often[::-1][: number - chances]})
        await siege.restart()
        orders.peace = False
        await siege.hold(lambda: not orders.left, within_s=EACH_S * KILLS)
        chances = number - len(orders.kills)
        for family, share in zip(FAMILIES, (chances - chances // 3, chances // 3), strict=True):
            orders.draw(family, share)
        await siege.hold(lambda: not orders.left, within_s=EACH_S * KILLS)
    assert len(orders.kills) >= number


@asynccontextmanager
async def besieged(folder: Path, orders: Orders) -> AsyncIterator[Siege]:
    """A siege; at its end every job ends, and everything is as it should be."""
    with grounds(folder) as ground:
        async with ground.court() as check:
            siege = Siege(ground, check, orders.chance, orders)
            yield siege
            await siege.undisturbed(siege.film(1))
            print(
                f"SEED={SEED}: {len(orders.kills)} kills at {len(orders.sites)} sites, {len(siege.ended)} jobs"
            )
            for job in siege.ended.values():
                assert job["status"] in ("succeeded", "cancelled"), brief_of(job)
                if job["status"] == "succeeded":
                    ground.check_video(job, folder)
            assert {job["id"] for job in ground.listed()} == ground.acknowledged.keys()
            assert not [name for name in ground.left_in_the_work_folder() if name.startswith("job_")]
            await check()
