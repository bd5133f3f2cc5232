"""Follows a job to its end.

An event says that there is news; the job itself is then asked, so that what is shown is always a state that
was real. Where the event stream can't be had, the same loop is a poll.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Final, Self

import httpx

from omnigen.domain.job import JOB_MOVES
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import CliError, Unreachable
from omnigen.entrypoints.cli.interrupts import Interrupts
from omnigen.entrypoints.http.views import JobView

POLL_S: Final = 2.0
"""Longest time between two looks."""
PAUSE_S: Final = 0.3
"""Shortest."""
PATIENCE_S: Final = 60.0
"""How long an API that doesn't answer is waited for."""
_SILENCE_S: Final = 40.0
"""The stream sends a comment every 15 s: after this long it is dead."""


def has_ended(job: JobView) -> bool:
    """Whether its latest revision can't change any more."""
    return not JOB_MOVES[job.status]


def follow(api: Api, job: JobView, interrupts: Interrupts) -> Iterator[JobView]:
    """The job whenever it may have changed, until it has ended or the end is asked for. Raises CliError."""
    yield job
    with Events(api, job.id, interrupts.changed):
        while not has_ended(job) and not interrupts.asked:
            interrupts.wait(POLL_S)
            job = look(api, job.id)
            yield job
            interrupts.rest(PAUSE_S)


def look(api: Api, job_id: str) -> JobView:
    """The job as it is now, from an API that may just be restarting. Raises Unreachable after a minute."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return api.job(job_id)
        except Unreachable as error:
            if time.monotonic() > deadline:
                raise Unreachable(
                    f"{error.message}; job {job_id} may go on without being watched: `omnigen jobs watch {job_id}`"
                ) from error
            time.sleep(1)


class Events:
    """Listens to a job's event stream beside the main thread, and says when there is news."""

    def __init__(self, api: Api, job_id: str, news: threading.Event) -> None:
        self._api, self._job_id, self._news = api, job_id, news
        self._last: str | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="events", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()

    def _listen(self) -> None:
        """Again and again from where it broke off, until the stream ends by itself."""
        while not self._closed.is_set():
            with contextlib.suppress(httpx.HTTPError, RuntimeError, CliError):
                self._read()
                return
            self._closed.wait(POLL_S)

    def _read(self) -> None:
        with self._api.events(self._job_id, self._last, _SILENCE_S) as lines:
            for line in lines:
                if self._closed.is_set():
                    return
                if line.startswith("id:"):
                    self._last = line.removeprefix("id:").strip()
                elif not line:
                    self._news.set()
        self._news.set()
