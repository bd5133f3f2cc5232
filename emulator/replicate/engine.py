"""The life of a prediction: accepted, started and charged, finished; told to its webhook.

Every move is in the store before anybody hears of it, and each prediction has one task that carries it on.
A restart starts those tasks again; progress is read from the clock, so they go on where they would be by now.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from typing import Any

import msgspec
from attrs import frozen
from msgspec.structs import replace

from emulator.replicate import planner
from emulator.replicate.catalogue import MODELS, Model
from emulator.replicate.clock import Clock
from emulator.replicate.delivery import deliver, garble, url_of
from emulator.replicate.faults import Fault, Plan, Rule
from emulator.replicate.inputs import Inputs, UnreachableError
from emulator.replicate.orders import order_of, seed_of
from emulator.replicate.records import Prediction, Status, new_id, prompt_of, view
from emulator.replicate.shelves import Shelves
from emulator.replicate.store import Output, Store
from emulator.replicate.studio import RenderError, Studio
from emulator.replicate.webhooks import Postman

RUN_LIMIT = 1800.0
"""Seconds that Replicate lets a prediction run."""
LOG_EVERY = 0.5
"""Seconds between two "logs" webhooks."""
LONGEST_QUEUE = 0.5
SWEEP_EVERY = 60.0
log = logging.getLogger("emulator.replicate")


class ModelError(Exception):
    """The model raised this; it becomes the prediction's error."""


@frozen(kw_only=True)
class Request:
    """A valid request to run a model."""

    model: Model
    version: str
    input: dict[str, Any]
    webhook: str | None = None
    webhook_events_filter: list[str] | None = None
    cancel_after: float | None = None


class Engine:
    """Runs predictions. Lives on one event loop."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        studio: Studio,
        postman: Postman,
        inputs: Inputs,
        shelves: Shelves,
        base: str,
        seconds: float,
    ) -> None:
        self.store = store
        self.clock = clock
        self.postman = postman
        self.base = base
        self.plan = _read_plan(store)
        self._studio = studio
        self._inputs = inputs
        self._shelves = shelves
        self._seconds = seconds
        self._runs: dict[str, asyncio.Task[None]] = {}
        self._ends: dict[str, asyncio.Event] = {}
        self._errands: set[asyncio.Task[None]] = set()

    # faults

    def add_faults(self, rules: list[Rule]) -> None:
        """After those in force."""
        self.plan.add(rules)
        self._save_plan()

    def clear_faults(self) -> None:
        """Nothing goes wrong from here on, but for what has been accepted."""
        self.plan.clear()
        self._save_plan()

    def meet(self, model: Model, given: dict[str, Any]) -> Fault:
        """What the fault plan holds for a request; counted as an attempt."""
        fault = self.plan.meet(model.ref, prompt_of(given))
        if self.plan.rules:
            self._save_plan()
        return fault

    def _save_plan(self) -> None:
        self.store.set_value("faults", msgspec.json.encode(self.plan).decode())

    # moves

    def resume(self) -> None:
        """Take up what an earlier run left."""
        self._errand(self._sweep())
        for p in self.store.unfinished():
            if p.ended:
                self._tell(p, "completed")
            else:
                self._drive(p)

    async def stop(self) -> None:
        """Leaves every prediction as it is stored."""
        tasks = [*self._runs.values(), *self._errands]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def accept(self, asked: Request, fault: Fault) -> Prediction:
        """From here on it is durable, and will run."""
        now = self.clock.now()
        span = self._seconds * (fault.factor if fault.action == "slow" else 1.0)
        p = Prediction(
            id=new_id(),
            model=asked.model.ref,
            version=asked.version,
            input=asked.input,
            seed=seed_of(asked.input),
            created_at=now,
            start_due=now + min(LONGEST_QUEUE, self._seconds / 10),
            finish_due=now + span,
            deadline=None if asked.cancel_after is None else now + asked.cancel_after,
            webhook=asked.webhook,
            webhook_events_filter=asked.webhook_events_filter,
            streams=asked.model.kind == "text",
            fault=fault,
            told=asked.webhook is None,
        )
        self.store.add(p)
        self._drive(p)
        return p

    def cancel(self, prediction_id: str) -> Prediction | None:
        """By its user or its deadline. One that hasn't started is aborted, and costs nothing."""
        p = self.store.get(prediction_id)
        if p is None or p.ended:
            return p
        return self._end(p.id, "aborted" if p.started_at is None else "canceled")

    async def ended(self, prediction_id: str, within: float) -> None:
        """Returns when the prediction has ended, or after so many seconds."""
        event = self._ends.get(prediction_id)
        if event is not None:
            try:
                await asyncio.wait_for(event.wait(), within)
            except TimeoutError:
                return

    def show(self, p: Prediction) -> dict[str, Any]:
        """As the API shows it just now."""
        return view(p, self.base, self.clock.now())

    # the run

    def _drive(self, p: Prediction) -> None:
        self._ends[p.id] = asyncio.Event()
        self._runs[p.id] = asyncio.create_task(self._run(p))

    async def _run(self, p: Prediction) -> None:
        watch = asyncio.create_task(self._watch(p))
        try:
            await self._carry_on(p)
        except (ModelError, UnreachableError, RenderError) as wrong:
            self._end(p.id, "failed", error=str(wrong))
        except Exception:
            log.exception("prediction %s broke the emulator", p.id)
            self._end(p.id, "failed", error="Internal error of the emulator; its log says more")
        finally:
            watch.cancel()

    async def _carry_on(self, p: Prediction) -> None:
        # Yields at least once, so that a request is answered with "starting", as the real API answers.
        await asyncio.sleep(0)
        await self.clock.sleep_until(p.start_due)
        if p.fault.action == "abort":
            self._end(p.id, "aborted")
            return
        if p.started_at is None:
            p = replace(p, status="processing", started_at=max(p.start_due, p.created_at))
            self.store.begin(p)
            self._tell(p, "start")
        if p.webhook is not None and _wants(p, "logs"):
            self._errand(self._tell_logs(p.id))
        await self._produce(p)

    async def _produce(self, p: Prediction) -> None:
        if p.fault.action == "never_finish":
            await asyncio.Event().wait()
        if p.fault.action in ("fail", "sensitive"):
            await self.clock.sleep_until(p.finish_due)
            raise ModelError(p.fault.message)
        model = MODELS[p.model]
        files = await self._inputs.fetch(model, p.input)
        if model.kind == "text":
            answer = garble(p.fault, planner.answer(p.input))
            await self.clock.sleep_until(p.finish_due)
            self._end(p.id, "succeeded", answer)
            return
        order = order_of(model, p.input, files, p.seed)
        media = await self._studio.make(order, number=self.store.sequence(p.id))
        await self.clock.sleep_until(p.finish_due)
        output = deliver(p, media, self._shelves.spoiled, now=self.clock.now())
        self._end(p.id, "succeeded", url_of(output, self.base), output)

    async def _watch(self, p: Prediction) -> None:
        limit = p.start_due + RUN_LIMIT
        await self.clock.sleep_until(min(limit, p.deadline or limit))
        if p.deadline is not None and p.deadline <= limit:
            self.cancel(p.id)
        else:
            self._end(p.id, "failed", error="Prediction timed out after 30 minutes")

    def _end(
        self,
        prediction_id: str,
        status: Status,
        made: Any = None,
        output: Output | None = None,
        error: str | None = None,
    ) -> Prediction:
        """The only way to an end; whoever comes second changes nothing."""
        p = self.store.get(prediction_id)
        assert p is not None
        if p.ended:
            return p
        if made is not None:
            self._tell(replace(p, output=made), "output")
        p = replace(p, status=status, completed_at=self.clock.now(), output=made, error=error)
        self.store.finish(p, output)
        self._tell(p, "completed")
        self._ends.pop(p.id, asyncio.Event()).set()
        run = self._runs.pop(p.id, None)
        if run is not None and run is not asyncio.current_task():
            run.cancel()
        return p

    async def _sweep(self) -> None:
        while True:
            self._shelves.sweep()
            self._studio.trim()
            await self.clock.sleep_until(self.clock.now() + SWEEP_EVERY)

    # webhooks

    def _tell(self, p: Prediction, event: str) -> None:
        if p.webhook is not None and _wants(p, event):
            body = json.dumps(self.show(p)).encode()
            self._errand(self._deliver(p.id, p.webhook, event, body))

    async def _deliver(self, prediction_id: str, webhook: str, event: str, body: bytes) -> None:
        await self.postman.tell(webhook, prediction_id=prediction_id, event=event, body=body)
        latest = self.store.get(prediction_id)
        if event == "completed" and latest is not None:
            self.store.save(replace(latest, told=True))

    async def _tell_logs(self, prediction_id: str) -> None:
        while True:
            await self.clock.sleep_until(self.clock.now() + LOG_EVERY)
            p = self.store.get(prediction_id)
            if p is None or p.ended:
                return
            self._tell(p, "logs")

    def _errand(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


def _wants(p: Prediction, event: str) -> bool:
    return p.webhook_events_filter is None or event in p.webhook_events_filter


def _read_plan(store: Store) -> Plan:
    kept = store.value("faults")
    return Plan() if kept is None else msgspec.json.decode(kept, type=Plan)
