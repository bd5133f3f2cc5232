"""Nouns that were found, each with the item that it was in."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from attrs import frozen

from omnigen.adapters.aws.dynamodb.attributes import Item, noun_of
from omnigen.adapters.documents import Shelf

N = TypeVar("N")

_REMEMBERED: Final = 10_000


@frozen
class Found(Generic[N]):
    """A noun as it is stored, and its item, by which a write can say that it is still there."""

    noun: N
    item: Item

    @classmethod
    def of(cls, shelf: Shelf[N], item: Item) -> "Found[N]":
        """The noun whose document an item holds."""
        return cls(noun_of(shelf, item), item)

    def written_by(self, token: str) -> bool:
        """Whether it is what the writer of that token has written."""
        return self.item["token"] == token


class Remembered:
    """Facts that never change, so that they need be read once only; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._facts: OrderedDict[str, str] = OrderedDict()

    def get(self, name: str) -> str | None:
        """The fact, if it is remembered."""
        return self._facts.get(name)

    def keep(self, name: str, fact: str) -> str:
        """Remember a fact; returns it."""
        self._facts[name] = fact
        if len(self._facts) > _REMEMBERED:
            self._facts.popitem(last=False)
        return fact


def nouns_of(shelf: Shelf[N], items: Iterable[Item]) -> tuple[N, ...]:
    """The nouns whose documents some items hold."""
    return tuple(noun_of(shelf, item) for item in items)
