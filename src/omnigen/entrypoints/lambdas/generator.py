"""The generator's Lambda: it claims legs, plans, asks models and keeps the books. It knows no FFmpeg."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog

from omnigen.container import Container
from omnigen.domain.errors import Conflict, NotFound, Superseded
from omnigen.domain.job import Job, SceneStatus
from omnigen.entrypoints.lambdas.function import Function, Step, outcome_of
from omnigen.entrypoints.lambdas.words import (
    Answer,
    Claimed,
    FailStep,
    LegStep,
    LegWord,
    Planned,
    SceneStep,
    Start,
    StartStep,
    told,
)
from omnigen.ports.workflow import Leg
from omnigen.settings import Part

log = structlog.get_logger(__name__)


async def start_leg(container: Container, request: StartStep) -> Mapping[str, Any]:
    """Claim, and say what there is to do. Whoever comes too late, or for nothing, ends quietly."""
    asked = request.input
    try:
        leg = await container.start_leg()(asked.job_id, asked.leg, by=request.by)
    except (Superseded, NotFound) as error:
        log.info("leg not claimed", job_id=asked.job_id, leg=asked.leg, reason=error.message)
        return told(Claimed(verdict="superseded"))
    composing = asked.compose == leg.revision and await _all_ready(container, leg)
    log.info("leg started", job_id=leg.job_id, leg=leg.number, revision=leg.revision, composing=composing)
    following = Start(job_id=leg.job_id, leg=leg.number + 1, compose=leg.revision if composing else None)
    phase = "compose" if composing else "generate"
    return told(
        Claimed(verdict="ready", phase=phase, leg=LegWord.of(leg, container.policy().leg), next=following)
    )


async def _all_ready(container: Container, leg: Leg) -> bool:
    scenes = await container.jobs().scenes(leg.job_id, leg.revision)
    return bool(scenes) and all(scene.status is SceneStatus.READY for scene in scenes)


async def plan_storyboard(container: Container, request: LegStep) -> Mapping[str, Any]:
    """Plan, and say which scenes there are."""
    leg = request.leg.leg()
    answer = await outcome_of(container, leg, lambda: container.plan_storyboard()(leg))
    scenes: tuple[int, ...] = ()
    if answer["verdict"] == "ready":
        scenes = tuple(scene.number for scene in await container.jobs().scenes(leg.job_id, leg.revision))
    return told(Planned(**answer, scenes=scenes))


async def generate_scene(container: Container, request: SceneStep) -> Mapping[str, Any]:
    """Move a scene on."""
    leg = request.leg.leg()
    return await outcome_of(container, leg, lambda: container.generate_scene()(leg, request.scene))


async def generate_music(container: Container, request: LegStep) -> Mapping[str, Any]:
    """Move the music on."""
    leg = request.leg.leg()
    return await outcome_of(container, leg, lambda: container.generate_music()(leg))


async def finish_job(container: Container, request: LegStep) -> Mapping[str, Any]:
    """Settle. It stops where the job was cancelled at the last moment: then it is to be closed."""
    return await _ended(container, lambda: container.finish_job()(request.leg.leg()))


async def fail_job(container: Container, request: FailStep) -> Mapping[str, Any]:
    """Release."""
    return await _ended(container, lambda: container.fail_job()(request.leg.leg(), request.failure()))


async def _ended(container: Container, end: Callable[[], Awaitable[Job]]) -> Mapping[str, Any]:
    try:
        job = await end()
    except Superseded as error:
        return told(Answer.to(error))
    except Conflict as error:
        log.info("job not finished", reason=error.message)
        return told(Answer(verdict="stop"))
    failure = job.revision.error
    log.info("job ended", status=job.status.value, failure=failure.code if failure else None)
    container.metrics().count("jobs_ended_total", status=job.status.value)
    return told(Answer(verdict="ready"))


handler = Function(
    Part.GENERATOR,
    {
        "start_leg": Step(takes=StartStep, run=start_leg),
        "plan_storyboard": Step(takes=LegStep, run=plan_storyboard),
        "generate_scene": Step(takes=SceneStep, run=generate_scene),
        "generate_music": Step(takes=LegStep, run=generate_music),
        "finish_job": Step(takes=LegStep, run=finish_job),
        "fail_job": Step(takes=FailStep, run=fail_job),
    },
)
