"""Briefs and storyboards refuse what can't be filmed."""

from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import CUT, MAX_PROMPT, MAX_SEED, Brief, Transition, TransitionKind
from tests.builders import a_brief, a_scene, a_storyboard


def test_the_programme_is_the_scenes_less_their_overlaps() -> None:
    """Three scenes of five seconds with two dissolves of half a second last fourteen seconds."""
    assert a_storyboard(3).frames == 3 * 120 - 2 * 12


def test_scenes_are_found_by_their_number() -> None:
    """Numbers begin at one."""
    assert a_storyboard(3).scene(3).number == 3


@pytest.mark.parametrize(
    ("scenes", "field"),
    [
        ((), "storyboard.scenes"),
        (tuple(a_scene(n, transition=CUT) for n in range(1, 41)) * 2, "storyboard.scenes"),
        ((a_scene(2, transition=CUT),), "storyboard.scenes"),
        ((a_scene(1), a_scene(3)), "storyboard.scenes"),
        ((a_scene(1, transition=a_scene(2).transition),), "storyboard.scenes[1].transition"),
        ((a_scene(1, frames=20), a_scene(2)), "storyboard.scenes[2].transition.duration"),
    ],
)
def test_scenes_that_dont_fit_together_are_refused(scenes: tuple[Any, ...], field: str) -> None:
    """None, too many, a gap, something before the first, a transition longer than half a scene: each is named."""
    with pytest.raises(Invalid) as error:
        evolve(a_storyboard(), scenes=scenes)
    assert error.value.field == field


@pytest.mark.parametrize(("kind", "frames"), [(TransitionKind.CUT, 1), (TransitionKind.FADE, 0)])
def test_a_cut_overlaps_nothing_and_all_else_something(kind: TransitionKind, frames: int) -> None:
    """A cut of one frame, or a fade of none, can't be built."""
    with pytest.raises(Invalid):
        Transition(kind=kind, frames=frames)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 0}, {"number": 41}, {"prompt": ""}, {"prompt": "x" * (MAX_PROMPT + 1)}, {"frames": 0},
        {"frames": 1.5}, {"seed": -1}, {"seed": MAX_SEED + 1}, {"narration": ""}, {"narration": "x" * 1001},
    ],
)  # fmt: skip
def test_a_scene_out_of_bounds_cant_be_built(changes: dict[str, Any]) -> None:
    """Every field has its limits."""
    with pytest.raises((ValueError, TypeError)):
        a_scene(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"prompt": "too short"}, {"prompt": "x" * 2001}, {"frames": 0}, {"frames": 12.0}, {"title": "x" * 121}],
)
def test_a_brief_out_of_bounds_cant_be_built(changes: dict[str, Any]) -> None:
    """A prompt has 10 to 2,000 characters, a length is whole frames, a title has 120 characters."""
    with pytest.raises((ValueError, TypeError)):
        a_brief(**changes)


def test_a_brief_is_frozen() -> None:
    """Nobody changes a wish under somebody else's hands."""
    with pytest.raises(AttributeError):
        a_brief().prompt = "something else"  # type: ignore[misc]
    assert isinstance(a_brief(), Brief)
