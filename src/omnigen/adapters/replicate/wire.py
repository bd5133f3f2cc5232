"""The real Replicate client, without its traps.

What it does unasked, and what stops it: it repeats GETs up to ten times and sleeps as long as Retry-After
says (replies that are no success end as `Refusal` below its retrying transport); it raises on the status
`aborted` (bodies are read as plain JSON); it takes a token from the environment (every call brings its own); it
has no overall time-out, and none at all for uploads (each call gets one); it reads a body of any size, unpacked
(replies are plain and counted).
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import Any, Final

import httpx
from replicate.client import Client

from omnigen.adapters.replicate.errors import Nonsense, Refusal
from omnigen.domain.errors import Transient
from omnigen.domain.secret import Secret
from omnigen.ports.secrets import Secrets
from omnigen.settings import ReplicateSettings

_TIMEOUT: Final = httpx.Timeout(connect=5.0, read=20.0, write=20.0, pool=5.0)
_WHOLE_CALL_S: Final = 40.0
"""Longest call from end to end: a server that drips its reply must not hold a worker."""
_UNAUTHENTICATED: Final = 401
LARGEST_REPLY: Final = 16 * 1024 * 1024
"""Bytes: a page of a hundred predictions, with all that a language model has to say."""
_LIMITS: Final = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=15.0)


@cache
def certificates() -> ssl.SSLContext:
    """The authorities that are trusted. Read once: it takes 20 ms, and there are two clients."""
    return httpx.create_ssl_context(trust_env=False)


class Wire:
    """JSON in, JSON out. Raises httpx's errors, Refusal, Nonsense and TimeoutError, which `errors` sorts.

    It also raises Transient where there is no token to send with: then nothing was sent.
    """

    def __init__(self, settings: ReplicateSettings, secrets: Secrets) -> None:
        self._secrets = secrets
        self._token = settings.token
        self._sorting = _Sorting(httpx.AsyncHTTPTransport(verify=certificates(), limits=_LIMITS))
        # Without a header of ours the client looks for a token by itself.
        headers = {**_bearer(Secret("")), "Accept-Encoding": "identity"}
        self._client = Client(
            base_url=settings.base_url, timeout=_TIMEOUT, transport=self._sorting, headers=headers
        )

    async def call(self, method: str, path: str, **how: Any) -> Any:
        """One request; the reply's JSON.

        A token that is refused is looked up again: it may have been rotated. The second request, with another
        token, is no repetition of a paid one, since a 401 proves that nothing was accepted.
        """
        token = await self._read()
        try:
            return await self._send(method, path, token, **how)
        except Refusal as refusal:
            if refusal.status != _UNAUTHENTICATED or (newer := await self._read(refused=token)) == token:
                raise
        return await self._send(method, path, newer, **how)

    async def _read(self, refused: Secret | None = None) -> Secret:
        """Not within the time of a call: here it is still certain that nothing was sent."""
        token = await self._secrets.get(self._token, refused=refused)
        text = token.reveal()
        if not (text.isascii() and text.isprintable()):
            # Said here, since httpx would show the whole header in its error.
            raise Transient(f"secret {self._token!r} is no token", code="secret_unreadable")
        return token

    async def _send(self, method: str, path: str, token: Secret, **how: Any) -> Any:
        headers = {**how.pop("headers", {}), **_bearer(token)}
        try:
            async with asyncio.timeout(_WHOLE_CALL_S):
                reply = await self._client._async_request(method, path, headers=headers, **how)
        except Refusal as refusal:
            refusal.detail = _without(refusal.detail, token)
            raise
        try:
            return json.loads(_without(reply.content.decode(), token))
        except (ValueError, RecursionError) as error:  # nested too deeply
            raise Nonsense(f"{method} {path}: not JSON") from error

    async def close(self) -> None:
        """Close every connection."""
        await self._sorting.aclose()


def _bearer(token: Secret) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.reveal()}".strip()}


def _without(text: str, token: Secret) -> str:
    """What is said in errors reaches users and logs: a reply that repeats our token doesn't carry it there."""
    secret = token.reveal()
    return text.replace(secret, str(token)) if secret else text


class _Sorting(httpx.AsyncBaseTransport):
    """Raises Refusal for whatever is no success, before the client can retry it or lose its headers.

    Raises Nonsense for a body that is packed, which nobody asked for, and as soon as one is too large.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it. Raises Refusal, Nonsense."""
        reply = await self._inner.handle_async_request(request)
        assert isinstance(reply.stream, httpx.AsyncByteStream)
        reply.stream = _Counted(reply.stream, packed=reply.headers.get("content-encoding", ""))
        if reply.is_success:
            return reply
        try:
            await reply.aread()
            problem = reply.json()
        except (ValueError, RecursionError, httpx.HTTPError, Nonsense):
            problem = {}  # the status alone decides; the reason is for the log
        finally:
            await reply.aclose()
        raise Refusal(reply.status_code, problem if isinstance(problem, dict) else {}, reply.headers)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


class _Counted(httpx.AsyncByteStream):
    """A body that ends in Nonsense where it could fill the memory."""

    def __init__(self, inner: httpx.AsyncByteStream, *, packed: str) -> None:
        self._inner = inner
        self._packed = packed.strip().lower() not in {"", "identity"}

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Its chunks. Raises Nonsense."""
        if self._packed:
            raise Nonsense("a reply is packed, which nobody asked for")
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > LARGEST_REPLY:
                raise Nonsense(f"a reply has more than {LARGEST_REPLY} bytes")
            yield chunk

    async def aclose(self) -> None:
        """Close the connection, or give it back."""
        await self._inner.aclose()
