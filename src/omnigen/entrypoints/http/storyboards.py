"""The storyboard that a brief would become, with its price."""

from typing import Any

from litestar import Request, post
from litestar.params import JSONBody

from omnigen.domain.timeline import seconds_of
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.requests import BriefRequest, StoryboardBody
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.views import EstimateView
from omnigen.entrypoints.http.wire import View
from omnigen.ports.identity import Caller


class DraftView(View, frozen=True):
    """A storyboard that nobody has paid for yet."""

    storyboard: StoryboardBody
    duration: float
    """Seconds of the finished video."""
    estimate: EstimateView


@post("/storyboards", status_code=200, responses=guarded(400, 413, 415), tags=["storyboards"])
async def draft_storyboard(
    data: JSONBody[BriefRequest], request: Request[Caller, Any, Any], app: AppDep
) -> DraftView:
    """Plan a brief by the free planner. Spends nothing, stores nothing."""
    draft = await app.draft_storyboard(request.user, data.brief(app.catalogue, app.frame_rate))
    return DraftView(
        storyboard=StoryboardBody.of(draft.storyboard, app.frame_rate),
        duration=seconds_of(draft.storyboard.frames, app.frame_rate),
        estimate=EstimateView.of(draft.estimate),
    )


HANDLERS = [draft_storyboard]
