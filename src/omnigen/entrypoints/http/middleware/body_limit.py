"""Stops a body that is larger than anything we read: by its announced length, else while it streams in."""

from typing import Final

from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send, WebSocketReceiveMessage

from omnigen.domain.errors import TooLarge
from omnigen.entrypoints.http import problems

MAX_BODY: Final = 1_048_576
"""Bytes: 40 scenes with the longest prompts and narrations, in whatever script, take half of it."""


class BodyLimit:
    """Counts what is received. What lies beyond the limit is never kept."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse at once, or pass the request on with a counting `receive`."""
        if _announced(scope) > self._limit:
            await problems.send(self._too_large(), scope, send)
            return
        taken = 0

        async def counted() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > self._limit:
                    raise self._too_large()
            return message

        await self.app(scope, counted, send)

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the body has more than {self._limit} bytes; at most {self._limit} is allowed")


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0
