"""Requests that come when they are due, whatever becomes of those before (an open loop), from processes of their own.

Plain sockets and prepared bytes: a request costs this side some 20 us. A request that is due while every connection is
busy is sent as soon as one is free; its time runs from the instant at which it was due, so that a stall of the server
counts for all who had to wait, and none of them is left out.
"""

import multiprocessing
import os
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Final

from emulator.ports import HOST

KEY: Final = b"KEY-0123456789abcdef0123456789abcdef"
"""Stands in a prepared request for an Idempotency-Key; each that is sent gets another one, just as long."""
PATIENCE_S: Final = 20
"""How long the last answers are waited for; what has not come by then counts as lost."""
_LONGEST: Final = 1 << 18


@dataclass(frozen=True)
class Stream:
    """Requests of one kind."""

    name: str
    rate: float
    """A second; 0 sends one on each connection as soon as it has its answer (a closed loop)."""
    requests: Sequence[bytes]
    """Sent in turn, again from the start where they are too few."""
    connections: int


@dataclass(frozen=True)
class Load:
    """What one process sends."""

    port: int
    seconds: float
    streams: tuple[Stream, ...]
    core: int | None
    """Where it runs; None leaves that to the system."""


@dataclass
class Answers:
    """What came back on one stream, request by request."""

    due: list[float] = field(default_factory=list)
    """Seconds after the start."""
    took: list[float] = field(default_factory=list)
    """Seconds from when it was due to its answer."""
    status: list[int] = field(default_factory=list)
    with_retry_after: int = 0
    """Answers 503 that say when to come again."""
    jobs: list[str] = field(default_factory=list)
    """Those that were accepted, by their Location."""
    lost: int = 0
    """Sent, or due, and never answered."""

    def add(self, other: "Answers") -> None:
        """Those of another process on the same stream."""
        for name in ("due", "took", "status", "jobs"):
            getattr(self, name).extend(getattr(other, name))
        self.with_retry_after += other.with_retry_after
        self.lost += other.lost


class _Line:
    """A keep-alive connection, with one request at a time on it."""

    def __init__(self, port: int, stream: "_Running") -> None:
        self.socket = socket.create_connection((HOST, port), timeout=PATIENCE_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.stream = stream
        self.due = 0.0
        self._received = b""

    def send(self, request: bytes, due: float) -> None:
        """A request is far smaller than what the system takes at once."""
        self.due = due
        if self.socket.send(request) != len(request):
            raise RuntimeError("a request was not taken whole")

    def receive(self) -> tuple[int, bytes] | None:
        """Status and head, once the answer is complete. Raises ConnectionError where the server hangs up."""
        got = self.socket.recv(_LONGEST)
        if not got:
            raise ConnectionResetError
        self._received += got
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        self._received = b""
        return int(head[9:12]), head


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


class _Running:
    """A stream while it is sent."""

    def __init__(self, stream: Stream, port: int, end: float) -> None:
        self.rate = stream.rate
        self.answers = Answers()
        self.lines = [_Line(port, self) for _ in range(stream.connections)]
        self._free = deque(self.lines)
        self._requests: Iterator[bytes] = cycle(stream.requests)
        self._run = os.urandom(12).hex().encode()
        self._end = end
        self._sent = 0

    def due(self) -> float:
        """When the next one is due, seconds after the start; the end where none is."""
        return min(self._sent / self.rate, self._end) if self.rate else 0.0

    def send_due(self, now: float) -> None:
        """All that are due, as far as there are connections."""
        while self._free and (due := self.due()) <= now < self._end:
            self._sent += 1
            request = next(self._requests).replace(KEY, b"KEY-%b%08x" % (self._run, self._sent))
            self._free.popleft().send(request, due if self.rate else now)

    def take(self, line: _Line, begun: float) -> None:
        """What has arrived on a line."""
        try:
            answer = line.receive()
        except BlockingIOError:
            return
        if answer is None:
            return
        status, head = answer
        now = time.perf_counter() - begun
        self.answers.due.append(line.due)
        self.answers.took.append(now - line.due)
        self.answers.status.append(status)
        if status == 503 and b"\r\nretry-after:" in head.lower():
            self.answers.with_retry_after += 1
        if status == 202 and (at := head.lower().find(b"\r\nlocation: /api/v1/jobs/")) >= 0:
            self.answers.jobs.append(head[at + 25 :].partition(b"\r\n")[0].decode())
        self._free.append(line)

    @property
    def waiting(self) -> int:
        """Sent, and not answered yet."""
        return len(self.lines) - len(self._free)

    def finish(self) -> Answers:
        """All that came, and how many did not."""
        planned = int(self._end * self.rate) if self.rate else self._sent
        self.answers.lost = max(self.waiting, planned - len(self.answers.status))
        for line in self.lines:
            line.socket.close()
        return self.answers


def run(load: Load) -> dict[str, Answers]:
    """Send it all and wait for the answers."""
    if load.core is not None:
        os.sched_setaffinity(0, {load.core})
    streams = {stream.name: _Running(stream, load.port, load.seconds) for stream in load.streams}
    lines = {line.socket.fileno(): line for running in streams.values() for line in running.lines}
    with select.epoll() as waiting:
        for number in lines:
            waiting.register(number, select.EPOLLIN)
        _exchange(waiting, lines, list(streams.values()), load.seconds)
    return {name: running.finish() for name, running in streams.items()}


def _exchange(
    waiting: select.epoll, lines: dict[int, _Line], streams: list[_Running], seconds: float
) -> None:
    begun = time.perf_counter()
    while (now := time.perf_counter() - begun) < seconds or any(one.waiting for one in streams):
        if now > seconds + PATIENCE_S:
            return
        for one in streams:
            one.send_due(now)
        pause = min((one.due() for one in streams if one.rate), default=seconds) - now
        for number, _ in waiting.poll(min(max(0.0, pause), 0.05)):
            line = lines[number]
            line.stream.take(line, begun)


def send(loads: Sequence[Load]) -> dict[str, Answers]:
    """Run each load in a process of its own, all at once; the answers of equal streams together."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(len(loads)) as pool:
        taken = pool.map(run, loads, chunksize=1)
    answers: dict[str, Answers] = {}
    for one in taken:
        for name, got in one.items():
            answers.setdefault(name, Answers()).add(got)
    return answers
