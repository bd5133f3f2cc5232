"""Nobody gets past here without a valid access token; the caller that it names goes on in the scope."""

from typing import Final

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from omnigen.domain.errors import Unauthenticated
from omnigen.entrypoints.http.facade import Running

MAX_HEADER: Final = 8_300


class Authentication(ASGIMiddleware):
    """Bearer tokens in the Authorization header, and nowhere else."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, running: Running) -> None:
        self._running = running

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Name the caller, or raise Unauthenticated."""
        scope["user"] = await self._running.app.verifier.verify(bearer_token(scope))
        await next_app(scope, receive, send)


def bearer_token(scope: Scope) -> str:
    """The token. Raises Unauthenticated unless there is exactly one."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    if not given:
        raise Unauthenticated("an access token is needed: `Authorization: Bearer ...`", code="no_token")
    if len(given) > 1 or len(given[0]) > MAX_HEADER:
        raise Unauthenticated("exactly one access token of at most 8 KB is allowed")
    scheme, _, token = given[0].partition(b" ")
    if scheme.lower() != b"bearer" or not token.isascii():
        raise Unauthenticated("the Authorization header is not of the form `Bearer ...`")
    return token.strip().decode()
