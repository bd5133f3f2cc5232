"""What stands between us and an S3 server, and does to requests and replies what networks and busy servers do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from attrs import define, field, frozen


class Fault(StrEnum):
    """What happens to one request."""

    RESET = "the connection breaks before the server hears of it"
    REQUEST_CUT = "the connection breaks in the middle of what is sent"
    REPLY_LOST = "it takes effect, and the connection breaks before the reply"
    REPLY_CUT = "the connection breaks in the middle of the reply"
    REPLY_SHORT = "the reply ends in its middle, in good order"
    DAMAGED = "one byte of the reply's body is another"
    SLOW_DOWN = "503 SlowDown"
    ERROR = "500 InternalError, after it has taken effect"
    DRIP = "the reply comes byte by byte"
    SILENCE = "no reply comes"


@frozen
class Request:
    """One request as it came."""

    method: str
    target: str
    head: bytes
    body: bytes


Choose = Callable[[Request], Fault | None]
_DRIP_S: Final = 0.05
_ENOUGH: Final = 64 * 1024
_BUSY: Final = {
    Fault.SLOW_DOWN: (503, b"<Error><Code>SlowDown</Code><Message>Please reduce your rate</Message></Error>"),
    Fault.ERROR: (500, b"<Error><Code>InternalError</Code><Message>We did it, or not</Message></Error>"),
}


@define(eq=False)
class Proxy:
    """Hands requests on to `upstream`, one connection each, except where `choose` names a fault."""

    upstream: str
    choose: Choose = lambda _: None
    url: str = ""
    seen: list[Request] = field(factory=list)
    done: list[Fault] = field(factory=list)
    """Faults that really happened."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._serve(await _read(reader, writer), writer)
        writer.close()

    async def _serve(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.seen.append(request)
        fault = self.choose(request)
        if fault is not None:
            self.done.append(fault)
        match fault:
            case Fault.RESET:
                writer.transport.abort()
            case Fault.REQUEST_CUT:
                await self._upstream(request, sent=len(request.body) // 2)
                writer.transport.abort()
            case Fault.REPLY_LOST:
                await self._upstream(request)
                writer.transport.abort()
            case Fault.SLOW_DOWN:
                writer.write(_busy(fault))
            case Fault.ERROR:
                await self._upstream(request)
                writer.write(_busy(fault))
            case Fault.SILENCE:
                await asyncio.Event().wait()
            case _:
                await _reply(fault, await self._upstream(request), writer)
        with suppress(ConnectionError):
            await writer.drain()

    async def _upstream(self, request: Request, *, sent: int | None = None) -> bytes:
        """The server's whole reply; empty where only a part of the body is sent."""
        parts = urlsplit(self.upstream)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            writer.write(request.head + request.body[:sent])
            await writer.drain()
            return await reader.read() if sent is None or not request.body else b""
        finally:
            writer.transport.abort()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    method, target, _ = lines[0].decode().split(" ")
    told = {line.split(b":", 1)[0].lower(): line.split(b":", 1)[1].strip() for line in lines[1:] if line}
    if told.get(b"expect"):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = await reader.readexactly(int(told.get(b"content-length", b"0")))
    kept = [line for line in lines if not line.lower().startswith((b"expect:", b"connection:"))]
    head = b"\r\n".join([kept[0], b"Connection: close", *kept[1:]])
    return Request(method, target, head, body)


async def _reply(fault: Fault | None, reply: bytes, writer: asyncio.StreamWriter) -> None:
    head, gap, body = reply.partition(b"\r\n\r\n")
    half = len(head) + len(gap) + len(body) // 2
    match fault:
        case Fault.REPLY_CUT:
            writer.write(reply[:half])
            await writer.drain()
            writer.transport.abort()
        case Fault.REPLY_SHORT:
            writer.write(reply[:half])
        case Fault.DAMAGED if body:
            middle = len(body) // 2
            writer.write(head + gap + body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :])
        case Fault.DRIP:
            for at in range(len(reply)):
                writer.write(reply[at : at + 1])
                await writer.drain()
                await asyncio.sleep(_DRIP_S)
        case _:
            writer.write(reply)


def _busy(fault: Fault) -> bytes:
    status, body = _BUSY[fault]
    head = f"HTTP/1.1 {status} Busy\r\ncontent-type: application/xml\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"connection: close\r\n\r\n" + body


def once(fault: Fault, *methods: str) -> Choose:
    """The first request of these methods only."""
    waiting = [fault]
    return lambda request: waiting.pop() if waiting and request.method in methods else None


def always(fault: Fault, *methods: str) -> Choose:
    """Every request of these methods."""
    return lambda request: fault if request.method in methods else None


@asynccontextmanager
async def between(upstream: str, choose: Choose = lambda _: None) -> AsyncIterator[Proxy]:
    """A proxy on loopback in front of a server."""
    proxy = Proxy(upstream, choose)
    tasks: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=_ENOUGH)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        left = [*tasks]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
