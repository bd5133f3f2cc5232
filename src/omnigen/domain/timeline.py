"""Where every frame of the finished programme comes from. Whole frames at a rate; never float seconds.

Of two clips that overlap by a transition of T frames, the later one's segment holds the transition:

    clip 1   ████████████▒▒▒            segment 1 = clip 1 less its last T frames
    clip 2            ▒▒▒██████████     segment 2 = T mixed frames, then the rest of clip 2

so that segments laid end to end are the programme, and a segment depends on two clips at most.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Final

from attrs import field, frozen
from attrs.validators import ge

from omnigen.domain.storyboard import CUT, AspectRatio, Resolution, Storyboard, Transition

FRAME_RATE: Final = 24
"""Frames a second, unless a setting says otherwise."""

_SHORT_SIDE: Final = {Resolution.P480: 480, Resolution.P720: 720, Resolution.P1080: 1080}
_SHAPE: Final = {
    AspectRatio.WIDE: (16, 9),
    AspectRatio.TALL: (9, 16),
    AspectRatio.SQUARE: (1, 1),
    AspectRatio.PORTRAIT: (4, 5),
}


@lru_cache(maxsize=1024)  # scenes and transitions have few lengths, and decimals take their time
def frames_of(seconds: float | Decimal, rate: int = FRAME_RATE) -> int:
    """Seconds as whole frames, halves rounded up: the one place where seconds become frames."""
    return int((Decimal(str(seconds)) * rate).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def seconds_of(frames: int, rate: int = FRAME_RATE) -> float:
    """Frames as seconds, for people and for models; never computed with."""
    return frames / rate


@frozen(kw_only=True)
class Canvas:
    """Size of the picture in pixels, both even, and its frame rate."""

    width: int = field(validator=ge(2))
    height: int = field(validator=ge(2))
    rate: int = field(default=FRAME_RATE, validator=ge(1))

    @classmethod
    def of(cls, aspect_ratio: AspectRatio, resolution: Resolution, rate: int = FRAME_RATE) -> "Canvas":
        """The canvas of a shape whose shorter side is the resolution; the longer is rounded to even."""
        side, (across, down) = _SHORT_SIDE[resolution], _SHAPE[aspect_ratio]
        longer = side * max(across, down) / min(across, down)
        even = 2 * round(longer / 2)
        return cls(width=even if across > down else side, height=even if down > across else side, rate=rate)


@frozen(kw_only=True)
class Clip:
    """A scene on the timeline: how many frames are used, from the clip's first on, and how it comes in."""

    number: int = field(validator=ge(1))
    frames: int = field(validator=ge(1))
    transition: Transition = CUT


@frozen(kw_only=True)
class Segment:
    """A stretch of programme that is rendered on its own: the transition into a clip, then its body.

    `frames` = `overlap` + the clip's frames that are neither in the transition in nor in the one out.
    """

    number: int
    transition: Transition
    tail_start: int | None
    """First frame of the clip before that is mixed in; None for a cut."""
    frames: int
    """Expected frames of the rendered segment."""
    start: int
    """Its first frame in the programme."""

    @property
    def overlap(self) -> int:
        """Frames at its start that show two clips at once."""
        return self.transition.frames

    @property
    def sources(self) -> tuple[int, ...]:
        """Numbers of the clips that it is made of."""
        return (self.number,) if self.tail_start is None else (self.number - 1, self.number)


@frozen(kw_only=True)
class Timeline:
    """All clips in order, at one frame rate."""

    clips: tuple[Clip, ...]
    rate: int = FRAME_RATE

    @classmethod
    def of(cls, storyboard: Storyboard, rate: int = FRAME_RATE) -> "Timeline":
        """The timeline on which a storyboard plays."""
        clips = (Clip(number=s.number, frames=s.frames, transition=s.transition) for s in storyboard.scenes)
        return cls(clips=tuple(clips), rate=rate)

    @property
    def frames(self) -> int:
        """Length of the programme."""
        return sum(c.frames - c.transition.frames for c in self.clips)

    def start_of(self, number: int) -> int:
        """Programme frame on which a clip begins to be seen, its transition in included."""
        before = self.clips[: number - 1]
        return sum(c.frames - c.transition.frames for c in before) - self.clips[number - 1].transition.frames

    def segment(self, number: int) -> Segment:
        """The segment that shows clip `number`."""
        clip = self.clips[number - 1]
        overlap = clip.transition.frames
        leaving = self.clips[number].transition.frames if number < len(self.clips) else 0
        return Segment(
            number=number,
            transition=clip.transition,
            tail_start=self.clips[number - 2].frames - overlap if overlap else None,
            frames=clip.frames - leaving,
            start=self.start_of(number),
        )

    def segments(self) -> Iterator[Segment]:
        """All segments in order; laid end to end they are the programme."""
        return (self.segment(c.number) for c in self.clips)
