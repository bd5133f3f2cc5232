"""What can go wrong at the command line: one line for people, a code for programs, a status for the shell."""

from collections.abc import Mapping
from typing import Any, Final

OK: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
CANCELLED: Final = 130
"""As shells say it of a program that Ctrl-C has ended."""


class CliError(Exception):
    """Ends the command with one line on standard error."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "failed",
        status: int = FAILED,
        told: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        """Stable, for `--json`."""
        self.status = status
        """Exit status."""
        self.told = told or {}
        """What `--json` says beside the error."""


class WrongUsage(CliError):
    """What was asked for can't be done as it was written."""

    def __init__(self, message: str, *, code: str = "invalid") -> None:
        super().__init__(message, code=code, status=WRONG_USAGE)


class Unreachable(CliError):
    """OmniGen doesn't answer."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="unreachable")


class NothingRuns(CliError):
    """There is no OmniGen to talk to, and none can be started."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="nothing_runs")


class Refused(CliError):
    """The API has answered with a problem."""

    def __init__(self, message: str, *, http_status: int, code: str, field: str | None = None) -> None:
        status = WRONG_USAGE if http_status in (400, 413, 422) else FAILED
        super().__init__(message, code=code, status=status)
        self.http_status = http_status
        self.field = field
        """Path of what is at fault in the request, as in `brief.duration`."""
