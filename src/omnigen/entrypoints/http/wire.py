"""What all models of the wire have in common: seconds, money, trimmed text."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Invalid

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_DOLLARS: Final = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")
_MICRO: Final = Decimal(1_000_000)
_MOST: Final = Decimal(1_000_000)


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """Base of what clients send: an unknown field is an error, so that a misspelt one never goes unnoticed."""


class View(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of what clients get. A tree can't hold itself, so the collector has nothing to look for."""


class Money(View, frozen=True):
    """An amount of US dollars, exact."""

    micros: Annotated[int, Meta(description="Whole micro-dollars.", examples=[1_200_000])]
    usd: Annotated[str, Meta(description="The same in dollars.", examples=["1.20"])]

    @staticmethod
    @lru_cache(maxsize=4_096)  # a job names a dozen amounts, and most of them are the price table's
    def of(micros: Micros) -> "Money":
        """An amount in both spellings."""
        return Money(micros=micros, usd=dollars(micros))


def dollars(micros: Micros) -> str:
    """Micro-dollars as dollars: exact, with at least two digits after the point."""
    whole, rest = divmod(abs(micros), 1_000_000)
    cents = f"{rest:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if micros < 0 else ''}{whole}.{cents}"


def micros_of(amount: str | float, field: str) -> Micros:
    """Dollars as micro-dollars. Raises Invalid unless it is 0 to 1,000,000 with at most 6 digits after the point."""
    written = str(amount)
    value = Decimal(written) if _DOLLARS.fullmatch(written) else None
    if value is None or value > _MOST:
        raise Invalid(
            f"{field} is {written[:40]!r}; dollars from 0 to 1000000 with at most 6 decimals are allowed",
            field=field,
        )
    return int(value * _MICRO)


def text(value: str, field: str, low: int, high: int) -> str:
    """The text without blanks around it. Raises Invalid if that is too short, too long or unprintable."""
    trimmed, name = value.strip(), field.rpartition(".")[2]
    if not low <= len(trimmed) <= high:
        raise Invalid(f"{name} has {len(trimmed)} characters; {low} to {high} are allowed", field=field)
    if found := _CONTROL.search(trimmed):
        raise Invalid(
            f"{name} has the control character U+{ord(found[0]):04X}; printable text is allowed",
            field=field,
        )
    return trimmed


def optional_text(value: str | None, field: str, high: int) -> str | None:
    """The same where nothing, or only blanks, means none."""
    return text(value, field, 1, high) if value is not None and value.strip() else None


def trimmed(low: int, high: int, description: str, examples: Sequence[Any] = ()) -> Meta:
    """Documents the bounds of a text; they are checked by `text`, after blanks have been taken off."""
    extra = {"min_length": low, "max_length": high}
    return Meta(description=description, examples=list(examples) or None, extra_json_schema={"extra": extra})


def in_seconds(low: float, high: float, description: str, examples: Sequence[float] = ()) -> Meta:
    """A length of time in seconds with its bounds, fractions allowed."""
    return Meta(
        ge=low, le=high, description=description, examples=list(examples) or None, extra={"unit": "s"}
    )
