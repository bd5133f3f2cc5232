"""A segment's plan, to be read by people: its decision, and its commands with names in place of paths."""

from fractions import Fraction
from pathlib import Path
from typing import Final

from omnigen.adapters.ffmpeg.captions import FONT
from omnigen.adapters.ffmpeg.plan import SegmentPlan, Source
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.adapters.ffmpeg.runner import Command
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import PlannedCommand, SegmentOutline

ABSENT: Final = "the clip is not there yet; its pictures are copied if they conform"


def expected(number: int, canvas: Canvas) -> Source:
    """A clip that nobody has seen: of the canvas' size and rate, and not to be copied."""
    look = Look(
        width=canvas.width,
        height=canvas.height,
        rate=Fraction(canvas.rate),
        pixel_format="yuv420p",
        matrix=1,
        has_sound=False,
        coding=ABSENT,
    )
    return Source(
        path=Path(f"clip-{number}"), demuxer="mov", look=look, subject=f"the clip of scene {number}"
    )


def outlined(steps: SegmentPlan) -> SegmentOutline:
    """The plan in words and names."""
    commands = [_told(command, "ffmpeg") for command in steps.commands]
    if steps.splice is not None:
        commands.append(_told(steps.splice, "splice"))
    if isinstance(steps.copied, str):
        return SegmentOutline(copied=None, reason=steps.copied, commands=tuple(commands))
    copied = (steps.copied.start, steps.copied.end)
    return SegmentOutline(copied=copied, reason=None, commands=tuple(commands))


def _told(command: Command, binary: str) -> PlannedCommand:
    args = (arg.replace(str(FONT), FONT.name) for arg in command.args)
    return PlannedCommand(step=command.step, args=(binary, *args))
