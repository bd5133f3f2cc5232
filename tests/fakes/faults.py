"""A port between its users and a real adapter: it counts every call, and breaks those that a test wants broken."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from attrs import frozen

Hook = Callable[[str, int, str], Awaitable[None] | None]
"""Called with the call's name (`jobs.update`), its number, and `before` or `after` it takes effect; may raise."""


@frozen(kw_only=True)
class Call:
    """A call that somebody makes, not made yet."""

    name: str
    number: int
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    make: Callable[[], Awaitable[Any]]
    """Makes it; may be called never, later, or more than once."""


Instead = Callable[[Call], Awaitable[Any]]
"""Answers a call, making it or not."""


class Faults:
    """What is to go wrong in any of the ports it watches."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.under_way = 0
        self.hook: Hook | None = None
        self.instead: Instead | None = None

    def watch(self, name: str, port: Any) -> Any:
        """The port, every awaited call of it under watch."""
        return _Watched(name, port, self)

    async def call(self, name: str, target: Callable[..., Awaitable[Any]], args: Any, kwargs: Any) -> Any:
        number = len(self.calls)
        self.calls.append(name)
        await self._meddle(name, number, "before")
        make = partial(self._make, target, args, kwargs)
        if self.instead is None:
            result = await make()
        else:
            call = Call(name=name, number=number, args=args, kwargs=kwargs, make=make)
            result = await self.instead(call)
        await self._meddle(name, number, "after")
        return result

    async def _make(self, target: Callable[..., Awaitable[Any]], args: Any, kwargs: Any) -> Any:
        self.under_way += 1
        try:
            return await target(*args, **kwargs)
        finally:
            self.under_way -= 1

    async def _meddle(self, name: str, number: int, when: str) -> None:
        if self.hook is not None:
            answer = self.hook(name, number, when)
            if answer is not None:
                await answer

    def break_at(self, number: int, when: str, error: Callable[[], BaseException]) -> None:
        """Let the call of that number fail, before or after it took effect."""

        def hook(_: str, at: int, moment: str) -> None:
            if (at, moment) == (number, when):
                raise error()

        self.hook = hook

    def crash_at(self, number: int, when: str) -> None:
        """Cut off the task that makes the call of that number, as a killed process is."""
        self.break_at(number, when, asyncio.CancelledError)


class _Watched:
    def __init__(self, name: str, port: Any, faults: Faults) -> None:
        self._name, self._port, self._faults = name, port, faults

    def __getattr__(self, name: str) -> Any:
        target = getattr(self._port, name)
        if not inspect.iscoroutinefunction(target):
            return target

        async def call(*args: Any, **kwargs: Any) -> Any:
            return await self._faults.call(f"{self._name}.{name}", target, args, kwargs)

        return call
