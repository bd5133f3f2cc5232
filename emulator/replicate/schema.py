"""A model's input: its OpenAPI description, and what Replicate says of an input that breaks it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from emulator.replicate.problems import InvalidField

FieldType = Literal["string", "integer", "number", "boolean", "array"]
_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}


@frozen(kw_only=True)
class Field:
    """One field of an input. `uri` marks a file: a URL or a data URI (or a list of them)."""

    name: str
    type: FieldType = "string"
    about: str = ""
    required: bool = False
    default: Any = None
    enum: tuple[str | int, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    uri: bool = False


def openapi(fields: Sequence[Field], output: Mapping[str, Any]) -> dict[str, Any]:
    """The document that a version carries as `openapi_schema`, laid out as Cog writes it."""
    properties = {f.name: _property(f, order) for order, f in enumerate(fields)}
    schemas: dict[str, Any] = {
        "Input": {
            "type": "object",
            "title": "Input",
            "required": [f.name for f in fields if f.required],
            "properties": properties,
        },
        "Output": dict(output),
    }
    for f in fields:
        if f.enum is not None:
            about = {"title": f.name, "description": "An enumeration."}
            schemas[f.name] = {"enum": list(f.enum), "type": f.type, **about}
    return {
        "openapi": "3.0.2",
        "info": {"title": "Cog", "version": "0.1.0"},
        "paths": {},
        "components": {"schemas": schemas},
    }


def _property(f: Field, order: int) -> dict[str, Any]:
    described: dict[str, Any] = {"x-order": order, "description": f.about}
    if f.enum is not None:
        described["allOf"] = [{"$ref": f"#/components/schemas/{f.name}"}]
    else:
        described |= {"type": f.type, "title": f.name.replace("_", " ").title()}
    if f.uri and f.type == "array":
        described["items"] = {"type": "string", "format": "uri"}
    elif f.uri:
        described["format"] = "uri"
    optional = {"default": f.default, "minimum": f.minimum, "maximum": f.maximum, "maxLength": f.max_length}
    return described | {k: v for k, v in optional.items() if v is not None}


def complaints(fields: Sequence[Field], given: Mapping[str, Any]) -> list[InvalidField]:
    """Everything wrong with an input. Unknown fields are let through, as the real API does."""
    missing = [
        InvalidField("required", "input", f"{f.name} is required")
        for f in fields
        if f.required and given.get(f.name) is None
    ]
    known = {f.name: f for f in fields}
    return missing + [
        complaint
        for name, value in given.items()
        if value is not None and name in known and (complaint := _complaint(known[name], value))
    ]


def _complaint(f: Field, value: Any) -> InvalidField | None:
    where = f"input.{f.name}"
    if not _has_type(f.type, value):
        given = _type_name(value)
        return InvalidField("invalid_type", where, f"Invalid type. Expected: {f.type}, given: {given}")
    if f.enum is not None and value not in f.enum:
        allowed = ", ".join(json.dumps(v) for v in f.enum)
        return InvalidField("enum", where, f"{where} must be one of the following: {allowed}")
    if f.minimum is not None and value < f.minimum:
        return InvalidField("number_gte", where, f"Must be greater than or equal to {f.minimum:g}")
    if f.maximum is not None and value > f.maximum:
        return InvalidField("number_lte", where, f"Must be less than or equal to {f.maximum:g}")
    if f.max_length is not None and len(value) > f.max_length:
        return InvalidField(
            "string_lte", where, f"String length must be less than or equal to {f.max_length}"
        )
    return _complaint_about_files(f, value, where)


def _complaint_about_files(f: Field, value: Any, where: str) -> InvalidField | None:
    if not f.uri:
        return None
    for uri in value if isinstance(value, list) else [value]:
        if not isinstance(uri, str):
            return InvalidField(
                "invalid_type", where, f"Invalid type. Expected: string, given: {_type_name(uri)}"
            )
        if not uri.startswith(("http://", "https://", "data:")):
            return InvalidField("format", where, "Does not match format 'uri'")
    return None


def _has_type(expected: FieldType, value: Any) -> bool:
    if isinstance(value, bool):
        return expected == "boolean"
    if expected == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _PYTHON[expected])


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = {
        str: "string",
        int: "integer",
        float: "number",
        list: "array",
        dict: "object",
        type(None): "null",
    }
    return names.get(type(value), "object")
