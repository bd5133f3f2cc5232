"""Every port between its users and a real adapter: each call is a step of the schedule, and may go wrong.

What takes effect does so at once and as a whole, in the network's name: whoever asked may be dead by then.
"""

import asyncio
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from omnigen.domain.errors import Ambiguous, Rejected, Transient
from omnigen.ports.assets import StoredObject
from tests.simulation.faults import Fault
from tests.simulation.loop import PROCESS

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

LOCAL: Final = frozenset({"composer", "inspector", "workflow"})
"""Those that work in the process itself, and end with it."""
_FILES: Final = frozenset({"put", "fetch", "download", "lend"})
"""Calls that are given a file of the process's: they can't take effect without it."""
_ONCE: Final = frozenset({"create", "lend", "put", "put_bytes", "copy"})
"""What no client of ours repeats by itself, or what would come back after it was taken away."""


class Ports:
    """All ports of a world."""

    def __init__(self, world: "SimWorld", real: dict[str, Any]) -> None:
        self.world, self.real = world, real
        self.calls = 0

    async def call(self, port: str, method: str, args: Any, kwargs: Any) -> Any:
        """One call, with whatever goes wrong with it. With what nobody's code asks, nothing does."""
        world = self.world
        process = PROCESS.get()
        if world.closed:
            raise asyncio.CancelledError
        if process is None:
            return await getattr(self.real[port], method)(*args, **kwargs)
        await _turn()
        self.calls += 1
        fault = world.plan.draw(port, method, world.loop.time())
        target = getattr(self.real[port], method)
        if fault is None:
            world.note(f"{port}.{method}")
            return await self._take_effect(port, method, target(*args, **kwargs), args)
        world.note(str(fault))
        return await self._go_wrong(fault, lambda: target(*args, **kwargs), args)

    async def _take_effect(self, port: str, method: str, work: Coroutine[Any, Any, Any], args: Any) -> Any:
        """What has no reason to wait is done at once; what waits goes on as a task of the network's, or of the process."""
        try:
            if port in LOCAL:
                result = await work
            else:
                waits_for = work.send(None)
                result = await asyncio.shield(self.world.loop.background(_go_on(work, waits_for)))
        except StopIteration as end:
            result = end.value
        except Exception as error:
            self.world.seen(port, method, args, error)
            raise
        self.world.seen(port, method, args, result)
        return result

    async def _go_wrong(self, fault: Fault, act: Callable[[], Any], args: Any) -> Any:
        def effect() -> Coroutine[Any, Any, Any]:
            return self._take_effect(fault.port, fault.method, act(), args)

        chance = self.world.plan.chance(fault)
        match fault.kind:
            case "freeze":
                await self._freeze(chance)
                return await effect()
            case "crash":
                return await self._crash(fault, effect, chance)
            case "delay":
                return await self._delayed(fault, effect, chance)
            case "repeat":
                return await self._repeated(fault, effect, chance)
            case "garbage":
                return self._garbled(fault, await effect(), args, chance)
            case "lost":
                self._nobody_hears(fault, await effect())
                raise self._unknown(fault)
            case "unheard":
                self._unheard(fault, effect, args, chance)
                raise self._unknown(fault)
        raise self._away(fault, args, chance)

    def _unheard(self, fault: Fault, effect: Callable[[], Awaitable[Any]], args: Any, chance: float) -> None:
        """Nobody knows; perhaps it arrives later."""
        if fault.method != "create":
            return
        if chance < 0.5:
            self._later(lambda: self._arrived(fault, effect), 80 * chance)
        else:
            self.world.provider.refused(args[0], None)

    async def _freeze(self, chance: float) -> None:
        process = PROCESS.get()
        if process is not None and not process.name.startswith("api"):
            seconds = 5 + 50 * (chance * 2 % 1)
            self.world.loop.background(self.world.stand_still(process, seconds, replaced=chance < 0.7))
            await asyncio.sleep(0.01)

    async def _crash(self, fault: Fault, effect: Callable[[], Awaitable[Any]], chance: float) -> Any:
        process = PROCESS.get()
        assert process is not None
        if chance < 0.5:
            with suppress(Exception):  # nobody is left to hear of it
                self._nobody_hears(fault, await effect())
        self.world.kill(process, "in a call")
        return await asyncio.get_running_loop().create_future()

    def _away(self, fault: Fault, args: Any, chance: float) -> Exception:
        retry_after = round(chance * 60, 1) if fault.port == "provider" and chance < 0.5 else None
        if fault.method == "create":
            self.world.provider.refused(args[0], retry_after)
        return Transient(f"{fault.port} is away", retry_after=retry_after)

    def _unknown(self, fault: Fault) -> Exception:
        if fault.method == "create":
            return Ambiguous("the reply was lost")
        return Transient(f"the reply of {fault.port} was lost")

    async def _arrived(self, fault: Fault, effect: Callable[[], Awaitable[Any]]) -> None:
        self._nobody_hears(fault, await effect())

    def _nobody_hears(self, fault: Fault, result: Any) -> None:
        if fault.method == "create":
            self.world.provider.unheard.add(result.id)

    def _later(self, effect: Callable[[], Awaitable[Any]], seconds: float) -> "asyncio.Task[Any]":
        async def arrive() -> Any:
            await asyncio.sleep(seconds)
            return await effect()

        return self.world.loop.background(arrive())

    async def _delayed(self, fault: Fault, effect: Callable[[], Awaitable[Any]], chance: float) -> Any:
        """Late by a moment mostly, by half a minute at the most; on its way there, or on its way back."""
        seconds = 30 * (chance * 2 % 1) ** 3
        if fault.port in LOCAL or fault.method in _FILES:
            await asyncio.sleep(seconds)
            return await effect()
        if chance < 0.5:
            return await asyncio.shield(self._later(effect, seconds))
        result = await effect()
        await asyncio.sleep(seconds)
        return result

    async def _repeated(self, fault: Fault, effect: Callable[[], Awaitable[Any]], chance: float) -> Any:
        if fault.method in _ONCE:
            return await effect()
        if chance < 0.3:
            result = await effect()
            if fault.port not in LOCAL:
                self._later(effect, 60 * chance)
            return result
        with suppress(Exception):  # the answer to the second is the one that counts
            await effect()
        return await effect()

    def _garbled(self, fault: Fault, result: Any, args: Any, chance: float) -> Any:
        match fault.method:
            case "get":
                odd = 0.0 if chance < 0.5 else 1.0
                return evolve(result, progress=odd, output=None if chance < 0.2 else result.output)
            case "created_since":
                return [evolve(p, input={"prompt": "another's"}, id=f"x{p.id}") for p in result] + list(
                    result
                )
            case "download":
                args[1].write_bytes(b"\x00nonsense")
                return "application/octet-stream" if chance < 0.5 else result
            case "inspect":
                raise Rejected("it can't be decoded")
            case "render_segment" | "mix" | "prepare":
                raise Rejected("the footage can't be decoded")
        return result


class Port:
    """What the use cases hold: it finds the present world's port, whichever that is."""

    def __init__(self, name: str, *plain: str) -> None:
        self._name, self._plain = name, frozenset(plain)

    def __getattr__(self, method: str) -> Any:
        if method in self._plain:
            return getattr(here().ports.real[self._name], method)
        name = self._name

        def call(*args: Any, **kwargs: Any) -> Any:
            return here().ports.call(name, method, args, kwargs)

        setattr(self, method, call)
        return call


class AssetsPort(Port):
    """The asset store: a listing comes in one piece here."""

    def list(self, prefix: str, *, after: str = "") -> AsyncIterator[StoredObject]:
        return _Listing(prefix, after)


class _Listing:
    """All objects under a prefix. No generator: those would be put away whenever memory is collected."""

    def __init__(self, prefix: str, after: str) -> None:
        self._asked = prefix, after
        self._found: list[StoredObject] | None = None

    def __aiter__(self) -> "_Listing":
        return self

    async def __anext__(self) -> StoredObject:
        if self._found is None:
            found = await here().ports.call("assets", "listed", self._asked, {})
            self._found = list(reversed(found))
        if not self._found:
            raise StopAsyncIteration
        return self._found.pop()


class Here:
    """Something that each process has of its own, as its workspace."""

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find

    def __getattr__(self, name: str) -> Any:
        return getattr(self._find(), name)


_worlds: "list[SimWorld]" = []


def here() -> "SimWorld":
    """The world that is being simulated."""
    return _worlds[-1]


def enter(world: "SimWorld") -> None:
    """Make a world the present one."""
    _worlds.append(world)


def leave() -> None:
    """Go back to the one before."""
    _worlds.pop()


@types.coroutine
def _turn() -> Generator[None, None, None]:
    """Let others have a step."""
    yield


async def _go_on(work: Coroutine[Any, Any, Any], waits_for: Any) -> Any:
    return await _rest(work, waits_for)


@types.coroutine
def _rest(work: Coroutine[Any, Any, Any], waits_for: Any) -> Generator[Any, Any, Any]:
    while True:
        try:
            heard = yield waits_for
        except BaseException as error:  # noqa: BLE001  whatever it is, it is the work's affair
            step: Callable[[], Any] = lambda error=error: work.throw(error)  # type: ignore[misc]  # noqa: E731
        else:
            step = lambda heard=heard: work.send(heard)  # type: ignore[misc]  # noqa: E731
        try:
            waits_for = step()
        except StopIteration as end:
            return end.value
