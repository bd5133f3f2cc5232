"""A model's input schema, held against what OmniGen sends and against the fake's."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final

from omnigen.adapters.replicate.families import FAMILIES
from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Rejected
from omnigen.ports.provider import Ask

PICTURE: Final = "https://example.com/picture.png"
_PYTHON: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,), "array": (list,),
}  # fmt: skip
_COMPARED: Final = ("type", "enum", "minimum", "maximum", "format")


def fields_of(model: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of a model object's input: type, enum and bounds, references resolved; empty where untold."""
    match model:
        case {"latest_version": {"openapi_schema": {"components": {"schemas": {"Input": found} as schemas}}}}:
            return {
                name: _resolved(told, schemas) | {"required": name in found.get("required", ())}
                for name, told in found.get("properties", {}).items()
            }
    return {}


def _resolved(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(told)
    refs = [part.get("$ref", "") for part in told.get("allOf", ())] + [told.get("$ref", "")]
    for ref in filter(None, refs):
        found |= {k: v for k, v in schemas.get(ref.rpartition("/")[2], {}).items() if k in _COMPARED}
    return found


def told_of(fields: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Each field in one line: `duration` -> "integer, enum [4, 6, 8]"."""
    return {name: _told(field) for name, field in fields.items()}


def _told(field: Mapping[str, Any]) -> str:
    parts = [str(field.get("type", "any"))]
    if field.get("enum") is not None:
        parts.append(f"enum {sorted(field['enum'], key=str)}")
    bounds = [name for name in ("minimum", "maximum") if field.get(name) is not None]
    parts += [f"{name} {field[name]:g}" for name in bounds]
    if field.get("format"):
        parts.append(str(field["format"]))
    return ", ".join([*parts, *(["required"] if field.get("required") else [])])


def sent_to(model: Model) -> Iterator[Mapping[str, Any]]:
    """Every kind of input that OmniGen sends to a model: all lengths, shapes, resolutions, with a picture and without."""
    dialect = FAMILIES[model.family]
    shapes = [str(s) for s in model.aspect_ratios] or ["16:9"]
    sizes = [str(r) for r in model.resolutions] or ["720p"]
    for seconds, shape, size, image in product(model.seconds or (0,), shapes, sizes, (None, PICTURE)):
        ask = Ask(
            prompt="a lighthouse at dusk", seed=7, seconds=seconds, aspect_ratio=shape, resolution=size,
            image=image, system="Answer in JSON.",
        )  # fmt: skip
        try:
            yield dialect(ask, model)
        except Rejected:
            continue  # it animates pictures only


def refusals(model: Model, fields: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What this schema would refuse, or not know, of what OmniGen sends. Each once, sorted."""
    found = set()
    for given in sent_to(model):
        found |= {f"{name} is unknown" for name in given if name not in fields}
        found |= {f"{n} is required" for n, f in fields.items() if f.get("required") and n not in given}
        found |= {wrong for n, v in given.items() if n in fields and (wrong := _refusal(n, v, fields[n]))}
    return sorted(found)


def _refusal(name: str, value: object, field: Mapping[str, Any]) -> str | None:
    expected = _PYTHON.get(str(field.get("type")), (object,))
    whole = field.get("type") == "integer" and isinstance(value, float) and value.is_integer()
    if not (isinstance(value, expected) or whole) or (isinstance(value, bool) and bool not in expected):
        return f"{name} is {type(value).__name__}, {field.get('type')} is wanted"
    if field.get("enum") is not None and value not in field["enum"]:
        return f"{name} {value!r} is none of {sorted(field['enum'], key=str)}"
    if isinstance(value, int | float) and not _is_within(value, field):
        return f"{name} {value} is out of bounds ({_told(field)})"
    return None


def _is_within(value: float, field: Mapping[str, Any]) -> bool:
    low, high = field.get("minimum"), field.get("maximum")
    return (low is None or value >= low) and (high is None or value <= high)
