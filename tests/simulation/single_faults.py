"""A whole job of three scenes during which one thing goes wrong: once, or again and again until it is mended.

The job goes the whole way: a narration, stills to begin with, music, the client's request and its last look. Every
call of a port is known by its method and how many of that came before. A fault is given to one call and, if it sticks,
to every later one of the same method too, for `HEALS` seconds. The clock is virtual, the workflow is the local one with
its outbox and its sweeper, and a worker that crashes is followed by a new one. Whatever happens, the job ends in its
time, and the promises hold.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, Final

from attrs import evolve, field, frozen
from dependency_injector import providers

from omnigen.container import Worker
from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Ambiguous, OmniGenError, Rejected, Transient
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Soundtrack
from omnigen.entrypoints.worker import look
from omnigen.ports.provider import PredictionStatus
from tests.builders import a_scene
from tests.contract.harness import FAMILIES
from tests.fakes.catalogue import ANIMATED
from tests.fakes.faults import Call, Faults
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, World, a_world, board_of
from tests.promises import check_promises

BOARD: Final = evolve(
    board_of(a_scene(1, narration="here it is"), a_scene(2), a_scene(3)),
    model=ANIMATED,
    soundtrack=Soundtrack(music="slow and dark"),
)
_REQUESTS: Final = 8
"""What it takes: a narration, and of each scene a still and a clip; music."""
LAG: Final = 45.0
"""Seconds that a call is delayed: longer than a lease, shorter than the search for a lost reply."""
HEALS: Final = timedelta(minutes=3)
"""How long a fault sticks: long enough for a leg to give up."""
_LOOK, _SWEEP, _AGAIN = 1.0, 5.0, 2.0
_RAM: Final = Path("/dev/shm")


class Kind(StrEnum):
    """What can go wrong with a call."""

    REFUSED = "refused"
    """It fails, and has changed nothing."""
    LOST = "lost"
    """It takes effect; its reply isn't heard."""
    LATE = "late"
    """Whoever made it gives up; it takes effect afterwards."""
    DELAYED = "delayed"
    """It takes effect late, and whoever made it waits."""
    REPEATED = "repeated"
    """It takes effect twice; the second answer is heard."""
    GARBAGE = "garbage"
    """What comes back is of no use."""
    CRASH = "crash"
    """It takes effect, and then the process that made it is dead."""


class ApiDied(BaseException):
    """The process that answers the client has crashed: the connection is gone."""


@frozen
class Fault:
    """One thing that goes wrong, with the call of that name that so many others come before."""

    name: str
    before: int
    kind: Kind
    sticky: bool = False


@frozen
class Site:
    """A call: its name, how many of that came before, and the functions that wait for it, innermost first."""

    name: str
    before: int
    path: tuple[str, ...]


def conceivable(name: str, kind: Kind) -> bool:
    """Whether that can happen to calls of that name.

    A provider that takes one request for two charges twice, and nobody can help that: requests that create are
    never repeated below us (the SDK has that off). What the stores answer is checked by their own hashes and types.
    Composer and inspector are children of the process that asks: nothing gets lost on a way.
    """
    if kind is Kind.GARBAGE:
        return name in _GARBAGE
    if name.startswith(("composer.", "inspector.")):
        return kind in (Kind.REFUSED, Kind.DELAYED, Kind.CRASH)
    return (name, kind) != ("provider.create", Kind.REPEATED)


# --- garbage


async def _no_output(call: Call) -> Any:
    return evolve(await call.make(), status=PredictionStatus.SUCCEEDED, output=None)


async def _nonsense(call: Call) -> Any:
    await call.make()
    await asyncio.to_thread(call.args[1].write_text, "<html>502</html>")
    return "text/html"


async def _nothing_in_it(call: Call) -> Any:
    return evolve(await call.make(), seconds=0.0)


async def _broken_footage(call: Call) -> Any:
    raise Rejected("it doesn't decode")


_GARBAGE: Final[dict[str, Callable[[Call], Awaitable[Any]]]] = {
    "provider.get": _no_output,
    "provider.download": _nonsense,
    "inspector.inspect": _nothing_in_it,
    "composer.render_segment": _broken_footage,
    "composer.prepare": _broken_footage,
    "composer.mix": _broken_footage,
    "composer.join": _broken_footage,
}


# --- the fault at work


@frozen(eq=False)
class Meddler:
    """Lets one fault happen, and writes down where each call came from."""

    world: World
    fault: Fault | None
    crash: "Callable[[set[asyncio.Task[None]]], BaseException]"
    sites: list[Site] = field(factory=list)
    """Of a walk without a fault."""
    counts: Counter[str] = field(factory=Counter)
    fired: list[str] = field(factory=list)
    _heals: list[Any] = field(factory=list)
    _late: "set[asyncio.Task[None]]" = field(factory=set)

    async def __call__(self, call: Call) -> Any:
        """Make the call, or what the fault makes of it."""
        before = self.counts[call.name]
        self.counts[call.name] += 1
        if self.fault is None:
            self.sites.append(Site(call.name, before, _path(sys._getframe())))
        if self.fault is None or call.name != self.fault.name or not self._hit(before, self.fault):
            return await call.make()
        self.fired.append(call.name)
        return await self._broken(call, self.fault.kind)

    def _hit(self, before: int, fault: Fault) -> bool:
        if before == fault.before:
            self._heals.append(self.world.clock.now() + HEALS)
            return True
        return fault.sticky and bool(self._heals) and self.world.clock.now() < self._heals[0]

    async def _broken(self, call: Call, kind: Kind) -> Any:
        unheard = Ambiguous if call.name == "provider.create" else Transient
        match kind:
            case Kind.REFUSED:
                raise Transient("nobody is there")
            case Kind.LOST:
                await call.make()
                raise unheard("the reply was lost")
            case Kind.LATE:
                task = asyncio.create_task(self._afterwards(call))
                self._late.add(task)
                raise unheard("no reply in time")
            case Kind.DELAYED:
                await self.world.clock.sleep(LAG)
                return await call.make()
            case Kind.REPEATED:
                await call.make()
                return await call.make()
            case Kind.GARBAGE:
                return await _GARBAGE[call.name](call)
            case Kind.CRASH:
                await call.make()
                raise self.crash(self.late)

    async def _afterwards(self, call: Call) -> None:
        await self.world.clock.sleep(LAG)
        with suppress(OmniGenError, FileNotFoundError):  # its folder may be gone, and nobody listens
            await call.make()

    @property
    def late(self) -> "set[asyncio.Task[None]]":
        """Calls that are still on their way, though nobody waits for them."""
        return {task for task in self._late if not task.done()}


def _path(frame: FrameType | None) -> tuple[str, ...]:
    """The functions of ours that wait for a call."""
    found = []
    while frame is not None:
        code = frame.f_code
        if "/omnigen/" in code.co_filename:
            found.append(f"{code.co_filename}:{code.co_name}")
        frame = frame.f_back
    return tuple(found)


# --- the job


@frozen(eq=False)
class Walk:
    """A client's job and the worker that makes it, with one fault among their calls."""

    world: World
    spared: "set[asyncio.Task[Any] | None]" = field(factory=set)
    """What isn't the worker's: it outlives a crash."""
    died: asyncio.Event = field(factory=asyncio.Event)

    async def run(self, fault: Fault | None) -> Meddler:
        """From the request to the end of the job, and until the last stray call has arrived."""
        world = self.world
        meddler = Meddler(world, fault, self._crash)
        world.provider.usual = {kind: Fate(seconds=1.0) for kind in TakeKind}
        composing = Faults()  # watched apart: it takes time of its own, which passes while it is under way
        watched = composing.watch("composer", world.composer)
        world.container.composer.override(providers.Object(watched))
        world.faults.instead = composing.instead = meddler
        self.spared.add(asyncio.current_task())
        await world.clock.run(self._whole(meddler), at_most=timedelta(hours=2))
        world.faults.instead = None
        return meddler

    async def _whole(self, meddler: Meddler) -> None:
        self.spared.add(asyncio.current_task())
        working = asyncio.create_task(self._workers())
        self.spared.add(working)
        try:
            await self._insist(lambda: self.world.submit(BOARD, key="once"))
            while not ((await self.world.job()).ended and not meddler.late):
                if working.done():
                    working.result()
                await self.world.clock.sleep(_LOOK)
            await self._insist(lambda: self.world.app.get_job(ADA, self.world.jobs[-1]))
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _insist(self, request: Callable[[], Awaitable[Any]]) -> None:
        """What a client does: ask again, with the same key, until there is an answer."""
        for _ in range(200):
            with suppress(Transient, Ambiguous, ApiDied):
                await request()
                return
            await self.world.clock.sleep(_AGAIN)
        raise AssertionError("the client never got an answer")

    def _crash(self, under_way: "set[asyncio.Task[None]]") -> BaseException:
        """End whatever the worker has under way, or the one request of the client; what the caller gets to feel."""
        if asyncio.current_task() in self.spared:
            return ApiDied()
        self.died.set()
        for task in asyncio.all_tasks() - self.spared - under_way:
            task.cancel()
        return asyncio.CancelledError()

    async def _workers(self) -> None:
        """One worker after another."""
        while True:
            self.died.clear()
            worker = self._new_worker()
            serving = asyncio.create_task(self._serve(worker))
            dead = asyncio.create_task(self.died.wait())
            self.spared.add(dead)
            try:
                await asyncio.wait({dead, serving}, return_when=asyncio.FIRST_COMPLETED)
                if not dead.done():
                    serving.result()
            finally:
                for task in (dead, serving):
                    task.cancel()
                await asyncio.gather(dead, serving, return_exceptions=True)
                await worker.workflow.stop()
            await self.world.clock.sleep(_AGAIN)

    def _new_worker(self) -> Worker:
        container = self.world.container
        container.reset_singletons()
        workflow = self.world.driver()
        watched = self.world.faults.watch("workflow", workflow)
        container.workflow.override(providers.Object(watched))
        return Worker(
            pipeline=self.world.steps,
            workflow=workflow,
            outbox=container.outbox(),
            metrics=self.world.metrics,
        )

    async def _serve(self, worker: Worker) -> None:
        """As the worker process does, but for its pace."""
        with suppress(OmniGenError):
            await worker.pipeline.sweep(ignore_leases=True)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._repeat(_LOOK, lambda: look(worker)))
            group.create_task(self._repeat(_SWEEP, worker.pipeline.sweep))

    async def _repeat(self, seconds: float, action: Callable[[], Awaitable[object]]) -> None:
        while True:
            with suppress(OmniGenError):  # another round will come
                await action()
            await self.world.clock.sleep(seconds)


# --- running them


class InlineLoop(asyncio.SelectorEventLoop):
    """A loop without threads: what would go to one is done at once, so that a walk takes the same way each time."""

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> "asyncio.Future[Any]":
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  it belongs to whoever waits
            future.set_exception(error)
        return future


def walked(family: str, fault: Fault | None = None) -> Meddler:
    """Walk one job over fresh stores, and check that it has ended as it should. Raises AssertionError."""

    async def walk() -> Meddler:
        with TemporaryDirectory(dir=_RAM if _RAM.is_dir() else None) as folder:
            async with a_world(FAMILIES[family], Path(folder)) as world:
                meddler = await Walk(world).run(fault)
                await check_promises(world)
                job = await world.job()
                if fault is None or (not fault.sticky and fault.kind is not Kind.GARBAGE):
                    assert job.status is JobStatus.SUCCEEDED, job.revision.error
                    # Of all that is charged, one request at the most is in nobody's video.
                    assert len(world.provider.charged()) <= _REQUESTS + 1
                return meddler

    with asyncio.Runner(loop_factory=InlineLoop) as runner:
        return runner.run(walk())


def each_fault(sites: Sequence[Site], *, sticky: bool, each: Callable[[Site], object]) -> Iterator[Fault]:
    """All conceivable faults of a walk: one of each kind for every value that `each` has of a call."""
    seen: set[object] = set()
    for site in sites:
        if (mark := each(site)) not in seen:
            seen.add(mark)
            kinds = (kind for kind in Kind if conceivable(site.name, kind))
            yield from (Fault(site.name, site.before, kind, sticky) for kind in kinds)


def of_call(site: Site) -> object:
    """Every single call."""
    return site


def of_site(site: Site) -> object:
    """The first call of every place in the program that makes any."""
    return site.name, site.path


def of_method(site: Site) -> object:
    """The first call of every method of a port."""
    return site.name


def found(family: str, fault: Fault) -> str | None:
    """What is wrong after a fault; None if all is well.

    Where threads and sockets answer, one walk asks once more often than another: what never came up gets two more.
    """
    for _ in range(3):
        try:
            meddler = walked(family, fault)
        except Exception as error:  # noqa: BLE001  whatever it is, it is what was looked for
            return f"{family} {fault}: {type(error).__name__}: {error}"
        if meddler.fired:
            return None
    return f"{family} {fault} never happened"
