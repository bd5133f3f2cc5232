"""Time: exact, by the rule of thumb, and little of what is paid wasted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.planner.pacing import Pace, pace, scene_count, weights
from omnigen.domain.storyboard import TransitionKind
from tests.unit.models import VEO, a_model

CUT, DISSOLVE, BLACK = TransitionKind.CUT, TransitionKind.DISSOLVE, TransitionKind.FADE_BLACK
LENGTHS = st.sampled_from([(4, 6, 8), (5, 10), tuple(range(3, 16)), (5,), (10,), (2, 3, 4, 5)])


def paid(paces: list[Pace], seconds: tuple[int, ...] = (4, 6, 8), rate: int = 24) -> int:
    return sum(a_model(seconds=seconds).clip_seconds(p.frames, rate) for p in paces)


@given(
    st.integers(5 * 24, 180 * 24),
    st.integers(1, 12),
    LENGTHS,
    st.lists(st.sampled_from(TransitionKind), min_size=40),
)
def test_scenes_add_up_to_the_frame(
    frames: int, beats: int, seconds: tuple[int, ...], kinds: list[TransitionKind]
) -> None:
    """Whatever transitions are wished for; each takes at most half of its shorter scene."""
    model = a_model(seconds=seconds)
    count = scene_count(frames, beats, model, 24)
    paces = pace(frames, [CUT, *kinds[: count - 1]], model, 24)
    assert len(paces) == count
    assert sum(p.frames - p.transition.frames for p in paces) == frames
    assert all(1 <= p.frames <= model.longest * 24 for p in paces)
    for before, after in pairwise(paces):
        assert after.transition.frames <= min(before.frames, after.frames) // 2


def test_three_scenes_get_thirty_forty_thirty() -> None:
    """Where clips can be of any length."""
    assert [p.frames for p in pace(720, [CUT] * 3, a_model(seconds=tuple(range(1, 31))), 24)] == [
        216,
        288,
        216,
    ]
    assert weights(3) == [3, 4, 3]


@given(st.integers(5 * 24, 60 * 24), st.integers(1, 8))
def test_no_scene_gives_away_more_than_three_tenths(frames: int, count: int) -> None:
    """However much would be saved by it."""
    model = a_model(seconds=tuple(range(1, 61)))
    shares = weights(count)
    for one, share in zip(pace(frames, [CUT] * count, model, 24), shares, strict=True):
        assert one.frames >= int(frames * share / sum(shares) * 0.7) - 1


@pytest.mark.parametrize(
    ("seconds", "most"), [(5, 6), (8, 8), (10, 10), (15, 16), (20, 20), (30, 30), (60, 60), (90, 90)]
)
def test_little_is_paid_that_is_not_seen(seconds: int, most: int) -> None:
    """With clips of 4, 6 and 8 seconds and hard cuts, nearly nothing is thrown away."""
    count = scene_count(seconds * 24, 1, VEO, 24)
    assert paid(pace(seconds * 24, [CUT] * count, VEO, 24)) <= most


def test_soft_transitions_give_way_where_they_are_dear() -> None:
    """Two clips of 4 s fill 8 s; a dissolve would need a clip of 6 s, a quarter more."""
    assert [p.transition.kind for p in pace(8 * 24, [CUT, DISSOLVE], VEO, 24)] == [CUT, CUT]
    assert [p.transition.kind for p in pace(15 * 24, [CUT, DISSOLVE, DISSOLVE], VEO, 24)] == [
        CUT,
        DISSOLVE,
        DISSOLVE,
    ]


def test_soft_transitions_give_way_where_they_cant_be_filmed() -> None:
    """Forty clips of 4 s fill 160 s with cuts only."""
    paces = pace(160 * 24, [CUT] + [BLACK] * 39, a_model(seconds=(4,)), 24)
    assert {p.transition.kind for p in paces} == {CUT}
    assert {p.frames for p in paces} == {96}


@given(st.integers(5, 180), st.integers(1, 60))
def test_beats_make_scenes_but_none_too_short_to_be_read(seconds: int, beats: int) -> None:
    """A scene lasts at least two and a half seconds."""
    count = scene_count(seconds * 24, beats, a_model(seconds=tuple(range(1, 16))), 24)
    assert count <= 40
    assert count == 1 or seconds / count >= 2.5


def test_at_a_frame_a_second_there_is_room_for_cuts_only() -> None:
    """Rates that nobody uses break nothing."""
    assert sum(p.frames - p.transition.frames for p in pace(5, [CUT, DISSOLVE], VEO, 1)) == 5
