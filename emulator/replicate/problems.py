"""Errors as Replicate words them: problem+json, in its own texts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web
from attrs import frozen

from emulator.replicate.answers import problem_reply


@frozen
class InvalidField:
    """One complaint of the input validation, in the vocabulary of gojsonschema."""

    type: str
    field: str
    description: str


class Problem(Exception):
    """An answer that is an error."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"title": title, "detail": detail, "status": status, **(extra or {})}
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """As it is sent."""
        return problem_reply(self.body, status=self.status, headers=self.headers)


def unauthenticated() -> Problem:
    """401."""
    detail = "You did not pass a valid authentication token"
    return Problem(401, "Unauthenticated", detail, headers={"WWW-Authenticate": "Bearer"})


def insufficient_credit() -> Problem:
    """402."""
    detail = (
        "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing "
        "to purchase credit. Once you purchase credit, please wait a few minutes before trying again."
    )
    return Problem(402, "Insufficient credit", detail)


def not_found() -> Problem:
    """404."""
    return Problem(404, "Not found", "The requested resource could not be found.")


def invalid_version() -> Problem:
    """422, of a version."""
    detail = "The specified version does not exist (or perhaps you don't have permission to use it?)"
    return Problem(422, "Invalid version or not permitted", detail)


def invalid_input(fields: Sequence[InvalidField]) -> Problem:
    """422, of an input or a body, field by field."""
    detail = "".join(f"- {f.field}: {f.description}\n" for f in fields)
    listed = [{"type": f.type, "field": f.field, "description": f.description} for f in fields]
    return Problem(422, "Input validation failed", detail, extra={"invalid_fields": listed})


def bad_request(detail: str) -> Problem:
    """400."""
    return Problem(400, "Bad request", detail)


def throttled(retry_after: float) -> Problem:
    """429, to be tried again after so many seconds."""
    seconds = math.ceil(retry_after)
    return Problem(
        429,
        "Request was throttled",
        f"Request was throttled. Your rate limit resets in ~{seconds}s.",
        extra={"retry_after": seconds},
        headers={"Retry-After": str(seconds)},
    )
