"""What the caller may use and has used, by month."""

from datetime import datetime

from attrs import frozen

from omnigen.domain.quota import QUOTAS, Quota, Tier, Usage, period_of
from omnigen.ports.clock import Clock
from omnigen.ports.identity import Caller
from omnigen.ports.usage import UsageLedger


@frozen(kw_only=True)
class UsageReport:
    """Limits and use; months newest first, empty ones included."""

    tier: Tier
    quota: Quota
    active: int
    """Jobs on their way."""
    months: tuple[Usage, ...]


@frozen(kw_only=True)
class GetUsage:
    """Read the books of one owner."""

    ledger: UsageLedger
    clock: Clock

    async def __call__(self, caller: Caller, *, periods: int = 12) -> UsageReport:
        """The newest `periods` months."""
        months = [await self.ledger.usage(caller.id, p) for p in _periods(self.clock.now(), periods)]
        return UsageReport(
            tier=caller.tier,
            quota=QUOTAS[caller.tier],
            active=await self.ledger.active(caller.id),
            months=tuple(months),
        )


def _periods(now: datetime, count: int) -> list[str]:
    months = (now.year * 12 + now.month - 1 - back for back in range(count))
    return [period_of(datetime(m // 12, m % 12 + 1, 1, tzinfo=now.tzinfo)) for m in months]
