"""What a field may be, checked in one step: a submission makes dozens of nouns, each with several such fields."""

from collections.abc import Callable
from typing import Any

Check = Callable[[Any, Any, Any], None]
"""A validator of attrs: of an instance, an attribute and its value."""


def whole(low: int, high: int | None = None) -> Check:
    """A whole number within bounds."""
    most = float("inf") if high is None else high

    def check(_: Any, attribute: Any, value: Any) -> None:
        if type(value) is not int:
            raise TypeError(f"{attribute.name} is {value!r}; a whole number is allowed")
        if not low <= value <= most:
            raise ValueError(f"{attribute.name} is {value}; {low} to {most} is allowed")

    return check


def between(low: float, high: float) -> Check:
    """A number within bounds."""

    def check(_: Any, attribute: Any, value: Any) -> None:
        if not low <= value <= high:
            raise ValueError(f"{attribute.name} is {value}; {low:g} to {high:g} is allowed")

    return check


def letters(low: int, high: int) -> Check:
    """A text of some length."""

    def check(_: Any, attribute: Any, value: Any) -> None:
        if not low <= len(value) <= high:
            raise ValueError(f"{attribute.name} has {len(value)} characters; {low} to {high} are allowed")

    return check


def optional_letters(low: int, high: int) -> Check:
    """The same, or None."""
    some = letters(low, high)

    def check(instance: Any, attribute: Any, value: Any) -> None:
        if value is not None:
            some(instance, attribute, value)

    return check
