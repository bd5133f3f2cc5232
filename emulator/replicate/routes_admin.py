"""/_emulator: what the real API hasn't: fault plans, the ledger, the clock. Needs no token; loopback only."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import msgspec
from aiohttp import web

from emulator.replicate.answers import reply
from emulator.replicate.clock import iso
from emulator.replicate.context import ENGINE, PRICES
from emulator.replicate.faults import read_rules
from emulator.replicate.prices import Prices
from emulator.replicate.problems import Problem, bad_request
from emulator.replicate.records import Prediction
from emulator.replicate.requests import read_body
from emulator.replicate.store import Charge


async def health(_request: web.Request) -> web.StreamResponse:
    """GET /_emulator/health"""
    return reply({"status": "ok"})


async def ledger(request: web.Request) -> web.StreamResponse:
    """GET /_emulator/ledger: what was accepted, what is charged, and for what more than once."""
    store, prices = request.app[ENGINE].store, request.app[PRICES]
    charges = store.ledger()
    alike: dict[str, list[str]] = defaultdict(list)
    for charge in charges:
        alike[charge.input_hash].append(charge.prediction_id)
    repeated = [ids for ids in alike.values() if len(ids) > 1]
    shown = [_show_charge(charge, store.get(charge.prediction_id), prices) for charge in charges]
    return reply(
        {
            "accepted": store.accepted(),
            "charged": len(charges),
            "total": sum(charge["micros"] or 0 for charge in shown),
            "charges": shown,
            "repeated": repeated,
        }
    )


def _show_charge(charge: Charge, p: Prediction | None, prices: Prices) -> dict[str, Any]:
    return {
        "prediction_id": charge.prediction_id,
        "model": charge.model,
        "input_hash": charge.input_hash,
        "charged_at": iso(charge.charged_at),
        "status": p.status if p else None,
        "input": p.input if p else None,
        "micros": prices.of(charge.model, p.input) if p else None,
    }


async def faults(request: web.Request) -> web.StreamResponse:
    """GET /_emulator/faults: the rules, each with the predictions it has hit."""
    plan = request.app[ENGINE].plan
    return reply(
        {
            "faults": [
                msgspec.to_builtins(rule) | {"hits": hits}
                for rule, hits in zip(plan.rules, plan.hits, strict=True)
            ]
        }
    )


async def add_faults(request: web.Request) -> web.StreamResponse:
    """POST /_emulator/faults: a rule, a list of rules, or {"faults": [...]}; added after those in force."""
    try:
        document = json.loads(await request.read())
        rules = read_rules(document)
    except ValueError as wrong:
        raise Problem(422, "Invalid fault plan", str(wrong)) from wrong
    request.app[ENGINE].add_faults(rules)
    return reply({"added": len(rules), "in_force": len(request.app[ENGINE].plan.rules)}, status=201)


async def clear_faults(request: web.Request) -> web.StreamResponse:
    """DELETE /_emulator/faults"""
    request.app[ENGINE].clear_faults()
    return web.Response(status=204)


async def webhooks(request: web.Request) -> web.StreamResponse:
    """GET /_emulator/webhooks: the last thousand attempts to deliver one."""
    return reply({"deliveries": [d.as_dict() for d in request.app[ENGINE].postman.deliveries]})


async def clock(request: web.Request) -> web.StreamResponse:
    """POST /_emulator/clock {"advance": seconds}: an hour passes, and outputs expire."""
    engine = request.app[ENGINE]
    seconds = read_body(await request.read()).get("advance")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 <= seconds <= 1e8:
        raise bad_request(f"advance is {seconds!r}; a number of seconds from 0 is allowed")
    engine.clock.advance(seconds)
    engine.store.set_value("clock_offset", str(engine.clock.offset))
    return reply({"now": iso(engine.clock.now())})
