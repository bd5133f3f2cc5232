"""An HTTP server that says just what a test tells it to, byte for byte, and remembers what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from attrs import define, field, frozen

RESET = b"\x00reset"
"""Take the request, then break the connection without a word."""
SILENCE = b"\x00silence"
"""Take the request, then say nothing until the client goes away."""

Script = Callable[["Asked"], bytes]


@frozen
class Asked:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def answer(status: int, body: bytes | Mapping[str, Any] | list[Any], **headers: str) -> bytes:
    """A whole reply. Header names have underscores for dashes."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {"content-type": "application/json", "content-length": str(len(raw))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}connection: close\r\n\r\n".encode() + raw


@define
class OddServer:
    """Answers from `script`; each answer closes its connection."""

    script: Script
    url: str = ""
    asked: list[Asked] = field(factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await self._read(reader)
        self.asked.append(asked)
        said = self.script(asked)
        if said == RESET:
            writer.transport.abort()
        elif said == SILENCE:
            await reader.read()
        else:
            writer.write(said)
            await writer.drain()
        writer.close()

    @staticmethod
    async def _read(reader: asyncio.StreamReader) -> Asked:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {
            k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)
        }
        return Asked(
            method, target, headers, await reader.readexactly(int(headers.get("content-length", "0")))
        )


@asynccontextmanager
async def saying(script: Script | bytes) -> AsyncIterator[OddServer]:
    """A server on loopback that always says `script`, or what it makes of the request."""
    odd = OddServer(script if callable(script) else lambda _: script)
    server = await asyncio.start_server(odd.serve, "127.0.0.1", 0)
    odd.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield odd
    finally:
        server.close()
