"""Which entry in the books goes with a take's change, before and after the revision that pays has ended."""

import pytest
from attrs import evolve

from omnigen.domain.quota import EntryKind
from omnigen.domain.take import Take, TakeStatus
from omnigen.usecases.take_costs import committed, entry_for, spent
from tests.builders import NOW, SCENE_PRICE, a_take

INTENT = a_take()
SUBMITTED = evolve(INTENT, status=TakeStatus.SUBMITTED, cost=SCENE_PRICE, prediction_id="p1")
STORED = evolve(SUBMITTED, status=TakeStatus.STORED)
FAILED = evolve(SUBMITTED, status=TakeStatus.FAILED, cost=0)
LOST = evolve(SUBMITTED, status=TakeStatus.LOST, cost=0)


@pytest.mark.parametrize(
    ("before", "after", "settled", "expected"),
    [
        (INTENT, SUBMITTED, False, None),
        (SUBMITTED, STORED, False, None),
        (SUBMITTED, FAILED, False, None),
        (INTENT, LOST, False, (EntryKind.LOST, SCENE_PRICE)),
        (SUBMITTED, LOST, False, (EntryKind.LOST, SCENE_PRICE)),
        (INTENT, SUBMITTED, True, (EntryKind.LATE_COST, SCENE_PRICE)),
        (SUBMITTED, STORED, True, None),
        (SUBMITTED, FAILED, True, (EntryKind.REFUND, -SCENE_PRICE)),
        (SUBMITTED, LOST, True, (EntryKind.REFUND, -SCENE_PRICE)),
        (INTENT, LOST, True, (EntryKind.LOST, SCENE_PRICE)),
    ],
)
def test_entries(before: Take, after: Take, settled: bool, expected: tuple[EntryKind, int] | None) -> None:
    entry = entry_for(before, after, settled=settled, at=NOW)
    assert (entry and (entry.kind, entry.amount)) == expected


def test_entries_of_one_take_differ_in_their_ids() -> None:
    late = entry_for(INTENT, SUBMITTED, settled=True, at=NOW)
    back = entry_for(SUBMITTED, FAILED, settled=True, at=NOW)
    assert late is not None
    assert back is not None
    assert late.id != back.id


def test_what_may_still_be_charged_is_committed_and_not_yet_spent() -> None:
    takes = [INTENT, STORED, FAILED, LOST, evolve(STORED, revision=2)]
    assert spent(takes, 1) == SCENE_PRICE
    assert committed(takes, 1) == 2 * SCENE_PRICE
