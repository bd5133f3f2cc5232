"""`python -m omnigen.entrypoints.http`: serves the API with granian, in this very process."""

import asyncio
import signal
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from omnigen.container import running
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.logs import configure_logging
from omnigen.settings import Settings, SettingsError


async def serve(settings: Settings) -> None:
    """Answer requests until told to stop by SIGTERM or SIGINT."""
    server = Server(
        create_app(settings, running),
        address=settings.http.host,
        port=settings.http.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, server.stop)
    await server.serve()


def main() -> int:
    """Read the settings, then serve."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    configure_logging(settings.log_level)
    asyncio.run(serve(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
