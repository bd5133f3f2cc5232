"""JSON logs on standard output, one object a line: ours and those of libraries."""

import logging
import sys
from typing import Any, Final

import msgspec
import structlog
from structlog.typing import EventDict, WrappedLogger

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_QUIET: Final = ("httpx", "httpcore", "botocore", "aiobotocore", "asyncio")


def configure_logging(level: str) -> None:
    """Set up logging for this process. `level` is debug, info, warning or error."""
    number = _LEVELS[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _Standard()
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def render(_: WrappedLogger, __: str, event: EventDict) -> bytes:
    """One line of JSON. Unknown values are written as text; a line break can't be smuggled in."""
    return msgspec.json.encode(event, enc_hook=str)


class _Standard(logging.Handler):
    """Lines of the standard library's logging, in the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        line: dict[str, Any] = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        if record.exc_info:
            line["exception"] = logging.Formatter().formatException(record.exc_info)
        sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
        sys.stdout.buffer.flush()
