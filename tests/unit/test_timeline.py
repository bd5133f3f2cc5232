"""The timeline: segments laid end to end are the programme, to the frame."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.storyboard import (
    CUT,
    AspectRatio,
    Resolution,
    Scene,
    Storyboard,
    Style,
    Transition,
    TransitionKind,
)
from omnigen.domain.timeline import Canvas, Timeline, frames_of, seconds_of

SOFT = [kind for kind in TransitionKind if kind is not TransitionKind.CUT]


def transition(overlap: int, kind: TransitionKind) -> Transition:
    return Transition(kind=kind, frames=overlap) if overlap else CUT


@st.composite
def storyboards(draw: st.DrawFn) -> Storyboard:
    """Any legal storyboard of up to 12 scenes."""
    lengths = draw(st.lists(st.integers(1, 360), min_size=1, max_size=12))
    overlaps = [0, *(draw(st.integers(0, min(pair) // 2)) for pair in pairwise(lengths))]
    kinds = draw(st.lists(st.sampled_from(SOFT), min_size=len(lengths), max_size=len(lengths)))
    scenes = tuple(
        Scene(number=n, prompt="a scene", frames=length, seed=n, transition=transition(overlap, kind))
        for n, (length, overlap, kind) in enumerate(zip(lengths, overlaps, kinds, strict=True), 1)
    )
    return Storyboard(
        title="t", aspect_ratio=AspectRatio.WIDE, style=Style.CINEMATIC, model="a/model", scenes=scenes
    )


@given(storyboards())
def test_segments_are_the_programme(storyboard: Storyboard) -> None:
    """Segments begin where the one before ends, and add up to the storyboard's frames."""
    timeline = Timeline.of(storyboard)
    segments = list(timeline.segments())
    assert sum(segment.frames for segment in segments) == timeline.frames == storyboard.frames
    assert segments[0].start == 0
    for before, segment in pairwise(segments):
        assert segment.start == before.start + before.frames


@given(storyboards())
def test_a_tail_lies_within_the_clip_before(storyboard: Storyboard) -> None:
    """The frames that a transition borrows are the last ones of the clip before, none of them shown twice."""
    timeline = Timeline.of(storyboard)
    for segment in timeline.segments():
        if segment.tail_start is None:
            assert segment.sources == (segment.number,)
            continue
        before = timeline.clips[segment.number - 2]
        assert segment.tail_start + segment.overlap == before.frames
        assert segment.tail_start >= before.transition.frames
        assert segment.sources == (segment.number - 1, segment.number)


@given(storyboards())
def test_every_segment_shows_its_whole_transition(storyboard: Storyboard) -> None:
    """No transition is longer than the segment that holds it."""
    assert all(s.overlap <= s.frames and s.frames > 0 for s in Timeline.of(storyboard).segments())


@given(storyboards(), st.data())
def test_a_stretched_storyboard_keeps_everything_but_its_lengths(
    storyboard: Storyboard, data: st.DataObject
) -> None:
    """Scenes that grew move what follows, by as much, and the timeline stays exact."""
    grown = [s.frames + data.draw(st.integers(0, 48)) for s in storyboard.scenes]
    stretched = storyboard.stretched(grown)
    assert stretched.frames - storyboard.frames == sum(grown) - sum(s.frames for s in storyboard.scenes)
    assert [s.seed for s in stretched.scenes] == [s.seed for s in storyboard.scenes]
    assert sum(s.frames for s in Timeline.of(stretched).segments()) == stretched.frames


@given(st.integers(1, 5000), st.integers(1, 120))
def test_frames_survive_the_way_through_seconds(frames: int, rate: int) -> None:
    """Frames as seconds and back are the same frames, at any rate."""
    assert frames_of(seconds_of(frames, rate), rate) == frames


@pytest.mark.parametrize(("seconds", "frames"), [(5, 120), (0.5, 12), (4.99, 120), (2.4375, 59), (0.02, 0)])
def test_halves_are_rounded_up(seconds: float, frames: int) -> None:
    """58.5 frames are 59."""
    assert frames_of(seconds) == frames


@pytest.mark.parametrize("aspect_ratio", AspectRatio)
@pytest.mark.parametrize("resolution", Resolution)
def test_a_canvas_is_even_and_has_its_shape(aspect_ratio: AspectRatio, resolution: Resolution) -> None:
    """Both sides are even, the shorter is the resolution, and the shape is right to within two pixels."""
    canvas = Canvas.of(aspect_ratio, resolution)
    across, down = map(int, aspect_ratio.value.split(":"))
    assert canvas.width % 2 == canvas.height % 2 == 0
    assert f"{min(canvas.width, canvas.height)}p" == resolution.value
    assert abs(canvas.width * down - canvas.height * across) <= 2 * max(across, down)
