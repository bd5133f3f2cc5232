"""What goes wrong with processes and clocks: kills, freezes, cuts, jumps, at any step."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from omnigen.domain.errors import OmniGenError
from omnigen.ports.outbox import Message
from tests.simulation.cluster import Cluster, LocalCluster, MachineCluster
from tests.simulation.loop import Process

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

_CROWD: Final = 6
"""Workers at once, zombies among them."""


class Chaos:
    """Trouble at instants that are drawn before the world begins, so that each has an id of its own."""

    def __init__(self, world: "SimWorld", cluster: Cluster, horizon: float) -> None:
        self._world, self._cluster = world, cluster
        chance = world.streams["chaos"]
        kinds = [self._kill, self._kill, self._kill_api, self._freeze, self._freeze, self._jump, self._replay]
        kinds += [self._operate, self._operate]
        world.stand_still = self.stand_still
        for number in range(chance.choice([0, 0, 1, 2, 3, 6])):
            deed, seconds = chance.choice(kinds), chance.random() ** 2 * horizon
            own = random.Random(chance.random())
            name = f"{deed.__name__.strip('_')}:{number}"
            world.loop.background(self._happen(name, deed, seconds, own))

    async def _happen(self, name: str, deed: object, seconds: float, own: random.Random) -> None:
        await asyncio.sleep(seconds)
        # At some step of what is under way, not always at the instant at which all wait.
        for _ in range(own.choice([0, 3, 10, 40])):
            await asyncio.sleep(0)
        if self._world.plan.wanted(name):
            self._world.note(name)
            await deed(own)  # type: ignore[operator]

    def _victim(self, own: random.Random) -> Process | None:
        there = self._cluster.driver.victims()
        return own.choice(there) if there else None

    async def _kill(self, own: random.Random) -> None:
        if isinstance(self._cluster.driver, MachineCluster) and own.random() < 0.4:
            self._world.situation("executions cut")
            self._cluster.driver.cut()
        elif (victim := self._victim(own)) is not None:
            self._world.kill(victim, "at some step")

    async def _kill_api(self, own: random.Random) -> None:
        if self._cluster.apis:
            self._world.kill(own.choice(self._cluster.apis), "api")

    async def _freeze(self, own: random.Random) -> None:
        """A zombie: it stands still for a while, another takes its place, it goes on."""
        if (victim := self._victim(own)) is not None:
            await self.stand_still(victim, own.choice([1.0, 20.0, 60.0]), replaced=own.random() < 0.7)

    async def stand_still(self, victim: Process, seconds: float, *, replaced: bool) -> None:
        """Freeze a process for some seconds. Where it is replaced, both are at work for a while."""
        if victim.frozen or not victim.alive:
            return
        self._world.situation("frozen")
        victim.freeze()
        driver = self._cluster.driver
        # Where most calls freeze, so do those of each one that takes a place: a crowd would say nothing new.
        room = replaced and len(driver.victims()) < _CROWD
        other = driver.begin() if room and isinstance(driver, LocalCluster) else None
        await asyncio.sleep(seconds)
        victim.thaw()
        if other is not None and isinstance(driver, LocalCluster):
            await asyncio.sleep(10.0)
            driver.workers.remove(other)
            self._world.kill(other, "one of two workers")

    async def _operate(self, own: random.Random) -> None:
        """An operator breaks a job off, drives it on, or gives money back."""
        jobs = sorted(self._world.tables.jobs)
        api = self._cluster.api()
        if not jobs or api is None:
            return
        desk, job_id = self._world.container.desk().jobs, own.choice(jobs)
        deed = own.choice(
            [
                lambda: desk.fail(job_id, "enough"),
                lambda: desk.resume(job_id),
                lambda: desk.refund(job_id, None, "sorry"),
            ]
        )
        self._world.situation("operator at work")
        await asyncio.wait({api.start(_awaited(deed))}, timeout=30)

    async def _jump(self, own: random.Random) -> None:
        self._world.situation("clock jumped")
        self._world.loop.jump(own.choice([5.0, 30.0, 90.0]))

    async def _replay(self, own: random.Random) -> None:
        """A message that was acted on comes again, for this leg or an older one."""
        for job in list(self._world.tables.jobs.values()):
            leg = own.randint(1, max(1, job.epoch))
            message = Message.to_start(job)
            self._world.situation("outbox replayed")
            await self._world.stores.outbox.add(
                Message(
                    id=f"again:{message.id}:{leg}", kind=message.kind, job_id=job.id, leg=leg, at=message.at
                )
            )


async def _awaited(deed: Callable[[], Awaitable[object]]) -> None:
    with suppress(OmniGenError):
        await deed()
