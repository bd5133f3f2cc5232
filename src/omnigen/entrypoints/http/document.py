"""Makes the OpenAPI document true: what Litestar can't know of our routes, or says otherwise."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.types import Empty

from omnigen.entrypoints.http.accepting import KEYED
from omnigen.entrypoints.http.requests import WishRequest
from omnigen.entrypoints.http.wire import Request as Body

_NOTHING: Final = {"type": "null"}


def true_document(app: Litestar) -> dict[str, Any]:
    """The document, as it is sent."""
    document: dict[str, Any] = app.openapi_schema.to_schema()
    for operation in _operations(document):
        _drop_unwritten_errors(operation)
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _given(parameter["schema"])
        _tell_events(operation)
    _tell_what_is_needed(document, app)
    _complete_bodies(document["components"]["schemas"])
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


def _drop_unwritten_errors(operation: dict[str, Any]) -> None:
    """Litestar describes a 400 of its own beside every parameter; ours is a 422, and a problem."""
    errors = operation["responses"]
    if "application/json" in errors.get("400", {}).get("content", {}):
        del errors["400"]


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, but never null: there is no way to write that."""
    kinds = [kind for kind in schema.get("oneOf", ()) if kind != _NOTHING]
    if len(kinds) != 1:
        return schema
    return {**kinds[0], **{name: value for name, value in schema.items() if name != "oneOf"}}


def _tell_events(operation: dict[str, Any]) -> None:
    """What is described is an event's data, which travels as text beside its id and its type."""
    for response in operation["responses"].values():
        stream = response.get("content", {}).get("text/event-stream")
        if stream is not None:
            data = {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": stream["schema"],
            }
            names = {"id": {"type": "string"}, "event": {"enum": ["job", "scene"]}, "data": data}
            stream["schema"] = {"type": "object", "properties": names, "required": sorted(names)}


def _tell_what_is_needed(document: dict[str, Any], app: Litestar) -> None:
    """Some bodies can be left out; some keys can't."""
    handlers = {handler.handler_name: handler for route in app.routes for handler in _handlers_of(route)}
    for operation in _operations(document):
        handler = handlers[operation["operationId"]]
        body = handler.parsed_data_field
        if body is not None and body.default is not Empty:
            operation["requestBody"]["required"] = False
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "Idempotency-Key":
                parameter["required"] = bool(handler.opt.get(KEYED))


def _handlers_of(route: Any) -> list[Any]:
    return list(getattr(route, "route_handlers", ()))


def _complete_bodies(schemas: dict[str, Any]) -> None:
    """Unknown fields are refused, and a choice has its default: Litestar leaves both out."""
    for model in _kinds_of(Body):
        schema = schemas.get(model.__name__, {"properties": {}})
        schema["additionalProperties"] = False
        for field in msgspec.structs.fields(model):
            if isinstance(field.default, Enum) and field.name in schema["properties"]:
                schema["properties"][field.name]["default"] = field.default.value
        if issubclass(model, WishRequest):
            schema["oneOf"] = [
                _only("brief", schema, without="storyboard"),
                _only("storyboard", schema, without="brief"),
            ]


def _kinds_of(model: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for kind in model.__subclasses__():
        yield kind
        yield from _kinds_of(kind)


def _only(name: str, schema: dict[str, Any], *, without: str) -> dict[str, Any]:
    """One of two fields is there, the other isn't."""
    return {"required": [name], "properties": {name: _given(schema["properties"][name]), without: _NOTHING}}
