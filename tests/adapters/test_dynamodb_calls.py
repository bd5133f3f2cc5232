"""What passes is tried again within a budget; an outage is told as one, and is never taken for absence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from omnigen.adapters.aws.dynamodb import Tables
from omnigen.adapters.aws.dynamodb.calls import Budget, Calls, LostRace
from omnigen.domain.errors import Transient
from tests.builders import NOW, a_job, a_take, an_acceptance, an_entry, an_upload, ended
from tests.contract.harness import Stores, dynamodb_stores
from tests.fakes.dynamodb import Request, Wire, lost_reply, refusal

URL = "http://127.0.0.1:1"
PASSING = [
    refusal("ProvisionedThroughputExceededException"),
    refusal("ThrottlingException"),
    refusal("RequestLimitExceeded"),
    refusal("TransactionConflictException"),
    refusal("TransactionInProgressException"),
    refusal("TransactionCanceledException", reasons=("None", "TransactionConflict")),
    refusal("TransactionCanceledException", reasons=("ThrottlingError", "ProvisionedThroughputExceeded")),
    refusal("InternalServerError", status=500),
    refusal("ServiceUnavailable", status=503),
    EndpointConnectionError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    lost_reply(),
    ConnectionResetError(),
    TimeoutError(),
]


class Answers:
    """A client that raises what it was told to, one after the other, and then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.left = list(errors)
        self.calls = 0

    def __getattr__(self, _: str) -> Callable[..., Awaitable[Any]]:
        async def call(**__: Any) -> dict[str, Any]:
            self.calls += 1
            if self.left:
                raise self.left.pop(0)
            return {"Item": {"pk": {"S": "x"}}}

        return call


class Pauses:
    """Sleeps that take no time."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(seconds)


def _budget(pauses: Pauses, **changes: Any) -> Budget:
    return Budget(**{"sleep": pauses.sleep, "chance": lambda: 1.0} | changes)


@pytest.mark.parametrize("error", PASSING, ids=str)
async def test_what_passes_is_tried_again(error: Exception) -> None:
    """Twice refused, once answered: the caller never hears of it."""
    pauses, client = Pauses(), Answers(error, error)
    answer = await Calls(client, _budget(pauses))("get_item", "omnigen-jobs")
    assert answer == {"Item": {"pk": {"S": "x"}}}
    assert (client.calls, pauses.taken) == (3, [0.025, 0.05])


@pytest.mark.parametrize("error", PASSING, ids=str)
async def test_a_budget_that_is_used_up_is_an_outage(error: Exception) -> None:
    """Twelve tries, waits that double up to a bound; then Transient, by the table's name, with its cause."""
    pauses, client = Pauses(), Answers(*[error] * 99)
    with pytest.raises(Transient) as told:
        await Calls(client, _budget(pauses))("get_item", "omnigen-jobs")
    assert client.calls == 12
    assert pauses.taken == [0.025, 0.05, 0.1, 0.2] + [0.4] * 7
    assert "omnigen-jobs" in told.value.message
    assert told.value.__cause__ is error


async def test_no_try_begins_after_the_budget_s_time() -> None:
    """However few there have been: a server that hangs until the time-out is not waited for twelve times."""
    pauses, client = Pauses(), Answers(*[lost_reply()] * 99)
    with pytest.raises(Transient):
        await Calls(client, _budget(pauses, seconds=-1))("get_item", "omnigen-jobs")
    assert client.calls == 1


async def test_waits_are_jittered() -> None:
    """Writers that met once don't meet again at the same instant."""
    pauses = Pauses()
    await Calls(Answers(*[refusal("ThrottlingException")] * 5), _budget(pauses, chance=lambda: 0.5))("x", "t")
    assert pauses.taken == [0.0125, 0.025, 0.05, 0.1, 0.2]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refusal("AccessDeniedException"), "database_forbidden"),
        (refusal("UnrecognizedClientException"), "database_forbidden"),
        (refusal("ExpiredTokenException"), "database_forbidden"),
        (refusal("ResourceNotFoundException"), "database_no_table"),
    ],
)
async def test_what_stays_is_told_at_once(error: ClientError, code: str) -> None:
    """A wrong key or a missing table is no absence of an item, and waiting doesn't help."""
    client = Answers(error, error)
    with pytest.raises(Transient) as told:
        await Calls(client, Budget())("query", "omnigen-usage")
    assert (told.value.reason, client.calls) == (code, 1)
    assert "omnigen-usage" in told.value.message


async def test_no_key_at_all_is_an_outage_too() -> None:
    """As where a role was forgotten."""
    with pytest.raises(Transient, match="NoCredentialsError"):
        await Calls(Answers(*[NoCredentialsError()] * 99), _budget(Pauses()))("query", "omnigen-usage")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ConditionalCheckFailedException"),
        refusal("TransactionCanceledException", reasons=("None", "ConditionalCheckFailed")),
        refusal("TransactionCanceledException", reasons=("TransactionConflict", "ConditionalCheckFailed")),
    ],
)
async def test_a_condition_that_fails_is_a_lost_race(error: ClientError) -> None:
    """Whatever else stood against it: its writer has to look again."""
    with pytest.raises(LostRace):
        await Calls(Answers(error), Budget())("put_item", "omnigen-jobs")


@pytest.mark.parametrize(
    "error",
    [
        refusal("ValidationException"),
        refusal("TransactionCanceledException", reasons=("ValidationError", "None")),
        refusal("IdempotentParameterMismatchException"),
        ParamValidationError(report="wrong"),
    ],
)
async def test_a_mistake_of_ours_is_not_hidden(error: Exception) -> None:
    """Nobody translates it: it is a bug, and says so."""
    with pytest.raises(type(error)):
        await Calls(Answers(error), Budget())("put_item", "omnigen-jobs")


READS: dict[str, Callable[[Stores], Awaitable[Any]]] = {
    "jobs.get": lambda s: s.jobs.get("job_1"),
    "jobs.get own": lambda s: s.jobs.get("job_1", owner="ada"),
    "jobs.list": lambda s: s.jobs.list("ada", limit=5),
    "jobs.recall": lambda s: s.jobs.recall("ada", "key", at=NOW),
    "jobs.revisions": lambda s: s.jobs.revisions("job_1"),
    "jobs.storyboard": lambda s: s.jobs.storyboard("job_1", 1),
    "jobs.scenes": lambda s: s.jobs.scenes("job_1", 1),
    "jobs.events": lambda s: s.jobs.events("job_1", 1, after={}),
    "jobs.undriven": lambda s: s.jobs.undriven(at=NOW, limit=5),
    "jobs.purgeable": lambda s: s.jobs.purgeable(before=NOW, limit=5),
    "takes.get": lambda s: s.takes.get("take_1"),
    "takes.of_job": lambda s: s.takes.of_job("job_1"),
    "takes.by_prediction": lambda s: s.takes.by_prediction("p1"),
    "usage.usage": lambda s: s.usage.usage("ada", "2026-11"),
    "usage.active": lambda s: s.usage.active("ada"),
    "usage.entries": lambda s: s.usage.entries("job_1"),
    "outbox.pending": lambda s: s.outbox.pending(limit=5),
    "uploads.get": lambda s: s.uploads.get("upload_1", owner="ada"),
}
WRITES: dict[str, Callable[[Stores], Awaitable[Any]]] = {
    "jobs.accept": lambda s: s.jobs.accept(an_acceptance()),
    "jobs.update": lambda s: s.jobs.update(a_job(version=2)),
    "jobs.end": lambda s: s.jobs.end(ended(a_job())),
    "jobs.purge": lambda s: s.jobs.purge("job_1"),
    "takes.intend": lambda s: s.takes.intend(a_take()),
    "takes.update": lambda s: s.takes.update(a_take(version=2)),
    "usage.enter": lambda s: s.usage.enter(an_entry()),
    "rates.hit": lambda s: s.rates.hit("ada", limit=5, window=60, at=NOW),
    "outbox.done": lambda s: s.outbox.done(["m1"]),
    "outbox.first_time": lambda s: s.outbox.first_time("wh_1", at=NOW),
    "uploads.add": lambda s: s.uploads.add(an_upload()),
}


@pytest.mark.parametrize("call", [*READS.values(), *WRITES.values()], ids=[*READS, *WRITES])
@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url=URL), refusal("ResourceNotFoundException")]
)
async def test_an_outage_is_never_absence(call: Callable[[Stores], Awaitable[Any]], error: Exception) -> None:
    """No call answers "none" or "not found" because nobody could be asked."""
    wire, pauses = Wire(), Pauses()

    def away(_: str, __: Request) -> None:
        raise error

    wire.before = away
    stores = dynamodb_stores(Tables(wire, jobs="the-jobs", usage="the-usage", budget=_budget(pauses)))
    with pytest.raises(Transient) as told:
        await call(stores)
    assert "the-jobs" in told.value.message or "the-usage" in told.value.message


async def test_a_call_that_is_cut_off_is_cut_off() -> None:
    """Cancelling is no failure to be tried again."""
    client = Answers(asyncio.CancelledError())  # type: ignore[arg-type]
    with pytest.raises(asyncio.CancelledError):
        await Calls(client, Budget())("get_item", "omnigen-jobs")
    assert client.calls == 1
