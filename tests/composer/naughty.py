"""Modes of a child that does what no child should; `test_nursery` looks what becomes of it."""

import os
import time
from typing import Any, Final


def _wait(request: Any) -> None:
    print(f"frame={os.getpid()}", flush=True)
    time.sleep(600)


def _work(request: Any) -> None:
    while True:
        pass


def _fill(request: Any) -> int:
    return len(bytes(request["bytes"]))


def _talk(request: Any) -> str:
    os.write(2, b"x" * request["bytes"])
    return "y" * request["bytes"]


MODES: Final = {
    "wait": _wait,
    "work": _work,
    "fill": _fill,
    "talk": _talk,
    "look": lambda request: {"environment": dict(os.environ), "parent": os.getppid(), "nice": os.nice(0)},
}
