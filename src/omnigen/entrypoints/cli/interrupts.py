"""Ctrl-C as a request: the first asks for the end, the second leaves at once."""

import signal
import threading
import time
from types import FrameType
from typing import Any, Self

from omnigen.entrypoints.cli.errors import CANCELLED, CliError


class Left(CliError):
    """The user did not want to wait any longer."""

    def __init__(self) -> None:
        super().__init__("left at once; nothing more is known here", code="cancelled", status=CANCELLED)


class Interrupts:
    """Counts SIGINT and SIGTERM instead of dying of the first, as long as the block lasts."""

    def __init__(self) -> None:
        self.changed = threading.Event()
        """Set by whoever has news for the one who waits."""
        self._count = 0
        self._before: dict[signal.Signals, Any] = {}

    @property
    def asked(self) -> bool:
        """Whether the end was asked for."""
        return self._count > 0

    def ask(self) -> None:
        """Ask for the end, as Ctrl-C does. Raises Left at the second time."""
        self._count += 1
        self.changed.set()
        if self._count > 1:
            raise Left

    def wait(self, seconds: float) -> None:
        """Wait for news, at most so long."""
        self.changed.wait(seconds)
        self.changed.clear()

    def rest(self, seconds: float) -> None:
        """Wait so long, news or not."""
        time.sleep(seconds)

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.ask()
