"""The composer's Lambda: everything that takes FFmpeg."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from omnigen.container import Container
from omnigen.domain.errors import Conflict
from omnigen.domain.storyboard import Storyboard
from omnigen.entrypoints.lambdas.function import Function, Step, outcome_of
from omnigen.entrypoints.lambdas.words import LegStep, LegWord, SceneStep
from omnigen.ports.render_planner import RenderPlanner
from omnigen.ports.sketcher import sketch_asked
from omnigen.ports.workflow import HANDOVER, Outcome
from omnigen.settings import Part


async def render_segment(container: Container, request: SceneStep) -> Mapping[str, Any]:
    """Look into a clip, and render what can be rendered."""
    leg = request.leg.leg()
    await container.workspace().keep_only(leg.job_id)
    return await outcome_of(container, leg, lambda: container.render_segment()(leg, request.scene))


async def compose_video(container: Container, request: LegStep) -> Mapping[str, Any]:
    """Compose, verify and publish."""
    leg = request.leg.leg()
    await container.workspace().keep_only(leg.job_id)

    async def compose() -> Outcome:
        return await container.compose_video()(leg) if _enough_left(container, request.leg) else HANDOVER

    return await outcome_of(container, leg, compose)


def _enough_left(container: Container, leg: LegWord) -> bool:
    """Half a leg: one that begins with composing has nearly all of it."""
    left: timedelta = leg.until - container.clock().now()
    return left.total_seconds() >= leg.seconds / 2


async def inspect(container: Container, request: dict[str, Any]) -> Mapping[str, Any]:
    """Look into an object for a part that has no decoder."""
    found: Mapping[str, Any] = await container.inspect_object()(request)
    return found


async def sketch(container: Container, request: dict[str, Any]) -> Mapping[str, Any]:
    """Draw a sketch for a part that has no FFmpeg."""
    wanted, folder = sketch_asked(request)
    return {"file": msgspec.to_builtins(await container.draw_sketch()(wanted, folder))}


class Outlined(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose plan is asked for: a job's, or a storyboard's."""

    job_id: str | None = None
    storyboard: Storyboard | None = None


async def outline(container: Container, request: Outlined) -> Mapping[str, Any]:
    """Say how something would be rendered."""
    planner: RenderPlanner = container.outline_programme()
    try:
        if request.storyboard is not None:
            return {"plan": msgspec.to_builtins(await planner.of_storyboard(request.storyboard))}
        return {"plan": msgspec.to_builtins(await planner.of_job(request.job_id or ""))}
    except Conflict as error:
        return {"conflict": {"message": error.message, "code": error.reason}}


handler = Function(
    Part.COMPOSER,
    {
        "render_segment": Step(takes=SceneStep, run=render_segment),
        "compose_video": Step(takes=LegStep, run=compose_video),
        "inspect": Step(takes=dict[str, Any], run=inspect),
        "outline": Step(takes=Outlined, run=outline),
        "sketch": Step(takes=dict[str, Any], run=sketch),
    },
)
