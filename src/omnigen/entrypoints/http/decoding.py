"""Reading JSON bodies strictly: straight from bytes into the handler's model, and saying exactly what is wrong."""

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import msgspec
from litestar import Request
from msgspec import inspect

from omnigen.domain.errors import Invalid
from omnigen.entrypoints.http.problems import Malformed, UnsupportedMediaType
from omnigen.ports.identity import Caller

_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>\$.*)`)?$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_INDEX: Final = re.compile(r"\[(\d+)\]")
"""Scenes are counted from 1 everywhere, as their numbers are."""
_UNKNOWN: Final = re.compile(r"unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"missing required field `(.*)`")
_SHOWN: Final = 60


class ApiRequest(Request[Caller, Any, Any]):
    """A request whose JSON is decoded into the model that its handler asks for, with no lenient conversions.

    Litestar's own way goes through plain dicts and accepts `"15"` where a number is asked for.
    """

    async def json(self) -> Any:
        """The body as the handler's model. Raises Malformed, UnsupportedMediaType, Invalid."""
        body = await self.body()
        check_media_type(self)
        field = self.route_handler.parsed_data_field
        return decode(body, Any if field is None else field.annotation)


def check_media_type(request: Request[Any, Any, Any]) -> None:
    """Raise UnsupportedMediaType unless the body is plain JSON in UTF-8."""
    kind, options = request.content_type
    charset = options.get("charset", "utf-8").lower().strip('"')
    if kind != "application/json" or charset not in ("utf-8", "utf8"):
        sent = request.headers.get("content-type", "nothing")
        raise UnsupportedMediaType(f"Content-Type is {sent[:_SHOWN]!r}; 'application/json' is allowed")
    if (encoding := request.headers.get("content-encoding", "identity")) != "identity":
        raise UnsupportedMediaType(f"Content-Encoding is {encoding[:_SHOWN]!r}; none is allowed")


@cache
def _decoder(model: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(model)


def decode(body: bytes, model: Any) -> Any:
    """The body as a model. Raises Malformed for what isn't JSON, Invalid for what isn't the model."""
    try:
        return _decoder(model).decode(body)
    except msgspec.ValidationError as error:
        raise _explain(str(error), _plainly(body), model) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(body, error) from None


def _plainly(body: bytes) -> Any:
    """The body as lists and dicts. Raises Malformed: a model may refuse a body before its end has been read."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise _unreadable(body, error) from None


def _unreadable(body: bytes, error: Exception) -> Invalid:
    """NaN and Infinity are no JSON, but everybody's library writes them: they get the name of their field."""
    for path, value in _not_finite(body):
        return Invalid(f"{path or 'the body'} is {value}; a finite number is allowed", field=path or None)
    said = str(error) if isinstance(error, msgspec.DecodeError) else "it is nested too deeply"
    return Malformed(f"the body is not JSON: {said}")


def _not_finite(body: bytes) -> Iterator[tuple[str, float]]:
    try:
        yield from _walk(json.loads(body), "")
    except (ValueError, RecursionError):
        return


def _walk(value: Any, path: str) -> Iterator[tuple[str, float]]:
    match value:
        case float() if not math.isfinite(value):
            yield path, value
        case dict():
            for name, inner in value.items():
                yield from _walk(inner, f"{path}.{name}"[:_SHOWN].lstrip("."))
        case list():
            for index, inner in enumerate(value, 1):
                yield from _walk(inner, f"{path}[{index}]")


def _explain(message: str, body: Any, model: Any) -> Invalid:
    """Turn msgspec's words into a problem with the field, its value and what is allowed."""
    found = _AT.match(message)
    what, where = (found["what"], found["path"] or "$") if found else (message, "$")
    path = _INDEX.sub(lambda index: f"[{int(index[1]) + 1}]", where.removeprefix("$").lstrip("."))
    if unknown := _UNKNOWN.search(what):
        name = unknown[1][:_SHOWN]
        return Invalid(f"{name!r} is not known here; see /openapi.json", field=f"{path}.{name}".lstrip("."))
    if missing := _MISSING.search(what):
        return Invalid(f"{missing[1]} is missing", field=f"{path}.{missing[1]}".lstrip("."))
    steps = [name or int(index) for name, index in _STEP.findall(where)]
    name = next((str(s) for s in reversed(steps) if isinstance(s, str)), "the body")
    allowed = _allowed(_type_at(inspect.type_info(model), steps)) or what
    unit = "" if "list" in allowed else _unit(_type_at(inspect.type_info(model), steps))
    return Invalid(
        f"{name} is {_shown(_value_at(body, steps), unit)}; {allowed} is allowed", field=path or None
    )


def _value_at(value: Any, steps: list[str | int]) -> Any:
    try:
        for step in steps:
            value = value[step]
    except (LookupError, TypeError):
        return None
    return value


def _shown(value: Any, unit: str) -> str:
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{len(value)} characters long"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"{json.dumps(value, ensure_ascii=False)[:_SHOWN]}{unit if number else ''}"


def _type_at(kind: inspect.Type, steps: list[str | int]) -> inspect.Type | None:
    """The declared type at the end of a path."""
    for step in steps:
        inner = _plain(kind)
        if isinstance(inner, inspect.StructType) and isinstance(step, str):
            field = next((f for f in inner.fields if f.encode_name == step), None)
            if field is None:
                return None
            kind = field.type
        elif isinstance(inner, (inspect.ListType, inspect.VarTupleType)):
            kind = inner.item_type
        else:
            return None
    return kind


def _plain(kind: inspect.Type) -> inspect.Type:
    """The type itself, without its annotations and its None."""
    while True:
        if isinstance(kind, inspect.Metadata):
            kind = kind.type
        elif isinstance(kind, inspect.UnionType):
            others = [t for t in kind.types if not isinstance(t, inspect.NoneType)]
            if len(others) != 1:
                return kind
            kind = others[0]
        else:
            return kind


def _unit(kind: inspect.Type | None) -> str:
    while isinstance(kind, (inspect.Metadata, inspect.UnionType)):
        if isinstance(kind, inspect.Metadata):
            unit = (kind.extra or {}).get("unit")
            if unit:
                return f" {unit}"
            kind = kind.type
        else:
            kind = next((t for t in kind.types if not isinstance(t, inspect.NoneType)), None)
    return ""


def _allowed(kind: inspect.Type | None) -> str:
    """What is allowed, in words."""
    if kind is None:
        return ""
    match _plain(kind):
        case inspect.IntType(ge=low, le=high):
            return f"{_range(low, high, 'a whole number')}{_unit(kind)}"
        case inspect.FloatType(ge=low, le=high):
            return f"{_range(low, high, 'a number')}{_unit(kind)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.EnumType(cls=enum):
            return "one of " + ", ".join(str(member.value) for member in enum)
        case (
            inspect.ListType(min_length=low, max_length=high)
            | inspect.VarTupleType(min_length=low, max_length=high)
        ):
            return "a list" if high is None else f"a list of {low or 0} to {high}"
        case inspect.StrType(min_length=low, max_length=high):
            return "text" if high is None else f"text of {low or 0} to {high} characters"
        case inspect.StructType():
            return "an object"
        case inspect.UnionType(types=types):
            return " or ".join(
                dict.fromkeys(_allowed(t) for t in types if not isinstance(t, inspect.NoneType))
            )
    return ""


def _range(low: float | None, high: float | None, noun: str) -> str:
    if low is None or high is None:
        return noun
    whole = noun == "a whole number"
    return (
        f"{noun + ' ' if whole else ''}between {low:g} and {high:g}"
        if not whole
        else f"{noun} from {low:.0f} to {high:.0f}"
    )
