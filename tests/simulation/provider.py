"""The provider and the composer of a world. The provider keeps its own ledger and judges who asks, how often and when."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Transient
from omnigen.domain.take import Take
from omnigen.ports.composer import SegmentRender
from omnigen.ports.provider import Prediction, PredictionStatus
from tests.fakes.media import FakeComposer
from tests.fakes.provider import NEVER, FakeProvider, Fate
from tests.promises.broken import promise
from tests.simulation.clock import TrueClock
from tests.simulation.stage import SECRET
from tests.simulation.streams import stream

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

_KEY: Final = base64.b64decode(SECRET.removeprefix("whsec_"))
SKEW: Final = timedelta(seconds=6)
"""The most that the clocks of two processes differ by, and a little."""


class SimProvider(FakeProvider):
    """`omnigen.ports.provider.Provider`: what becomes of a request depends on the seed and on what is asked."""

    def __init__(self, world: "SimWorld", skew: float) -> None:
        super().__init__(TrueClock(world.loop, skew))  # type: ignore[arg-type]
        self._world = world
        self._tries: dict[tuple[TakeKind, str, int | None], int] = {}
        self.barred: dict[str, datetime] = {}
        """When each take may be sent again at the earliest."""
        self.unheard: set[str] = set()
        """Predictions whose acceptance nobody has heard of."""
        self.forged: set[str] = set()
        """Webhooks that are not ours."""
        self.deliver: Any = None
        """Takes webhooks: headers and body."""
        swarm = world.streams["swarm"]
        self.trouble = swarm.choice([0.0, 0.1, 0.3, 0.6])
        self.webhooks = swarm.choice([0.0, 0.7, 1.0])

    def _fate(self, take: Take) -> Fate:
        name = (take.kind, take.job_id, take.scene)
        self._tries[name] = self._tries.get(name, 0) + 1
        chance = stream(self._world.streams.seed, f"fate:{name}:{self._tries[name]}")
        if chance.random() >= self.trouble:
            return Fate(seconds=chance.choice([1.0, 5.0, 12.0, 30.0]), text="{}")
        return chance.choice(
            [
                Fate(ends=PredictionStatus.FAILED, error_code="failed", seconds=4.0),
                Fate(ends=PredictionStatus.FAILED, error_code="sensitive", seconds=2.0),
                Fate(ends=PredictionStatus.ABORTED, seconds=6.0),
                Fate(ends=PredictionStatus.CANCELED, seconds=6.0),
                Fate(seconds=100.0),
                Fate(seconds=250.0),
                Fate(seconds=NEVER),
                Fate(seconds=0.0),
                Fate(seconds=5.0, media={"bad": True}),
                Fate(seconds=5.0, media={"seconds": 1.0}),
                Fate(seconds=5.0, media={"kind": "sound"}),
                Fate(seconds=5.0, expired=True),
                Fate(seconds=5.0, forgotten=True),
                Fate(reply="refused"),
                Fate(reply="throttled", retry_after=40.0),
                Fate(reply="throttled", retry_after=90.0),
            ]
        )

    async def create(self, take: Take) -> Prediction:
        self._world.judge(lambda: self._judge(take))
        try:
            prediction = await super().create(take)
        except Transient as error:
            self._bar(take, error.retry_after)
            raise
        made = self.made[prediction.id]
        self._world.loop.background(self._tell(prediction.id, made.fate.seconds))
        return prediction

    def _judge(self, take: Take) -> None:
        stored = self._world.tables.takes.get(take.id)
        promise("P2", stored is not None, f"{take.id} was sent without an intent")
        assert stored is not None
        promise("P2", stored.sends >= take.sends, f"{take.id} was sent before that was written")
        again = [made.id for made in self.made.values() if made.take.id == take.id]
        promise("P2", not again, f"{take.id} was accepted already, as {again}")
        barred = self.barred.get(take.id)
        now = self._world.true_clock.now()
        promise(
            "P11",
            barred is None or now > barred - SKEW,
            f"{take.id} was sent again before {barred}, at {now}",
        )
        asked = sum(t.id == take.id for t in self.asked) + 1
        promise(
            "P11", stored.sends >= asked, f"{take.id} was sent {asked} times; {stored.sends} were counted"
        )

        limits = {"provider:create": lambda t: True, "provider:retry": lambda t: t.sends > 1 or t.attempt > 1}
        for name, concerned in limits.items():
            sent = sum(map(concerned, [*self.asked, take]))
            within = sent <= self._world.watch.allowed[name]
            promise("P11", within, f"{take.id} was sent without asking {name}: {sent} were sent")

    def refused(self, take: Take, retry_after: float | None) -> None:
        """It was asked, and has not accepted."""
        self.asked.append(take)
        self._bar(take, retry_after)

    def _bar(self, take: Take, retry_after: float | None) -> None:
        if retry_after is not None:
            self.barred[take.id] = self._world.true_clock.now() + timedelta(seconds=retry_after)

    # --- webhooks

    async def _tell(self, prediction_id: str, seconds: float) -> None:
        """Say that it has ended: once, twice, late, or never."""
        chance = stream(self._world.streams.seed, f"webhook:{prediction_id}")
        if seconds > 1e6 or chance.random() >= self.webhooks:
            return
        await asyncio.sleep(seconds)
        body = json.dumps({"id": prediction_id, "status": "succeeded"}).encode()
        headers = self._signed(f"msg_{prediction_id}", body, forged=chance.random() < 0.05)
        for _ in range(chance.choice([1, 1, 2, 3])):
            await asyncio.sleep(chance.choice([0.0, 0.2, 2.0, 20.0, 350.0]))
            if self.deliver is not None:
                self._world.loop.background(self.deliver(headers, body))

    def _signed(self, delivery: str, body: bytes, *, forged: bool) -> dict[str, str]:
        at = str(int(self._clock.now().timestamp()))
        key = b"another" if forged else _KEY
        if forged:
            self.forged.add(delivery)
        mark = hmac.new(key, b".".join((delivery.encode(), at.encode(), body)), hashlib.sha256).digest()
        return {
            "webhook-id": delivery,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
        }


class SimComposer(FakeComposer):
    """`omnigen.ports.composer.Composer` of stand-ins, which takes its time."""

    def __init__(self, world: "SimWorld") -> None:
        super().__init__(world.true_clock)  # type: ignore[arg-type]
        self.seconds = world.streams["swarm"].choice([0.0, 1.0, 8.0, 45.0])
        self._world = world
        self.rendered_in: dict[tuple[str, int], set[int]] = {}
        """Scenes whose segments were rendered, by job and revision."""

    async def render_segment(self, render: SegmentRender, into: Path, **given: Any) -> None:
        job = self._world.tables.jobs.get(into.parent.name)
        if job is not None:
            place = (job.id, job.revision.number)
            self.rendered_in.setdefault(place, set()).add(render.segment.number)
        await super().render_segment(render, into, **given)
