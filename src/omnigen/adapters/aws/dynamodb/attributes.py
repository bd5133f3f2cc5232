"""Items as DynamoDB wants them, and the documents in them.

An item is a plain mapping here; its types are written out at the edge. A document of more than a kilobyte is
compressed: a write is billed by the kilobyte, and forty scenes with the longest prompts must stay under the
400 KB that an item may have.
"""

import zlib
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from omnigen.adapters.documents import Shelf, raw
from omnigen.domain.errors import TooLarge

N = TypeVar("N")
Value = str | int | bytes | bool
Item = dict[str, Value]

LARGEST_ITEM: Final = 400 * 1024
_BILLED: Final = 1024
"""Bytes that one write unit pays for: shorter documents would gain nothing by being compressed."""


def typed(item: Mapping[str, Value]) -> dict[str, Any]:
    """Each value with the name of its type."""
    return {name: _typed(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> Item:
    """The values alone."""
    return {name: _plain(*next(iter(value.items()))) for name, value in item.items()}


def document(noun: Any) -> str | bytes:
    """A noun as an attribute: text while it is short, compressed beyond."""
    written = raw(noun)
    return written.decode() if len(written) <= _BILLED else packed(written)


def noun_of(shelf: Shelf[N], item: Mapping[str, Value]) -> N:
    """The noun whose document an item holds."""
    held = item["document"]
    return shelf.one(unpacked(held) if isinstance(held, bytes) else str(held))


def packed(data: bytes) -> bytes:
    """Compressed."""
    return zlib.compress(data)


def unpacked(data: Any) -> bytes:
    """What was compressed."""
    return zlib.decompress(data)


def size_of(item: Mapping[str, Value]) -> int:
    """Bytes that an item takes, as they are counted against its limit. Raises TooLarge."""
    size = sum(len(name.encode()) + _size(value) for name, value in item.items())
    if size > LARGEST_ITEM:
        raise TooLarge(
            f"{item.get('pk')!r} {item.get('sk')!r} takes {size} bytes; {LARGEST_ITEM} bytes are allowed"
        )
    return size


def _typed(value: Value) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": value}
    return {"BOOL": value} if isinstance(value, bool) else {"N": str(value)}


def _plain(kind: str, value: Any) -> Value:
    if kind == "N":
        return int(value)
    return bytes(value) if kind == "B" else value


def _size(value: Value) -> int:
    if isinstance(value, str):
        return len(value.encode())
    return len(value) if isinstance(value, bytes) else 21  # a number takes at most so many
