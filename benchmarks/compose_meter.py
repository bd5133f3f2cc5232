"""What a command costs, all processes that it starts included: CPU, wall time, memory.

CPU is user + sys of the whole tree, as the kernel adds it up when the last one is waited for. Memory is the highest sum
of what all processes of the tree hold at one moment, pages that several share counted once (PSS), looked at ten times a
second.
"""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from omnigen.adapters.ffmpeg.nursery import NURSERY

_LONGEST_S: Final = 1800
_BEAT_S: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of one command."""

    cpu: float
    """Seconds, user + sys."""
    wall: float
    peak_mb: float


def metered(argv: Sequence[str], *, into: Path | None = None, cwd: Path | None = None) -> Cost:
    """Run a command to its end; its stdout goes into a file. Raises RuntimeError where it fails."""
    begun = time.monotonic()
    with (into or Path(os.devnull)).open("wb") as out:
        process = subprocess.Popen(list(argv), stdin=subprocess.DEVNULL, stdout=out, cwd=cwd)
    watch = _Watch(process.pid)
    killer = threading.Timer(_LONGEST_S, process.kill)
    killer.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    finally:
        killer.cancel()
        peak = watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{argv[0]} ended with {process.returncode}: {' '.join(argv)[:400]}")
    return Cost(cpu=usage.ru_utime + usage.ru_stime, wall=time.monotonic() - begun, peak_mb=peak)


def own() -> float:
    """CPU seconds of this process."""
    return _seconds(resource.RUSAGE_SELF)


def children() -> float:
    """CPU seconds of all its children that have ended, and of the composer's nurse with hers."""
    return _seconds(resource.RUSAGE_CHILDREN) + _family(NURSERY.nurse)


def _seconds(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _family(pid: int) -> float:
    """Of a process and of its children that have ended; 0 where there is none."""
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


class _Watch:
    """Looks at a tree's memory until it is stopped."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._peak = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.wait(_BEAT_S):
            self._peak = max(self._peak, sum(map(_held_mb, _tree(self._root))))

    def stop(self) -> float:
        self._end.set()
        self._thread.join()
        return self._peak


def _tree(root: int) -> list[int]:
    """A process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found = [root]
    for one in found:
        found += children.get(one, [])
    return found


def _held_mb(pid: int) -> float:
    """Its share of memory; 0 once it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
