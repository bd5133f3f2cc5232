"""What you may use, and what you have used."""

from typing import Annotated

from litestar import get
from litestar.params import QueryParameter

from omnigen.domain.quota import Quota, Tier, Usage
from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.wire import Money, View


class LimitsView(View, frozen=True):
    """Limits of a tier."""

    videos: int
    """New jobs a month."""
    spend: Money
    """Money a month."""
    concurrent: int
    """Jobs on their way at once."""
    seconds: int
    """Longest video."""
    requests: int
    """Spending requests a minute."""

    @classmethod
    def of(cls, quota: Quota) -> "LimitsView":
        """A quota, to be shown."""
        return cls(
            videos=quota.videos,
            spend=Money.of(quota.spend),
            concurrent=quota.concurrent,
            seconds=quota.seconds,
            requests=quota.requests,
        )


class MonthView(View, frozen=True):
    """Use of one month: held for jobs on their way, settled for those that have ended."""

    period: str
    held_videos: int
    settled_videos: int
    held: Money
    settled: Money

    @classmethod
    def of(cls, month: Usage) -> "MonthView":
        """A month, to be shown."""
        return cls(
            period=month.period,
            held_videos=month.held_videos,
            settled_videos=month.settled_videos,
            held=Money.of(month.held_amount),
            settled=Money.of(month.settled_amount),
        )


class UsageView(View, frozen=True):
    """Tier, limits and use; months newest first."""

    tier: Tier
    limits: LimitsView
    active: int
    """Jobs on their way."""
    months: list[MonthView]


@get("/usage", responses=guarded(), tags=["usage"])
async def get_usage(
    request: SignedIn,
    app: AppDep,
    periods: Annotated[int, QueryParameter(ge=1, le=36, description="Months.")] = 12,
) -> UsageView:
    """Your tier, its limits, and your videos and money by month."""
    report = await app.get_usage(request.user, periods=periods)
    return UsageView(
        tier=report.tier,
        limits=LimitsView.of(report.quota),
        active=report.active,
        months=[MonthView.of(month) for month in report.months],
    )


HANDLERS = [get_usage]
