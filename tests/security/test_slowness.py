"""Whoever takes his time holds a line, and not for ever: the server's own bound, and the body's."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from litestar.types import Receive, Scope, Send

from emulator.ports import HOST, free_ports
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.middleware.body_limit import BodyLimit
from omnigen.entrypoints.http.problems import TooSlow, status_of
from omnigen.entrypoints.http.serving import server_of
from omnigen.settings import Settings
from omnigen.usecases.app import App
from tests.http.conftest import assembled
from tests.security.house import operations

SILENCE_MS = 2_000
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def dial(tmp_path: Path) -> AsyncIterator[Callable[[], Any]]:
    """Opens lines to the server of production, whose patience is shorter here."""
    settings = Settings.from_environment({"OMNIGEN_DATA_DIR": str(tmp_path)})
    container = await assembled(settings)

    @asynccontextmanager
    async def opening(_: Settings) -> AsyncIterator[App]:
        yield container.app()

    [port] = free_ports(1)
    http = evolve(settings.http, port=port)
    server = server_of(create_app(settings, opening), http, silence_ms=SILENCE_MS)
    serving = asyncio.create_task(server.serve())

    async def dialled() -> Line:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await asyncio.open_connection(HOST, port)
                except ConnectionRefusedError:
                    await asyncio.sleep(0.01)

    yield dialled
    server.stop()
    await serving
    await container.database().close()


async def silent(line: Line) -> None:
    """Dial, and say nothing."""
    await ended(line)


async def dripping(line: Line) -> None:
    """A header now and then, and no end of them."""
    line[1].write(b"GET /health HTTP/1.1\r\nHost: api.test\r\n")
    number = 0
    while not line[0].at_eof():
        try:
            line[1].write(b"X-%d: a\r\n" % number)
            await asyncio.wait_for(line[0].read(100), 0.05)
        except TimeoutError:
            number += 1
        except ConnectionError:
            return


async def lingering(line: Line) -> None:
    """One request, and never another."""
    line[1].write(b"GET /health HTTP/1.1\r\nHost: api.test\r\n\r\n")
    assert b"200" in await line[0].readline()
    await ended(line)


async def ended(line: Line) -> None:
    """The other side closes the line."""
    try:
        await line[0].read()
    except ConnectionError:
        return


@pytest.mark.parametrize("manner", [silent, dripping, lingering])
async def test_a_slow_line_is_closed_by_the_server(
    dial: Callable[[], Any], manner: Callable[[Line], Any]
) -> None:
    """Twenty of them; meanwhile somebody else is answered as ever."""
    lines = [await dial() for _ in range(20)]
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(manner(line))
        mine = await dial()
        mine[1].write(b"GET /health HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n")
        assert b'{"status":"ok"}' in await mine[0].read()
    for _, writer in [*lines, mine]:
        writer.close()


SCOPES = {
    "announced": [(b"content-length", b"1000")],
    "in chunks": [(b"transfer-encoding", b"chunked")],
}


@pytest.mark.parametrize("headers", list(SCOPES.values()), ids=list(SCOPES))
@pytest.mark.parametrize("arrived", [0, 3])
async def test_a_body_that_never_ends_is_given_up(headers: list[tuple[bytes, bytes]], arrived: int) -> None:
    """However many pieces have come, and however lively they came: all of it has the one time."""
    with pytest.raises(TooSlow) as refused:
        await read_all(headers, pieces=arrived)
    assert status_of(refused.value) == 408
    assert "0 s" in refused.value.message


async def test_a_listener_without_a_body_may_wait_for_ever() -> None:
    """Who follows a job's events is told nothing for minutes, and is no slow body."""
    listening = asyncio.create_task(read_all([], pieces=0))
    done, _ = await asyncio.wait({listening}, timeout=0.2)
    assert not done
    listening.cancel()


async def read_all(headers: list[tuple[bytes, bytes]], *, pieces: int) -> None:
    """Have the limit's application read until there is no more; after so many pieces nothing comes."""
    left = pieces

    async def receive() -> Any:
        nonlocal left
        if left:
            left -= 1
            return {"type": "http.request", "body": b"x", "more_body": True}
        await asyncio.Event().wait()
        raise AssertionError("nothing more comes")

    async def reader(_: Scope, receive: Receive, __: Send) -> None:
        while True:
            await receive()

    async def send(_: Any) -> None:
        raise AssertionError("nothing is answered here")

    scope: Any = {"type": "http", "headers": headers}
    await BodyLimit(reader, patience_s=0.05)(scope, receive, send)


def test_the_document_says_so_where_a_body_is_read() -> None:
    for operation in operations(create_app(Settings.from_environment({}), None)):  # type: ignore[arg-type]
        assert ("408" in operation.told["responses"]) == ("413" in operation.told["responses"]), operation.id
