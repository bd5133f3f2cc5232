"""The books: an entry counts once, whoever writes it and however often (P1)."""

import asyncio

import pytest

from omnigen.domain.quota import EntryKind, Usage
from tests.builders import NOW, a_job, an_acceptance, an_entry, later
from tests.contract.harness import Stores


async def test_no_use_is_all_zero(stores: Stores) -> None:
    """An owner that was never seen has used nothing; that is no error."""
    assert await stores.usage.usage("nobody", "2026-11") == Usage(owner="nobody", period="2026-11")
    assert await stores.usage.active("nobody") == 0
    assert list(await stores.usage.entries("job_none")) == []


@pytest.mark.parametrize(
    ("kind", "amount", "counted"),
    [(EntryKind.LATE_COST, 70, 70), (EntryKind.REFUND, -70, -70), (EntryKind.LOST, 70, 0)],
)
async def test_each_kind_of_entry_counts_as_it_should(
    stores: Stores, kind: EntryKind, amount: int, counted: int
) -> None:
    """Late costs and refunds move the owner's money; what we lost is ours."""
    assert await stores.usage.enter(an_entry(amount=amount, kind=kind))
    assert (await stores.usage.usage("ada", "2026-11")).settled_amount == counted


async def test_the_same_entry_counts_once(stores: Stores, others: Stores) -> None:
    """Ten writers of two processes with one id: one is told that it was the first."""
    sides = (stores, others)
    told = await asyncio.gather(*(sides[n % 2].usage.enter(an_entry(amount=9)) for n in range(10)))
    assert told.count(True) == 1
    assert (await stores.usage.usage("ada", "2026-11")).settled_amount == 9


async def test_parallel_entries_all_count(stores: Stores, others: Stores) -> None:
    """No update of the sum is lost."""
    sides = (stores, others)
    entries = [an_entry(f"entry_{n}", amount=n) for n in range(40)]
    await asyncio.gather(*(sides[n % 2].usage.enter(e) for n, e in enumerate(entries)))
    assert (await stores.usage.usage("ada", "2026-11")).settled_amount == sum(range(40))


async def test_entries_go_to_their_own_month_and_job(stores: Stores) -> None:
    """Oldest first, and nobody else's."""
    newer, older = an_entry("a", at=later(5)), an_entry("b", at=NOW, period="2026-10")
    for entry in (newer, older, an_entry("c", job=a_job(2, owner="bob"))):
        await stores.usage.enter(entry)
    assert list(await stores.usage.entries(a_job().id)) == [older, newer]
    assert (await stores.usage.usage("ada", "2026-10")).settled_amount == older.amount
    assert (await stores.usage.usage("ada", "2026-11")).settled_amount == newer.amount


async def test_active_jobs_are_counted_by_owner(stores: Stores, others: Stores) -> None:
    """As soon as they are accepted, through either process."""
    for n, owner in enumerate(("ada", "bob", "ada"), 1):
        await stores.jobs.accept(an_acceptance(a_job(n, owner=owner)))
    assert [await others.usage.active(o) for o in ("ada", "bob", "eve")] == [2, 1, 0]
