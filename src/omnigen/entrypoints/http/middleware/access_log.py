"""One JSON line and two numbers for each request: what was asked, how it ended, how long it took.

Neither tokens nor query strings nor addresses are written down; the caller appears as a hash.
"""

import hashlib
import re
import time
from typing import Any, Final

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from omnigen.entrypoints.http.facade import Running

_QUIET: Final = frozenset({"/health", "/ready", "/metrics"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""By their names. Any word is a method to the server, and each would be a time series of its own."""
_JOB_ID: Final = re.compile(r"job_[A-Za-z0-9]{1,40}")
_log: Final = structlog.get_logger("omnigen.http")


class AccessLog:
    """Writes when the response is complete; for a stream that is its end."""

    def __init__(self, app: ASGIApp, *, running: Running) -> None:
        self.app = app
        self._running = running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and take its time."""
        begun, status = time.perf_counter(), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            self._write(scope, status, time.perf_counter() - begun)

    def _write(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("path_template") or "unknown"
        given = str(scope.get("method"))
        method = given if given in _METHODS else "other"
        write = _log.debug if route in _QUIET else _log.info
        write(
            "request",
            request_id=scope["state"]["request_id"],
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            **_about(scope),
        )
        metrics = self._running.app.metrics
        metrics.count("http_requests", method=method, route=route, status=str(status))
        metrics.time("http_request_seconds", seconds, method=method, route=route)


def _about(scope: Scope) -> dict[str, Any]:
    """Who and which job, as far as it is known."""
    about: dict[str, Any] = {}
    if (caller := scope.get("user")) is not None:
        about["caller"] = hashlib.sha256(caller.id.encode()).hexdigest()[:12]
    job_id = str(scope.get("path_params", {}).get("job_id", ""))
    if _JOB_ID.fullmatch(job_id):  # whatever else stands there is the caller's word, and may be a secret
        about["job_id"] = job_id
    return about
