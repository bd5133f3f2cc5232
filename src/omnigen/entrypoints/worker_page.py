"""What the worker tells those who look after it, on loopback: `GET /health` and `GET /metrics`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from omnigen.settings import SettingsError

HOST: Final = "127.0.0.1"


@asynccontextmanager
async def telling(port: int, metrics: Any) -> AsyncIterator[None]:
    """Answer for as long as the context lasts; port 0 answers nobody. Raises SettingsError where the port is taken.

    It answers on the loop that drives the jobs: where that is stuck, there is no answer.
    """
    if not port:
        yield
        return
    from aiohttp import web  # noqa: PLC0415  most tests and all Lambdas do without

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def exposition(_: web.Request) -> web.Response:
        content_type, text = metrics.exposition()
        return web.Response(body=text, headers={"Content-Type": content_type})

    page = web.Application()
    page.add_routes([web.get("/health", health), web.get("/metrics", exposition)])
    runner = web.AppRunner(page, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
    except OSError as error:
        await runner.cleanup()
        raise SettingsError(f"OMNIGEN_WORKER_PORT is {port}: {error.strerror}") from error
    try:
        yield
    finally:
        await runner.cleanup()
