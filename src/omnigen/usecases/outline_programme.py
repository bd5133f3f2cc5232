"""How a programme would be rendered: segment by segment, which frames are copied, which encoded, and why."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve, frozen

from omnigen.domain.errors import Conflict
from omnigen.domain.job import SceneStatus
from omnigen.domain.storyboard import Captions, Storyboard
from omnigen.domain.timeline import Canvas, Segment, Timeline
from omnigen.ports.assets import Assets
from omnigen.ports.composer import Composer, Mark, SegmentOutline, SegmentRender
from omnigen.ports.jobs import Jobs
from omnigen.ports.render_planner import PlannedSegment, RenderPlan
from omnigen.usecases.cutting import Cutting
from omnigen.usecases.policy import Policy
from omnigen.usecases.segment_keys import built, segment_content, segment_render

_ABSENT = Path("absent")
"""Where no clip lies."""


@frozen(kw_only=True)
class OutlineProgramme:
    """`omnigen.ports.render_planner.RenderPlanner`, where there is FFmpeg."""

    jobs: Jobs
    assets: Assets
    find_composer: Callable[[], Composer]
    """Called in a thread when it is first needed: to look for FFmpeg takes a while."""
    policy: Policy

    async def of_storyboard(self, storyboard: Storyboard) -> RenderPlan:
        """See the port for the promise."""
        composer, rate = await asyncio.to_thread(self.find_composer), self.policy.frame_rate
        canvas = Canvas.of(storyboard.aspect_ratio, storyboard.resolution, rate)
        planned = [
            await _expected(composer, storyboard, canvas, segment)
            for segment in Timeline.of(storyboard, rate).segments()
        ]
        return RenderPlan(build=composer.build, canvas=canvas, segments=tuple(planned))

    async def of_job(self, job_id: str) -> RenderPlan:
        """See the port for the promise."""
        job = await self.jobs.get(job_id)
        storyboard = await self.jobs.storyboard(job.id, job.revision.number)
        if storyboard is None:
            raise Conflict(
                f"job {job.id} is {job.status}; its storyboard is not planned yet", code="not_planned"
            )
        composer = await asyncio.to_thread(self.find_composer)
        scenes = await self.jobs.scenes(job.id, job.revision.number)
        cutting = Cutting.of(job, storyboard, scenes, self.policy.frame_rate)
        with TemporaryDirectory(prefix="omnigen-plan-") as name:
            planned = [
                await self._planned(composer, cutting, n, Path(name)) for n in range(1, len(scenes) + 1)
            ]
        return RenderPlan(build=composer.build, canvas=cutting.canvas, segments=tuple(planned))

    async def _planned(
        self, composer: Composer, cutting: Cutting, number: int, folder: Path
    ) -> PlannedSegment:
        segment = cutting.timeline.segment(number)
        if not _known(cutting, number):
            return await _expected(composer, cutting.storyboard, cutting.canvas, segment)
        render = segment_render(cutting, number)
        key = built(segment_content(cutting, render), composer.build)
        paths = {n: await self._clip(cutting, n, folder) for n in segment.sources}
        (folder / f"{number - 2}").unlink(missing_ok=True)  # it is nobody's neighbour any more
        ready = evolve(
            render, clip=paths[number], before=paths.get(number - 1), mark=_mark(cutting.storyboard)
        )
        outline = await composer.outline(ready)
        stored = await self.assets.head(key) is not None
        return _told(segment, outline, key=key, stored=stored)

    async def _clip(self, cutting: Cutting, number: int, folder: Path) -> Path:
        path = folder / f"{number}"
        if not path.exists():
            await self.assets.fetch(cutting.clip(number).key, path)
        return path


def _known(cutting: Cutting, number: int) -> bool:
    """Whether all that a segment is made of is there; burned-in captions depend on every narration."""
    burned = cutting.storyboard.soundtrack.captions is Captions.BURNED
    needed = cutting.scenes if burned else cutting.sources(number)
    return all(state.status is SceneStatus.READY for state in needed)


async def _expected(
    composer: Composer, storyboard: Storyboard, canvas: Canvas, segment: Segment
) -> PlannedSegment:
    render = SegmentRender(
        segment=segment,
        canvas=canvas,
        clip=_ABSENT,
        before=_ABSENT if segment.tail_start is not None else None,
        fit=storyboard.fit,
        mark=_mark(storyboard),
    )
    return _told(segment, await composer.outline(render), key=None, stored=False)


def _mark(storyboard: Storyboard) -> Mark | None:
    """The watermark, by a name: to plan with it nobody has to see it."""
    wanted = storyboard.watermark
    if wanted is None:
        return None
    return Mark(image=Path("watermark"), corner=wanted.corner, opacity=wanted.opacity, width=wanted.width)


def _told(segment: Segment, outline: SegmentOutline, *, key: str | None, stored: bool) -> PlannedSegment:
    return PlannedSegment(
        number=segment.number,
        start=segment.start,
        frames=segment.frames,
        transition=segment.transition.kind,
        overlap=segment.overlap,
        expected=key is None,
        key=key,
        stored=stored,
        outline=outline,
    )
