"""Connects to public addresses only, whatever a name is made to resolve to.

A name is resolved once, all that it resolves to is looked at, and a connection is opened to those very addresses: a
second answer, to whoever would ask again, can't lead anywhere else. TLS still proves the name.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import httpx

from omnigen.domain.errors import Rejected

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_RESOLVING_S: Final = 5.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]
Allow = Callable[[str, Address], bool]

_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All that is given out of IPv6. Not in it: loopback, link-local, unique local, multicast, mapped and compatible IPv4."""
_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""NAT64: the last four bytes are the IPv4 address that it leads to."""
_ELSEWHERE: Final = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments
    ipaddress.IPv4Network("192.88.99.0/24"),  # relays of 6to4
    ipaddress.IPv6Network("2002::/16"),  # 6to4: an IPv4 address inside, any
    ipaddress.IPv6Network("3fff::/20"),  # documentation; Python 3.11 doesn't know it yet
)


def is_public(address: Address) -> bool:
    """Whether it lies in the internet that everybody shares, by each form that leads to an IPv4 address too."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        if address not in _UNICAST:
            return False
    elsewhere = any(address in network for network in _ELSEWHERE if network.version == address.version)
    return address.is_global and not address.is_multicast and not elsewhere


def is_allowed(host: str, address: Address) -> bool:
    """A name of this machine leads to this machine, any other to the internet."""
    return address.is_loopback if host in LOOPBACK else is_public(address)


async def resolve(host: str, port: int) -> Sequence[Address]:
    """All addresses of a name, in the order of preference. Raises OSError, TimeoutError."""
    async with asyncio.timeout(_RESOLVING_S):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(told[4][0]).partition("%")[0]) for told in found]


class CheckedTransport(httpx.AsyncBaseTransport):
    """Sends each request to an address that was looked at. `inner` must keep no connection for later: to it, an
    address is all that tells one host from another."""

    def __init__(
        self, inner: httpx.AsyncBaseTransport, *, resolving: Resolve = resolve, allow: Allow = is_allowed
    ) -> None:
        self._inner = inner
        self._resolve = resolving
        self._allow = allow

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it. Raises Rejected where a name leads to an address that isn't allowed, httpx's errors otherwise."""
        lost: httpx.HTTPError = httpx.ConnectError(f"{request.url.host} has no address")
        for address in await self._addresses(request.url):
            try:
                return await self._inner.handle_async_request(_to(request, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                lost = error
        raise lost

    async def _addresses(self, url: httpx.URL) -> Sequence[Address]:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await self._resolve(url.raw_host.decode(), port)
        except (OSError, TimeoutError, ValueError) as error:  # ValueError: a name that can't be one
            raise httpx.ConnectError(f"{url.host} can't be resolved") from error
        if not all(self._allow(url.host, address) for address in found):
            raise Rejected(f"{url.host} is at an address that is not public", code="output_host")
        return found

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


def _to(request: httpx.Request, address: Address) -> httpx.Request:
    """The same request to an address; its Host header and the name that TLS has to prove stay."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode()},
    )
