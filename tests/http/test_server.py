"""The API through the server that is used in production, on a real socket of loopback."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from tests.http.conftest import Api, bearer, problem_of, token
from tests.http.test_events import a_job, ended, parsed


@pytest.fixture
async def socketed(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API behind granian."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(api.server, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        await until(lambda: alive(client))
        yield client
    server.stop()
    await serving


async def alive(client: httpx.AsyncClient) -> bool:
    with contextlib.suppress(httpx.ConnectError):
        return (await client.get("/health")).status_code == 200
    return False


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():  # noqa: ASYNC110  the server tells nobody when it listens
            await asyncio.sleep(0.01)


async def test_events_arrive_while_the_job_is_made(api: Api, socketed: httpx.AsyncClient) -> None:
    """The first event is read before the job ends; then the stream ends by itself."""
    job_id = await a_job(api)
    async with socketed.stream("GET", f"/api/v1/jobs/{job_id}/events", headers=bearer()) as response:
        assert response.status_code == 200
        chunks = response.aiter_bytes()
        received = await anext(chunks)
        await ended(api, job_id)
        async for chunk in chunks:
            received += chunk
    assert parsed(received)[-1]["data"]["data"]["status"] == "cancelled"


async def test_a_listener_who_leaves_is_let_go_of(api: Api, socketed: httpx.AsyncClient) -> None:
    watching, left = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[Any]:
        try:
            watching.set()
            await asyncio.Event().wait()
            yield
        finally:
            left.set()

    async def watch(*_: Any, **__: Any) -> AsyncIterator[Any]:
        return endless()

    object.__setattr__(api.container.app(), "watch_job", watch)
    async with socketed.stream("GET", "/api/v1/jobs/job_1/events", headers=bearer()):
        await asyncio.wait_for(watching.wait(), 30)
    await asyncio.wait_for(left.wait(), 30)


async def test_ten_megabytes_in_chunks_are_stopped_on_the_way(socketed: httpx.AsyncClient) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += 1
            yield b" " * 10_000

    headers = bearer() | {"Content-Type": "application/json"}
    with contextlib.suppress(httpx.WriteError, httpx.ReadError):
        problem_of(await socketed.post("/api/v1/jobs", content=chunks(), headers=headers), 413)
    assert sent > 0
    assert (await socketed.get("/health")).status_code == 200


async def test_headers_arrive_as_they_were_meant(socketed: httpx.AsyncClient) -> None:
    response = await socketed.post("/api/v1/jobs", json={}, headers=bearer())
    problem_of(response, 422)
    assert response.headers["ratelimit-policy"] == '"spending";q=10;w=60'
    assert len(response.headers.get_list("x-request-id")) == 1
    assert token()[:30] not in response.text
