"""Posts jobs from a process of its own: `python -m benchmarks.accept_load PORT TOKENS BODY SECONDS RATE` -> JSON

64 keep-alive connections and prepared bytes: it costs a fraction of what the server does. RATE 0 sends on each
connection as soon as it has its answer; any other sends at that many a second, each at the instant at which it is
due or, where no connection is free then, as soon as one is: its time runs from when it was due.
"""

import asyncio
import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.accept_server import BODIES
from emulator.ports import HOST

CONNECTIONS: Final = 64
RUN: Final = 20
"""Requests of an owner in a row."""
MOST: Final = 25_000
"""Requests in one run, whatever happens."""


class Connection(asyncio.Protocol):
    """One request at a time over one keep-alive connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ready."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect until head and body are there."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if found and len(body) >= _length(head) and self._answer is not None:
            self._buffer, answer = b"", self._answer
            self._answer = None
            answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer that was waited for will not come."""
        if self._answer is not None:
            self._answer.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes) -> None:
        """Send a request and wait for a 202."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        status = await self._answer
        if status != 202:
            raise RuntimeError(f"the server answered {status}")


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise RuntimeError("an answer without a length")


def requests(tokens: Path, body: bytes) -> Iterator[bytes]:
    """Prepared requests, owner after owner: each token is verified once and then known, as it is in a session."""
    made = [
        b"POST /api/v1/jobs HTTP/1.1\r\nHost: api\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b" % (token.encode(), len(body), body)
        for token in tokens.read_text().split()
    ]
    return itertools.islice((request for request in itertools.cycle(made) for _ in range(RUN)), MOST)


async def closed_loop(pool: list[Connection], asked: Iterator[bytes], seconds: float) -> dict[str, float]:
    """As many as will go."""
    begun, times = time.perf_counter(), list[float]()

    async def one(connection: Connection) -> None:
        while time.perf_counter() - begun < seconds and (request := next(asked, None)):
            sent = time.perf_counter()
            await connection.ask(request)
            times.append(time.perf_counter() - sent)

    await asyncio.gather(*(one(connection) for connection in pool))
    return {"rate": len(times) / (time.perf_counter() - begun), **_times(times)}


async def open_loop(
    pool: list[Connection], asked: Iterator[bytes], seconds: float, rate: float
) -> dict[str, float]:
    """At a steady rate."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in pool:
        free.put_nowait(connection)
    begun, times = time.perf_counter() + 0.1, list[float]()

    async def one(due: float) -> None:
        connection = await free.get()
        await connection.ask(next(asked))
        free.put_nowait(connection)
        times.append(time.perf_counter() - due)

    async with asyncio.TaskGroup() as group:
        for number in range(min(MOST, int(seconds * rate))):
            due = begun + number / rate
            if (early := due - time.perf_counter()) > 0:
                await asyncio.sleep(early)
            group.create_task(one(due))
    return {"rate": len(times) / (time.perf_counter() - begun), "asked_rate": rate, **_times(times)}


def _times(seconds: list[float]) -> dict[str, float]:
    parts = statistics.quantiles(seconds, n=1000, method="inclusive")
    return {
        "count": len(seconds),
        "p50_ms": parts[499] * 1000,
        "p90_ms": parts[899] * 1000,
        "p99_ms": parts[989] * 1000,
        "p999_ms": parts[998] * 1000,
        "max_ms": max(seconds) * 1000,
    }


async def run(port: int, tokens: Path, body: bytes, seconds: float, rate: float) -> dict[str, float]:
    """Connect, load, disconnect."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Connection, HOST, port) for _ in range(CONNECTIONS)]
    pool, asked = [connection for _, connection in made], requests(tokens, body)
    try:
        if rate:
            return await open_loop(pool, asked, seconds, rate)
        await closed_loop(pool, asked, 0.5)
        return await closed_loop(pool, asked, seconds)
    finally:
        for transport, _ in made:
            transport.close()


if __name__ == "__main__":
    port, tokens, kind, seconds, rate = sys.argv[1:]
    asked = run(int(port), Path(tokens), BODIES[kind], float(seconds), float(rate))
    print(json.dumps(asyncio.run(asked)))
