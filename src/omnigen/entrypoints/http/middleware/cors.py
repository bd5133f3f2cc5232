"""Lets the web app's own origins call the API from a browser, and no others."""

from collections.abc import Sequence
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

_METHODS: Final = b"GET, POST, PATCH, DELETE"
_HEADERS: Final = b"Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Request-Id"
_EXPOSED: Final = b"Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed"
_VARY: Final = (b"vary", b"Origin")


class Cors:
    """Tokens travel in a header, never in cookies: no credentials are allowed."""

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self.app = app
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight; mark the response of a request from the app."""
        origin = _header(scope, b"origin")
        if origin is None:
            await self.app(scope, receive, send)
        elif scope.get("method") == "OPTIONS" and _header(scope, b"access-control-request-method"):
            await self._preflight(origin, send)
        else:
            await self.app(scope, receive, self._marking(origin, send))

    def _marking(self, origin: bytes, send: Send) -> Send:
        headers = [_VARY]
        if origin in self._origins:
            headers += [
                (b"access-control-allow-origin", origin),
                (b"access-control-expose-headers", _EXPOSED),
            ]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        return answer

    async def _preflight(self, origin: bytes, send: Send) -> None:
        headers = [_VARY]
        if origin in self._origins:
            headers += [
                (b"access-control-allow-origin", origin),
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _HEADERS),
                (b"access-control-max-age", b"600"),
            ]
        await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
