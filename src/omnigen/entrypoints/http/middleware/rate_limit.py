"""Bounds the requests of a caller: those that spend by their tier, counted durably; all others generously, in each process.

Headers as in draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "spending";q=10;w=60` and
`RateLimit: "spending";r=9;t=42`. Callers are told apart by their tokens, so no forwarded address is believed.
"""

import time
from datetime import UTC, datetime
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from omnigen.domain.errors import RateLimited
from omnigen.domain.quota import QUOTAS
from omnigen.entrypoints.http.facade import Running
from omnigen.ports.identity import Caller
from omnigen.ports.usage import RateState

WINDOW: Final = 60
"""Seconds."""
READS: Final = 1_200
"""Requests that spend nothing, a minute: a page that polls twice a second in ten tabs stays below it."""
SPENDS: Final = "spends"
"""Key in a handler's `opt`: its requests count against the tier."""
REHEARSES: Final = "rehearses"
"""Key in a handler's `opt`: a dry run of it is counted as a reading request. No other route heeds that query."""
DRY_RUNS: Final = frozenset({b"dry_run=1", b"dry_run=true"})
"""Queries that ask for one."""


class RateLimit(ASGIMiddleware):
    """Counts, refuses with 429 and Retry-After, and says in every answer how much is left."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, running: Running, *, reads: int = READS) -> None:
        self._running = running
        self._reads = RateLimitItemPerMinute(reads)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def __deepcopy__(self, _: object) -> "RateLimit":
        """The same one: Litestar copies middleware for each handler, and all must count together."""
        return self

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let the request through, or raise RateLimited."""
        caller: Caller = scope["user"]
        spends = _spends(scope)
        state = await self._spending(caller) if spends else self._reading(caller)
        name = "spending" if spends else "general"
        answer = _telling(name, state, send)
        if not state.allowed:
            raise _refusal(name, state)
        await next_app(scope, receive, answer)

    async def _spending(self, caller: Caller) -> RateState:
        limit = QUOTAS[caller.tier].requests
        rates = self._running.app.rates
        return await rates.hit(f"spending:{caller.id}", limit=limit, window=WINDOW, at=datetime.now(UTC))

    def _reading(self, caller: Caller) -> RateState:
        allowed = self._limiter.hit(self._reads, caller.id)
        stats = self._limiter.get_window_stats(self._reads, caller.id)
        reset = max(0.0, stats.reset_time - time.time())
        return RateState(allowed=allowed, limit=self._reads.amount, remaining=stats.remaining, reset=reset)


class Refused(RateLimited):
    """Carries the headers of the policy that was violated."""

    def __init__(self, message: str, *, retry_after: float, headers: dict[str, str]) -> None:
        super().__init__(message, retry_after=retry_after)
        self.headers = headers


def _spends(scope: Scope) -> bool:
    opt = scope["route_handler"].opt
    rehearsed = opt.get(REHEARSES, False) and scope["query_string"] in DRY_RUNS
    return bool(opt.get(SPENDS, False)) and not rehearsed


def fields(name: str, state: RateState) -> dict[str, str]:
    """The two header fields."""
    return {
        "RateLimit-Policy": f'"{name}";q={state.limit};w={WINDOW}',
        "RateLimit": f'"{name}";r={state.remaining};t={-int(-state.reset // 1)}',
    }


def _refusal(name: str, state: RateState) -> Refused:
    return Refused(
        f"{state.limit} {name} requests a minute are allowed; wait {max(1, round(state.reset))} s",
        retry_after=state.reset,
        headers=fields(name, state),
    )


def _telling(name: str, state: RateState, send: Send) -> Send:
    headers = [(key.lower().encode(), value.encode()) for key, value in fields(name, state).items()]

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *headers]
        await send(message)

    return answer
