"""/v1/predictions: create, get, list, cancel; and the stream of a language model's answer."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NoReturn

from aiohttp import web

from emulator.replicate.answers import reply
from emulator.replicate.catalogue import Model
from emulator.replicate.clock import parse_iso
from emulator.replicate.context import ENGINE
from emulator.replicate.faults import Fault
from emulator.replicate.problems import (
    Problem,
    bad_request,
    insufficient_credit,
    invalid_version,
    not_found,
    throttled,
)
from emulator.replicate.records import Prediction
from emulator.replicate.requests import find_model, read_body, read_prefer, read_request

PAGE = 100
_ROUNDING = 1e-6


async def create(request: web.Request) -> web.StreamResponse:
    """POST /v1/predictions"""
    return await _create(request, None, None)


async def create_by_model(request: web.Request) -> web.StreamResponse:
    """POST /v1/models/{owner}/{name}/predictions"""
    return await _create(request, find_model(request.match_info["owner"], request.match_info["name"]), None)


async def create_by_model_version(request: web.Request) -> web.StreamResponse:
    """POST /v1/models/{owner}/{name}/versions/{version}/predictions"""
    model = find_model(request.match_info["owner"], request.match_info["name"])
    version = request.match_info["version"]
    if version != model.version:
        raise invalid_version()
    return await _create(request, model, version)


async def _create(request: web.Request, model: Model | None, version: str | None) -> web.StreamResponse:
    engine = request.app[ENGINE]
    wait = read_prefer(request.headers.get("Prefer"))
    asked = read_request(read_body(await request.read()), request.headers, model, version)
    fault = engine.meet(asked.model, asked.input)
    _before_accepting(request, fault)
    p = engine.accept(asked, fault)
    _after_accepting(request, fault)
    if wait:
        await engine.ended(p.id, wait)
        p = engine.store.get(p.id) or p
    headers = {"Preference-Applied": f"wait={wait:g}"} if wait else {}
    return reply(engine.show(p), status=201, headers=headers)


def _before_accepting(request: web.Request, fault: Fault) -> None:
    match fault.action:
        case "throttle":
            raise throttled(fault.retry_after)
        case "no_credit":
            raise insufficient_credit()
        case "drop_request":
            hang_up(request)
        case "error_5xx" if not fault.accepted:
            raise _server_error(fault.status)


def _after_accepting(request: web.Request, fault: Fault) -> None:
    if fault.action == "drop_reply":
        hang_up(request)
    if fault.action == "error_5xx":
        raise _server_error(fault.status)


def _server_error(status: int) -> Problem:
    return Problem(status, "Internal server error", "An internal error occurred. Please try again.")


def hang_up(request: web.Request) -> NoReturn:
    """Close the connection without a word."""
    if request.transport is not None:
        request.transport.abort()
    raise ConnectionResetError("hung up, as the fault plan says")


async def get(request: web.Request) -> web.StreamResponse:
    """GET /v1/predictions/{id}"""
    return reply(request.app[ENGINE].show(_find(request)))


async def cancel(request: web.Request) -> web.StreamResponse:
    """POST /v1/predictions/{id}/cancel. One that has ended is answered as it is."""
    engine = request.app[ENGINE]
    p = engine.cancel(_find(request).id)
    assert p is not None
    return reply(engine.show(p))


def _find(request: web.Request) -> Prediction:
    p = request.app[ENGINE].store.get(request.match_info["id"])
    if p is None:
        raise not_found()
    return p


async def listing(request: web.Request) -> web.StreamResponse:
    """GET /v1/predictions: a hundred a page, newest first."""
    engine = request.app[ENGINE]
    since, until = _instant(request, "created_after", 0.0), _instant(request, "created_before", 1e12)
    side, place = _read_cursor(request.query.get("cursor"))
    span: dict[str, Any] = {"since": since, "until": until}
    span |= {"after": place} if side == "after" else {"before": place}
    found = engine.store.page(limit=PAGE + 1, **span)
    more = len(found) > PAGE
    found = (found[1:] if side == "after" else found[:PAGE]) if more else found
    older = found and (more or side == "after")
    newer = found and (more if side == "after" else place is not None)
    return reply(
        {
            "next": _page_url(request, "before", found[-1][0]) if older else None,
            "previous": _page_url(request, "after", found[0][0]) if newer else None,
            "results": [engine.show(p) for _, p in found],
        }
    )


def _page_url(request: web.Request, side: str, place: int) -> str:
    cursor = base64.urlsafe_b64encode(json.dumps([side, place]).encode()).decode()
    query = {k: v for k, v in request.query.items() if k != "cursor"} | {"cursor": cursor}
    return f"{request.app[ENGINE].base}{request.rel_url.with_query(query)}"


def _read_cursor(cursor: str | None) -> tuple[str, int | None]:
    if cursor is None:
        return "before", None
    try:
        side, place = json.loads(base64.urlsafe_b64decode(cursor))
        return str(side), int(place)
    except (ValueError, TypeError, binascii.Error) as wrong:
        raise bad_request("Invalid cursor") from wrong


def _instant(request: web.Request, name: str, default: float) -> float:
    text = request.query.get(name)
    if text is None:
        return default
    try:
        # An instant is shown rounded to the microsecond; what is as old as it says must be found by it.
        return parse_iso(text) + (_ROUNDING if name == "created_before" else -_ROUNDING)
    except ValueError as wrong:
        raise bad_request(f"{name} is not an ISO 8601 instant: {text}") from wrong


async def stream(request: web.Request) -> web.StreamResponse:
    """GET /v1/stream/{id}: the tokens of an answer as server-sent events."""
    engine = request.app[ENGINE]
    found = _find(request)
    await engine.ended(found.id, 60)
    p = engine.store.get(found.id) or found
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await answer.prepare(request)
    for number, token in enumerate(p.output if isinstance(p.output, list) else []):
        await answer.write(_event("output", f"{p.created_at:.0f}:{number}", str(token)))
    if p.error is not None:
        await answer.write(_event("error", f"{p.created_at:.0f}:e", json.dumps({"detail": p.error})))
    await answer.write(_event("done", f"{p.created_at:.0f}:d", "{}"))
    return answer


def _event(name: str, number: str, data: str) -> bytes:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"event: {name}\nid: {number}\n{lines}\n".encode()
