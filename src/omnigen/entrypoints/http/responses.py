"""Answers whose bytes are there already, and what every route may answer besides success, for the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, Final, TypeVar

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from litestar.types import Receive, Scope, Send

from omnigen.entrypoints.http.problems import MEDIA_TYPE, Problem

_SAID: Final[Mapping[int, tuple[str, str, str]]] = {
    400: ("The request can't be read.", "malformed", "the body is not JSON: trailing characters (byte 10)"),
    401: ("There is no valid access token.", "unauthenticated", "the token has expired"),
    404: ("There is no such thing, or it is not yours.", "not_found", "there is no job job_01J"),
    408: ("The body takes too long.", "request_timeout", "the body has not arrived within 60 s"),
    409: ("Not in its present state.", "conflict", "job job_01J is succeeded; it cannot become cancelling"),
    413: ("The body is too large.", "too_large", "the body has more than 1048576 bytes"),
    415: (
        "The body is not JSON.",
        "unsupported_media_type",
        "Content-Type is 'text/plain'; 'application/json' is allowed",
    ),
    422: ("A value is out of bounds.", "invalid", "duration is 900 s; between 5 and 180 s is allowed"),
    429: (
        "Too many requests, or the quota is used up.",
        "rate_limited",
        "10 spending requests a minute are allowed",
    ),
    503: (
        "Too much is asked for at once, or a dependency can't be reached: come again after Retry-After.",
        "unavailable",
        "the job store can't be reached",
    ),
}


T = TypeVar("T")


class Rendered(Response[T]):
    """An answer that was rendered as JSON before: sent as it is.

    Litestar would build its own response of it first, header by header: a tenth of what accepting a job costs.
    """

    __slots__ = ("_body", "_head")

    def __init__(self, body: bytes, *, status: int, headers: Mapping[str, str]) -> None:
        self._body = body
        self._head = {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"application/json"),
                (b"content-length", b"%d" % len(body)),
                *((name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()),
            ],
        }

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        """Itself: there is nothing left to make."""
        return self

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Send head and body."""
        await send(self._head)  # type: ignore[arg-type]  # built as a plain dict
        await send({"type": "http.response.body", "body": self._body, "more_body": False})


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """Documentation of the problems with these statuses. What may be too large may be too slow."""
    slow = {408} if 413 in statuses else set()
    return {status: _spec(status) for status in sorted({*statuses, *slow})}


def guarded(*statuses: int) -> dict[int, ResponseSpec]:
    """The same with those that every route behind the sign-in has."""
    return problems(*sorted({401, 422, 429, 503, *statuses}))


def _spec(status: int) -> ResponseSpec:
    description, code, detail = _SAID[status]
    example: dict[str, Any] = {
        "type": f"urn:omnigen:problem:{code}",
        "title": description.rstrip("."),
        "status": status,
        "detail": detail,
        "instance": "/api/v1/jobs",
        "code": code,
        "request_id": "req_6f1d0c5e9b7a4d21",
    }
    return ResponseSpec(
        data_container=Problem,
        description=description,
        media_type=MEDIA_TYPE,
        generate_examples=False,
        examples=[Example(value=example, summary=code)],
    )
