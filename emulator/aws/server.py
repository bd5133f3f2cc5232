"""Runs ministack with as many Lambda sandboxes as this machine has room for.

`python -m emulator.aws.server`, in the virtualenv of ministack. There every call that finds no idle sandbox starts
another one: forty scenes would be forty interpreters that start at once on a few cores, and take minutes for it. Here
further calls wait for a sandbox, each function having OMNIGEN_SANDBOXES of them; AWS would run them at once. To refuse
them, as a reserved concurrency does, would be further from it: ministack tells the state machine of that in words of
its own, which no Retry knows.
"""

import os
import sys
import threading
from collections import defaultdict
from typing import Any, Final

import ministack.app
from ministack.services import lambda_svc, sts

from emulator.aws import task

AT_ONCE: Final = "OMNIGEN_SANDBOXES"


class Room:
    """Lets so many calls of each function in at once."""

    def __init__(self, at_once: int) -> None:
        self._places: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(at_once))
        self._lock = threading.Lock()
        self._take = lambda_svc._acquire_execution_slot
        self._give = lambda_svc._release_execution_slot

    def acquire(self, func: Any, config: Any) -> Any:
        """ministack's own book-keeping, once there is a place."""
        places = self._of(lambda_svc._inflight_key(config))
        places.acquire()
        taken = self._take(func, config)
        if taken[0] is None:
            places.release()
        return taken

    def release(self, key: str | None) -> None:
        """Make room for the next."""
        self._give(key)
        if key is not None:
            self._of(key).release()

    def _of(self, key: str) -> threading.Semaphore:
        with self._lock:
            return self._places[key]


def main() -> None:
    """Serve until SIGTERM. ministack's own variables (GATEWAY_PORT, STATE_DIR, ...) say where."""
    room = Room(int(os.environ.get(AT_ONCE, "0")) or 2 * (os.cpu_count() or 1))
    lambda_svc._acquire_execution_slot = room.acquire
    lambda_svc._release_execution_slot = room.release
    if role := os.environ.get(task.ROLE):
        sts.register_session(task.KEY["AWS_ACCESS_KEY_ID"], task.session(role))
    sys.argv = sys.argv[:1]
    ministack.app.main()


if __name__ == "__main__":
    main()
