"""Arithmetic and arguments of plans, without running anything."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from omnigen.adapters.ffmpeg.plan import Source, held_frames, plan_segment
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.adapters.ffmpeg.sound import programme_samples, segment_samples
from omnigen.domain.timeline import Canvas, Timeline
from omnigen.ports.composer import SegmentRender
from tests.composer.scenes import timelines

LOOK = Look(
    width=1280,
    height=720,
    rate=None,
    pixel_format="yuv420p",
    matrix=1,
    has_sound=True,
    coding="the clip is vp9",
)


@given(timelines())
def test_pieces_of_sound_laid_end_to_end_are_the_programme(plan: Timeline) -> None:
    assert sum(segment_samples(s, plan.rate) for s in plan.segments()) == programme_samples(plan)


def _planned(plan: Timeline, number: int) -> tuple[SegmentRender, list[tuple[str, ...]], list[int | None]]:
    segment = plan.segment(number)
    clip, before = (
        Source(path=Path(f"/c{n}.mp4"), demuxer="mov", look=LOOK, subject=f"the clip of scene {n}")
        for n in (number, number - 1)
    )
    render = SegmentRender(
        segment=segment,
        canvas=Canvas(width=1280, height=720, rate=plan.rate),
        clip=clip.path,
        before=before.path if segment.overlap else None,
    )
    steps = plan_segment(
        render, clip, before if segment.overlap else None, scratch=Path("/work"), into=Path("/out.mp4")
    )
    assert steps.frames == segment.frames
    return render, [c.args for c in steps.commands], [c.frames for c in steps.commands]


@settings(max_examples=30, deadline=None)
@given(timelines(), st.data())
def test_a_plan_renders_what_the_timeline_says(plan: Timeline, data: st.DataObject) -> None:
    """A tail for a transition, none for a cut; every foreign input is fenced in."""
    render, commands, frames = _planned(plan, data.draw(st.integers(1, len(plan.clips))))
    overlap = render.segment.overlap
    assert frames == ([overlap, render.segment.frames] if overlap else [render.segment.frames])
    for args in commands:
        foreign = [n for n, a in enumerate(args) if a == "-i" and args[n + 1].startswith("/c")]
        assert len(foreign) == 1
        assert "-xerror" in args
        for option in ("-protocol_whitelist", "-format_whitelist", "-max_pixels", "-max_streams", "-t"):
            assert option in args[: foreign[0]]


@settings(max_examples=30, deadline=None)
@given(timelines(), st.data())
def test_a_plan_is_a_pure_function(plan: Timeline, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, len(plan.clips)))
    assert _planned(plan, number) == _planned(plan, number)


@given(st.integers(12, 60))
def test_a_clip_is_held_for_half_a_second_at_most(rate: int) -> None:
    assert 0 < held_frames(rate) <= rate / 2
