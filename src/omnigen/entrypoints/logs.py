"""JSON logs on standard output, one object a line: ours and those of libraries."""

import asyncio
import atexit
import json
import logging
import sys
from collections.abc import Mapping
from typing import Any, BinaryIO, Final

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

from omnigen.entrypoints.one_line import one_line

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_QUIET: Final = ("httpx", "httpcore", "botocore", "aiobotocore", "asyncio")
_DELAY: Final = 0.05
_FULL: Final = 200


def configure_logging(level: str) -> "Lines":
    """Set up logging for this process; where its lines go. `level` is debug, info, warning or error."""
    number = _LEVELS[level]
    lines = Lines(sys.stdout.buffer)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *_: lines,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=number, handlers=[_Standard(lines)], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    atexit.register(lines.flush)
    return lines


def render(_: WrappedLogger, __: str, event: EventDict) -> bytes:
    """One line of JSON. Unknown values are written as text; a line break can't be smuggled in."""
    return line_of(event)


def line_of(event: Mapping[str, Any]) -> bytes:
    """One line. Half a surrogate pair, which can't be written, is replaced."""
    try:
        line = msgspec.json.encode(event, enc_hook=str)
    except UnicodeEncodeError:
        line = json.dumps(event, default=str, ensure_ascii=False).encode(errors="replace")
    return one_line(line)


class Lines:
    """Writes lines together, at most 50 ms late: a system call for each would cost more than its request.

    Warnings and errors are written at once, and so is everything where no event loop runs.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: list[bytes] = []

    def info(self, line: bytes) -> None:
        """Write soon."""
        self._waiting.append(line)
        if len(self._waiting) == 1:
            self._flush_later()
        elif len(self._waiting) >= _FULL:
            self.flush()

    debug = info

    def error(self, line: bytes) -> None:
        """Write now, with all that waits."""
        self._waiting.append(line)
        self.flush()

    warning = warn = critical = exception = fatal = error

    def flush(self) -> None:
        """Write everything that waits."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._stream.write(b"\n".join(waiting) + b"\n")
            self._stream.flush()

    def _flush_later(self) -> None:
        try:
            asyncio.get_running_loop().call_later(_DELAY, self.flush)
        except RuntimeError:
            self.flush()


class _Standard(logging.Handler):
    """Lines of the standard library's logging, in the same form."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        line: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info:
            line["exception"] = logging.Formatter().formatException(record.exc_info)
        self._lines.error(line_of(line))
