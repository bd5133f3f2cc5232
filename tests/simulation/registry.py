"""The registry of safeguards: what each guards, and how it is taken out for a while."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from attrs import frozen


@frozen(kw_only=True)
class Safeguard:
    """Something that a promise rests on."""

    name: str
    promise: str
    """Which one is broken without it, as in `P2`."""
    careless: tuple[tuple[Any, str, Any], ...]
    """Where it is, what it is called, and what takes its place."""

    @contextmanager
    def out(self) -> Iterator[None]:
        """Do without it for a while."""
        before = [(place, name, vars(place)[name]) for place, name, _ in self.careless]
        try:
            for place, name, instead in self.careless:
                setattr(place, name, instead)
            yield
        finally:
            for place, name, was in before:
                setattr(place, name, was)


SAFEGUARDS: Final[dict[str, Safeguard]] = {}


def guards(promise: str, *places: tuple[Any, str]) -> Callable[[Any], Any]:
    """Register a careless version of what stands at some places; its docstring is what goes wrong."""

    def register(careless: Any) -> Any:
        name = re.sub(r"_s(?=_|$)", "'s", careless.__name__).replace("_", " ")
        replaced = tuple((place, attribute, careless) for place, attribute in places)
        SAFEGUARDS[name] = Safeguard(name=name, promise=promise, careless=replaced)
        return careless

    return register


def nothing(*_: Any, **__: Any) -> None:
    """No check at all."""


async def nothing_awaited(*_: Any, **__: Any) -> None:
    """No check at all, of those that are awaited."""


def add(name: str, promise: str, *careless: tuple[Any, str, Any]) -> None:
    """Register careless versions that stand in different places."""
    SAFEGUARDS[name] = Safeguard(name=name, promise=promise, careless=careless)
