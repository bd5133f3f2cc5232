"""The HTTP server around the application, and what it grants a connection before the application sees a request."""

import resource
from typing import Final

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from litestar import Litestar

from omnigen.settings import HttpSettings

SILENCE_MS: Final = 75_000
"""For all of a request's headers to arrive, and for the next request on a connection.

Longer than the 60 s for which a load balancer keeps its connections to us: it must be the one that closes them, or it
answers 502 to those whose request crosses with our close.
"""
MOST_HEADERS: Final = 65_536
"""Bytes read ahead: a token of 8 KB and all else that a browser sends fit many times over."""

BACKLOG: Final = 1_024
"""Connections that the system completes before we take them: a burst of new ones."""
CONNECTIONS: Final = 4_096
"""Open at once in each process; more wait in the backlog. The server's own bound is 128, which as many browser tabs with
their streams of events would use up, and nobody else would get an answer."""

_OTHER_FILES: Final = 256
"""Database, logs, connections to others."""


def allow_connections() -> None:
    """Raise this process's bound on open files as far as CONNECTIONS need it, or as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def connections() -> int:
    """How many the open files suffice for: one more could not be taken, and it would be tried again without end."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(CONNECTIONS, soft - _OTHER_FILES))


def server_of(api: Litestar, http: HttpSettings, *, silence_ms: int = SILENCE_MS) -> Server:
    """The server. HTTP/1.1 only: load balancers speak it to us, and what nobody uses nobody can attack."""
    return Server(
        api,
        address=http.host,
        port=http.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=silence_ms, max_buffer_size=MOST_HEADERS),
        websockets=False,
        log_enabled=False,
        backlog=BACKLOG,
        backpressure=connections(),
    )
