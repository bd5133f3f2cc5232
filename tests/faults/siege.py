"""Jobs are made while their processes die, and are started again."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from attrs import define, field, frozen

from tests.e2e.processes import until
from tests.e2e.stage import ENDED, brief_of
from tests.faults.ground import Ground, gone
from tests.faults.reaper import Orders, Reaper
from tests.faults.sites import Map

FAMILIES: Final = ("worker", "api")
_EDITED: Final = 0.4
"""Of what is asked for, so much is a scene of an earlier video, made anew."""
_CANCELLED: Final = 0.1
"""Of what is under way, so much is no longer wanted."""
_LOOK_S: Final = 0.05
_LIVE_S: Final = 120
"""A process that was asked to stop, or a job that goes on undisturbed, takes no longer."""


@frozen
class Request:
    """What a client repeats, under the same key, until somebody answers."""

    path: str
    body: Any = None
    key: str = field(factory=lambda: str(uuid4()))


@define(eq=False)
class Siege:
    """One ground, its user, and who is killed on it."""

    ground: Ground
    check: Callable[..., Awaitable[None]]
    """Of the ground's `court`."""
    chance: Random
    orders: Orders
    reapers: dict[str, Reaper] = field(factory=dict, init=False)
    unanswered: Request | None = field(default=None, init=False)
    open: dict[str, int] = field(factory=dict, init=False)
    """Jobs under way, each with its revision."""
    ended: dict[str, dict[str, Any]] = field(factory=dict, init=False)
    """Every job that has ended, as it was last seen."""

    async def hold(self, until_: Callable[[], bool], *, within_s: float) -> None:
        """Have one job after the other made, and start whoever has died, until it is enough."""
        deadline = time.monotonic() + within_s
        while not until_():
            assert time.monotonic() < deadline, (
                f"{len(self.orders.kills)} kills, then none: {self.orders.left}"
            )
            await self._tend()
            if not self.open and self.unanswered is None:
                self.unanswered = self._wish()
            self._look()

    async def relieve(self) -> None:
        """In peace, let every job end."""
        self.orders.peace = True
        deadline = time.monotonic() + _LIVE_S
        while self.open or self.unanswered:
            assert time.monotonic() < deadline, f"not ended: {self.open}"
            await self._tend()
            self._look()

    async def restart(self) -> None:
        """In peace, have new processes, told to stop and not killed."""
        await self.relieve()
        self.ground.stop()
        self.ground.processes.clear()
        await self._tend()

    async def undisturbed(self, *wishes: Request) -> dict[str, Reaper]:
        """Have these made by processes that are new and stay alive; who has passed where meanwhile."""
        await self.restart()
        for wish in wishes:
            self.unanswered = wish
            await self.relieve()
        return dict(self.reapers)

    async def _tend(self) -> None:
        for name in FAMILIES:
            process = self.ground.processes.get(name)
            if process is None or not process.runs:
                if process is not None:
                    await self._bury(name)
                self.reapers[name] = reaper = Reaper(self._map(name), self.orders)
                self.ground.start(name, keeper=reaper)

    async def _bury(self, name: str) -> None:
        """Nobody of its family is left, and what it has left behind keeps the promises."""
        code = self.ground.processes[name].process.wait()
        # A worker whose first words with FFmpeg were cut off ends as bad luck: whoever started it starts it again.
        unlucky = code == 1 and self.reapers[name].lost_a_child
        assert code == -9 or unlucky, f"{name} ended with {code}, and nobody has killed it"
        family = self.reapers[name].map.seen
        until(lambda: all(map(gone, family)), f"nobody of {name}'s family is left")
        if name == "worker":
            with suppress(httpx.TransportError):  # the API may be dead as well
                await self.check(ended=False)

    def _map(self, name: str) -> Map:
        run = self.ground.run
        urls = {run["s3_url"]: "S3", run["replicate_url"]: "Replicate", run["jwks_url"]: "identity"}
        return Map(name, self.ground.data, {urlsplit(url).port or 0: who for url, who in urls.items()})

    def _wish(self) -> Request:
        films = [
            job for job in self.ended.values() if job["status"] == "succeeded" and len(job["scenes"]) > 1
        ]
        if films and self.chance.random() < _EDITED:
            return Request(f"/jobs/{self.chance.choice(films)['id']}/scenes/2/regenerate")
        return self.film(self.chance.choice((1, 2)))

    def film(self, scenes: int) -> Request:
        """A new video."""
        return Request("/jobs", {"storyboard": self.ground.storyboard(scenes)})

    def _look(self) -> None:
        with suppress(httpx.TransportError):
            self._ask()
            for job_id, revision in list(self.open.items()):
                job = self.ground.user.get(f"/jobs/{job_id}")
                assert job["revision"] == revision, brief_of(job)
                if job["status"] in ENDED:
                    del self.open[job_id]
                    self.ended[job_id] = job
        time.sleep(_LOOK_S)

    def _ask(self) -> None:
        if self.unanswered is None:
            return
        wish = self.unanswered
        headers = {"Idempotency-Key": wish.key}
        answer = self.ground.user.ask("POST", wish.path, json=wish.body, headers=headers)
        assert answer.status_code == 202, answer.text
        self.unanswered, job = None, answer.json()
        self.ground.acknowledged.setdefault(job["id"], job)
        self.open[job["id"]] = job["revision"]
        self.ended.pop(job["id"], None)
        if self.chance.random() < _CANCELLED:
            self.unanswered = Request(f"/jobs/{job['id']}/cancel")
