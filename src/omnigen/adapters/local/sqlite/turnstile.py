"""Fair turns at writing for several processes.

SQLite's writers poll for its one write lock, so that a busy process, which takes it again a moment after letting
go, keeps the others out for seconds. Whoever wants to write therefore passes a turnstile first, and holds it
until the write lock is his: while one waits there, nobody else can get in front of him.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_POLL: Final = 0.0005


class Turnstile:
    """A lock file beside the database. The system opens it again when its holder dies."""

    def __init__(self, database: Path) -> None:
        self._file = os.open(database.with_name(database.name + "-turn"), os.O_RDWR | os.O_CREAT, 0o600)

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Be next. After `patience` seconds go on without: it is a courtesy, the write lock is what protects."""
        held = self._held(time.monotonic() + patience)
        try:
            yield
        finally:
            if held:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _held(self, deadline: float) -> bool:
        while not self._taken():
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL)
        return True

    def _taken(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
