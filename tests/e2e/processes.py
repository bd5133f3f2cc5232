"""The process table of this machine (Linux): who descends from whom, and the end of all of them at once."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any


def descendants(pid: int) -> list[int]:
    """Children, their children, and so on."""
    parents: dict[int, list[int]] = {}
    for child, parent in _table():
        parents.setdefault(parent, []).append(child)
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def command_of(pid: int) -> str:
    """The command line; empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def mentioning(text: str) -> list[int]:
    """Every process, but this one and those above it, whose command line mentions a text."""
    own = {os.getpid(), os.getppid()}
    return [pid for pid, _ in _table() if pid not in own and text in command_of(pid)]


def kill_family(pid: int) -> None:
    """End a process and all of its descendants as a power cut would: nobody gets to say a last word."""
    family = [pid, *descendants(pid)]
    for member in family:
        _send(member, signal.SIGSTOP)  # so that none of them sees another one die, and acts on it
    for member in {*family, *descendants(pid)}:
        _send(member, signal.SIGKILL)
    until(lambda: not any(is_running(member) for member in family), "the family has ended")


def kill(pid: int) -> None:
    """kill -9, and wait until it has gone."""
    _send(pid, signal.SIGKILL)
    until(lambda: not is_running(pid), f"process {pid} has ended")


def is_running(pid: int) -> bool:
    """Whether it is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def until(happened: Callable[[], Any], what: str, *, timeout_s: float = 30) -> None:
    """Look again and again until something has happened."""
    deadline = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < deadline, f"{what}: not after {timeout_s:.0f} s"
        time.sleep(0.01)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _table() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                stat = (entry / "stat").read_text()
                yield int(entry.name), int(stat.rpartition(")")[2].split()[1])
