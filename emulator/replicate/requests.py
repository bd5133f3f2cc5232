"""Reads the requests that create a prediction, as strictly as the real API does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from emulator.replicate.catalogue import BY_VERSION, MODELS, Model
from emulator.replicate.engine import Request
from emulator.replicate.inputs import is_loopback
from emulator.replicate.problems import (
    InvalidField,
    Problem,
    bad_request,
    invalid_input,
    invalid_version,
    not_found,
)
from emulator.replicate.schema import complaints
from emulator.replicate.webhooks import EVENTS

ALLOWED = ("input", "version", "stream", "webhook", "webhook_completed", "webhook_events_filter")
HIDDEN = "hidden"
"""What the version of a prediction by model says: Replicate doesn't tell those of official models."""
_WAIT = re.compile(r"wait(?:=(\d+))?")
_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
SHORTEST_DEADLINE = 5.0


def read_body(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request. Raises Problem."""
    try:
        body = msgspec.json.decode(raw or b"null")
        # What can be read but not written again (an integer of thousands of digits) could not be kept either.
        msgspec.json.encode(body)
    except (ValueError, RecursionError) as wrong:
        raise bad_request("The request body is not valid JSON") from wrong
    if not isinstance(body, dict):
        raise invalid_input([InvalidField("invalid_type", "", "Invalid type. Expected: object")])
    return body


def read_request(
    body: Mapping[str, Any], headers: Mapping[str, str], model: Model | None, version: str | None
) -> Request:
    """A prediction of a model by its name, or else of the version in the body. Raises Problem."""
    _check_envelope(body, needs_version=model is None)
    found, shown = (model, version or HIDDEN) if model is not None else _by_version(str(body["version"]))
    wrong = complaints(found.fields, body["input"])
    if wrong:
        raise invalid_input(wrong)
    return Request(
        model=found,
        version=shown,
        input=dict(body["input"]),
        webhook=body.get("webhook") or body.get("webhook_completed"),
        webhook_events_filter=_events(body),
        cancel_after=read_cancel_after(headers.get("Cancel-After")),
    )


def _check_envelope(body: Mapping[str, Any], *, needs_version: bool) -> None:
    required = ("version", "input") if needs_version else ("input",)
    wrong = [InvalidField("required", "", f"{name} is required") for name in required if name not in body]
    wrong += [
        InvalidField("additional_property_not_allowed", "", f"Additional property {name} is not allowed")
        for name in body
        if name not in ALLOWED
    ]
    if "input" in body and not isinstance(body["input"], dict):
        wrong.append(InvalidField("invalid_type", "input", "Invalid type. Expected: object"))
    wrong += _webhook_complaints(body)
    if wrong:
        raise invalid_input(wrong)


def _webhook_complaints(body: Mapping[str, Any]) -> list[InvalidField]:
    wrong = []
    for name in ("webhook", "webhook_completed"):
        url = body.get(name)
        if url is None:
            continue
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            wrong.append(InvalidField("format", name, "Does not match format 'uri'"))
        elif not is_loopback(url):
            wrong.append(
                InvalidField("format", name, "The emulator calls webhooks on this machine only (127.0.0.1)")
            )
    events = body.get("webhook_events_filter")
    if events is not None and not (isinstance(events, list) and all(event in EVENTS for event in events)):
        allowed = ", ".join(json.dumps(event) for event in EVENTS)
        name = "webhook_events_filter"
        wrong.append(InvalidField("enum", name, f"{name} must be one of the following: {allowed}"))
    return wrong


def _events(body: Mapping[str, Any]) -> list[str] | None:
    if body.get("webhook_events_filter") is not None:
        return list(body["webhook_events_filter"])
    return ["completed"] if body.get("webhook") is None and body.get("webhook_completed") else None


def _by_version(named: str) -> tuple[Model, str]:
    """`version` may be an id, `owner/name` or `owner/name:id`."""
    ref, _, version = named.rpartition(":") if ":" in named else ("", "", named)
    if "/" in version and version in MODELS:
        return MODELS[version], HIDDEN
    model = BY_VERSION.get(version)
    if model is None or (ref and ref != model.ref):
        raise invalid_version()
    return model, version


def find_model(owner: str, name: str) -> Model:
    """Raises Problem (404)."""
    model = MODELS.get(f"{owner}/{name}")
    if model is None:
        raise not_found()
    return model


def read_prefer(header: str | None) -> float:
    """Seconds for which the answer may be held back; 0 without `Prefer: wait`. Raises Problem."""
    preferences = [preference.strip().lower() for preference in (header or "").split(",")]
    for preference in (p for p in preferences if p.startswith("wait")):
        match = _WAIT.fullmatch(preference)
        seconds = int(match[1] or 60) if match else 0
        if not 1 <= seconds <= 60:
            raise _invalid_header("Prefer", f"{preference!r} is not wait or wait=n, n from 1 to 60")
        return float(seconds)
    return 0.0


def read_cancel_after(header: str | None) -> float | None:
    """Seconds of `Cancel-After`: 90, 30s, 5m, 1h30m. Raises Problem."""
    if header is None:
        return None
    text = header.strip().lower()
    match = _SPAN.fullmatch(f"{text}s" if text.isdigit() else text)
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    span = hours * 3600 + minutes * 60 + seconds
    if span < SHORTEST_DEADLINE:
        raise _invalid_header(
            "Cancel-After", f"{header!r} is not a duration of at least 5 seconds, such as 90s or 5m"
        )
    return float(span)


def _invalid_header(name: str, detail: str) -> Problem:
    return Problem(422, "Invalid header", f"{name}: {detail}")
