"""kill -9 of API, worker and their children at each place at which one of them writes: the promises hold.

`make test-faults`; KILLS=1000 for more of them, SEED=7 for others.
"""

import os
from pathlib import Path
from random import Random
from typing import Final

import pytest

from tests.e2e.stage import brief_of
from tests.faults.ground import grounds
from tests.faults.reaper import Orders
from tests.faults.siege import FAMILIES, Siege

pytestmark = [pytest.mark.system, pytest.mark.timeout(7_000)]

KILLS: Final = max(100, int(os.environ.get("KILLS", "110")))
SEED: Final = int(os.environ.get("SEED", "1"))
AT_RANDOM: Final = 20
"""Kills by chance, at least."""
EACH_S: Final = 8
"""A kill takes no longer, on however busy a machine."""
FEWEST_SITES: Final = 50
"""As far as is known there are some seventy."""


async def test_killed_wherever_something_is_written(tmp_path: Path) -> None:
    """Whoever is killed at whatever moment: each job ends as it should, and everything is paid for once."""
    chance = Random(SEED)
    orders = Orders(chance)
    with grounds(tmp_path) as ground:
        siege = Siege(ground, chance, orders)
        await at_every_site(siege)
        await at_the_last_time(siege)
        await by_chance(siege)
        await siege.undisturbed(siege.film(1))
        print(f"SEED={SEED}: {len(orders.kills)} kills at {len(orders.sites)} sites, {len(siege.ended)} jobs")
        assert len(orders.sites) >= FEWEST_SITES
        assert len(orders.kills) >= KILLS
        for job in siege.ended.values():
            assert job["status"] in ("succeeded", "cancelled"), brief_of(job)
            if job["status"] == "succeeded":
                ground.check_video(job, tmp_path)
        assert {job["id"] for job in ground.listed()} == ground.acknowledged.keys()
        await ground.check_promises()
        assert not [name for name in ground.left_in_the_work_folder() if name.startswith("job_")]


async def at_every_site(siege: Siege) -> None:
    """Until three jobs in a row have met no place at which nobody had been killed yet."""
    quiet = [0, 0]

    def nothing_new() -> bool:
        jobs, kills = len(siege.ended), len(siege.orders.kills)
        if quiet[1] != kills:
            quiet[:] = [jobs, kills]
        return jobs >= quiet[0] + 3

    await siege.hold(nothing_new, within_s=EACH_S * KILLS)


async def at_the_last_time(siege: Siege) -> None:
    """As often as a site is passed while two films are made; those that are passed most come first."""
    seen = await siege.undisturbed(siege.film(1), siege.film(2))
    often = sorted((n, site) for reaper in seen.values() for site, n in reaper.counted.items() if n > 1)
    room = max(0, KILLS - AT_RANDOM - len(siege.orders.kills))
    siege.orders.last.update({site: n for n, site in often[::-1][:room]})
    await siege.restart()
    siege.orders.peace = False
    await siege.hold(lambda: not siege.orders.left, within_s=EACH_S * KILLS)


async def by_chance(siege: Siege) -> None:
    """At any moment at all; two of three of the worker's."""
    number = max(AT_RANDOM, KILLS - len(siege.orders.kills))
    for family, share in zip(FAMILIES, (number - number // 3, number // 3), strict=True):
        siege.orders.draw(family, share)
    await siege.hold(lambda: not siege.orders.left, within_s=EACH_S * KILLS)
