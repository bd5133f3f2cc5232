"""Any storyboard: the right frame at the right time, and the sound with it, from the first frame to the last.

Storyboards of 1 to 12 scenes, every transition, odd lengths, clips of several frame rates, some that are copied and
some that are encoded, through the real composer. OMNIGEN_EXAMPLES=200 (`make test-exact`) tries more of them.
"""

import asyncio
import os
import tempfile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from attrs import frozen
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.storyboard import CUT, TransitionKind
from omnigen.domain.timeline import Clip, Segment, Timeline
from tests.composer.scenes import CANVAS, Film, over
from tests.fixtures.clips import SAMPLE_RATE, ClipShelf, frames_of, luma, numbers, onsets, samples_of

EXAMPLES: Final = int(os.environ.get("OMNIGEN_EXAMPLES", "5"))
LONGEST: Final = 61
"""Frames of a scene at 24 a second."""
EVERY_S: Final = Fraction(1, 2)
"""Ticks of each clip are as far apart, the first one a quarter of a second from its beginning."""
OFFSET_S: Final = 0.005
"""How far sound may be from its picture."""
QUIET_S: Final = 0.25
"""A tick that follows another one sooner isn't told from it."""
LONG_ENOUGH: Final = 5
MOVING: Final = frozenset(k for k in TransitionKind if k.value.startswith("slide"))
"""Their last frame is the clip's, but shifted: field by field it is like anything."""

_TAGS: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
_PYRAMID: Final = ("-vf", _TAGS, "-preset", "veryfast", "-bf", "3", "-threads", "1")
_FIXED: Final = "b-adapt=0:b-pyramid=normal:scenecut=0"


@frozen
class Shape:
    """What a clip is like: its frame rate, and how it is coded."""

    rate: Fraction
    options: tuple[str, ...]
    size: tuple[int, int] = (CANVAS.width, CANVAS.height)
    suffix: str = ".mp4"


SHAPES: Final = {
    "24, not tagged": Shape(Fraction(24), ()),
    "24, larger": Shape(Fraction(24), (), (320, 192)),
    "24, taller": Shape(Fraction(24), (), (160, 112)),  # what is cropped off are parts of its fields
    "24, Matroska": Shape(Fraction(24), (), suffix=".mkv"),
    "25": Shape(Fraction(25), ()),
    "30": Shape(Fraction(30), ("-bf", "2")),
    "29.97": Shape(Fraction(30_000, 1001), ()),
    "short GOPs": Shape(Fraction(24), (*_PYRAMID, "-g", "12", "-x264-params", _FIXED)),
    "long GOPs": Shape(Fraction(24), (*_PYRAMID, "-g", "31", "-x264-params", _FIXED)),
    "open GOPs": Shape(Fraction(24), (*_PYRAMID, "-g", "24", "-x264-params", f"{_FIXED}:open-gop=1")),
    "one keyframe": Shape(Fraction(24), ("-vf", _TAGS, "-preset", "veryfast", "-g", "600", "-threads", "1")),
    "no B-frames": Shape(Fraction(24), ("-vf", _TAGS, "-bf", "0", "-g", "24")),
    "Main": Shape(Fraction(24), (*_PYRAMID, "-g", "24", "-profile:v", "main")),
    "Baseline": Shape(Fraction(24), ("-vf", _TAGS, "-profile:v", "baseline", "-g", "24")),
}


@frozen
class Story:
    """Scenes, and the shape of each one's clip."""

    timeline: Timeline
    shapes: tuple[str, ...]

    def codes(self) -> tuple[int, ...]:
        """The number that each clip's frames carry: of two neighbours, every bit is the opposite."""
        return tuple(85 if n % 2 else 170 for n in range(len(self.shapes)))

    def film(self, shelf: ClipShelf) -> Film:
        clips = (
            _clip(shelf, SHAPES[name], code) for name, code in zip(self.shapes, self.codes(), strict=True)
        )
        return Film(timeline=self.timeline, clips=tuple(clips))


def _clip(shelf: ClipShelf, shape: Shape, code: int) -> Path:
    frames = int(LONGEST * shape.rate / 24) + 2
    at = [n * shape.rate * EVERY_S + shape.rate / 4 for n in range(int(frames / shape.rate / EVERY_S))]
    told = {"size": shape.size, "tick_frames": at, "options": shape.options, "suffix": shape.suffix}
    return shelf.numbered(code, frames, rate=shape.rate, **told)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    lengths = draw(st.lists(st.integers(2, LONGEST), min_size=1, max_size=12))
    clips = [Clip(number=1, frames=lengths[0])]
    for number, (before, frames) in enumerate(pairwise(lengths), 2):
        kind = draw(st.sampled_from(TransitionKind))
        overlap = draw(st.integers(1, min(before, frames) // 2))
        transition = CUT if kind is TransitionKind.CUT else over(kind, overlap)
        clips.append(Clip(number=number, frames=frames, transition=transition))
    shapes = tuple(draw(st.sampled_from(sorted(SHAPES))) for _ in clips)
    return Story(Timeline(clips=tuple(clips), rate=24), shapes)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="OMNIGEN_EXAMPLES" not in os.environ,
    phases=(Phase.explicit, Phase.generate),  # a smaller example isn't worth an hour of rendering
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.timeout(120 + 60 * EXAMPLES)
@given(story=stories())
def test_every_frame_and_every_tick_of_any_storyboard_is_in_its_place(
    shelf: ClipShelf, build: FfmpegBuild, story: Story
) -> None:
    """Outside transitions to the frame, in them both sources at the ends, sound within 5 ms throughout."""
    note(str(story))
    with tempfile.TemporaryDirectory() as folder:
        composer = FfmpegComposer(build, Path(folder, "work"), 2)
        programme = asyncio.run(story.film(shelf).programme(composer, Path(folder)))
        shown, heard = frames_of(programme.video), samples_of(programme.video)
    assert len(shown) == story.timeline.frames
    for segment in story.timeline.segments():
        _shows_its_frames(story, segment, shown)
    _ticks_are_in_their_places(story, heard)


def _shows_its_frames(story: Story, segment: Segment, shown: list[NDArray[np.float64]]) -> None:
    number = segment.number
    for n in range(segment.overlap, segment.frames):
        assert _is_shown(story, number, n, shown[segment.start + n]), (number, n)
    if segment.tail_start is not None:
        _goes_over(story, segment, shown[segment.start : segment.start + segment.overlap])


def _goes_over(story: Story, segment: Segment, shown: list[NDArray[np.float64]]) -> None:
    """A transition begins with the clip before, and ends nearer to its own clip."""
    assert segment.tail_start is not None
    number, last = segment.number, segment.overlap - 1
    assert _is_shown(story, number - 1, segment.tail_start, shown[0]), (number, "comes from")
    if last >= LONG_ENOUGH and segment.transition.kind not in MOVING:
        mine = _distance(story, number, last, shown[last])
        assert mine < _distance(story, number - 1, segment.tail_start + last, shown[last]), (
            number,
            "ends in",
        )


def _is_shown(story: Story, number: int, frame: int, picture: NDArray[np.float64]) -> bool:
    """Whether a picture is the clip's at the time of a programme frame, to half a frame of each."""
    code, found = numbers(picture)
    rate = SHAPES[story.shapes[number - 1]].rate
    slack = 0 if rate == 24 else Fraction(1, 48) + 1 / (2 * rate)
    return code == story.codes()[number - 1] and abs(found / rate - Fraction(frame, 24)) <= slack


def _distance(story: Story, number: int, frame: int, picture: NDArray[np.float64]) -> float:
    rate = SHAPES[story.shapes[number - 1]].rate
    size = (CANVAS.width, CANVAS.height)
    expected = luma(story.codes()[number - 1], round(frame * rate / 24), size)
    return float(np.abs(picture - expected).mean())


def _ticks_are_in_their_places(story: Story, heard: NDArray[np.float32]) -> None:
    """Those that are told from others: at full strength, after a while of quiet."""
    found = np.array(onsets(heard, gap_s=QUIET_S / 2)) / SAMPLE_RATE
    everything = sorted(_tick_times(story, pure=False))
    for tick in _tick_times(story, pure=True):
        if all(not 0 < tick - other < QUIET_S for other in everything):
            assert np.abs(found - tick).min(initial=1) < OFFSET_S, tick


def _tick_times(story: Story, *, pure: bool) -> list[float]:
    """Seconds into the programme; `pure` leaves out those that are heard in or at a transition."""
    times, timeline = [], story.timeline
    for segment in timeline.segments():
        start = Fraction(timeline.start_of(segment.number), 24)
        whole = timeline.clips[segment.number - 1].frames
        first, end = (segment.overlap, segment.frames - 1) if pure else (0, whole)
        for n in range(int(Fraction(LONGEST, 24) / EVERY_S)):
            at = n * EVERY_S + Fraction(1, 4)
            if Fraction(first, 24) <= at < Fraction(end, 24):
                times.append(float(start + at))
    return times
