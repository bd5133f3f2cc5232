"""Arithmetic of loudness, and how a programme is divided: pure."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.adapters.ffmpeg.levels import Mastering, Measured, stem_gain
from omnigen.adapters.ffmpeg.stretches import AAC_FRAME, Piece, stretches

GAINS = {"bed": 0.0, "voice": 0.0, "music": 0.0}


def steady(loudness: float, peak: float = -3.0, count: int = 50) -> Measured:
    return Measured(blocks=(loudness,) * count, peak=peak)


def test_loudness_is_gated_as_in_bs_1770() -> None:
    """Pauses don't count: what is more than 10 LU below the mean is left out, and so is what is below -70."""
    assert steady(-20).loudness == pytest.approx(-20)
    assert Measured(blocks=(-20.0,) * 50 + (-45.0,) * 50 + (-90.0,) * 50).loudness == pytest.approx(-20)
    assert Measured().silent
    assert Measured(blocks=(-69.0,)).silent


def test_stretches_are_measured_as_one() -> None:
    """Blocks are put together, not means: half as loud for half of the time is not the mean of both."""
    both = Measured.together([steady(-20, -5), steady(-26, -2)])
    assert both.loudness == pytest.approx(-22.04, abs=0.01)
    assert both.peak == -2


@given(st.floats(-50, 0), st.floats(-50, 0))
def test_the_first_guess_is_the_sum_of_the_stems(bed: float, voice: float) -> None:
    stems = {"bed": steady(bed), "voice": steady(voice)}
    gains = {name: stem_gain(name, level) for name, level in stems.items()}
    mastering = Mastering.of(stems, gains)
    assert mastering.gain % 0.5 == 0
    assert mastering.gain <= 24
    assert not mastering.sure(stems, gains)


def test_a_single_quiet_stem_needs_no_rehearsal() -> None:
    """A gain and no limiting: what comes out is known."""
    stems = {"bed": steady(-24, -20)}
    assert Mastering.of(stems, GAINS).sure(stems, GAINS)
    loud = {"bed": steady(-24, -3)}
    assert not Mastering.of(loud, GAINS).sure(loud, GAINS)
    assert Mastering.of({}, {}).sure({}, {})


@given(st.floats(-69, 5), st.floats(-30, 6))
def test_a_correction_goes_the_right_way(loudness: float, peak: float) -> None:
    first = Mastering.of({"bed": steady(-20)}, GAINS)
    second = first.louder(steady(loudness)).lowered(peak)
    assert (second.ceiling < first.ceiling) == (peak > -1)
    assert loudness <= -55 or (second.gain - first.gain) * (-14 - loudness) >= 0
    assert abs(loudness + 14) > 0.4 or second.gain == first.gain


@given(st.lists(st.integers(200, 600_000), min_size=1, max_size=12))
def test_stretches_laid_end_to_end_are_the_programme(lengths: list[int]) -> None:
    """Each begins on the grid of AAC, none is shorter than a second unless all is; packets are those of the whole."""
    marks = [sum(lengths[:n]) for n in range(len(lengths))]
    total = sum(lengths)
    found = list(stretches(marks, total, {}))
    assert found[0].start == 0
    assert found[-1].end == total
    assert all(a.end == b.start for a, b in pairwise(found))
    assert all(s.start % AAC_FRAME == 0 for s in found)
    assert len(found) == 1 or all(s.end - s.start >= 47_000 for s in found)
    assert sum(s.packets for s in found) == -(-total // AAC_FRAME) + 1


def test_a_stretch_has_another_key_if_what_is_near_it_changes() -> None:
    """What is far away doesn't matter."""

    def keys(third: str) -> list[str]:
        pieces = [
            Piece(path=Path("/x"), name=name, start=n * 240_000, end=(n + 1) * 240_000)
            for n, name in enumerate(["a", "b", third, "d", "e"])
        ]
        found = stretches([p.start for p in pieces], 1_200_000, {"bed": pieces})
        return [s.key({"bed": 1.0}, Mastering(), encoded=True) for s in found]

    changed = [a != b for a, b in zip(keys("c"), keys("other"), strict=True)]
    assert changed == [False, True, True, True, False]
