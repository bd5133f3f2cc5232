"""One call of DynamoDB: what passes is tried again within a budget, everything else is told for what it is.

Trying again is safe after any failure. A transaction carries a token by which DynamoDB knows the repetition of
one that it has made; other writes are conditional, and their writers recognise what they have written.
The SDK's own retries should be off (`CONFIG`): two loops, one inside the other, would multiply.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from attrs import define, frozen
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from omnigen.adapters.aws.dynamodb.attributes import Item, plain
from omnigen.domain.errors import Transient

CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 1}, connect_timeout=1, read_timeout=3
)
"""How the client should be opened: DynamoDB answers within milliseconds, or won't."""

_CANCELLED: Final = "TransactionCanceledException"
_PASSING: Final = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_PASSING_REASONS: Final = frozenset(
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)
"""Why a transaction was cancelled, where the same may go through a moment later."""
_FORBIDDEN: Final = frozenset(
    {
        "AccessDeniedException",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "UnrecognizedClientException",
    }
)


class LostRace(Exception):
    """A condition did not hold: the item isn't what its writer has looked at. Nothing was written."""

    def __init__(self, item: Item | None = None) -> None:
        super().__init__("a condition did not hold")
        self.item = item
        """What is there instead, where that was asked for."""


@frozen(kw_only=True)
class Budget:
    """How long a call is tried again."""

    tries: int = 12
    """Forty submissions of one owner at the same moment meet in his books, and all get through."""
    seconds: float = 3.0
    """After so long no further try begins."""
    first: float = 0.025
    """Longest first wait, in seconds; doubled each time."""
    longest: float = 0.4
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


@define
class Patience:
    """What is left of a budget."""

    budget: Budget
    tries: int = 0
    began: float = 0.0

    async def another(self) -> bool:
        """Wait, with full jitter, until another try may be made. False once the budget is used up."""
        self.tries += 1
        self.began = self.began or time.monotonic()
        if self.tries >= self.budget.tries or time.monotonic() - self.began > self.budget.seconds:
            return False
        ceiling = min(self.budget.longest, self.budget.first * 2 ** (self.tries - 1))
        await self.budget.sleep(ceiling * self.budget.chance())
        return True


@frozen
class Calls:
    """A client whose calls are awaited, with patience."""

    client: Any
    budget: Budget

    def patience(self) -> Patience:
        """A fresh budget."""
        return Patience(self.budget, began=time.monotonic())

    async def __call__(self, operation: str, tables: str, /, **request: Any) -> dict[str, Any]:
        """Make a call about some tables. Raises LostRace, and Transient for any outage."""
        call, patience = getattr(self.client, operation), self.patience()
        while True:
            try:
                answer: dict[str, Any] = await call(**request)
            except (ClientError, BotoCoreError, OSError) as error:
                failure, passing = _told(error, tables)
                if not passing or not await patience.another():
                    raise failure from error
            else:
                return answer


def busy(tables: str) -> Transient:
    """What is said once a budget is used up."""
    return Transient(f"{tables}: the database takes no more at the moment", code="database_busy")


def _told(error: Exception, tables: str) -> tuple[Exception, bool]:
    """What a failure means, and whether it may pass by itself."""
    if isinstance(error, ParamValidationError):
        return error, False  # a mistake of ours, not of the database
    if not isinstance(error, ClientError):
        return _unreachable(tables, type(error).__name__), True
    code: str = error.response.get("Error", {}).get("Code", "")
    if code in _PASSING:
        return busy(tables), True
    if int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= 500:
        return _unreachable(tables, code), True
    return _cancelled(error, tables) if code == _CANCELLED else (_refused(error, code, tables), False)


def _cancelled(error: ClientError, tables: str) -> tuple[Exception, bool]:
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
    if "ConditionalCheckFailed" in codes:
        return LostRace(), False
    if codes and codes <= _PASSING_REASONS:
        return busy(tables), True
    return error, False


def _refused(error: ClientError, code: str, tables: str) -> Exception:
    if code == "ConditionalCheckFailedException":
        return LostRace(_item(error.response))
    if code == "ResourceNotFoundException":
        return Transient(f"{tables}: there is no such table", code="database_no_table")
    if code in _FORBIDDEN:
        return Transient(f"{tables}: the database refuses our key ({code})", code="database_forbidden")
    return error


def _unreachable(tables: str, why: str) -> Transient:
    return Transient(f"{tables}: the database can't be reached ({why})", code="database_unreachable")


def _item(response: Any) -> Item | None:
    return plain(response["Item"]) if response.get("Item") else None
