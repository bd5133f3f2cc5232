"""Captions can be read, say all that is said, and are seen while it is said."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.captions import (
    FASTEST,
    FEW_WORDS,
    LINE,
    LINES,
    Cue,
    Speech,
    cues,
    frames_to_say,
    placed,
    programme_cues,
    spoken_frames,
    srt,
    webvtt,
    within,
)
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import CUT, Transition, TransitionKind
from omnigen.domain.timeline import Clip, Timeline

WORDS = st.lists(
    st.text(st.characters(blacklist_categories=("Z", "C")), min_size=1, max_size=60), max_size=60
)
TEXTS = WORDS.map(" ".join)


def speech(frames: int, start: int = 0) -> Speech:
    return Speech(number=1, start=start, frames=frames, tempo=Fraction(1))


def timeline(*frames: int, overlap: int = 0) -> Timeline:
    fade = Transition(kind=TransitionKind.FADE, frames=overlap) if overlap else CUT
    clips = (Clip(number=n, frames=f, transition=fade if n > 1 else CUT) for n, f in enumerate(frames, 1))
    return Timeline(clips=tuple(clips))


@given(TEXTS, st.integers(1, 400), st.integers(0, 1000))
def test_every_cue_fits_the_screen_and_comes_after_the_one_before(text: str, frames: int, start: int) -> None:
    made = cues(text, speech(frames, start), 24)
    for cue in made:
        lines = cue.text.split("\n")
        assert len(lines) <= LINES
        assert all(0 < len(line) <= LINE for line in lines)
    assert all(a.end <= b.start for a, b in pairwise(made))
    assert all(start <= c.start < start + frames for c in made)


@given(TEXTS, st.integers(200, 4000))
def test_nothing_that_is_said_is_left_out(text: str, frames: int) -> None:
    """Given some frames for each cue, all letters are there, in order."""
    made = cues(text, speech(frames), 24)
    assert re.sub(r"\s", "", "".join(c.text for c in made)) == re.sub(r"\s", "", text)


def test_sentences_have_cues_of_their_own_and_short_ones_share() -> None:
    text = (
        "The lighthouse stands alone at the edge of the world. "
        "Wait. Look! A storm is coming in from the west."
    )
    assert [c.text for c in cues(text, speech(240), 24)] == [
        "The lighthouse stands alone\nat the edge of the world.",
        "Wait. Look!",
        "A storm is coming in from the west.",
    ]


def test_a_long_sentence_is_broken_at_its_pauses() -> None:
    text = (
        "When the evening comes and the last of the boats has returned to the harbour, the keeper climbs "
        "the two hundred steps to the lamp, as his father did before him"
    )
    made = [c.text.replace("\n", " ") for c in cues(text, speech(240), 24)]
    assert len(made) == 2
    assert made[0].endswith("harbour,")


def test_quotes_stay_with_their_sentence() -> None:
    text = (
        'He looked at me for a long while and said "Never again, my friend." Then the door closed behind him.'
    )
    assert cues(text, speech(240), 24)[-1].text == "Then the door closed behind him."


def test_time_is_shared_by_length() -> None:
    one, two = cues("This is a rather long first sentence, isn't it? Short indeed.", speech(120), 24)
    assert one.frames > 2 * two.frames
    assert one.start == 0
    assert two.start == one.end


def test_a_cue_too_short_to_read_stays_a_second() -> None:
    assert cues("Go!", speech(6), 24)[0].frames == 24


def test_letters_are_joined_as_they_were() -> None:
    """The joiners of Persian and of emoji are kept, control characters are not."""
    assert cues("می\u200cخواهم\x07 👩\u200d🚀", speech(24), 24)[0].text == "می\u200cخواهم 👩\u200d🚀"


def test_nothing_said_is_no_cue() -> None:
    assert cues(" \n\t ", speech(24), 24) == ()


@given(
    st.lists(st.integers(48, 200), min_size=1, max_size=8),
    st.integers(0, 24),
    st.data(),
)
def test_voices_never_speak_at_once_and_end_with_the_programme(
    frames: list[int], overlap: int, data: st.DataObject
) -> None:
    plan = timeline(*frames, overlap=overlap)
    spoken = {n: data.draw(st.integers(1, f)) for n, f in enumerate(frames, 1) if data.draw(st.booleans())}
    try:
        made = placed(plan, spoken)
    except Rejected:
        return
    assert [s.number for s in made] == sorted(spoken)
    assert all(a.end <= b.start for a, b in pairwise(made))
    for one in made:
        assert plan.start_of(one.number) <= one.start
        assert one.end <= min(plan.frames, one.start + plan.clips[one.number - 1].frames)
        assert 1 <= one.tempo <= FASTEST
        assert one.frames * one.tempo >= spoken[one.number]


@given(st.lists(st.integers(48, 200), min_size=1, max_size=8), st.integers(0, 24), st.data())
def test_what_ends_before_the_next_scene_is_never_hurried(
    frames: list[int], overlap: int, data: st.DataObject
) -> None:
    spoken = {n: data.draw(st.integers(1, f - overlap)) for n, f in enumerate(frames, 1)}
    assert all(s.tempo == 1 for s in placed(timeline(*frames, overlap=overlap), spoken))


@given(st.lists(st.integers(20, 200), min_size=1, max_size=8), st.integers(0, 10))
def test_a_scene_as_long_as_it_must_be_is_never_refused(spoken: list[int], overlap: int) -> None:
    """And each narration starts with its scene."""
    plan = timeline(*(max(20, frames_to_say(n, overlap)) for n in spoken), overlap=overlap)
    made = placed(plan, dict(enumerate(spoken, 1)))
    assert [s.start for s in made] == [plan.start_of(s.number) for s in made]


def test_a_narration_that_must_wait_has_no_less_time() -> None:
    """The first goes on into the transition; the second waits for it and ends a little after its scene."""
    one, two, three = placed(timeline(48, 48, 48, overlap=12), {1: 55, 2: 48, 3: 10})
    assert (one.start, one.end) == (0, 48)
    assert (two.start, two.end) == (48, 90)
    assert three.start == 90


@pytest.mark.parametrize(("seconds", "frames"), [(2.0, 48), (2.001, 49), (0.0, 1), (1.9999999, 48)])
def test_a_recordings_frames_are_rounded_up(seconds: float, frames: int) -> None:
    assert spoken_frames(seconds, 24) == frames


def test_what_can_be_fitted_is_and_what_can_not_is_refused() -> None:
    plan = timeline(48, 48)
    assert placed(plan, {1: 55})[0].tempo == Fraction(55, 48)
    with pytest.raises(Rejected, match=r"scene 1 lasts 2.3 s and there is room for 2.0 s") as refused:
        placed(plan, {1: 56})
    assert refused.value.reason == "narration_too_long"


def test_captions_of_a_programme_never_lie_over_each_other() -> None:
    plan = timeline(30, 30)
    made = programme_cues(plan, placed(plan, {1: 10, 2: 30}), {1: "One!", 2: "Two!"})
    assert [(c.start, c.end) for c in made] == [(0, 24), (30, 60)]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 90)), max_size=6),
    st.integers(0, 300),
    st.integers(1, 200),
)
def test_a_segment_shows_its_part_of_each_cue(spans: list[tuple[int, int]], start: int, frames: int) -> None:
    every = [Cue(start=s, frames=n, text="x") for s, n in spans]
    seen = {n for c in within(every, start, frames) for n in range(c.start, c.end)}
    expected = {n - start for c in every for n in range(c.start, c.end) if start <= n < start + frames}
    assert seen == expected


def test_webvtt_is_escaped_and_timed_to_the_frame() -> None:
    text = webvtt([Cue(start=1, frames=86_400, text="a < b & c --> d")], 24)
    assert text == "WEBVTT\n\n00:00:00.042 --> 01:00:00.042\na &lt; b &amp; c --&gt; d\n"


def test_srt_is_numbered_with_commas() -> None:
    made = [Cue(start=0, frames=24, text="One"), Cue(start=24, frames=12, text="Two")]
    assert srt(made, 24) == (
        "1\n00:00:00,000 --> 00:00:01,000\nOne\n\n2\n00:00:01,000 --> 00:00:01,500\nTwo\n"
    )


@given(WORDS)
def test_big_letters_come_a_few_words_at_a_time(words: list[str]) -> None:
    """One short line each, and nothing that is said is left out."""
    text = " ".join(words)
    speech = Speech(number=1, start=0, frames=2400, tempo=Fraction(1))
    shown = cues(text, speech, 24, FEW_WORDS)
    assert all(len(c.text) <= FEW_WORDS.line and "\n" not in c.text for c in shown)
    assert "".join("".join(c.text for c in shown).split()) == "".join(text.split())
