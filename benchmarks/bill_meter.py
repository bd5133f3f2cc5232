"""Counts what one job asks of DynamoDB, S3 and Replicate, step by step, by taking it through the real use cases.

The tables are ministack's; their units are counted here by the size of every item that a call touches, since it
bills none. Time is virtual: a generation takes its minute in no time.
"""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from benchmarks.bill_model import read_units, write_units
from omnigen.domain.catalogue import TakeKind
from omnigen.domain.storyboard import CUT, Transition, TransitionKind
from omnigen.ports.workflow import Outcome, Verdict
from tests.builders import a_scene
from tests.contract.harness import Family, Stores, dynamodb_stores, dynamodb_tables
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, World, a_world, board_of
from tests.fixtures.aws import dynamodb_client

JOIN_S: Final = 4.0
"""How long the join takes, during which it notes its progress."""
_INDEX: Final = ("sweep", "sweep_at")
"""The keys of the one index: who has them is in it."""
_GETS: Final = {"fetch": 1, "head": 2}
"""Of S3, per call of our port. Absence is told by a second look, at the bucket; counted every time."""
_PUTS: Final = {"put": 1, "put_bytes": 1, "copy": 1, "list": 1}


@dataclass
class Step:
    """What one kind of step has asked for, all its calls together."""

    calls: int = 0
    database: int = 0
    """Requests to DynamoDB."""
    writes: float = 0.0
    reads: float = 0.0
    puts: int = 0
    gets: int = 0
    provider: int = 0


@dataclass
class Meter:
    """A DynamoDB client that counts the units of every call for the step that is under way."""

    client: Any
    steps: dict[str, Step] = field(default_factory=dict)
    now: str = "set_up"

    @property
    def step(self) -> Step:
        return self.steps.setdefault(self.now, Step())

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        call = getattr(self.client, operation)
        count = getattr(self, f"_{operation}", None)
        return call if count is None else partial(self._counted, call, count)

    async def _counted(self, call: Any, count: Any, **request: Any) -> Any:
        self.step.database += 1
        touched = [item for item in _written(request) if item is not None]
        before = [await self._look(*place) for place in touched]
        answer = await call(**request)
        after = [await self._look(*place) for place in touched]
        await count(request, answer, list(zip(before, after, strict=True)))
        return answer

    async def _look(self, table: str, key: Any) -> dict[str, Any]:
        found = await self.client.get_item(TableName=table, Key=key, ConsistentRead=True)
        item: dict[str, Any] = found.get("Item", {})
        return item

    async def _get_item(self, _: Any, answer: Any, __: Any) -> None:
        self.step.reads += read_units(item_size(answer.get("Item", {})))

    async def _transact_get_items(self, _: Any, answer: Any, __: Any) -> None:
        for found in answer["Responses"]:
            self.step.reads += read_units(item_size(found.get("Item", {})), transaction=True)

    async def _batch_get_item(self, request: Any, answer: Any, __: Any) -> None:
        found = [item for items in answer["Responses"].values() for item in items]
        asked = sum(len(table["Keys"]) for table in request["RequestItems"].values())
        self.step.reads += sum(read_units(item_size(item)) for item in found) + asked - len(found)

    async def _query(self, request: Any, answer: Any, __: Any) -> None:
        items = answer["Items"]
        if request.keys() & {"FilterExpression", "ProjectionExpression"}:
            # Whole items are read, and paid for, whatever is then left out.
            items = (await self.client.query(**whole(request)))["Items"]
        size = sum(item_size(item) for item in items)
        self.step.reads += read_units(size, consistent=request.get("ConsistentRead", False))

    async def _put_item(self, _: Any, __: Any, items: Any) -> None:
        self._wrote(items, transaction=False)

    _update_item = _delete_item = _batch_write_item = _put_item

    async def _transact_write_items(self, _: Any, __: Any, items: Any) -> None:
        self._wrote(items, transaction=True)

    def _wrote(self, items: Iterable[tuple[Any, Any]], *, transaction: bool) -> None:
        for before, after in items:
            size = max(item_size(before), item_size(after))
            self.step.writes += write_units(size, transaction=transaction) + index_writes(before, after)


def whole(request: dict[str, Any]) -> dict[str, Any]:
    """The same query without what narrows its answer."""
    used = set(re.findall(r"[#:]\w+", request["KeyConditionExpression"]))
    left = {k: v for k, v in request.items() if k not in {"FilterExpression", "ProjectionExpression"}}
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        left[name] = {k: v for k, v in request[name].items() if k in used}
    return left


def index_writes(before: dict[str, Any], after: dict[str, Any]) -> int:
    """An entry of the index is written anew where its keys change: one removal, one addition."""
    old, new = ([item.get(name) for name in _INDEX] for item in (before, after))
    return 0 if old == new else int(any(old)) + int(any(new))


def item_size(item: dict[str, Any]) -> int:
    """As DynamoDB counts: names and values, in bytes of UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    [(kind, inner)] = value.items()
    if kind == "S":
        return len(inner.encode())
    if kind == "N":
        return len(inner) // 2 + 1
    if kind == "B":
        return len(inner)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_size(v) for name, v in inner.items())
    if kind == "L":
        return 3 + sum(1 + _value_size(v) for v in inner)
    return 1


def _written(request: dict[str, Any]) -> list[tuple[str, Any] | None]:
    """Table and key of everything that a call writes or holds a condition against."""
    if "TransactItems" in request:
        return [
            _place(one)
            for change in request["TransactItems"]
            for kind, one in change.items()
            if kind != "Get"
        ]
    if "RequestItems" in request:
        requests = (
            (t, one) for t, all_ in request["RequestItems"].items() if isinstance(all_, list) for one in all_
        )
        return [(table, one["DeleteRequest"]["Key"]) for table, one in requests]
    return [_place(request)] if request.keys() & {"Item", "UpdateExpression"} else []


def _place(one: dict[str, Any]) -> tuple[str, Any]:
    key = one.get("Key") or {name: one["Item"][name] for name in ("pk", "sk")}
    return one["TableName"], key


async def count(*, scenes: int, generation_s: float, poll_s: float) -> dict[str, Step]:
    """One job, from the POST to its end, with one viewer who follows it: what each kind of step has asked for."""
    with tempfile.TemporaryDirectory(prefix="omnigen-bill-") as folder:
        async with dynamodb_client() as client:
            meter = Meter(client)
            family = Family(open=partial(_opened, meter), durable=True)
            long = timedelta(hours=2)
            async with a_world(
                family, Path(folder), poll=poll_s, leg=long, lease=long, job_deadline=long
            ) as world:
                world.provider.usual[TakeKind.VIDEO] = Fate(seconds=generation_s)
                world.composer.seconds = JOIN_S
                await _Walk(world, meter, Path(folder) / "work").whole(scenes)
                return meter.steps


@asynccontextmanager
async def _opened(meter: Meter, place: Path) -> AsyncIterator[Stores]:
    async with dynamodb_tables(meter, place) as tables:
        yield dynamodb_stores(tables)


@dataclass
class _Walk:
    """The state machine's states in their order, each booked under its own name."""

    world: World
    meter: Meter
    work: Path

    async def whole(self, scenes: int) -> None:
        fade = Transition(kind=TransitionKind.FADE, frames=12)
        shots = (a_scene(n, frames=120, transition=fade if n > 1 else CUT) for n in range(1, scenes + 1))
        board = board_of(*shots)
        accepted = await self.call("submit", lambda: self.world.submit(board))
        job_id, steps = accepted.job_id, self.world.steps
        leg = await self.call("start_leg", lambda: steps.start_leg(job_id, 1))
        await self.until("plan_storyboard", lambda: steps.plan_storyboard(leg))
        for n in range(1, scenes + 1):
            await self.until("generate_scene", lambda n=n: steps.generate_scene(leg, n))
            await self.until("render_segment", lambda n=n: steps.render_segment(leg, n))
        await self.until("generate_music", lambda: steps.generate_music(leg))
        last = await self.call("start_leg", lambda: steps.start_leg(job_id, 2))
        await self.until("compose_video", lambda: steps.compose_video(last))
        await self.call("finish_job", lambda: steps.finish_job(last))
        # An open page asks for the job when it opens, and again for the video; in between it follows the events.
        await self.call("get_job", lambda: self.world.app.get_job(ADA, job_id))
        await self.call("watch_once", lambda: self._watched_once(job_id))

    async def _watched_once(self, job_id: str) -> None:
        """One look of an open stream: what `watch_job` does each `event_poll`."""
        jobs = self.world.stores.jobs
        newest = {event.scene: event.version for event in await jobs.events(job_id, 1, after={})}
        self.meter.steps["watch_once"] = Step(calls=0)
        await jobs.get(job_id)
        await jobs.events(job_id, 1, after=newest)

    async def until(self, name: str, step: Callable[[], Awaitable[Outcome]]) -> None:
        """Call a step until it is ready, waiting as the state machine does."""
        while (outcome := await self.call(name, step)).verdict is Verdict.WAIT:
            self.world.clock.advance(outcome.seconds)
        assert outcome.verdict is Verdict.READY, (name, outcome)

    async def call(self, name: str, step: Callable[[], Awaitable[Any]]) -> Any:
        """Make one call, and book what it asks for."""
        self.meter.now = name
        # Each call may find itself on another machine.
        shutil.rmtree(self.work, ignore_errors=True)
        begun = len(self.world.faults.calls)
        answer = await self.world.clock.run(_done(step))
        made = Counter(self.world.faults.calls[begun:])
        booked = self.meter.step
        booked.calls += 1
        booked.gets += sum(made[f"assets.{verb}"] * times for verb, times in _GETS.items())
        booked.puts += sum(made[f"assets.{verb}"] * times for verb, times in _PUTS.items())
        booked.provider += sum(times for call, times in made.items() if call.startswith("provider."))
        return answer


async def _done(step: Callable[[], Awaitable[Any]]) -> Any:
    return await step()


def plain(steps: dict[str, Step]) -> dict[str, dict[str, float]]:
    """For a results file."""
    return {name: asdict(step) for name, step in steps.items() if name != "set_up"}
