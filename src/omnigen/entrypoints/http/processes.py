"""The API in several processes on one port: a Python keeps one core busy, and the kernel shares out the connections.

The first process only watches. The others end with it, however it ends, since the pipe that it holds ends then. It
ends when one of them does: whoever has started it starts them all again.
"""

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Final

TOLD: Final = (signal.SIGTERM, signal.SIGINT)
"""Signals by which a process is told to stop."""


def in_processes(count: int, serve: Callable[[int | None], int]) -> int:
    """Run `serve` in so many processes until they are told to stop; its exit status, in each of them.

    `serve` is given what to watch besides the signals: a descriptor that ends when it is to stop, None where it
    is alone.
    """
    if count == 1:
        return serve(None)
    end, held = os.pipe()
    line = os.fdopen(held, "wb", 0)
    for number in TOLD:
        signal.signal(number, lambda *_: line.close())
    children = set[int]()
    for _ in range(count):
        child = os.fork()
        if child == 0:
            for number in TOLD:
                signal.signal(number, signal.SIG_DFL)
            line.close()
            return serve(end)
        children.add(child)
    os.close(end)
    status = 0
    while children:
        child, how = os.wait()
        if child in children and not line.closed:  # nobody has told it to stop
            status = max(1, os.waitstatus_to_exitcode(how))
            line.close()
        children.discard(child)
    return status


def share_metrics(folder: Path) -> None:
    """Have all processes count in files of this folder, so that each of them can answer for all.

    To be called before the metrics' library is imported: that is when it looks at its variable.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
