"""Keeps the API on its feet when more jobs are submitted than it can take in: the rest are refused, at once and cheaply.

Only what makes work may be refused here (handlers whose `opt` says `spends`). Whoever looks at a job, cancels one, or
brings a webhook or a health check is let through always: with the submissions bounded there is room for them.

A refusal is decided before anything else is done, even before the token is looked at: 503 `overloaded`, with a
Retry-After that differs from one to the next, so that those refused together don't come back together. Nothing has
been written, no rate counted: the same request, under the same Idempotency-Key, may simply come again.
"""

import asyncio
import re
from collections.abc import Iterable
from http import HTTPStatus
from random import getrandbits
from typing import Final

import msgspec
import structlog
from litestar.routes import BaseRoute, HTTPRoute
from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from omnigen.entrypoints.http import problems
from omnigen.entrypoints.http.facade import Running
from omnigen.entrypoints.http.middleware.concurrency import ConcurrencyLimit, Visit
from omnigen.entrypoints.http.middleware.rate_limit import SPENDS
from omnigen.ports.metrics import Metrics

GRACE_S: Final = 0.05
"""For a body to arrive. Whoever sends more slowly gives up the place meanwhile, or a few of them would hold them all."""
_TOLD_EVERY_S: Final = 1.0
_PARAMETER: Final = re.compile(r"\{[^}]*\}")
_TYPE: Final = f"urn:omnigen:problem:{problems.Overloaded.code}"
_TITLE: Final = HTTPStatus.SERVICE_UNAVAILABLE.phrase
_DETAIL: Final = "more is submitted than can be taken in at present; nothing of this was done"
_log: Final = structlog.get_logger("omnigen.http")


class Admission:
    """The outermost layer. `refused` answers in place of `app` while there is no room."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        refused: ASGIApp,
        limit: ConcurrencyLimit,
        routes: Iterable[BaseRoute],
        running: Running,
    ) -> None:
        self.app = app
        self._refused = refused
        self._limit = limit
        self._makes_work = making_work(routes).fullmatch
        self._running = running
        self._untold = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request in, or answer that there is no room."""
        if not self._makes_work(f"{scope.get('method')} {scope['path']}"):
            await self.app(scope, receive, send)
        elif self._limit.enter(visit := Visit()):
            await self._serve(visit, scope, receive, send)
        else:
            self._note()
            await self._refused(scope, receive, send)

    async def _serve(self, visit: Visit, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = False

        async def answer(message: Message) -> None:
            nonlocal accepted
            if message["type"] == "http.response.start":
                accepted = message["status"] == HTTPStatus.ACCEPTED
            await send(message)

        try:
            await self.app(scope, self._patient(receive, visit), answer)
        finally:
            self._limit.leave(visit, counts=accepted)

    def _patient(self, receive: Receive, visit: Visit) -> Receive:
        loop, whole = asyncio.get_running_loop(), False

        async def received() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal whole
            if whole:  # what comes after the body is only that the client leaves
                return await receive()
            late = loop.call_later(GRACE_S, self._limit.step_out, visit)
            try:
                message = await receive()
            finally:
                late.cancel()
            whole = not message.get("more_body", False)
            if whole and not visit.inside and not self._limit.enter(visit):
                self._note()
                raise overloaded()
            return message

        return received

    def _note(self) -> None:
        """Refusals are told together: a line and a number for each would cost more than they do."""
        if not self._untold:
            asyncio.get_running_loop().call_later(_TOLD_EVERY_S, self._tell, self._running.app.metrics)
        self._untold += 1

    def _tell(self, metrics: Metrics) -> None:
        refused, self._untold = self._untold, 0
        _log.warning("submissions refused: overloaded", refused=refused, at_once=self._limit.allowed)
        metrics.count("submissions_refused", refused)


def making_work(routes: Iterable[BaseRoute]) -> re.Pattern[str]:
    """Matches method and path of the requests that make work, with as many slashes as the router overlooks."""
    patterns = {
        f"{method} {_PARAMETER.sub('[^/]+', route.path_format.replace('/', '/+'))}/*"
        for route in routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if handler.opt.get(SPENDS, False)
        for method in handler.http_methods
    }
    return re.compile("|".join(sorted(patterns)))


def overloaded() -> problems.Overloaded:
    """The refusal, as an error."""
    return problems.Overloaded(_DETAIL, retry_after=_again_after())


async def refuse(scope: Scope, _: Receive, send: Send) -> None:
    """The application that refuses: `overloaded` as bytes, for a third of what it takes as an error."""
    after = _again_after()
    problem = problems.Problem(
        type=_TYPE,
        title=_TITLE,
        status=503,
        detail=_DETAIL,
        instance=scope["path"],
        code=problems.Overloaded.code,
        request_id=problems.request_id_of(scope),
        retry_after=after,
    )
    body = msgspec.json.encode(problem)
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"%d" % len(body)),
        (b"retry-after", b"%d" % after),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _again_after() -> int:
    """Seconds, other ones for each, so that those who are refused together don't come back together."""
    return 1 + getrandbits(2)
