"""Log files of the children: emptied at start, bounded while they run, followed on request."""

import asyncio
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

LIMIT: Final = 5 * 1024 * 1024
_EVERY_S: Final = 0.5
_TAIL: Final = 4096


def fresh_log(folder: Path, name: str) -> Path:
    """An empty log; the last run's is kept beside it as `.1`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    log.touch()
    return log


def last_line(log: Path) -> str:
    """The last line that says something: for a traceback, its error."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")


def bound(log: Path, limit: int = LIMIT) -> None:
    """Move a log that has grown past `limit` aside and empty it.

    It is copied and cut, not renamed: the child keeps its file open, in append mode, so it
    simply goes on at the new end.
    """
    if log.stat().st_size > limit:
        shutil.copyfile(log, log.with_suffix(".log.1"))
        os.truncate(log, 0)


async def keep_bounded(logs: Iterable[Path]) -> None:
    """Bound every log, for ever."""
    kept = list(logs)
    while True:
        await asyncio.sleep(_EVERY_S * 4)
        for log in kept:
            bound(log)


async def follow(log: Path, tell: Callable[[str], None]) -> None:
    """Hand every new line of a log to `tell`, for ever."""
    tail = Tail(log)
    while True:
        for line in tail.read():
            tell(line)
        await asyncio.sleep(_EVERY_S)


class Tail:
    """Reads what a log has gained since the last look."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._position = 0
        self._rest = b""

    def read(self) -> list[str]:
        """The new, complete lines; from the start again where the log was cut."""
        if self._log.stat().st_size < self._position:
            self._position, self._rest = 0, b""
        with self._log.open("rb") as file:
            file.seek(self._position)
            gained = file.read()
        self._position += len(gained)
        *lines, self._rest = (self._rest + gained).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines]
