"""Brief -> storyboard and estimate, by the free planner. Spends nothing, stores nothing."""

from attrs import frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.domain.feasibility import check_allowed, check_feasible
from omnigen.domain.planner import plan
from omnigen.domain.pricing import Estimate, estimate
from omnigen.domain.quota import QUOTAS
from omnigen.domain.storyboard import Brief, Planner, Storyboard
from omnigen.ports.identity import Caller
from omnigen.usecases.policy import Policy

_LLM_ROOM = 5, 4
"""A paid planner may ask for a quarter more than the free plan costs."""


@frozen(kw_only=True)
class Draft:
    """A storyboard that nobody has paid for yet."""

    storyboard: Storyboard
    estimate: Estimate


@frozen(kw_only=True)
class DraftStoryboard:
    """What a brief would become, and its price."""

    catalogue: Catalogue
    policy: Policy

    async def __call__(self, caller: Caller, brief: Brief) -> Draft:  # noqa: ARG002  every use case knows its caller
        """Plan and price. Raises Invalid where the model can't make it."""
        return self.draft(brief)

    def priced(self, caller: Caller, storyboard: Storyboard) -> Draft:
        """What a storyboard as it stands would cost. Refused where a submission would be."""
        price = estimate(storyboard, self.catalogue, rate=self.policy.frame_rate)
        return self.allowed(caller, Draft(storyboard=storyboard, estimate=price))

    def allowed(self, caller: Caller, draft: Draft) -> Draft:
        """The draft, if its model can make it (else Invalid) and its author's tier has room for it (else QuotaExceeded)."""
        board, rate = draft.storyboard, self.policy.frame_rate
        check_feasible(board, self.catalogue.footage(board.model), rate=rate)
        check_allowed(board, QUOTAS[caller.tier], rate=rate)
        return draft

    def draft(self, brief: Brief) -> Draft:
        """The same for other use cases."""
        rate = self.policy.frame_rate
        video = self.catalogue.footage(brief.model)
        storyboard = plan(brief, video, rate=rate)
        priced = estimate(storyboard, self.catalogue, rate=rate, planner=brief.planner)
        return Draft(storyboard=storyboard, estimate=_with_room(priced, brief))


def _with_room(priced: Estimate, brief: Brief) -> Estimate:
    if brief.planner is not Planner.LLM:
        return priced
    times, over = _LLM_ROOM
    return Estimate(
        lines=priced.lines,
        expected=priced.expected,
        at_most=priced.at_most * times // over,
        paid_seconds=priced.paid_seconds,
        used_seconds=priced.used_seconds,
    )
