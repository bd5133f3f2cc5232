"""One supervised process: started, probed, restarted with back-off when it dies, ended as a group."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emulator.errors import EmulatorError
from emulator.guard import Guard
from emulator.logs import last_line
from emulator.loopback import answers

_PROBE_EVERY_S: Final = 0.03
_FIRST_PAUSE_S: Final = 0.2
_LONGEST_PAUSE_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ChildSpec:
    """What to run, and how to tell that it is ready."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready_url: str | Callable[[], str] | None = None
    """Answers 2xx when the child is ready; None: it is ready once it runs. Called where it must be fresh."""
    uses: tuple[str, ...] = ()
    """Children that this one talks to: they are stopped after it."""
    grace_s: float = 5.0
    """Time to end after SIGTERM before the whole group is killed."""
    lives: int = 4
    """Early deaths in a row after which it is given up."""
    settled_s: float = 10.0
    """A child that lived this long has not died early."""
    start_within_s: float = 30.0
    hopeless: tuple[int, ...] = ()
    """Exit codes by which it says that starting it again is no use; its last line says why."""


@dataclass
class Child:
    """The process of a spec, over all its lives."""

    spec: ChildSpec
    log: Path
    guard: Guard
    say: Callable[[str], None]
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    pid: int | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _process: asyncio.subprocess.Process | None = None

    async def keep_alive(self) -> None:
        """Run until `stop`, starting again after every death. Raises EmulatorError if it keeps dying."""
        early_deaths, pause = 0, _FIRST_PAUSE_S
        while not self._stopping.is_set():
            born = time.monotonic()
            code = await self._live()
            if self._stopping.is_set():
                return
            if code in self.spec.hopeless:
                raise EmulatorError(f"{self.spec.name} can't start{self._hint()}")
            settled = time.monotonic() - born >= self.spec.settled_s
            early_deaths, pause = (1, _FIRST_PAUSE_S) if settled else (early_deaths + 1, pause)
            if early_deaths >= self.spec.lives:
                raise EmulatorError(f"{self.spec.name} keeps stopping ({_cause(code)}){self._hint()}")
            self.say(f"{self.spec.name} stopped ({_cause(code)}); starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def stop(self) -> None:
        """End the process and everything in its group; forced after the grace period."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self.spec.grace_s)
        except TimeoutError:
            self.say(f"{self.spec.name} did not end within {self.spec.grace_s:.0f} s; killed")
        self.kill()
        await process.wait()
        self.guard.forget(process.pid)

    def kill(self) -> None:
        """End the whole group at once."""
        self._signal(signal.SIGKILL)

    async def _live(self) -> int:
        """One life of the process; its exit code."""
        self.ready.clear()
        process = await self._spawn()
        self._process, self.pid = process, process.pid
        self.guard.watch(process.pid)
        probe = asyncio.create_task(self._probe())
        try:
            return await process.wait()
        finally:
            probe.cancel()
            self.ready.clear()
            if not self._stopping.is_set():
                self.kill()  # grandchildren of a dead child are nobody's
                self.guard.forget(process.pid)
                self._process = self.pid = None

    async def _spawn(self) -> asyncio.subprocess.Process:
        try:
            with self.log.open("ab") as log:
                return await asyncio.create_subprocess_exec(
                    *self.spec.argv,
                    env=dict(self.spec.env),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        except OSError as error:
            raise EmulatorError(f"{self.spec.name} can't be started: {error}") from error

    async def _probe(self) -> None:
        url = self.spec.ready_url
        deadline = time.monotonic() + self.spec.start_within_s
        while url is not None and not await answers(url if isinstance(url, str) else url()):
            if time.monotonic() > deadline:
                self.say(
                    f"{self.spec.name} is not ready after {self.spec.start_within_s:.0f} s; starting it again"
                )
                self.kill()
                return
            await asyncio.sleep(_PROBE_EVERY_S)
        self.ready.set()

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)

    def _hint(self) -> str:
        line = last_line(self.log)
        return (f": {line}" if line else "") + f"; its log is {self.log}"


def _cause(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
