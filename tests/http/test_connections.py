"""Many connections at once: those that are only held open keep nobody else out."""

import asyncio
import resource
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from attrs import evolve

from emulator.ports import HOST, free_ports
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.serving import CONNECTIONS, allow_connections, connections, server_of
from omnigen.settings import Settings
from omnigen.usecases.app import App
from tests.http.conftest import assembled
from tests.http.test_server import until

HELD = 300
"""More than twice the server's own bound, and few enough for any system's bound on open files."""


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """Where the server of production listens."""
    settings = Settings.from_environment({"OMNIGEN_DATA_DIR": str(tmp_path)})
    container = await assembled(settings)

    @asynccontextmanager
    async def opening(_: Settings) -> AsyncIterator[App]:
        yield container.app()

    [port] = free_ports(1)
    server = server_of(create_app(settings, opening), evolve(settings.http, port=port))
    serving = asyncio.create_task(server.serve())
    await until(lambda: listens(port))
    yield port
    server.stop()
    await serving
    await container.database().close()


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except ConnectionRefusedError:
        return False
    writer.close()
    return True


async def healthy(port: int) -> asyncio.StreamWriter:
    """A connection on which the API has answered, and which is still there."""
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(b"GET /health HTTP/1.1\r\nHost: api.test\r\n\r\n")
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 30)
    assert head.startswith(b"HTTP/1.1 200 ")
    return writer


async def test_connections_that_are_held_keep_nobody_out(port: int) -> None:
    """Browser tabs with their streams, and whoever connects and says nothing."""
    held = [await healthy(port) for _ in range(HELD // 2)]
    held += [(await asyncio.open_connection(HOST, port))[1] for _ in range(HELD // 2)]
    try:
        (await healthy(port)).close()
    finally:
        for writer in held:
            writer.close()


@pytest.fixture
def open_files() -> Iterator[tuple[int, int]]:
    """This process's bounds on open files, given back afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_no_more_are_taken_than_there_are_files_for(open_files: tuple[int, int]) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, open_files[1]))
    assert connections() == 1024 - 256


def test_the_bound_on_open_files_is_raised_as_far_as_need_be(open_files: tuple[int, int]) -> None:
    _, hard = open_files
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
    allow_connections()
    soft, still = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert (soft, still) == (min(CONNECTIONS + 256, hard) if hard >= 0 else CONNECTIONS + 256, hard)
    assert connections() == min(CONNECTIONS, soft - 256)
