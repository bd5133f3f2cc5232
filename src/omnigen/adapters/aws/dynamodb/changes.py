"""What a write changes: each function makes one operation, to be made alone or together with others.

Every item that is written whole has a `token`, the mark of the write that made it. A writer names the item that it
has looked at (`seen`), and the write holds only while that very item is there: whatever the rules have judged is
what is replaced. The same mark tells a writer whose reply was lost that the change is its own.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import frozen

from omnigen.adapters.aws.dynamodb.attributes import Item, Value, size_of, typed
from omnigen.adapters.aws.dynamodb.keys import Key

_NAMES: Final = re.compile(r"#(\w+)")
_ABSENT: Final = "attribute_not_exists(#pk)"
_SAME: Final = "#token = :seen"


@frozen
class Change:
    """One operation on one item."""

    kind: str
    """Put, Update or Delete, as a transaction calls it."""
    key: Key
    request: Mapping[str, Any]
    """Its parameters, the table excepted."""
    size: int = 0
    """Bytes of the item, where the whole of it is written."""


def put(key: Key, values: Mapping[str, Value], *, seen: Item | None) -> Change:
    """Write an item in the place of the one that was seen, or, if none was, in an empty place."""
    if seen is None:
        return _put(key, values, _ABSENT)
    return _put(key, values, _SAME, {"seen": seen["token"]})


def overwrite(key: Key, values: Mapping[str, Value]) -> Change:
    """Write an item, whatever is there: another change of the same transaction guards it."""
    return _put(key, values)


def put_over(key: Key, values: Mapping[str, Value], condition: str, compared: Mapping[str, Value]) -> Change:
    """Write an item in an empty place, or over one that meets a condition."""
    return _put(key, values, f"{_ABSENT} OR {condition}", compared)


def keep(key: Key, values: Mapping[str, Value]) -> Change:
    """Write an item unless one is there: then leave that one, and don't mind."""
    first = ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in values)
    return _update(key, f"SET {first}", "", values)


def mark(key: Key, values: Mapping[str, Value], *, seen: Item | None = None) -> Change:
    """Set some attributes of an item: of the very one that was seen, else of any that is there."""
    condition = "attribute_exists(#pk)" if seen is None else _SAME
    compared = {} if seen is None else {"seen": seen["token"]}
    changed = ", ".join(f"#{name} = :{name}" for name in values)
    return _update(key, f"SET {changed}", condition, {**values, **compared})


def count(
    key: Key,
    amounts: Mapping[str, int],
    *,
    condition: str = "",
    compared: Mapping[str, Value] = MappingProxyType({}),
    besides: Mapping[str, Value] = MappingProxyType({}),
) -> Change:
    """Add to some counters, which begin at nothing, if a condition holds; set what is named `besides`."""
    added = ", ".join(f"#{name} :{name}" for name in amounts)
    fixed = ", ".join(f"#{name} = :{name}" for name in besides)
    expression = f"ADD {added}" + (f" SET {fixed}" if fixed else "")
    return _update(key, expression, condition, {**amounts, **besides, **compared})


def remove(key: Key) -> Change:
    """Delete an item. Absent is fine."""
    return Change("Delete", key, {"Key": typed({"pk": key.pk, "sk": key.sk})})


def named(*expressions: str) -> dict[str, Any]:
    """The names that expressions use, each for itself: half of the good ones are reserved words."""
    found = {name for expression in expressions for name in _NAMES.findall(expression)}
    return {"ExpressionAttributeNames": {f"#{name}": name for name in found}} if found else {}


def valued(values: Mapping[str, Value]) -> dict[str, Any]:
    """The values that expressions use."""
    return {"ExpressionAttributeValues": {f":{k}": v for k, v in typed(values).items()}} if values else {}


def _put(
    key: Key,
    values: Mapping[str, Value],
    condition: str = "",
    compared: Mapping[str, Value] = MappingProxyType({}),
) -> Change:
    item = {"pk": key.pk, "sk": key.sk, **values}
    request = {"Item": typed(item), **_condition(condition), **named(condition), **valued(compared)}
    return Change("Put", key, request, size_of(item))


def _update(key: Key, expression: str, condition: str, values: Mapping[str, Value]) -> Change:
    request = {
        "Key": typed({"pk": key.pk, "sk": key.sk}),
        "UpdateExpression": expression,
        **_condition(condition),
        **named(expression, condition),
        **valued(values),
    }
    return Change("Update", key, request)


def _condition(condition: str) -> dict[str, str]:
    return {"ConditionExpression": condition} if condition else {}
