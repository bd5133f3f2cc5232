"""Stops a body that is larger than anything we read, or that never ends: by its announced length, else on its way."""

import asyncio
from typing import Final

from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send, WebSocketReceiveMessage

from omnigen.domain.errors import TooLarge
from omnigen.entrypoints.http import problems

MAX_BODY: Final = 1_048_576
"""Bytes: 40 scenes with the longest prompts and narrations, in whatever script, take half of it."""


PATIENCE_S: Final = 60.0
"""For all of it to arrive: whoever drips a body holds a connection and a task."""


class BodyLimit:
    """Counts what is received. What lies beyond the limit is never kept."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY, patience_s: float = PATIENCE_S) -> None:
        self.app = app
        self._limit = limit
        self._patience_s = patience_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse at once, or pass the request on with a counting `receive`."""
        if _announced(scope) > self._limit:
            await problems.send(self._too_large(), scope, send)
            return
        taken, whole = 0, not _has_body(scope)
        last = asyncio.get_running_loop().time() + self._patience_s

        async def counted() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal taken, whole
            try:
                # Once the body is whole, whoever receives waits for the client to leave.
                async with asyncio.timeout_at(None if whole else last):
                    message = await receive()
            except TimeoutError:
                raise problems.TooSlow(f"the body has not arrived within {self._patience_s:.0f} s") from None
            if message["type"] == "http.request":
                whole = not message.get("more_body", False)
                taken += len(message.get("body", b""))
                if taken > self._limit:
                    raise self._too_large()
            return message

        await self.app(scope, counted, send)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the body has more than {self._limit} bytes; at most {self._limit} is allowed")


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
