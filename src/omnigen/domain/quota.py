"""What an owner may use, what is held for running jobs, and what has been used: videos and money, by month."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import evolve, field, frozen
from attrs.validators import ge

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Conflict, Invalid, QuotaExceeded


class Tier(StrEnum):
    """What a user has signed up for; the name is that of the group in the identity provider."""

    FREE = "free"
    PRO = "pro"
    ENTERPRISE = "enterprise"

    @classmethod
    def of_groups(cls, groups: tuple[str, ...]) -> "Tier":
        """The highest tier among a user's groups; free where there is none."""
        return max((t for t in cls if t.value in groups), key=list(cls).index, default=cls.FREE)


@frozen(kw_only=True)
class Quota:
    """The limits of a tier."""

    videos: int
    """New jobs a month."""
    spend: Micros
    """Money a month."""
    concurrent: int
    """Jobs that may be on their way at once."""
    seconds: int
    """Longest programme."""
    requests: int
    """Requests a minute that may spend."""


QUOTAS: Final[dict[Tier, Quota]] = {
    Tier.FREE: Quota(videos=10, spend=50_000_000, concurrent=2, seconds=60, requests=10),
    Tier.PRO: Quota(videos=100, spend=1_000_000_000, concurrent=10, seconds=180, requests=60),
    Tier.ENTERPRISE: Quota(videos=1000, spend=20_000_000_000, concurrent=100, seconds=180, requests=300),
}


def period_of(at: datetime) -> str:
    """The accounting period of an instant: its month in UTC, as in `2026-11`."""
    return f"{at.year:04}-{at.month:02}"


class ReservationStatus(StrEnum):
    """Whether a hold on quota and money is still open."""

    HELD = "held"
    SETTLED = "settled"
    RELEASED = "released"


@frozen(kw_only=True)
class Reservation:
    """What a revision holds while it runs: a video (the first revision only) and the most it may cost."""

    owner: str
    period: str
    """Month in which it was taken: it settles there, even if the job ends in the next."""
    videos: int = field(validator=ge(0))
    amount: Micros = field(validator=ge(0))
    status: ReservationStatus = ReservationStatus.HELD
    settled_videos: int = 0
    settled_amount: Micros = 0

    def settle(self, cost: Micros) -> "Reservation":
        """The work was delivered: the video counts, and what was really spent."""
        return self._end(ReservationStatus.SETTLED, self.videos, cost)

    def release(self, cost: Micros) -> "Reservation":
        """Nothing was delivered: the video is given back, and only what was really spent stays."""
        return self._end(ReservationStatus.RELEASED, 0, cost)

    def _end(self, status: ReservationStatus, videos: int, cost: Micros) -> "Reservation":
        if self.status is not ReservationStatus.HELD:
            raise Conflict(f"the reservation is {self.status}; it cannot become {status}")
        if cost < 0:
            raise Invalid(f"cost is {cost} micro-dollars; at least 0 is allowed", field="cost")
        return evolve(self, status=status, settled_videos=videos, settled_amount=cost)


@frozen(kw_only=True)
class Usage:
    """One owner's use in one period."""

    owner: str
    period: str
    held_videos: int = 0
    settled_videos: int = 0
    held_amount: Micros = 0
    settled_amount: Micros = 0

    @property
    def videos(self) -> int:
        """Counted against the quota: held and settled."""
        return self.held_videos + self.settled_videos

    @property
    def amount(self) -> Micros:
        """Counted against the spending limit: held and settled."""
        return self.held_amount + self.settled_amount

    def hold(self, reservation: Reservation, quota: Quota) -> "Usage":
        """Use with the reservation held. Raises QuotaExceeded, saying which limit and what is left."""
        if reservation.videos and self.videos + reservation.videos > quota.videos:
            raise QuotaExceeded(
                f"{self.videos} of {quota.videos} videos of {self.period} are used", code="quota_videos"
            )
        left = max(
            0, quota.spend - self.amount
        )  # late costs may have gone beyond it; what is free still goes
        if reservation.amount > left:
            raise QuotaExceeded(
                f"this may cost ${reservation.amount / 1e6:.2f}; ${left / 1e6:.2f} of "
                f"${quota.spend / 1e6:.2f} of {self.period} is left",
                code="quota_spend",
            )
        return evolve(
            self,
            held_videos=self.held_videos + reservation.videos,
            held_amount=self.held_amount + reservation.amount,
        )

    def end(self, reservation: Reservation) -> "Usage":
        """Use after a reservation that was held has been settled or released."""
        return evolve(
            self,
            held_videos=self.held_videos - reservation.videos,
            held_amount=self.held_amount - reservation.amount,
            settled_videos=self.settled_videos + reservation.settled_videos,
            settled_amount=self.settled_amount + reservation.settled_amount,
        )

    def add(self, amount: Micros) -> "Usage":
        """Use after a ledger entry: a late cost (positive) or a refund (negative)."""
        return evolve(self, settled_amount=self.settled_amount + amount)


class EntryKind(StrEnum):
    """Why money moved after a reservation had ended, or beside it."""

    LATE_COST = "late_cost"
    REFUND = "refund"
    LOST = "lost"
    """Our own loss: counted at its estimate, never billed to the owner."""


@frozen(kw_only=True)
class LedgerEntry:
    """A movement of money of its own. `id` makes it count once: the same id twice is the same entry."""

    id: str
    owner: str
    period: str
    job_id: str
    revision: int
    kind: EntryKind
    amount: Micros
    """Added to the owner's settled money; for LOST it is only written down."""
    take_id: str | None = None
    note: str = ""
    at: datetime
