"""One HTTP request to a child on this machine, without an HTTP library.

The supervisor must be up before its children are, so it imports little: an HTTP client
would cost more time than all that is asked of it here.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Reply:
    """What a child answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300

    def json(self) -> Any:
        """The body as JSON. Raises ValueError if it is something else."""
        return json.loads(self.body)


async def request(
    method: str, url: str, *, headers: dict[str, str] | None = None, body: bytes = b"", timeout_s: float = 5.0
) -> Reply:
    """Send one request and read the whole answer. Raises OSError or TimeoutError if there is none."""
    async with asyncio.timeout(timeout_s):
        return await _exchange(method, url, headers or {}, body)


async def answers(url: str, *, timeout_s: float = 2.0) -> bool:
    """Whether a GET of `url` succeeds just now."""
    try:
        return (await request("GET", url, timeout_s=timeout_s)).ok
    except (OSError, TimeoutError, ValueError):
        return False


async def _exchange(method: str, url: str, headers: dict[str, str], body: bytes) -> Reply:
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {"Host": parts.netloc, "Content-Length": str(len(body)), **headers}
    # HTTP/1.0: the answer ends with the connection and is never chunked.
    head = f"{method} {target} HTTP/1.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        return _parse(await reader.read())
    finally:
        writer.close()


def _parse(raw: bytes) -> Reply:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[1].isdecimal():
        raise ConnectionError(f"not an HTTP answer: {first[:80]!r}")
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return Reply(int(words[1]), {name.strip().lower(): value.strip() for name, value in pairs}, body)
