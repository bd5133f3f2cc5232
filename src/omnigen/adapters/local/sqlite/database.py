"""One SQLite file: a thread that writes, a thread that reads, and commits shared by all who wait for one.

Changes that queue up while a commit is on its way to the disk go into the next transaction together: one fsync
makes all of them durable, and one that fails undoes only itself.
"""

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeVar

import apsw
from attrs import frozen

from omnigen.adapters.local.sqlite import schema
from omnigen.adapters.local.sqlite.turnstile import Turnstile
from omnigen.domain.errors import Transient

T = TypeVar("T")

BATCH: Final = 256
"""Changes that share a commit at most: bounds how long the other process has to wait."""

_FATAL: Final = (apsw.BusyError, apsw.FullError, apsw.IOError, apsw.NoMemError, apsw.InterruptError)
"""Errors after which the transaction as a whole can't be trusted any more."""


@frozen(eq=False)
class _Change:
    make: Callable[[apsw.Connection], Any]
    answer: "asyncio.Future[Any]"
    loop: asyncio.AbstractEventLoop


_Outcome = tuple[_Change, Any, Exception | None]


class _HalfDone(Exception):
    """A change has failed after it had written something."""


class Database:
    """The file that all SQLite adapters share. Several processes may have it open.

    `write` returns once its change is on the disk; if it raises, nothing has changed. A change may be run twice,
    so it does nothing but read and write the database. Raises Transient where the file is busy for too long, the
    disk is full or fails.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue: SimpleQueue[_Change | None] = SimpleQueue()
        self._writer = schema.connect(path)
        self._reader = schema.connect(path)
        self._reader.pragma("query_only", True)
        self._turnstile = Turnstile(path)
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="sqlite-reader")
        self._writing = threading.Thread(target=self._write_all, name="sqlite-writer", daemon=True)
        self._writing.start()
        self._closed = False

    @classmethod
    async def open(cls, path: Path) -> "Database":
        """Open the file, made if need be. Raises SettingsError for one that can't be a database of ours."""
        return await asyncio.to_thread(cls, path)

    async def write(self, make: Callable[[apsw.Connection], T]) -> T:
        """Run a change in a transaction; its answer comes when it is durable."""
        if self._closed:
            raise Transient("the database is closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Change(make, answer, loop))
        return await answer

    async def read(self, query: Callable[[apsw.Connection], T]) -> T:
        """Run one query over all that is committed, other processes' work included."""
        if self._closed:
            raise Transient("the database is closed")
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._reading, query, self._reader)
        except _FATAL as error:
            raise _unavailable(error) from error

    async def close(self) -> None:
        """Finish what is queued, then let go of the file. Closing twice is fine."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._queue.put(None)
        self._writing.join()
        self._reading.shutdown()
        self._reader.close()
        self._writer.close()
        self._turnstile.close()

    def _write_all(self) -> None:
        while batch := self._next_batch():
            _deliver(self._commit(batch))

    def _next_batch(self) -> list[_Change]:
        """All that waits, at least one change; empty at the end."""
        change = self._queue.get()
        batch: list[_Change] = []
        with contextlib.suppress(Empty):
            while change is not None:
                batch.append(change)
                if len(batch) == BATCH:
                    return batch
                change = self._queue.get_nowait()
            if batch:
                self._queue.put(None)  # The end was reached behind others: come back to it.
        return batch

    def _commit(self, batch: list[_Change]) -> list[_Outcome]:
        try:
            try:
                return self._transact(batch, self._attempt)
            except _HalfDone:
                return self._transact(batch, self._attempt_guarded)
        except Exception as error:  # noqa: BLE001 - whatever it is, all who wait must hear of it
            return [(change, None, _unavailable(error)) for change in batch]

    def _transact(self, batch: list[_Change], attempt: Callable[[_Change], _Outcome]) -> list[_Outcome]:
        try:
            with self._turnstile.turn(schema.BUSY_MS / 1000):
                self._writer.execute("BEGIN IMMEDIATE")
            outcomes = [attempt(change) for change in batch]
            self._writer.execute("COMMIT")
        except Exception:
            self._roll_back()
            raise
        return outcomes

    def _attempt(self, change: _Change) -> _Outcome:
        """Hardly any change fails, and most that do fail before they have written: nothing is to be undone then."""
        before = self._writer.total_changes()
        try:
            return change, change.make(self._writer), None
        except _FATAL:
            raise
        except Exception as error:
            if self._writer.total_changes() != before:
                raise _HalfDone from error
            return change, None, error

    def _attempt_guarded(self, change: _Change) -> _Outcome:
        """A savepoint for each change costs a fifth of it, so they are set only once one has failed halfway."""
        self._writer.execute("SAVEPOINT change")
        try:
            result = change.make(self._writer)
        except _FATAL:
            raise
        except Exception as error:  # noqa: BLE001 - it belongs to the one caller who waits for it
            self._writer.execute("ROLLBACK TO change")
            self._writer.execute("RELEASE change")
            return change, None, error
        self._writer.execute("RELEASE change")
        return change, result, None

    def _roll_back(self) -> None:
        # SQLite may have rolled back by itself already; an open transaction would lock out everybody else.
        if self._writer.in_transaction:
            with contextlib.suppress(apsw.Error):
                self._writer.execute("ROLLBACK")


def _unavailable(error: Exception) -> Exception:
    if isinstance(error, apsw.Error):
        failure = Transient(f"the database can't be used now ({type(error).__name__}: {error})")
        failure.__cause__ = error
        return failure
    return error


def _deliver(outcomes: list[_Outcome]) -> None:
    """Answer all callers, waking each event loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_loop[outcome[0].loop].append(outcome)
    for loop, mine in by_loop.items():
        with contextlib.suppress(RuntimeError):  # The loop was closed: nobody waits there any more.
            loop.call_soon_threadsafe(_answer, mine)


def _answer(outcomes: list[_Outcome]) -> None:
    for change, result, error in outcomes:
        if change.answer.done():
            continue
        if error is None:
            change.answer.set_result(result)
        else:
            change.answer.set_exception(error)
