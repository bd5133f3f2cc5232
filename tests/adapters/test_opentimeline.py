"""What an editor's program is given: the very frames of the timeline, read back by OpenTimelineIO's own library."""

from itertools import pairwise
from typing import Any

import opentimelineio as otio
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from omnigen.adapters.opentimeline import OpenTimeline
from omnigen.domain.job import SceneState, SceneStatus
from omnigen.domain.storyboard import CUT, Storyboard, Transition, TransitionKind
from omnigen.domain.take import StoredFile
from omnigen.usecases.cut_list import cut_list
from omnigen.usecases.cutting import Cutting
from tests.builders import NOW, a_file, a_job, a_scene, a_storyboard

KINDS = [kind for kind in TransitionKind if kind is not TransitionKind.CUT]


def cutting_of(storyboard: Storyboard, *, spoken: dict[int, float] | None = None, rate: int = 24) -> Cutting:
    """All scenes ready, some of them with a narration of so many seconds."""
    said = {
        n: a_file(f"takes/s{n}.wav", content_type="audio/wav", seconds=s) for n, s in (spoken or {}).items()
    }
    scenes = tuple(
        evolve(
            state, status=SceneStatus.READY, clip=a_file(f"takes/{state.number}.mp4", seconds=0.0),
            speech=said.get(state.number), video_take=f"take_{state.number}",
        )
        for state in SceneState.of("job_1", 1, storyboard, NOW)
    )  # fmt: skip
    return Cutting.of(a_job(), storyboard, scenes, rate)


def read(cutting: Cutting, music: StoredFile | None = None) -> Any:
    """The timeline as another program finds it. Its parts live only as long as it is held."""
    text = OpenTimeline().written(cut_list(cutting, music)).decode()
    return otio.adapters.read_from_string(text, "otio_json")


@st.composite
def storyboards(draw: st.DrawFn) -> Storyboard:
    """Any legal plan: transitions of at most half of the shorter neighbour."""
    lengths = draw(st.lists(st.integers(2, 400), min_size=1, max_size=12))
    scenes = [a_scene(1, frames=lengths[0])]
    for number, (before, frames) in enumerate(pairwise(lengths), 2):
        overlap = draw(st.integers(0, min(before, frames) // 2))
        passage = Transition(kind=draw(st.sampled_from(KINDS)), frames=overlap) if overlap else CUT
        scenes.append(a_scene(number, frames=frames, transition=passage))
    return evolve(a_storyboard(), scenes=tuple(scenes))


@given(storyboards(), st.sampled_from([24, 25, 30]))
def test_every_clip_is_seen_for_the_frames_that_the_timeline_says(plan: Storyboard, rate: int) -> None:
    """From where its transition begins to where the next one ends, from its own first frame on; on both tracks."""
    cutting = cutting_of(plan, rate=rate)
    found = read(cutting)
    for track in found.tracks[:2]:
        assert track.duration() == otio.opentime.RationalTime(cutting.timeline.frames, rate)
        for item, clip in zip(track.find_clips(), cutting.timeline.clips, strict=True):
            before, behind = track.neighbors_of(item)
            came = before.in_offset.value if isinstance(before, otio.schema.Transition) else 0
            goes = behind.out_offset.value if isinstance(behind, otio.schema.Transition) else 0
            shown = item.range_in_parent()
            assert shown.start_time.value - came == cutting.timeline.start_of(clip.number)
            assert came + shown.duration.value + goes == clip.frames
            assert item.source_range.start_time.value == came
            assert item.source_range.duration.rate == rate
            assert item.available_range().duration.value >= clip.frames


@given(storyboards())
def test_every_transition_has_its_length_and_name(plan: Storyboard) -> None:
    found = read(cutting_of(plan))
    passages = [item for item in found.tracks[0] if isinstance(item, otio.schema.Transition)]
    planned = [s.transition for s in plan.scenes if s.transition.frames]
    assert [p.duration().value for p in passages] == [t.frames for t in planned]
    assert [p.name for p in passages] == [t.kind.value for t in planned]


@given(storyboards())
def test_marks_are_the_scenes(plan: Storyboard) -> None:
    cutting = cutting_of(plan)
    found = read(cutting)
    ranges = [mark.marked_range for mark in found.tracks.markers]
    marks = [(one.start_time.value, one.duration.value) for one in ranges]
    assert marks == [(cutting.timeline.start_of(c.number), c.frames) for c in cutting.timeline.clips]


def test_narration_is_where_it_is_heard_and_as_fast() -> None:
    """Silence up to it; a voice that had to be fitted carries its tempo."""
    cutting = cutting_of(
        evolve(a_storyboard(3), scenes=tuple(a_scene(n, narration="some words") for n in (1, 2, 3))),
        spoken={2: 2.0, 3: 5.2},
    )
    found = read(cutting)
    track = found.tracks[2]
    heard = [
        (c.range_in_parent().start_time.value, c.range_in_parent().duration.value) for c in track.find_clips()
    ]
    voices = cutting.speeches()
    assert heard == [(s.start, s.frames) for s in voices]
    assert [[e.time_scalar for e in c.effects] for c in track.find_clips()] == [
        [],
        [pytest.approx(float(voices[1].tempo))],
    ]
    assert voices[1].tempo > 1


def test_music_is_repeated_up_to_the_end() -> None:
    cutting = cutting_of(a_storyboard(3))
    music = a_file("takes/m.mp3", content_type="audio/mpeg", seconds=6.0)
    found = read(cutting, music)
    track = found.tracks[2]
    assert track.duration().value == cutting.timeline.frames
    assert [c.duration().value for c in track.find_clips()] == [144, 144, 48]
    assert {c.media_reference.target_url for c in track.find_clips()} == {"music.mp3"}


def test_the_same_cut_gives_the_same_bytes() -> None:
    cut = cut_list(cutting_of(a_storyboard(4)), None)
    assert OpenTimeline().written(cut) == OpenTimeline().written(cut)


def test_an_editors_formats_can_be_made_of_it() -> None:
    """Final Cut's XML has every clip's frames, and an EDL all events with a dissolve of the right length."""
    plain = Transition(kind=TransitionKind.FADE, frames=12)
    plan = evolve(
        a_storyboard(), scenes=(a_scene(1), a_scene(2, transition=plain), a_scene(3, transition=CUT))
    )
    found = read(cutting_of(plan))
    xml = otio.adapters.write_to_string(found, "fcp_xml")
    again = otio.adapters.read_from_string(xml, "fcp_xml")
    clips = [c for t in again.video_tracks() for c in t.find_clips()]
    assert [c.source_range.duration.value for c in clips] == [114, 114, 120]
    assert [c.media_reference.target_url for c in clips] == [f"clips/scene-0{n}.mp4" for n in (1, 2, 3)]
    one = otio.schema.Timeline(name="picture", tracks=[found.tracks[0].clone()])
    edl = otio.adapters.write_to_string(one, "cmx_3600", rate=24)
    assert " D 012 " in edl
    assert edl.count(" C  ") >= 3
