"""Render plans: how a job, or a wish, is or would be rendered, segment by segment."""

from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from omnigen.domain.storyboard import TransitionKind
from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.requests import WishRequest
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.wire import View
from omnigen.ports.composer import PlannedCommand
from omnigen.ports.render_planner import PlannedSegment, RenderPlan


class CommandView(View, frozen=True):
    """A process that would be run."""

    step: str
    args: Annotated[list[str], Meta(description="Files are named by what they are, as `clip-3`.")]

    @classmethod
    def of(cls, command: PlannedCommand) -> "CommandView":
        """A command as it is shown."""
        return cls(step=command.step, args=list(command.args))


class StretchView(View, frozen=True):
    """Frames of a clip."""

    start: int
    end: Annotated[int, Meta(description="The first one that is not among them.")]


class SegmentView(View, frozen=True):
    """A stretch of the programme that is rendered on its own: the transition into a scene, then the scene."""

    number: int
    start: Annotated[int, Meta(description="Its first frame in the programme.")]
    frames: int
    transition: TransitionKind
    overlap: Annotated[int, Meta(description="Frames at its start that show two clips at once.")]
    expected: Annotated[bool, Meta(description="A clip of it is not there yet: this is a guess.")]
    stored: Annotated[bool, Meta(description="It has been rendered: nothing is left to do.")]
    key: Annotated[str | None, Meta(description="Made of all that decides its bytes.")]
    copied: Annotated[
        StretchView | None, Meta(description="Frames that go in as they are; others are encoded.")
    ]
    reason: Annotated[str | None, Meta(description="Why no frame is copied.")]
    commands: list[CommandView]

    @classmethod
    def of(cls, planned: PlannedSegment) -> "SegmentView":
        """A segment as it is shown."""
        copied = planned.outline.copied
        return cls(
            number=planned.number,
            start=planned.start,
            frames=planned.frames,
            transition=planned.transition,
            overlap=planned.overlap,
            expected=planned.expected,
            stored=planned.stored,
            key=planned.key,
            copied=StretchView(start=copied[0], end=copied[1]) if copied else None,
            reason=planned.outline.reason,
            commands=[CommandView.of(command) for command in planned.outline.commands],
        )


class PlanView(View, frozen=True):
    """All segments, in order; laid end to end they are the programme."""

    build: Annotated[str, Meta(description="Versions of FFmpeg and of the recipe.")]
    width: int
    height: int
    rate: Annotated[int, Meta(description="Frames a second.")]
    frames: int
    segments: list[SegmentView]

    @classmethod
    def of(cls, plan: RenderPlan) -> "PlanView":
        """A plan as it is shown."""
        return cls(
            build=plan.build,
            width=plan.canvas.width,
            height=plan.canvas.height,
            rate=plan.canvas.rate,
            frames=plan.frames,
            segments=[SegmentView.of(segment) for segment in plan.segments],
        )


@get("/jobs/{job_id:str}/plan", responses=guarded(404, 409, 503), tags=["jobs"])
async def show_plan(job_id: FromPath[str], request: SignedIn, app: AppDep) -> PlanView:
    """How the latest revision is rendered: what is copied, what is encoded and why, and what is there already."""
    return PlanView.of(await app.show_plan.of_job(request.user, job_id))


@post("/storyboards/plan", status_code=200, responses=guarded(400, 413, 415, 503), tags=["storyboards"])
async def plan_wish(data: JSONBody[WishRequest], request: SignedIn, app: AppDep) -> PlanView:
    """How a brief or a storyboard would be rendered. Renders nothing, spends nothing."""
    brief, storyboard = data.wish(app.catalogue, app.frame_rate)
    wish = brief or storyboard
    assert wish is not None, "a wish has one of the two"
    return PlanView.of(await app.show_plan.of_wish(request.user, wish))


HANDLERS = [show_plan, plan_wish]
