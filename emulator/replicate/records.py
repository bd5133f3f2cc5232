"""A prediction as it is kept, and as the API shows it."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any, Literal

from msgspec import Struct

from emulator.replicate.clock import iso
from emulator.replicate.faults import OK, Fault

Status = Literal["starting", "processing", "succeeded", "failed", "canceled", "aborted"]
ENDED: frozenset[Status] = frozenset({"succeeded", "failed", "canceled", "aborted"})
RETENTION = 3600.0
"""Seconds after which inputs and outputs of a prediction are gone."""
STEPS = 50
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(length: int = 26) -> str:
    """26 characters of lower-case base 32, as Replicate's identifiers are."""
    return "".join(_ALPHABET[byte % 32] for byte in secrets.token_bytes(length))


class Prediction(Struct, frozen=True, kw_only=True):
    """One request to a model. Instants are seconds since the epoch."""

    id: str
    model: str
    version: str
    input: dict[str, Any]
    seed: int
    created_at: float
    start_due: float
    """When it leaves the queue."""
    finish_due: float
    """When its generation is over."""
    deadline: float | None = None
    status: Status = "starting"
    started_at: float | None = None
    completed_at: float | None = None
    output: Any = None
    error: str | None = None
    webhook: str | None = None
    webhook_events_filter: list[str] | None = None
    streams: bool = False
    fault: Fault = OK
    told: bool = False
    """Whether its last webhook was delivered, or given up."""

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.status in ENDED

    def removed(self, now: float) -> bool:
        """Whether its input and output have been deleted."""
        return self.completed_at is not None and now >= self.completed_at + RETENTION

    def progress(self, now: float) -> float:
        """0 to 1, by the clock."""
        if self.started_at is None:
            return 0.0
        if self.status == "succeeded":
            return 1.0
        span = max(self.finish_due - self.start_due, 0.001)
        return max(0.0, min(0.98, ((self.completed_at or now) - self.start_due) / span))


def prompt_of(given: dict[str, Any]) -> str:
    """The words of an input, whatever the model calls them."""
    for name in ("prompt", "text", "lyrics"):
        if isinstance(given.get(name), str) and given[name]:
            return str(given[name])
    return ""


def fingerprint(model: str, given: dict[str, Any]) -> str:
    """Equal for requests that ask a model for the same thing."""
    return hashlib.sha256(json.dumps([model, given], sort_keys=True).encode()).hexdigest()


def logs(p: Prediction, now: float) -> str:
    """What the model has printed so far; the last line is a progress bar the clients can read."""
    if p.started_at is None:
        return ""
    done = int(p.progress(now) * STEPS)
    spent = (p.completed_at or now) - p.started_at
    lines = [f"Using seed: {p.seed}", f"Running {p.model.split('/')[1]}..."]
    lines += [_bar(step) for step in range(0, done + 1, 5)]
    if p.status == "succeeded":
        lines.append(f"Generated in {spent:.1f}sec")
    return "\n".join(lines) + "\n"


def _bar(step: int) -> str:
    return f"{step * 100 // STEPS:3d}%|{'█' * (step // 5):10}| {step}/{STEPS}"


def view(p: Prediction, base: str, now: float) -> dict[str, Any]:
    """The prediction object of the API."""
    gone = p.removed(now)
    shown: dict[str, Any] = {
        "id": p.id,
        "model": p.model,
        "version": p.version,
        "input": {} if gone else p.input,
        "logs": "" if gone else logs(p, now),
        "output": None if gone else p.output,
        "data_removed": gone,
        "error": p.error,
        "source": "api",
        "status": p.status,
        "created_at": iso(p.created_at),
        "urls": _urls(p, base),
    }
    if p.started_at is not None:
        shown["started_at"] = iso(p.started_at)
    if p.completed_at is not None:
        shown["completed_at"] = iso(p.completed_at)
        shown["metrics"] = _metrics(p, p.completed_at)
    if p.webhook is not None:
        shown["webhook"] = p.webhook
    if p.webhook_events_filter is not None:
        shown["webhook_events_filter"] = p.webhook_events_filter
    return shown


def _urls(p: Prediction, base: str) -> dict[str, str]:
    one = f"{base}/v1/predictions/{p.id}"
    urls = {"cancel": f"{one}/cancel", "get": one, "web": f"{base}/p/{p.id}"}
    return urls | {"stream": f"{base}/v1/stream/{p.id}"} if p.streams else urls


def _metrics(p: Prediction, completed_at: float) -> dict[str, float]:
    total = round(completed_at - p.created_at, 6)
    if p.started_at is None:
        return {"total_time": total}
    return {"predict_time": round(completed_at - p.started_at, 6), "total_time": total}
