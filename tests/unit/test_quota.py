"""The ledger: usage is what is held and settled, and no limit is passed when something is held."""

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from omnigen.domain.errors import Conflict, Invalid, QuotaExceeded
from omnigen.domain.quota import QUOTAS, Quota, Reservation, ReservationStatus, Tier, Usage, period_of
from tests.builders import a_reservation

LIMITS = Quota(videos=4, spend=1_000, concurrent=9, seconds=60, requests=9)


class Ledger(RuleBasedStateMachine):
    """Holds, settles, releases, late costs and refunds in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.usage = Usage(owner="ada", period="2026-11")
        self.held: list[Reservation] = []
        self.ended: list[Reservation] = []
        self.late = 0

    @rule(videos=st.integers(0, 2), amount=st.integers(0, 600))
    def hold(self, videos: int, amount: int) -> None:
        reservation = a_reservation(videos=videos, amount=amount)
        fits = self.usage.amount + amount <= LIMITS.spend and (
            not videos or self.usage.videos + videos <= LIMITS.videos
        )
        try:
            self.usage = self.usage.hold(reservation, LIMITS)
        except QuotaExceeded:
            assert not fits
        else:
            assert fits
            self.held.append(reservation)

    @precondition(lambda self: self.held)
    @rule(data=st.data(), good=st.booleans(), part=st.floats(0, 1))
    def end(self, data: st.DataObject, good: bool, part: float) -> None:
        reservation = self.held.pop(data.draw(st.integers(0, len(self.held) - 1)))
        cost = int(reservation.amount * part)
        done = reservation.settle(cost) if good else reservation.release(cost)
        self.usage = self.usage.end(done)
        self.ended.append(done)

    @rule(amount=st.integers(-50, 50))
    def enter(self, amount: int) -> None:
        self.usage = self.usage.add(amount)
        self.late += amount

    @invariant()
    def usage_is_the_sum(self) -> None:
        settled = sum(r.settled_amount for r in self.ended) + self.late
        assert self.usage.amount == sum(r.amount for r in self.held) + settled
        assert self.usage.videos == sum(r.videos for r in self.held) + sum(
            r.settled_videos for r in self.ended
        )

    @invariant()
    def no_limit_is_passed(self) -> None:
        """Late costs may pass it; what is held and settled may not."""
        assert self.usage.amount - max(self.late, 0) <= LIMITS.spend + 50 * 50
        assert self.usage.videos <= LIMITS.videos
        assert self.usage.held_videos >= 0
        assert self.usage.held_amount >= 0


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=20, stateful_step_count=20)


@given(st.integers(0, 10**9))
def test_a_settled_reservation_keeps_its_video_and_a_released_one_gives_it_back(cost: int) -> None:
    """Either way only what was spent remains."""
    held = a_reservation()
    assert (held.settle(cost).settled_videos, held.settle(cost).settled_amount) == (1, cost)
    assert (held.release(cost).settled_videos, held.release(cost).settled_amount) == (0, cost)


@pytest.mark.parametrize("first", ["settle", "release"])
@pytest.mark.parametrize("second", ["settle", "release"])
def test_a_reservation_ends_once(first: str, second: str) -> None:
    """Nothing is settled or released twice."""
    ended = getattr(a_reservation(), first)(5)
    assert ended.status is not ReservationStatus.HELD
    with pytest.raises(Conflict):
        getattr(ended, second)(5)


def test_a_cost_is_never_negative() -> None:
    """A refund is a ledger entry, not a negative settlement."""
    with pytest.raises(Invalid):
        a_reservation().settle(-1)


def test_a_retry_needs_no_video_but_its_money() -> None:
    """Later revisions hold no video: they are let through where all videos are used, not where the money is."""
    used = Usage(owner="ada", period="2026-11", settled_videos=LIMITS.videos)
    assert used.hold(a_reservation(videos=0, amount=1_000), LIMITS).held_amount == 1_000
    with pytest.raises(QuotaExceeded) as error:
        used.hold(a_reservation(videos=0, amount=1_001), LIMITS)
    assert error.value.reason == "quota_spend"
    with pytest.raises(QuotaExceeded) as error:
        used.hold(a_reservation(videos=1, amount=0), LIMITS)
    assert error.value.reason == "quota_videos"


def test_money_overspent_by_a_late_cost_leaves_nothing_not_less() -> None:
    """The message never speaks of a negative sum."""
    used = evolve(Usage(owner="ada", period="2026-11"), settled_amount=2_000)
    with pytest.raises(QuotaExceeded, match=r"\$0\.00 of"):
        used.hold(a_reservation(amount=1), LIMITS)


def test_a_period_is_a_month_in_utc() -> None:
    """The month of the instant itself."""
    assert period_of(datetime(2026, 1, 31, 23, 59, tzinfo=UTC)) == "2026-01"


@pytest.mark.parametrize(
    ("groups", "tier"),
    [
        ((), Tier.FREE),
        (("nobody",), Tier.FREE),
        (("free", "enterprise", "pro"), Tier.ENTERPRISE),
        (("pro",), Tier.PRO),
    ],
)
def test_the_highest_group_is_the_tier(groups: tuple[str, ...], tier: Tier) -> None:
    """Unknown groups count for nothing."""
    assert Tier.of_groups(groups) is tier


def test_tiers_are_as_promised() -> None:
    """10, 100 and 1000 videos a month; 10, 60 and 300 spending requests a minute."""
    assert [QUOTAS[t].videos for t in Tier] == [10, 100, 1000]
    assert [QUOTAS[t].requests for t in Tier] == [10, 60, 300]
