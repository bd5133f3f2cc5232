"""Errors as RFC 9457 problems: one table from our error tree to HTTP, for the framework's own errors too."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import Scope, Send

from omnigen.domain.errors import (
    Ambiguous,
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    OmniGenError,
    QuotaExceeded,
    RateLimited,
    Rejected,
    TooLarge,
    Transient,
    Unauthenticated,
)

MEDIA_TYPE: Final = "application/problem+json"
_log: Final = structlog.get_logger("omnigen.http")


class Malformed(Invalid):
    """The request can't even be read."""

    code = "malformed"


class TooSlow(Invalid):
    """The request takes too long to arrive."""

    code = "request_timeout"


class UnsupportedMediaType(Invalid):
    """The body is in a form that we don't read."""

    code = "unsupported_media_type"


class NotReady(Transient):
    """A dependency can't be reached."""

    code = "not_ready"

    def __init__(self, message: str, *, checks: Mapping[str, bool]) -> None:
        super().__init__(message, retry_after=5)
        self.checks = checks


class Overloaded(Transient):
    """More is asked for than can be done at present."""

    code = "overloaded"


STATUS: Final[Mapping[type[OmniGenError], int]] = {
    Malformed: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    TooSlow: 408,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMediaType: 415,
    Invalid: 422,
    KeyReused: 422,
    Rejected: 422,
    QuotaExceeded: 429,
    RateLimited: 429,
    OmniGenError: 500,
    Transient: 503,
    Ambiguous: 504,
}
"""The one table. An error's own class is looked up first, then the classes that it specialises."""

_CODES: Final[Mapping[int, str]] = {
    400: Malformed.code,
    401: Unauthenticated.code,
    403: Forbidden.code,
    404: NotFound.code,
    405: "method_not_allowed",
    413: TooLarge.code,
    415: UnsupportedMediaType.code,
    422: Invalid.code,
    429: RateLimited.code,
    503: Transient.code,
}

_SHOWN: Final = 200
_UNSAFE: Final = re.compile(r"[^\x20-\x7e]")


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True, frozen=True):
    """What went wrong, for people (`detail`) and for programs (`code`)."""

    type: str
    """URI of this kind of problem; it ends with the code."""
    title: str
    status: int
    detail: str
    instance: str
    """Path of the request."""
    code: str
    """Stable: programs decide by it."""
    request_id: str
    """Quote it when you ask for help; it is in our log."""
    field: str | None = None
    """Path of what is at fault, as in `storyboard.scenes[3].prompt`."""
    retry_after: int | None = None
    """Seconds after which a repetition may succeed."""
    checks: dict[str, bool] | None = None
    """Which dependencies answered (readiness only)."""


class Answer(msgspec.Struct, frozen=True):
    """A problem and the headers that go with it."""

    problem: Problem
    headers: dict[str, str]


def answer_to(error: Exception, scope: Scope) -> Answer:
    """The problem that tells a client of an error. What nobody foresaw says "internal" and nothing else."""
    if isinstance(error, OmniGenError):
        return _ours(error, scope)
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _frameworks(error, scope)
    _log.error("unforeseen error", request_id=request_id_of(scope), exc_info=error)
    return Answer(
        _problem(scope, 500, "internal", "something went wrong on our side; it has been logged"), {}
    )


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Litestar's exception handler for everything."""
    answer = answer_to(error, request.scope)
    return Response(
        answer.problem,
        status_code=answer.problem.status,
        media_type=MEDIA_TYPE,
        headers=answer.headers,
    )


async def send(error: Exception, scope: Scope, send: Send) -> None:
    """Answer with a problem from a middleware that wraps the application."""
    answer = answer_to(error, scope)
    body = msgspec.json.encode(answer.problem)
    headers = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **answer.headers}
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.problem.status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def request_id_of(scope: Scope) -> str:
    """Id of the request, from its middleware."""
    return str(scope["state"].get("request_id", ""))


def status_of(error: OmniGenError) -> int:
    """The HTTP status of one of our errors."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _ours(error: OmniGenError, scope: Scope) -> Answer:
    status = status_of(error)
    after = _seconds(getattr(error, "retry_after", None), status)
    headers = dict(getattr(error, "headers", {}))
    if after is not None:
        headers["Retry-After"] = str(after)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = challenge(error)
    checks = dict(error.checks) if isinstance(error, NotReady) else None
    problem = _problem(
        scope, status, error.reason, error.message, field=error.field, retry_after=after, checks=checks
    )
    return Answer(problem, headers)


def challenge(error: OmniGenError) -> str:
    """The WWW-Authenticate header (RFC 6750): no error is named where no token was sent."""
    if error.reason == "no_token":
        return 'Bearer realm="omnigen"'
    said = _UNSAFE.sub("?", error.message).replace('"', "'").replace("\\", "/")
    return f'Bearer realm="omnigen", error="invalid_token", error_description="{said}"'


def _seconds(after: float | None, status: int) -> int | None:
    if after is not None:
        return max(1, -int(-after // 1))
    return 1 if status == HTTPStatus.SERVICE_UNAVAILABLE else None


def _frameworks(error: HTTPException, scope: Scope) -> Answer:
    if isinstance(error, ValidationException):
        return _parameter(error, scope)
    status = error.status_code
    headers = {str(k): str(v) for k, v in (error.headers or {}).items()}
    return Answer(_problem(scope, status, _CODES.get(status, "invalid"), _detail(error, scope)), headers)


def _detail(error: HTTPException, scope: Scope) -> str:
    if error.status_code == HTTPStatus.NOT_FOUND:
        return f"there is nothing at {scope['path'][:_SHOWN]}"
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{scope.get('method')} is not possible at {scope['path'][:_SHOWN]}"
    return error.detail


def _parameter(error: ValidationException, scope: Scope) -> Answer:
    """A path, query or header parameter (or the whole body) that Litestar refused."""
    found = error.extra[0] if isinstance(error.extra, list) and error.extra else {}
    name, message = str(found.get("key", "")), str(found.get("message", error.detail))
    if name == "data":
        return Answer(_problem(scope, 422, "invalid", "a JSON body is needed; there is none"), {})
    detail = f"{name}: {message[:1].lower()}{message[1:]}" if name else error.detail
    return Answer(_problem(scope, 422, "invalid", detail, field=name or None), {})


def _problem(scope: Scope, status: int, code: str, detail: str, **extra: Any) -> Problem:
    return Problem(
        type=f"urn:omnigen:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        instance=scope["path"][:_SHOWN],
        code=code,
        request_id=request_id_of(scope),
        **extra,
    )
