"""The storyboard that a brief would become, with its price."""

from litestar import post
from litestar.params import JSONBody

from omnigen.domain.timeline import seconds_of
from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.requests import BriefRequest, StoryboardBody, fields_of_body
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.views import EstimateView
from omnigen.entrypoints.http.wire import View
from omnigen.usecases.draft_storyboard import Draft


class DraftView(View, frozen=True):
    """A storyboard that nobody has paid for yet."""

    storyboard: StoryboardBody
    duration: float
    """Seconds of the finished video."""
    estimate: EstimateView

    @classmethod
    def of(cls, draft: Draft, rate: int) -> "DraftView":
        """A draft as its author sees it."""
        return cls(
            storyboard=StoryboardBody.of(draft.storyboard, rate),
            duration=seconds_of(draft.storyboard.frames, rate),
            estimate=EstimateView.of(draft.estimate),
        )


@post("/storyboards", status_code=200, responses=guarded(400, 413, 415), tags=["storyboards"])
async def draft_storyboard(data: JSONBody[BriefRequest], request: SignedIn, app: AppDep) -> DraftView:
    """Plan a brief by the free planner. Spends nothing, stores nothing."""
    draft = await app.draft_storyboard(request.user, data.brief(app.catalogue, app.frame_rate))
    return DraftView.of(draft, app.frame_rate)


@post("/storyboards/estimate", status_code=200, responses=guarded(400, 413, 415), tags=["storyboards"])
async def price_storyboard(data: JSONBody[StoryboardBody], request: SignedIn, app: AppDep) -> DraftView:
    """Price a storyboard as it stands. Spends nothing, stores nothing."""
    with fields_of_body("storyboard"):
        storyboard = data.storyboard(app.catalogue, app.frame_rate)
        draft = app.draft_storyboard.priced(request.user, storyboard)
    return DraftView.of(draft, app.frame_rate)


HANDLERS = [draft_storyboard, price_storyboard]
