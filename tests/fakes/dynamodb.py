"""Between the DynamoDB adapters and a real client: notes every call, and breaks those that a test wants broken."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError, ReadTimeoutError

from omnigen.adapters.aws.dynamodb.attributes import plain

Request = Mapping[str, Any]
Hook = Callable[[str, Request], Awaitable[None] | None]
WRITES: Final = frozenset({"put_item", "update_item", "transact_write_items", "batch_write_item"})


def refusal(
    code: str, *, status: int = 400, reasons: tuple[str, ...] = (), operation: str = "any"
) -> ClientError:
    """What DynamoDB says, with why a transaction was cancelled, operation by operation."""
    response: Any = {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if reasons:
        response["CancellationReasons"] = [{"Code": reason} for reason in reasons]
    return ClientError(response, operation)


def lost_reply() -> Exception:
    """What the SDK says when a request went out and nothing came back."""
    return ReadTimeoutError(endpoint_url="http://127.0.0.1")


class Wire:
    """A client of DynamoDB under a test's hand."""

    def __init__(self, client: Any = None) -> None:
        self._client = client
        self.calls: list[tuple[str, Request]] = []
        self.before: Hook = _nothing
        """Called before a request leaves; may raise."""
        self.after: Hook = _nothing
        """Called once it has taken effect; may raise."""
        self.answered: Callable[[str, Request, Any], Any] = lambda _, __, answer: answer
        """Called with what came back; what it returns is what the adapter gets."""
        self.forgets_tokens = False
        """As a server that doesn't know a transaction again."""

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        async def call(**request: Any) -> Any:
            self.calls.append((operation, request))
            await _called(self.before, operation, request)
            sent = dict(request)
            if self.forgets_tokens:
                sent.pop("ClientRequestToken", None)
            answer = await getattr(self._client, operation)(**sent)
            await _called(self.after, operation, request)
            return self.answered(operation, request, answer)

        return call

    def count(self, operation: str) -> int:
        """How often an operation was called."""
        return sum(name == operation for name, _ in self.calls)

    def written(self) -> list[tuple[str, str]]:
        """Partition and place of every item that a write named, in order."""
        return [key for name, request in self.calls if name in WRITES for key in keys_of(request)]


def keys_of(request: Request) -> list[tuple[str, str]]:
    """Partition and place of every item that a request names."""
    parts = [next(iter(item.values())) for item in request.get("TransactItems", [])] or [request]
    found = [plain(part.get("Item") or part["Key"]) for part in parts if "Item" in part or "Key" in part]
    return [(str(item["pk"]), str(item["sk"])) for item in found]


def first_of_each(raising: Callable[[], Exception]) -> Callable[[str, Request], None]:
    """Breaks every write the first time that this very request is made."""
    seen: list[Request] = []

    def hook(operation: str, request: Request) -> None:
        if operation in WRITES and request not in seen:
            seen.append(request)
            raise raising()

    return hook


class Contended:
    """A client on which writes that touch the same item at the same time conflict, as on AWS; ministack queues them."""

    def __init__(self, client: Any, *, seconds: float = 0.01) -> None:
        self._client, self._seconds = client, seconds
        self._under_way: set[tuple[str, str]] = set()
        self.conflicts = 0

    def __getattr__(self, operation: str) -> Callable[..., Awaitable[Any]]:
        async def call(**request: Any) -> Any:
            if operation not in WRITES:
                return await getattr(self._client, operation)(**request)
            return await self._alone(operation, request)

        return call

    async def _alone(self, operation: str, request: Request) -> Any:
        mine = set(keys_of(request))
        if mine & self._under_way:
            self.conflicts += 1
            raise refusal("TransactionCanceledException", reasons=("None", "TransactionConflict"))
        self._under_way |= mine
        try:
            await asyncio.sleep(self._seconds)
            return await getattr(self._client, operation)(**request)
        finally:
            self._under_way -= mine


class Partly:
    """A client on which a batch is done only so far at a time."""

    def __init__(self, client: Any, *, at_a_time: int) -> None:
        self._client, self._at_a_time = client, at_a_time
        self.refused = 0

    def __getattr__(self, operation: str) -> Any:
        return getattr(self._client, operation)

    async def batch_get_item(self, **request: Any) -> Any:
        ((table, asked),) = request["RequestItems"].items()
        now, left = self._split(asked["Keys"])
        answer: Any = {"Responses": {}}
        if now:
            answer = await self._client.batch_get_item(RequestItems={table: {**asked, "Keys": now}})
        return {**answer, "UnprocessedKeys": {table: {**asked, "Keys": left}} if left else {}}

    async def batch_write_item(self, **request: Any) -> Any:
        ((table, asked),) = request["RequestItems"].items()
        now, left = self._split(asked)
        if now:
            await self._client.batch_write_item(RequestItems={table: now})
        return {"UnprocessedItems": {table: left} if left else {}}

    def _split(self, asked: list[Any]) -> tuple[list[Any], list[Any]]:
        now, left = asked[: self._at_a_time], asked[self._at_a_time :]
        self.refused += len(left)
        return now, left


async def _called(hook: Hook, operation: str, request: Request) -> None:
    answer = hook(operation, request)
    if answer is not None:
        await answer


def _nothing(_: str, __: Request) -> None:
    """Let it pass."""
