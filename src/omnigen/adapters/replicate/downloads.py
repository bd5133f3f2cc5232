"""Fetches outputs: from allowed hosts only, without our token, no larger and of no other kind than expected.

An output's address comes from outside, so it is not trusted: its host must be listed, its scheme is https, which
proves the host's name, and whatever that resolves to must be public (`addresses`) before anything is connected to.
Plain http is for loopback only.
"""

import asyncio
import mimetypes
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Final

import httpx

from omnigen.adapters.replicate.addresses import LOOPBACK, CheckedTransport, Resolve, resolve
from omnigen.adapters.replicate.wire import certificates
from omnigen.domain.errors import NotFound, OmniGenError, Rejected, Transient

_TIMEOUT: Final = httpx.Timeout(connect=5.0, read=20.0, write=20.0, pool=5.0)
_WHOLE_S: Final = 240.0
"""Longest download from end to end."""
_HOPS: Final = 3
_FRESH: Final = httpx.Limits(max_connections=32, max_keepalive_connections=0)
_PIECES: Final = 10_000
_SMALL: Final = 64
"""Bytes. Reading each piece of a body costs the same, so that of many pieces the average must be larger."""
_UNTOLD: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
TYPES: Final = frozenset(
    {
        "video/mp4", "video/quicktime", "video/webm", "video/x-matroska",
        "image/png", "image/jpeg", "image/webp",
        "audio/mpeg", "audio/mp3", "audio/wav", "audio/x-wav", "audio/flac", "audio/x-flac",
        "audio/ogg", "audio/aac", "audio/mp4", "audio/x-m4a",
    }
)  # fmt: skip
"""What a model's output may be. What it really is, the inspector finds out."""


class Downloads:
    """Downloads over a client of its own, which knows no token and follows no redirect by itself."""

    def __init__(self, hosts: Sequence[str], *, resolving: Resolve = resolve) -> None:
        self._hosts = tuple(h.lower() for h in hosts)
        inner = httpx.AsyncHTTPTransport(trust_env=False, verify=certificates(), limits=_FRESH)
        # No compression: what is counted on the way is what is written. No proxy from the environment.
        self._client = httpx.AsyncClient(
            timeout=_TIMEOUT,
            trust_env=False,
            transport=CheckedTransport(inner, resolving=resolving),
            headers={"Accept-Encoding": "identity"},
        )
        # A host's cookies would be kept for as long as we live, and sent back.
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def save(self, address: str, into: Path, *, max_size: int) -> str:
        """Fetch a file, whole or not at all, and return its content type.

        Raises Rejected, NotFound and Transient as `Provider.download` promises.
        """
        part = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
        try:
            async with asyncio.timeout(_WHOLE_S), self._opened(self.allowed(address)) as reply:
                kind = _kind(reply)
                await _write(reply, part, max_size)
            part.replace(into)
        except httpx.InvalidURL as error:
            raise Rejected("an output was redirected to what is no address", code="output_host") from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise Transient(
                f"an output did not arrive: {type(error).__name__}", code="output_lost"
            ) from error
        finally:
            part.unlink(missing_ok=True)
        return kind

    def allowed(self, address: str) -> httpx.URL:
        """The address, parsed once by the parser that will be used. Raises Rejected unless it is allowed."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, TypeError) as error:
            raise Rejected("an output's address can't be read", code="output_host") from error
        local = url.scheme == "http" and url.host in LOOPBACK
        secure = url.scheme == "https" and url.port is None and url.host not in LOOPBACK
        if url.userinfo or not (local or secure) or not self._is_listed(url):
            raise Rejected(
                f"an output is at {f'{url.scheme}://{url.host}'[:100]}, which is not allowed",
                code="output_host",
            )
        return url

    def _is_listed(self, url: httpx.URL) -> bool:
        names = (url.host.lower(), f"{url.host.lower()}:{url.port}")
        return any(
            url.host.endswith(host[1:]) and len(url.host) > len(host[1:])
            if host.startswith("*.")
            else host in names
            for host in self._hosts
        )

    @asynccontextmanager
    async def _opened(self, url: httpx.URL) -> AsyncIterator[httpx.Response]:
        for _ in range(_HOPS):
            async with self._client.stream("GET", url) as reply:
                if not reply.has_redirect_location:
                    _check_status(reply)
                    yield reply
                    return
                url = self.allowed(str(url.join(reply.headers["location"])))
        raise Rejected(f"an output was redirected more than {_HOPS} times", code="output_host")


def _check_status(reply: httpx.Response) -> None:
    if reply.status_code in {404, 410}:
        raise NotFound("the output has expired", code="output_expired")
    if reply.status_code == 200:
        return
    told: OmniGenError = Transient(f"an output's host answered {reply.status_code}", code="output_lost")
    if 400 <= reply.status_code < 500 and reply.status_code not in {401, 403, 408, 425, 429}:
        told = Rejected(f"an output's host answered {reply.status_code}", code="output_refused")
    raise told


def _kind(reply: httpx.Response) -> str:
    """The content type, by the name's ending where the host doesn't tell. Raises Rejected for another."""
    told = str(reply.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if told in _UNTOLD:
        told = mimetypes.guess_type(reply.url.path)[0] or told
    if told not in TYPES:
        raise Rejected(
            f"an output is of type {told[:80]!r}, which no model of ours makes", code="output_type"
        )
    return told


async def _write(reply: httpx.Response, part: Path, max_size: int) -> None:
    """Raises Rejected as soon as it is certain that there is more than `max_size` bytes."""
    too_large = Rejected(f"an output has more than {max_size} bytes", code="output_size")
    told = reply.headers.get("content-length", "")
    if told.isdecimal() and int(told) > max_size:
        raise too_large
    size = pieces = 0
    # Written from the event loop: a write to the page cache is shorter than a change of thread.
    with part.open("wb") as file:
        async for piece in reply.aiter_raw():
            size, pieces = size + len(piece), pieces + 1
            if size > max_size:
                raise too_large
            if pieces > _PIECES and size < pieces * _SMALL:
                raise Rejected("an output comes in pieces of a few bytes", code="output_pieces")
            file.write(piece)
    if size == 0:
        raise Transient("an output arrived empty", code="output_lost")
