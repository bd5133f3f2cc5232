"""Gives every request an id, and every response that id and the headers that keep browsers out of trouble."""

import re
from random import getrandbits
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

_SANE: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_NAME: Final = b"x-request-id"

API_POLICY: Final = b"default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"server", b"omnigen"),  # else the server would name itself
)
_UNLESS_SET: Final = ((b"content-security-policy", API_POLICY), (b"cache-control", b"no-store"))
_TRANSPORT: Final = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")


class RequestIds:
    """The outermost layer. An id that comes with the request is kept if it looks like one."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        self._always = (*_ALWAYS, _TRANSPORT) if https else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id in the scope's state."""
        request_id = _given(scope) or f"req_{getrandbits(64):016x}"  # an id, no secret: no system call
        scope["state"]["request_id"] = request_id
        encoded = request_id.encode()

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._complete(list(message.get("headers", ())), encoded)
            await send(message)

        await self.app(scope, receive, answer)

    def _complete(self, headers: list[tuple[bytes, bytes]], request_id: bytes) -> list[tuple[bytes, bytes]]:
        there = {name for name, _ in headers}
        headers.append((_NAME, request_id))
        headers.extend(self._always)
        headers.extend(header for header in _UNLESS_SET if header[0] not in there)
        return headers


def _given(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == _NAME and _SANE.fullmatch(value):
            return value.decode()
    return None
