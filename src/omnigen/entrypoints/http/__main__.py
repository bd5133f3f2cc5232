"""`python -m omnigen.entrypoints.http`: serves the API with granian, in as many processes as there are cores to use."""

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from omnigen.container import running
from omnigen.domain.errors import OmniGenError
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.processes import TOLD, in_processes, share_metrics
from omnigen.entrypoints.http.serving import allow_connections, server_of
from omnigen.entrypoints.logs import configure_logging
from omnigen.settings import HttpSettings, Part, Settings, SettingsError
from omnigen.usecases.app import App

_YOUNG: Final = 10_000
"""New objects after which the collector looks at them: some fifty requests' worth."""


def check_port(http: HttpSettings) -> None:
    """Raise SettingsError if somebody listens there: granian would share the port with them, silently."""
    family = socket.AF_INET6 if ":" in http.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((http.host, http.port))
        except OSError as error:
            raise SettingsError(
                f"OMNIGEN_HOST and OMNIGEN_PORT are {http.host} and {http.port}: {error.strerror}"
            ) from error


def settle_memory() -> None:
    """Tell the garbage collector that what is there now will stay.

    It would look through all modules again and again, for a tenth of the time of every request; what requests
    leave behind is hardly ever a cycle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)


async def serve(settings: Settings, end: int | None) -> int:
    """Answer requests until told to stop by SIGTERM or SIGINT, or by the end of a pipe.

    The use cases are opened out here: what goes wrong there in the server's own start is only "fatal" to it.
    """
    async with running(settings) as app:

        @asynccontextmanager
        async def opened(_: Settings) -> AsyncIterator[App]:
            yield app

        api = create_app(settings, opened)
        server = server_of(api, settings.http)
        settle_memory()
        loop = asyncio.get_running_loop()

        def stop() -> None:
            api.state["running"].stopping.set()
            loop.call_soon(server.stop)

        def ended(pipe: int) -> None:
            loop.remove_reader(pipe)
            stop()

        for told in TOLD:
            loop.add_signal_handler(told, stop)
        if end is not None:
            loop.add_reader(end, ended, end)
        await server.serve()
    return 0


def main() -> int:
    """Read the settings, then serve; exit status 2 for a setting that can't be worked with, 1 for bad luck."""
    try:
        settings = Settings.from_environment(part=Part.API)
        check_port(settings.http)
        allow_connections()
        configure_logging(settings.log_level)
        if settings.http.processes > 1:
            share_metrics(settings.data_dir / "metrics")
        return in_processes(settings.http.processes, lambda end: asyncio.run(serve(settings, end)))
    except (SettingsError, OmniGenError) as error:
        print(f"omnigen api: {error}", file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1


if __name__ == "__main__":
    sys.exit(main())
