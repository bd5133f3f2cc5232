"""Runs the emulator: as a process, inside an event loop, or beside a test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager

from aiohttp import web

from emulator.replicate.app import build
from emulator.replicate.settings import Options
from emulator.replicate.studio import Studio

BACKLOG = 256


@asynccontextmanager
async def serving(options: Options, *, studio: Studio | None = None) -> AsyncIterator[str]:
    """The emulator, up; gives its base URL. Raises OSError where the port is taken."""
    with closing(_listen(options)) as listener:
        port = listener.getsockname()[1]
        base = (options.public_url or f"http://{options.host}:{port}").rstrip("/")
        app = await build(options, base=base, studio=studio)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        try:
            await runner.setup()
            await web.SockSite(runner, listener).start()
            yield base
        finally:
            await runner.cleanup()


def _listen(options: Options) -> socket.socket:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    return socket.create_server((options.host, options.port), family=family, backlog=BACKLOG)


@contextmanager
def running(options: Options, *, studio: Studio | None = None) -> Iterator[str]:
    """The same in a thread of its own, for callers that block. Gives the base URL."""
    started: list[str | OSError | ValueError] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def main() -> None:
        try:
            async with serving(options, studio=studio) as base:
                started.append(base)
                ready.set()
                await stop.wait()
        except (OSError, ValueError) as wrong:
            started.append(wrong)
        finally:
            ready.set()

    thread = threading.Thread(target=_run, args=(loop, main()), daemon=True)
    thread.start()
    ready.wait()
    if not isinstance(started[0], str):
        thread.join()
        raise started[0]
    try:
        yield started[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(loop: asyncio.AbstractEventLoop, main: Coroutine[None, None, None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(main)
    finally:
        loop.close()
