"""The outbox: nothing is lost, the same id is one message; deliveries are known again for a day (P10)."""

import asyncio

from omnigen.ports.outbox import Message, MessageKind
from tests.builders import NOW, later
from tests.contract.harness import Stores


def _message(n: int, **changes: object) -> Message:
    given = {"id": f"m{n}", "kind": MessageKind.WAKE, "job_id": f"job_{n}", "at": later(n)}
    return Message(**given | changes)  # type: ignore[arg-type]


async def test_messages_wait_until_they_are_done_with(stores: Stores, others: Stores) -> None:
    """Oldest first, as often as one looks, for every process."""
    for n in (3, 1, 2):
        await stores.outbox.add(_message(n))
    assert list(await others.outbox.pending(limit=2)) == [_message(1), _message(2)]
    assert list(await others.outbox.pending(limit=9)) == [_message(n) for n in (1, 2, 3)]
    await others.outbox.done(["m1", "m3", "never"])
    assert list(await stores.outbox.pending(limit=9)) == [_message(2)]
    await stores.outbox.done([])
    await stores.outbox.done(["m1", "m2"])
    assert list(await stores.outbox.pending(limit=9)) == []


async def test_the_same_id_is_one_message(stores: Stores, others: Stores) -> None:
    """The first to come stays."""
    first, second = _message(1, leg=1), _message(1, leg=2)
    await stores.outbox.add(first)
    await asyncio.gather(*((stores, others)[n % 2].outbox.add(second) for n in range(6)))
    assert list(await stores.outbox.pending(limit=9)) == [first]


async def test_a_delivery_is_new_once(stores: Stores, others: Stores) -> None:
    """Of twelve at once one is told that it is the first."""
    sides = (stores, others)
    told = await asyncio.gather(*(sides[n % 2].outbox.first_time("wh_1", at=NOW) for n in range(12)))
    assert told.count(True) == 1
    assert await stores.outbox.first_time("wh_2", at=NOW)


async def test_a_delivery_is_forgotten_after_a_day(stores: Stores) -> None:
    """A day from the first; those that come in between don't make it longer."""
    day = 24 * 3600
    assert await stores.outbox.first_time("wh_1", at=NOW)
    assert not await stores.outbox.first_time("wh_1", at=later(day - 1))
    assert await stores.outbox.first_time("wh_1", at=later(day))
    assert not await stores.outbox.first_time("wh_1", at=later(day + 1))
