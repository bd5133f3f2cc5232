"""Sorts what can go wrong between us and Replicate by whether it may have been charged.

on create                                  it is
refused connection, DNS, connect time-out  Transient: nothing was sent
429                                        Transient, with the time to wait: nothing was accepted
any other 4xx that says no                 Rejected: nothing was accepted, nothing ever will be
time-out, reset, 5xx (503 too), nonsense   Ambiguous: it may run, and cost

on anything else                           it is
404                                        NotFound
all the rest                               Transient: asking again costs nothing
"""

import email.utils
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import httpx

from omnigen.domain.errors import Ambiguous, NotFound, OmniGenError, Rejected, Transient

LONGEST_WAIT: Final = 300.0
"""Seconds. A Retry-After is believed up to here: no reply may park a job until its deadline."""

_RESETS: Final = re.compile(r"resets? in ~?(\d+(?:\.\d+)?) ?s")
_UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
_UNDECIDED: Final = frozenset({408, 409, 425})
"""Refusals that don't say whether the request was acted upon: it timed out, or met another of its kind."""
_CODES: Final[Mapping[int, str]] = {
    401: "provider_unauthenticated",
    402: "provider_credit",
    403: "provider_forbidden",
    404: "provider_model_unknown",
    422: "provider_rejected",
}


class Refusal(Exception):
    """A reply that is no success. Raised below the client, whose own error forgets headers and body."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        super().__init__(f"{status} {problem.get('title', '')}")
        self.status = status
        self.detail = str(problem.get("detail") or problem.get("title") or "no reason given")[:500]
        self.retry_after = _retry_after(problem, headers, self.detail)


class Nonsense(Exception):
    """A success whose body is not what it should be."""


def on_create(error: Exception) -> OmniGenError:
    """What became of a request to create a prediction."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, _UNSENT):
        return Transient("Replicate can't be reached; nothing was sent", code="provider_unreachable")
    return Ambiguous(f"Replicate's reply was lost ({type(error).__name__})", code="provider_reply_lost")


def _refused(error: Refusal) -> OmniGenError:
    if error.status == 429:
        return _throttled(error)
    if 400 <= error.status < 500 and error.status not in _UNDECIDED:
        code = _CODES.get(error.status, "provider_rejected")
        return Rejected(f"Replicate refused with {error.status}: {error.detail}", code=code)
    return Ambiguous(f"Replicate answered {error.status}: {error.detail}", code="provider_failed")


def on_read(error: Exception, what: str) -> OmniGenError:
    """What became of a request that costs nothing and can be repeated."""
    if isinstance(error, Refusal):
        if error.status == 404:
            return NotFound(f"{what}: Replicate doesn't know it")
        if error.status == 429:
            return _throttled(error)
        code = _CODES.get(error.status, "provider_failed")
        return Transient(f"{what}: Replicate answered {error.status}: {error.detail}", code=code)
    return Transient(f"{what}: {type(error).__name__} from Replicate", code="provider_unreachable")


def _throttled(error: Refusal) -> Transient:
    return Transient("Replicate is throttling us", code="provider_throttled", retry_after=error.retry_after)


def _retry_after(problem: Mapping[str, Any], headers: Mapping[str, str], detail: str) -> float | None:
    """Seconds to wait, from wherever they are said; None where they aren't, or make no sense."""
    said = headers.get("retry-after") or problem.get("retry_after")
    if said is None and (match := _RESETS.search(detail)):
        said = match[1]
    seconds = _seconds(said)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds(said: object) -> float | None:
    try:
        seconds = float(str(said))
    except ValueError:
        return _until(str(said))
    return seconds if math.isfinite(seconds) else None


def _until(date: str) -> float | None:
    try:
        at = email.utils.parsedate_to_datetime(date)
    except ValueError:
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
