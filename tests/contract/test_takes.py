"""Takes: an intent is written once, a prediction belongs to one, a zombie writes none (P2, P5)."""

import asyncio
from collections.abc import Awaitable

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, NotFound, Superseded
from omnigen.domain.quota import EntryKind, period_of
from omnigen.domain.take import TAKE_MOVES, Take, TakeStatus
from tests.builders import NOW, a_file, a_job, a_take, an_entry, later
from tests.contract.harness import Stores

MONTH = period_of(NOW)


async def _wins(write: Awaitable[object]) -> bool:
    try:
        await write
    except Conflict:
        return False
    return True


def _submitted(take: Take, prediction: str = "p1", **changes: object) -> Take:
    return take.become(TakeStatus.SUBMITTED, at=NOW, prediction_id=prediction, **changes)


async def test_an_intent_is_there_once_it_was_written(stores: Stores, others: Stores) -> None:
    """With all its input, down to empty values and numbers, for the other process too."""
    take = a_take(input={"prompt": "é\u2028", "n": 1, "x": 0.1, "no": None, "list": [1, {"a": []}]})
    assert await stores.takes.intend(take) == take
    assert await others.takes.get(take.id) == take


async def test_two_workers_with_the_same_intent_meet_in_one_take(stores: Stores, others: Stores) -> None:
    """P2: the second gets what the first has written, and nothing has changed."""
    takes = [a_take(next_at=later(n)) for n in range(10)]
    stored = await asyncio.gather(*((stores, others)[n % 2].takes.intend(takes[n]) for n in range(10)))
    assert all(take == stored[0] for take in stored)
    assert list(await stores.takes.of_job(a_job().id)) == [stored[0]]


async def test_a_later_intent_finds_how_far_the_take_has_come(stores: Stores) -> None:
    """An intent that is repeated after the request was sent must see that it was."""
    take = await stores.takes.intend(a_take())
    sent = _submitted(take)
    await stores.takes.update(sent)
    assert await stores.takes.intend(a_take()) == sent


async def test_an_absent_take_is_not_found(stores: Stores) -> None:
    """Neither read nor updated into being."""
    for call in (stores.takes.get("take_none"), stores.takes.update(_submitted(a_take()))):
        with pytest.raises(NotFound):
            await call
    assert await stores.takes.by_prediction("p1") is None
    assert list(await stores.takes.of_job("job_none")) == []


async def test_only_the_next_version_is_written(stores: Stores, others: Stores) -> None:
    """Of many that saw the same take one gets on."""
    take = await stores.takes.intend(a_take())
    sides = (stores, others)
    won = await asyncio.gather(
        *(_wins(sides[n % 2].takes.update(take.revise(sends=n))) for n in range(1, 11))
    )
    assert won.count(True) == 1
    stored = await others.takes.get(take.id)
    assert (stored.version, stored.sends) == (2, won.index(True) + 1)
    for version in (1, 2, 4):
        assert not await _wins(stores.takes.update(evolve(stored, version=version)))


async def test_a_zombie_leg_can_not_write_a_take(stores: Stores) -> None:
    """P5: a take that leg 2 has written refuses leg 1, its ledger entry too."""
    take = await stores.takes.intend(a_take(epoch=1))
    newer = take.revise(epoch=2, sends=1)
    await stores.takes.update(newer)
    for version in (2, 3):
        with pytest.raises(Superseded):
            await stores.takes.update(evolve(newer, epoch=1, version=version), entry=an_entry())
    assert await stores.takes.get(take.id) == newer
    assert list(await stores.usage.entries(a_job().id)) == []


@pytest.mark.parametrize("before", [TakeStatus.INTENT, TakeStatus.SUBMITTED, TakeStatus.STORED])
async def test_only_legal_moves_are_written(stores: Stores, before: TakeStatus) -> None:
    """A take that has ended stays as it ended."""
    for n, after in enumerate(TakeStatus):
        take = await stores.takes.intend(a_take(attempt=n + 1))
        if before is not TakeStatus.INTENT:
            await stores.takes.update(take := _submitted(take, f"p{n}"))
        if before is TakeStatus.STORED:
            await stores.takes.update(take := take.become(before, at=NOW, file=a_file(), cost=5))
        moved = take.revise(status=after)
        legal = after is before or after in TAKE_MOVES[before]
        assert await _wins(stores.takes.update(moved)) is legal
        assert await stores.takes.get(take.id) == (moved if legal else take)


async def test_a_prediction_belongs_to_whoever_comes_first(stores: Stores, others: Stores) -> None:
    """P2: of many takes that would adopt the same prediction one does; the others are told by a code."""
    takes = [await stores.takes.intend(a_take(scene=n)) for n in range(1, 9)]

    async def adopt(n: int, take: Take) -> str:
        try:
            await (stores, others)[n % 2].takes.update(_submitted(take), entry=an_entry(f"entry_{n}"))
        except Conflict as conflict:
            return conflict.reason
        return "adopted"

    answers = await asyncio.gather(*(adopt(n, t) for n, t in enumerate(takes)))
    assert sorted(answers) == ["adopted"] + ["prediction_taken"] * 7
    owner = await stores.takes.by_prediction("p1")
    assert owner is not None
    assert owner.id == takes[answers.index("adopted")].id
    assert len(await stores.usage.entries(a_job().id)) == 1


async def test_a_take_keeps_its_prediction(stores: Stores) -> None:
    """Another one in its place would be paid for and forgotten."""
    take = _submitted(await stores.takes.intend(a_take()))
    await stores.takes.update(take)
    for other in ("p2", None):
        with pytest.raises(Conflict):
            await stores.takes.update(take.revise(prediction_id=other))
    await stores.takes.update(take.revise(progress=0.5))
    assert await stores.takes.by_prediction("p2") is None


async def test_an_entry_is_written_with_its_take_and_counts_once(stores: Stores) -> None:
    """The money moves in the same transaction; the same id again moves nothing, but the take gets on."""
    take = _submitted(await stores.takes.intend(a_take()))
    entry = an_entry(amount=40, take_id=take.id)
    await stores.takes.update(take, entry=entry)
    await stores.takes.update(take := take.revise(progress=0.5), entry=evolve(entry, amount=999))
    assert not await _wins(stores.takes.update(take, entry=an_entry("entry_2")))
    assert await stores.takes.get(take.id) == take
    assert list(await stores.usage.entries(take.job_id)) == [entry]
    assert (await stores.usage.usage("ada", MONTH)).settled_amount == 40


async def test_a_lost_take_is_written_down_but_not_billed(stores: Stores) -> None:
    """It is our own loss: in the ledger, not in the owner's use."""
    take = await stores.takes.intend(a_take())
    lost = take.become(TakeStatus.LOST, at=NOW, cost=take.estimate)
    await stores.takes.update(lost, entry=an_entry(amount=take.estimate, kind=EntryKind.LOST))
    assert (await stores.usage.usage("ada", MONTH)).amount == 0
    assert len(await stores.usage.entries(take.job_id)) == 1


async def test_takes_of_a_job_come_in_the_order_of_their_intents(stores: Stores) -> None:
    """Whatever their ids, and whatever was written since; no other job's among them."""
    second, first = a_take(scene=1, intended_at=later(1)), a_take(scene=2)
    for take in (second, a_take(a_job(2)), first):
        await stores.takes.intend(take)
    await stores.takes.update(first := first.revise(sends=1))
    assert list(await stores.takes.of_job(a_job().id)) == [first, second]
