"""Saying how a programme would be rendered, without rendering any of it: here, or by somebody who has FFmpeg."""

from typing import Protocol

from attrs import frozen

from omnigen.domain.storyboard import Storyboard, TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import SegmentOutline


@frozen(kw_only=True)
class PlannedSegment:
    """One segment: where it lies in the programme, and how it would be made."""

    number: int
    start: int
    frames: int
    transition: TransitionKind
    overlap: int
    """Frames at its start that show two clips at once."""
    expected: bool
    """A clip of it isn't there yet: what is told of it is what is to be expected."""
    key: str | None
    """Where it lies, or will lie, in the asset store; None before its clips are there."""
    stored: bool
    """Whether it is there already: then nothing is rendered."""
    outline: SegmentOutline


@frozen(kw_only=True)
class RenderPlan:
    """A whole programme's pictures."""

    build: str
    """FFmpeg's version, and that of the recipe."""
    canvas: Canvas
    segments: tuple[PlannedSegment, ...]

    @property
    def frames(self) -> int:
        """Length of the programme."""
        return sum(segment.frames for segment in self.segments)


class RenderPlanner(Protocol):
    """Plans; renders nothing, and changes nothing in the store. Raises Transient where it takes too long."""

    async def of_job(self, job_id: str) -> RenderPlan:
        """The plan of a job's latest revision, with what is in the store already. Raises Conflict before it is planned."""
        ...

    async def of_storyboard(self, storyboard: Storyboard) -> RenderPlan:
        """The plan of a storyboard of which nothing has been filmed."""
        ...
