"""Starts our Python children by a nurse, one for the process: see `nurse`. A child costs 10 ms instead of 90.

Where there can't be one (Linux only), each child is an interpreter of its own.
"""

import asyncio
import contextlib
import functools
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from typing import Any, Final

from attrs import asdict, define

from omnigen.adapters.ffmpeg.runner import Command, Runner, Started, child_code, dying_with_us, environment
from omnigen.domain.errors import Transient

_ATTEND: Final = "from omnigen.adapters.ffmpeg.nurse import attend\nattend()"
_TRIES: Final = 3
"""The nurse goes with the thread that has engaged her, perhaps with an order in her hand."""
_LOST: Final = -int(signal.SIGKILL)
"""How a child ended whose nurse is gone: with her."""


class ChildRunner(Runner):
    """Runs children that serve one request each with the MODES of a module."""

    def __init__(self, module: str, slots: asyncio.Semaphore) -> None:
        super().__init__((sys.executable, "-I", "-S", "-c", child_code(_served(module))), slots)
        self._module = module

    async def _begin(self, command: Command) -> Started:
        if not _possible():
            return await super()._begin(command)
        birth = asyncio.create_task(_newborn(self._module, command))
        try:
            return await asyncio.shield(birth)
        except OSError as error:
            raise Transient(f"{command.step}: no process can be started") from error
        except asyncio.CancelledError:
            # Once it is ordered, it comes: nobody would end it.
            with contextlib.suppress(OSError, Transient):
                os.killpg((await birth).pid, signal.SIGKILL)
            raise


@functools.cache
def _possible() -> bool:
    """Whether the system has what a nurse goes by."""
    if sys.platform != "linux":
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True


def _served(module: str) -> str:
    return f"from omnigen.adapters.ffmpeg.serving import serve\nfrom {module} import MODES\nserve(MODES)"


@define
class Newborn:
    """A child of the nurse's, to be attended as one of asyncio's processes."""

    pid: int
    step: str
    stdout: asyncio.StreamReader
    stderr: asyncio.StreamReader
    _told: asyncio.StreamReader
    returncode: int | None = None
    cpu: float = 0.0
    """Seconds, known once it has ended."""

    async def wait(self) -> int:
        """How it ended, negative for a signal."""
        line = await self._told.readline()
        if self.returncode is None:
            code, _, cpu = line.decode().partition(" ")
            self.returncode, self.cpu = (int(code), float(cpu)) if cpu else (_LOST, 0.0)
        return self.returncode

    async def communicate(self) -> tuple[bytes, bytes]:
        """Drain it to its end."""
        out, err, _ = await asyncio.gather(self.stdout.read(), self.stderr.read(), self.wait())
        return out, err


async def _newborn(module: str, command: Command) -> Newborn:
    """A child that is under way. Raises OSError; Transient where it never came to be."""
    request = {"module": module, "args": command.args, "limits": asdict(command.limits)}
    for _ in range(_TRIES):
        stdout, stderr, told = await _ordered(json.dumps(request).encode())
        if line := await told.readline():
            return Newborn(int(line), command.step, stdout, stderr, told)
    raise Transient(f"{command.step} was interrupted by the machine")


async def _ordered(request: bytes) -> list[asyncio.StreamReader]:
    ours, theirs = zip(*(os.pipe() for _ in range(3)), strict=True)
    try:
        NURSERY.order(request, theirs)
    except BaseException:
        for file in ours:
            os.close(file)
        raise
    finally:
        for file in theirs:
            os.close(file)
    return [await _reader(file) for file in ours]


async def _reader(file: int) -> asyncio.StreamReader:
    """What comes out of a pipe; at its end it is closed."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(file, "rb", 0)
    )
    return reader


class Nursery:
    """The nurse of this process: engaged when first needed, again where she has gone, dismissed with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: socket.socket | None = None
        self._employer = 0
        self.nurse = 0
        """Her process."""

    def order(self, request: bytes, files: Sequence[int]) -> None:
        """Have a child made. Raises OSError."""
        with self._lock:
            if self._orders is not None and self._employer == os.getpid():
                with contextlib.suppress(BrokenPipeError, ConnectionError):
                    socket.send_fds(self._orders, [request], files)
                    return
                self._dismiss()
            self._orders = self._engage()
            socket.send_fds(self._orders, [request], files)

    def _dismiss(self) -> None:
        assert self._orders is not None
        self._orders.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.nurse, 0)

    def _engage(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 21)
        argv = [*dying_with_us(), sys.executable, "-I", "-S", "-c", child_code(_ATTEND)]
        actions: list[tuple[Any, ...]] = [(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)]
        with theirs:
            self.nurse = os.posix_spawnp(argv[0], argv, environment(), file_actions=actions, setpgroup=0)
        self._employer = os.getpid()
        return ours


NURSERY: Final = Nursery()
