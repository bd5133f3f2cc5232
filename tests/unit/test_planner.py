"""The free planner: whatever the brief, a storyboard that is exact, filmable, consistent, and the same each time."""

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Invalid
from omnigen.domain.planner import plan
from omnigen.domain.pricing import speech_seconds
from omnigen.domain.storyboard import CUT, MAX_SCENES, AspectRatio, Brief, Storyboard, Style, TransitionKind
from omnigen.domain.timeline import Timeline
from tests.builders import a_brief
from tests.unit.models import VEO, a_model

LIGHTHOUSE = "a lighthouse at dusk, a storm rolls in, the light comes on"
LENGTHS = [(4, 6, 8), (5, 10), tuple(range(3, 16)), (5,), (6,), (10,), (4,), (2, 3, 4, 5)]
_WORDS = (
    "a the an old red fox girl runs walks finds storm rolls in on through at dusk night snowy forest city , "
    ". ; then while before after as until and with light 🚀 一只 狐狸 ， 。 مرحبا Dr. 12 ' \" \n : - golden music"
)
WORDS = _WORDS.split(" ")
PROMPTS = st.one_of(
    st.lists(st.sampled_from(WORDS), min_size=10, max_size=120).map(" ".join),
    st.text(min_size=10, max_size=200),
    st.sampled_from([LIGHTHOUSE, "!" * 12, " " * 10, "x" * 2000, "word " * 400, "🚀🌕✨" * 5, "a, " * 600]),
)


@st.composite
def briefs(draw: st.DrawFn) -> tuple[Brief, Model, int]:
    """A brief, a model that may or may not be able to film it, a rate."""
    model = a_model(
        seconds=draw(st.sampled_from(LENGTHS)), max_prompt=draw(st.sampled_from([1000, 2000, 8000]))
    )
    rate = draw(st.sampled_from([12, 24, 25, 30, 60]))
    brief = a_brief(
        prompt=draw(PROMPTS),
        frames=draw(st.integers(5 * rate, 180 * rate)),
        model=model.id,
        style=draw(st.sampled_from(Style)),
        aspect_ratio=draw(st.sampled_from(AspectRatio)),
        narration=draw(st.booleans()),
        music=draw(st.booleans()),
    )
    return brief, model, rate


def planned(
    prompt: str = LIGHTHOUSE, seconds: float = 15, model: Model = VEO, **changes: object
) -> Storyboard:
    """A plan at 24 frames a second."""
    return plan(a_brief(prompt=prompt, frames=int(seconds * 24), **changes), model, rate=24)


@given(briefs())
def test_any_brief_becomes_a_storyboard_that_can_be_filmed(given_: tuple[Brief, Model, int]) -> None:
    """Exact to the frame, no scene longer than a clip, prompts and seeds all different, 40 scenes at most."""
    brief, model, rate = given_
    if brief.frames > MAX_SCENES * model.longest * rate:
        with pytest.raises(Invalid):
            plan(brief, model, rate=rate)
        return
    storyboard = plan(brief, model, rate=rate)
    scenes = storyboard.scenes
    assert storyboard.frames == brief.frames == sum(s.frames for s in Timeline.of(storyboard).segments())
    assert all(s.frames <= model.longest * rate and len(s.prompt) <= model.max_prompt for s in scenes)
    assert len({s.prompt for s in scenes}) == len({s.seed for s in scenes}) == len(scenes)
    assert (storyboard.model, storyboard.style) == (brief.model, brief.style)
    assert storyboard.aspect_ratio is brief.aspect_ratio
    assert bool(storyboard.soundtrack.music) is brief.music
    assert all(s.prompt == " ".join(s.prompt.split()) for s in scenes)


@given(briefs())
def test_narration_is_only_what_was_asked_for_and_fits(given_: tuple[Brief, Model, int]) -> None:
    """Each line can be spoken within its scene."""
    brief, model, rate = given_
    if brief.frames > MAX_SCENES * model.longest * rate:
        return
    for scene in plan(brief, model, rate=rate).scenes:
        assert brief.narration or scene.narration is None
        assert not scene.narration or speech_seconds(scene.narration) <= scene.frames / rate


@given(briefs())
def test_the_same_brief_is_the_same_storyboard(given_: tuple[Brief, Model, int]) -> None:
    """No dice."""
    brief, model, rate = given_
    if brief.frames <= MAX_SCENES * model.longest * rate:
        assert plan(brief, model, rate=rate) == plan(evolve(brief), model, rate=rate)


def test_the_plan_is_the_same_in_every_process() -> None:
    """Whatever seed Python hashes with."""
    code = (
        "from omnigen.domain.planner.plan import plan\n"
        "from tests.builders import a_brief\n"
        "from tests.unit.models import VEO\n"
        "brief = a_brief(prompt='a fox, a hen and a storm, snow falls, then night', narration=True)\n"
        "print(plan(brief, VEO, rate=24))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1")
    }
    assert len(told) == 1


def test_a_lighthouse() -> None:
    """Three beats are three scenes in three shots: an opening, the storm, an ending; the lighthouse in each."""
    storyboard = planned()
    first, second, third = storyboard.scenes
    assert storyboard.title == "A Lighthouse at Dusk"
    assert first.prompt.startswith("Wide establishing shot, slow push-in. A lighthouse at dusk.")
    assert "A storm rolls in" in second.prompt
    assert "The light comes on" in third.prompt
    assert third.prompt.startswith("Wide final shot, slow pull-back")
    for scene in storyboard.scenes:
        assert "lighthouse" in scene.prompt
        assert "dusk" in scene.prompt
        assert "slate blue and amber palette" in scene.prompt
    assert "storm" not in first.prompt
    assert "storm" in third.prompt


def test_the_look_is_the_same_in_every_scene() -> None:
    """Style and palette are told in the same words, and nobody else's style is."""
    looks = {scene.prompt.rsplit(". ", 1)[1] for scene in planned(seconds=60, style=Style.NOIR).scenes}
    assert looks == {
        "Film noir, high-contrast black and white, hard shadows, drifting smoke, silver and charcoal tones."
    }


@pytest.mark.parametrize("style", Style)
def test_every_style_has_a_look_and_a_sound(style: Style) -> None:
    """No two sound or look the same."""
    others = [planned(style=other) for other in Style if other is not style]
    mine = planned(style=style)
    assert mine.soundtrack.music not in [o.soundtrack.music for o in others]
    assert mine.scenes[0].prompt not in [o.scenes[0].prompt for o in others]


def test_longer_films_have_more_scenes() -> None:
    """Never fewer as the time grows."""
    counts = [len(planned(seconds=seconds).scenes) for seconds in range(5, 181, 5)]
    assert counts == sorted(counts)
    assert (counts[0], counts[2], counts[5]) == (1, 3, 6)


def test_no_shot_twice_running() -> None:
    """The camera moves on from scene to scene."""
    shots = [scene.prompt.split(". ")[0] for scene in planned(seconds=120).scenes]
    assert all(one != two for one, two in pairwise(shots))
    assert len(set(shots)) > 8


def test_seeds_belong_to_prompt_and_number() -> None:
    """Another length, style or model keeps them; another prompt changes them."""
    seeds = [s.seed for s in planned(seconds=30).scenes]
    assert [s.seed for s in planned(seconds=60, style=Style.ANIME).scenes][: len(seeds)] == seeds
    assert planned("a quiet harbour at dawn").scenes[0].seed != seeds[0]


def test_a_title_that_is_given_stays() -> None:
    """The planner only titles what has no title."""
    assert planned(title="my Film").title == "my Film"


def test_what_a_model_cannot_film_is_refused() -> None:
    """180 seconds are more than 40 clips of 4: the message says what is allowed, the field is the duration."""
    with pytest.raises(Invalid, match=r"duration is 180 s; .* at most 160 s is allowed") as error:
        planned(seconds=180, model=a_model(seconds=(4,)))
    assert error.value.field == "duration"
    assert len(planned(seconds=160, model=a_model(seconds=(4,))).scenes) == MAX_SCENES


def test_a_model_without_lengths_is_refused() -> None:
    """It makes no clips that a scene could be cut from."""
    with pytest.raises(Invalid) as error:
        planned(model=a_model(seconds=()))
    assert error.value.field == "model"


def test_time_that_passes_fades_to_black() -> None:
    """Years later is no cut; the first scene always is one."""
    scenes = planned("An old mill by a river. Years later, the mill is a ruin.", 20).scenes
    assert scenes[0].transition == CUT
    assert TransitionKind.FADE_BLACK in [s.transition.kind for s in scenes]


def test_a_wish_for_the_camera_is_followed() -> None:
    """The prompt's own shot comes before the rule's."""
    first = planned("Aerial drone shot of a winding mountain road, a red car races by, it stops", 15).scenes[
        0
    ]
    assert first.prompt.startswith("Aerial shot, slow drift forward. A winding mountain road.")


def test_wishes_for_picture_and_music_are_carried() -> None:
    """They are in every prompt, or in the music, and no scene of their own."""
    storyboard = planned("a baker kneads dough, golden light, shot on 35mm, gentle piano music", 15)
    assert all("golden light, shot on 35mm" in scene.prompt for scene in storyboard.scenes)
    assert "gentle piano music" in str(storyboard.soundtrack.music)
    assert not any("piano" in scene.prompt for scene in storyboard.scenes)


def test_the_prompt_cannot_smuggle_control_characters() -> None:
    """Nor marks that turn the direction of writing."""
    storyboard = planned("a fox\x00 in\u202e the\x1b[31m snow, it\u2066 sleeps\r\nthen wakes")
    assert all(scene.prompt.isprintable() for scene in storyboard.scenes)
    assert storyboard.title.isprintable()
