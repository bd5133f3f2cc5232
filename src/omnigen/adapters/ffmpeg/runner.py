"""Runs one command after another: bounded in time, memory and disk, killed as a group, its progress read.

ffmpeg-python's own runner can hang on a full stderr pipe and knows neither progress nor time limits,
so it only builds the arguments.
"""

import asyncio
import contextlib
import functools
import os
import re
import signal
import subprocess
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, Protocol

import structlog
from attrs import frozen

from omnigen.domain.errors import OmniGenError, Rejected, Transient

log = structlog.get_logger(__name__)


Frames = Callable[[int], None]
"""Called with the number of frames that are done."""

_TAIL: Final = 64 * 1024
_MACHINE: Final = re.compile(
    r"no space left|cannot allocate memory|disk quota|too many open files|read-only file"
    r"|resource temporarily unavailable|error writing trailer|malloc|permission denied",
    re.IGNORECASE,
)
_NOT_STARTED: Final = (126, 127)
"""What `nice` ends with where there is no program, or none that can be run."""
_KILLED_BY_MACHINE: Final = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXFSZ}


@frozen(kw_only=True)
class Limits:
    """What a child may use at most; FFmpeg needs 1 GB of addresses for a single-threaded 1080p encode."""

    wall_s: float = 120
    cpu_s: int = 600
    memory_mb: int = 4096
    file_mb: int = 4096


@frozen(kw_only=True)
class Command:
    """One process of a plan. The arguments leave out the binary itself."""

    step: str
    """What it does, for people: `scene 3, picture`."""
    args: tuple[str, ...]
    limits: Limits = Limits()
    frames: int | None = None
    """Video frames that it must have written; None is not checked."""
    blame: str | None = None
    """The foreign file that is at fault if it fails: `scene 3's clip`. None: nothing foreign is read."""


@frozen(kw_only=True)
class Outcome:
    """How a process ended: what it said last, and how many frames it counted."""

    stdout: str
    stderr: str
    frames: int


class Started(Protocol):
    """A process under way: what of asyncio's is used here."""

    @property
    def pid(self) -> int:
        """Its number, and that of its group."""
        ...

    @property
    def returncode(self) -> int | None:
        """How it ended, negative for a signal; None until then."""
        ...

    @property
    def stdout(self) -> asyncio.StreamReader | None:
        """What it says."""
        ...

    @property
    def stderr(self) -> asyncio.StreamReader | None:
        """What it complains of."""
        ...

    async def wait(self) -> int:
        """Its end."""
        ...

    async def communicate(self) -> tuple[bytes, bytes]:
        """Drain it to its end."""
        ...


class Runner:
    """Runs children of one binary, each in one of the `slots`."""

    def __init__(self, binary: Sequence[str], slots: asyncio.Semaphore) -> None:
        self._binary = tuple(binary)
        self._slots = slots

    async def run(self, command: Command, on_frames: Frames | None = None) -> Outcome:
        """Run to the end. Raises Rejected where `blame` is at fault, Transient where the machine is."""
        async with self._slots:
            process = await self._begin(command)
            try:
                async with asyncio.timeout(command.limits.wall_s):
                    outcome = await _attend(process, on_frames)
            except TimeoutError:
                log.warning("ffmpeg.timeout", step=command.step, seconds=command.limits.wall_s)
                raise Transient(f"{command.step} took longer than {command.limits.wall_s:.0f} s") from None
            finally:
                await _end(process)
        if process.returncode:
            raise _failure(command, process.returncode, outcome)
        return outcome

    async def _begin(self, command: Command) -> Started:
        return await _start((*self._binary, *command.args), command)


async def _start(argv: Sequence[str], command: Command) -> Started:
    try:
        return await asyncio.create_subprocess_exec(
            *_limited(argv, command.limits),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            env=environment(),
        )
    except OSError as error:
        log.error("ffmpeg.start", step=command.step, error=str(error))  # noqa: TRY400 - it goes on as Transient
        raise Transient(f"{command.step}: FFmpeg can't be started") from error


def _limited(argv: Sequence[str], limits: Limits) -> list[str]:
    """The command behind a shell that sets its limits: preexec_fn isn't safe beside threads."""
    blocks = limits.file_mb * 2048
    script = (
        f"ulimit -c 0; ulimit -S -t {limits.cpu_s}; ulimit -H -t {limits.cpu_s + 5}; ulimit -f {blocks};"
        f' ulimit -v {limits.memory_mb * 1024} 2>/dev/null; exec nice -n 5 "$@"'
    )
    return [*dying_with_us(), "/bin/sh", "-c", script, "sh", *argv]


@functools.cache
def dying_with_us() -> tuple[str, ...]:
    """On Linux a child is killed with its parent: a worker that is killed leaves no encoder behind."""
    prefix = ("setpriv", "--pdeathsig", "KILL", "--")
    try:
        subprocess.run((*prefix, "true"), check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return ()
    return prefix


def environment() -> dict[str, str]:
    """No credentials, no proxies: a decoder of foreign files gets a bare environment."""
    kept = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT", "HOME")
    given = {name: os.environ[name] for name in kept if name in os.environ}
    return given | {"LC_ALL": "C", "MALLOC_ARENA_MAX": "2"}


async def _attend(process: Started, on_frames: Frames | None) -> Outcome:
    """Drain both pipes until the end: a full stderr would stop the child."""
    assert process.stdout is not None
    assert process.stderr is not None
    progress = _Progress(on_frames)
    stderr, _, _ = await asyncio.gather(_tail(process.stderr), progress.read(process.stdout), process.wait())
    return Outcome(stdout=progress.text, stderr=stderr, frames=progress.frames)


async def _tail(stream: asyncio.StreamReader) -> str:
    kept = b""
    async for chunk in _chunks(stream):
        kept = (kept + chunk)[-_TAIL:]
    return kept.decode(errors="replace")


async def _chunks(stream: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await stream.read(_TAIL):
        yield chunk


class _Progress:
    """Reads `-progress pipe:1`: lines of key=value, a block each half second."""

    def __init__(self, on_frames: Frames | None) -> None:
        self._on_frames = on_frames
        self._kept = b""
        self.frames = 0

    @property
    def text(self) -> str:
        return self._kept.decode(errors="replace")

    async def read(self, stream: asyncio.StreamReader) -> None:
        async for chunk in _chunks(stream):
            self._kept = (self._kept + chunk)[-16 * _TAIL :]
            self._note(re.findall(rb"^frame=\s*(\d+)\s*\n", self._kept[-4096:], re.MULTILINE))

    def _note(self, counts: list[bytes]) -> None:
        if counts and int(counts[-1]) != self.frames:
            self.frames = int(counts[-1])
            if self._on_frames:
                self._on_frames(self.frames)


async def _end(process: Started) -> None:
    """Whatever happened: nobody of the group is left. Shielded, since a cancelled task ends here too."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await asyncio.shield(process.communicate())  # drained: a full pipe would hide the end


def _failure(command: Command, code: int, outcome: Outcome) -> OmniGenError:
    last = last_line(outcome.stderr)
    log.warning("ffmpeg.failed", step=command.step, exit_code=code, last_line=last)
    if code in _NOT_STARTED:
        return Transient(f"{command.step}: FFmpeg can't be started")
    if _out_of_time(code, outcome) and command.blame:
        return Rejected(f"{command.blame} takes too long to decode", code="bad_footage")
    if -code in _KILLED_BY_MACHINE or _MACHINE.search(outcome.stderr):
        return Transient(f"{command.step} was interrupted by the machine")
    if command.blame:
        return Rejected(f"{command.blame} is damaged or can't be decoded", code="bad_footage")
    return Transient(f"{command.step} failed")


def _out_of_time(code: int, outcome: Outcome) -> bool:
    """The CPU limit was reached; FFmpeg catches the signal and says so."""
    return code == -signal.SIGXCPU or f"received signal {int(signal.SIGXCPU)}" in outcome.stderr


def last_line(text: str) -> str:
    """FFmpeg's last words, for the log."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][-500:] if lines else ""


def child_code(work: str) -> str:
    """A program for a Python of its own (`-I -S -c`) that looks for packages where we do, and nowhere else.

    They needn't be installed into the interpreter.
    """
    paths = [path for path in sys.path if path]
    return f"import sys; sys.path[:] = {paths!r}\n{work}"
