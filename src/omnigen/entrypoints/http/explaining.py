"""Says what is wrong with a body: the field at fault, its value, and what is allowed there.

msgspec names the place and one broken bound; the model knows the rest.
"""

import json
import re
from typing import Any, Final, NamedTuple

from msgspec import inspect

from omnigen.domain.errors import Invalid

_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_INDEX: Final = re.compile(r"\[(\d+)\]")
"""Scenes are counted from 1 everywhere, as their numbers are."""
_UNKNOWN: Final = re.compile(r"unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"missing required field `(.*)`")
_SHOWN: Final = 60

Steps = list[str | int]


class _Declared(NamedTuple):
    """A field's type without its None, and the unit that it is in."""

    kind: inspect.Type
    unit: str = ""


def explain(message: str, body: Any, model: Any) -> Invalid:
    """msgspec's message about a body (as lists and dicts) in words that help."""
    found = _AT.match(message)
    what, where = (found["what"], found["path"] or "$") if found else (message, "$")
    path = _INDEX.sub(lambda index: f"[{int(index[1]) + 1}]", where.removeprefix("$").lstrip("."))
    steps: Steps = [name or int(index) for name, index in _STEP.findall(where)]
    if unknown := _UNKNOWN.search(what):
        name = unknown[1][:_SHOWN]
        known = ", ".join(_names_at(inspect.type_info(model), steps))
        return Invalid(f"{name!r} is not known here; allowed are {known}", field=f"{path}.{name}".lstrip("."))
    if missing := _MISSING.search(what):
        return Invalid(f"{missing[1]} is missing", field=f"{path}.{missing[1]}".lstrip("."))
    return Invalid(f"{_said(what, steps, body, model)} is allowed", field=path or None)


def _said(what: str, steps: Steps, body: Any, model: Any) -> str:
    declared = _declared_at(inspect.type_info(model), steps)
    name = next((step for step in reversed(steps) if isinstance(step, str)), "the body")
    allowed = _allowed(declared) if declared else what
    return f"{name} is {_shown(_value_at(body, steps), declared.unit if declared else '')}; {allowed}"


def _value_at(value: Any, steps: Steps) -> Any:
    try:
        for step in steps:
            value = value[step]
    except (LookupError, TypeError):
        return None
    return value


def _shown(value: Any, unit: str) -> str:
    match value:
        case str() if len(value) > _SHOWN:
            return f"{len(value)} characters long"
        case list():
            return f"a list of {len(value)}"
        case dict():
            return "an object"
        case bool() | None | str():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return f"{str(value)[:_SHOWN]}{unit}"


def _declared_at(kind: inspect.Type, steps: Steps) -> _Declared | None:
    """What is declared at the end of a path; None where the path leads nowhere."""
    declared = _plain(kind)
    for step in steps:
        inner = _inner(declared.kind, step)
        if inner is None:
            return None
        declared = _plain(inner)
    return declared


def _names_at(kind: inspect.Type, steps: Steps) -> list[str]:
    """Names of the fields that the object at the end of a path may have."""
    declared = _declared_at(kind, steps)
    fields = declared.kind.fields if declared and isinstance(declared.kind, inspect.StructType) else ()
    return [field.encode_name for field in fields]


def _inner(kind: inspect.Type, step: str | int) -> inspect.Type | None:
    match kind:
        case inspect.StructType(fields=fields):
            return next((field.type for field in fields if field.encode_name == step), None)
        case inspect.ListType(item_type=item):
            return item
    return None


def _plain(kind: inspect.Type) -> _Declared:
    unit = ""
    while True:
        match kind:
            case inspect.Metadata(type=inner, extra=extra):
                kind, unit = inner, (extra or {}).get("unit", unit)
            case inspect.UnionType(types=types) if len(rest := _without_none(types)) == 1:
                kind = rest[0]
            case _:
                return _Declared(kind, f" {unit}" if unit else "")


def _without_none(types: tuple[inspect.Type, ...]) -> list[inspect.Type]:
    return [kind for kind in types if not isinstance(kind, inspect.NoneType)]


def _allowed(declared: _Declared) -> str:
    """What is allowed, in words."""
    said = "another value"
    match declared.kind:
        case inspect.IntType(ge=low, le=high):
            said = "a whole number" if high is None else f"a whole number from {low or 0} to {high}"
        case inspect.FloatType(ge=low, le=high):
            said = "a number" if high is None else f"between {low or 0:g} and {high:g}"
        case inspect.StrType(min_length=low, max_length=high):
            said = "text" if high is None else f"text of {low or 0} to {high} characters"
        case inspect.ListType(min_length=low, max_length=high):
            said = "a list" if high is None else f"a list of {low or 0} to {high}"
        case inspect.EnumType(cls=choices):
            said = "one of " + ", ".join(str(choice.value) for choice in choices)
        case inspect.BoolType():
            said = "true or false"
        case inspect.StructType():
            said = "an object"
        case inspect.UnionType(types=types):
            said = " or ".join(_allowed(_plain(kind)) for kind in _without_none(types))
    return said + declared.unit
