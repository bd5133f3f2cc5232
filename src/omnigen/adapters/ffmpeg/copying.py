"""Which frames of a clip go into its segment as they are, and why others don't: pure.

    clip      I---------------I---------------I---------------|
    segment   [ transition ..][ copied as they are      ][rest]
              0               Ka                         Kb   E

Ka is the first IDR behind the transition, Kb the last frame before which the coded pictures can be cut off. What is
before and behind is encoded, with parameter sets under numbers that nobody else uses.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from attrs import frozen

from omnigen.adapters.ffmpeg.h264 import OURS, SPS, ParameterSets
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import SegmentRender

PROFILES: Final = ("Constrained Baseline", "Main", "High")
"""What every player knows, the more demanding one last."""
BT709: Final = (1, 1, 1, 1)
"""Matrix, primaries, transfer, and limited range, as H.273 numbers them."""

_WORTH: Final = Fraction(1, 2)
"""Seconds of picture that are worth being laid in."""


@frozen(kw_only=True)
class Coding:
    """How a clip's pictures are coded, by its packets. Frames are counted as they are shown."""

    sets: ParameterSets
    frames: int
    idrs: tuple[int, ...]
    """Frames that nothing behind them looks back over."""
    cuts: tuple[int, ...]
    """n, where the first n coded pictures are the first n that are shown."""
    keyed: bool
    """Whether those, and only those, are marked as places to seek to."""
    rate: Fraction | None
    """Frames a second, where every frame is exactly on time from 0 on."""
    size: tuple[int, int]
    pixel_format: str
    profile: str
    aspect: Fraction
    """Of a pixel."""
    interlaced: bool
    tags: tuple[int, ...]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Coding":
        """What the child has found."""
        told = {name: found[name] for name in ("frames", "keyed", "pixel_format", "profile", "interlaced")}
        return cls(
            **told,
            sets=ParameterSets.of(bytes.fromhex(found["avcc"])),
            idrs=tuple(found["idrs"]),
            cuts=tuple(found["cuts"]),
            rate=Fraction(found["rate"]) if found["rate"] else None,
            size=(found["size"][0], found["size"][1]),
            aspect=Fraction(found["aspect"]),
            tags=tuple(found["tags"]),
        )

    def entry(self, frame: int, rate: int) -> int:
        """The frame at which decoding may begin in order to see a frame; 0 where seeking isn't exact."""
        if not self.keyed or self.rate != rate:
            return 0
        return max((idr for idr in self.idrs if idr <= frame), default=0)


@frozen(kw_only=True)
class Stretch:
    """Frames of a clip, `end` excluded."""

    start: int
    end: int


def obstacle(coding: Coding | str, canvas: Canvas) -> str | None:
    """Why no picture of such a clip can lie in a programme as it is; None where all can."""
    if isinstance(coding, str):
        return coding
    found = {
        f"{coding.size[0]}x{coding.size[1]} and has to be fitted to {canvas.width}x{canvas.height}": coding.size
        == (canvas.width, canvas.height),
        "not at a steady rate of the programme's": coding.rate == canvas.rate,
        f"{coding.pixel_format}": coding.pixel_format == "yuv420p",
        f"of the profile {coding.profile}": coding.profile in PROFILES,
        "interlaced": not coding.interlaced,
        "of pixels that aren't square": coding.aspect == 1,
        "not tagged as bt709 of limited range": coding.tags == BT709,
        "of several parameter sets": sum(kind == SPS for kind, _ in coding.sets.numbered()) == 1,
        "of parameter sets that have our numbers": not coding.sets.ids & OURS,
    }
    return next((f"the clip is {why}" for why, fits in found.items() if not fits), None)


def stretch(render: SegmentRender, coding: Coding | str) -> Stretch | str:
    """The frames that are copied into a segment, or why none are."""
    segment, canvas = render.segment, render.canvas
    if not render.copying:
        return "its parameters clash with those of other clips"
    if render.cues:
        return "captions are burned in"
    if render.mark is not None:
        return "a watermark lies over it"
    why = obstacle(coding, canvas)
    if why is not None or isinstance(coding, str):
        return why or ""
    start = next((idr for idr in coding.idrs if idr >= segment.overlap), segment.frames)
    end = max((cut for cut in coding.cuts if cut <= segment.frames), default=0)
    if end - start < _WORTH * canvas.rate:
        return f"the clip has no half second of frames {segment.overlap} to {segment.frames} to be cut out"
    return Stretch(start=start, end=end)
