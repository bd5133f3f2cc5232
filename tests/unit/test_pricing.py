"""Estimates: what is held covers what may come, and every line can be explained."""

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.catalogue import Catalogue, Model, Price, TakeKind, Unit
from omnigen.domain.pricing import estimate, price_of, speech_seconds
from omnigen.domain.storyboard import CUT, Planner, Soundtrack, Storyboard
from tests.builders import a_scene, a_storyboard
from tests.unit.models import CATALOGUE, VEO, a_model

TEXTS = st.one_of(st.none(), st.text("ab c九7 ", min_size=1, max_size=300).filter(str.strip))


@st.composite
def storyboards(draw: st.DrawFn) -> Storyboard:
    scenes = tuple(
        a_scene(n, frames=draw(st.integers(1, 192)), transition=CUT, narration=draw(TEXTS))
        for n in range(1, draw(st.integers(1, 6)) + 1)
    )
    music = draw(st.sampled_from([None, "calm"]))
    return evolve(a_storyboard(), scenes=scenes, soundtrack=Soundtrack(music=music))


def priced(storyboard: Storyboard, planner: Planner = Planner.FREE, catalogue: Catalogue = CATALOGUE):  # type: ignore[no-untyped-def]
    return estimate(storyboard, catalogue, rate=24, planner=planner)


@given(storyboards())
def test_what_is_expected_is_never_more_than_what_is_held(storyboard: Storyboard) -> None:
    """In each line and in the sum; and the sums are those of the lines."""
    told = priced(storyboard)
    assert all(0 <= line.expected <= line.at_most for line in told.lines)
    assert told.expected == sum(line.expected for line in told.lines)
    assert told.at_most == sum(line.at_most for line in told.lines)
    assert told.paid_seconds >= told.used_seconds


@given(storyboards(), TEXTS)
def test_one_more_scene_costs_more(storyboard: Storyboard, narration: str | None) -> None:
    """Price grows with every scene, by at least its clip."""
    more = a_scene(len(storyboard.scenes) + 1, frames=96, transition=CUT, narration=narration)
    before, after = priced(storyboard), priced(evolve(storyboard, scenes=(*storyboard.scenes, more)))
    assert after.expected - before.expected >= 4 * VEO.price.micros
    assert after.at_most - before.at_most >= 4 * VEO.price.micros
    assert after.paid_seconds == before.paid_seconds + 4


@given(storyboards())
def test_the_bound_covers_every_length_that_a_narration_may_ask_for(storyboard: Storyboard) -> None:
    """A voice at six tenths of the usual pace lengthens scenes; the longest clip is the most that can be paid."""
    slow = [
        max(s.frames, int(speech_seconds(s.narration) / 0.6 * 24)) if s.narration else s.frames
        for s in storyboard.scenes
    ]
    asked = [min(frames, VEO.longest * 24) for frames in slow]
    clips = sum(price_of(VEO, seconds=VEO.clip_seconds(frames, 24)) for frames in asked)
    held = sum(line.at_most for line in priced(storyboard).lines if line.kind is TakeKind.VIDEO)
    assert clips <= held


def test_a_narration_without_spaces_is_long_all_the_same() -> None:
    """Chinese has no spaces, numbers are read digit by digit: neither is spoken in the time of one word."""
    assert speech_seconds("灯" * 100) > 20
    assert speech_seconds("1234567890") > 3
    assert speech_seconds("x" * 1000) > 20
    assert speech_seconds("The light comes on.") == pytest.approx(4 / 2.4 + 0.3)


@given(st.text(max_size=200), st.text(max_size=200))
def test_more_text_never_takes_less_time(one: str, two: str) -> None:
    """Adding words can't make it shorter."""
    assert speech_seconds(f"{one} {two}") >= max(speech_seconds(one), speech_seconds(two)) - 1e-9


@pytest.mark.parametrize(
    ("unit", "price"), [(Unit.SECOND, 6_000), (Unit.RUN, 1_000), (Unit.THOUSAND_CHARACTERS, 2)]
)
def test_a_price_goes_by_its_unit(unit: Unit, price: int) -> None:
    """By seconds, by run, or by thousands of characters, rounded up to a micro-dollar."""
    model = evolve(VEO, price=Price(micros=1_000, unit=unit))
    assert price_of(model, seconds=6, characters=2 if unit is Unit.THOUSAND_CHARACTERS else 0) == price


def test_the_paid_planner_music_and_stills_have_lines_of_their_own() -> None:
    """Each take that will be paid for is there, with its scene; a reference image needs no still."""
    catalogue = evolve(
        CATALOGUE, models=(a_model("acme/stills", first_frame_required=True), *CATALOGUE.models)
    )
    scenes = (a_scene(1), a_scene(2, reference="upload"))
    storyboard = evolve(
        a_storyboard(), model="acme/stills", scenes=scenes, soundtrack=Soundtrack(music="calm")
    )
    told = priced(storyboard, Planner.LLM, catalogue)
    assert [(line.kind, line.scene) for line in told.lines] == [
        (TakeKind.PLAN, None),
        (TakeKind.STILL, 1),
        (TakeKind.VIDEO, 1),
        (TakeKind.VIDEO, 2),
        (TakeKind.MUSIC, None),
    ]


def test_a_model_by_the_run_counts_runs() -> None:
    """Its quantity is one, however long the scene."""
    by_run: Model = evolve(VEO, price=Price(micros=500, unit=Unit.RUN))
    told = priced(a_storyboard(1), catalogue=evolve(CATALOGUE, models=(by_run, *CATALOGUE.models[1:])))
    assert [(line.quantity, line.expected) for line in told.lines] == [(1, 500)]
