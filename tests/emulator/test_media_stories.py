"""The scenes of one brief, as the planner words them, show one place and one subject, framed anew in each."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from emulator.media.jargon import plain
from emulator.media.samples import STORIES as STORIES_SHOWN
from emulator.media.samples import contact_sheet
from emulator.media.scene import Scene, build
from emulator.media.words import PLACES, Reading, read
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.planner import plan
from omnigen.domain.storyboard import AspectRatio, Brief, Style
from omnigen.domain.storyboard import Scene as Planned

VEO = next(model for model in load_catalogue().models if "veo" in model.id)


def planned(prompt: str, style: Style = Style.CINEMATIC, seconds: int = 15) -> tuple[Planned, ...]:
    """What the planner makes of a brief."""
    brief = Brief(
        prompt=prompt, frames=24 * seconds, style=style, aspect_ratio=AspectRatio.WIDE, model=VEO.id
    )
    return tuple(plan(brief, VEO, rate=24).scenes)


def readings(prompt: str, style: Style = Style.CINEMATIC) -> list[Reading]:
    """What the crew makes of each of its scenes."""
    return [read(scene.prompt) for scene in planned(prompt, style)]


def filmed(scene: Planned) -> Scene:
    """Its clip, drawn small."""
    return build(scene.prompt, scene.seed, 192, 108, scene.frames / 24)


LIGHTHOUSE = "a lighthouse at dusk, a storm rolls in, the light comes on"
STORIES = [
    (LIGHTHOUSE, Style.CINEMATIC, "sea", "lighthouse"),
    ("A yellow taxi drives through a neon city at night in the rain", Style.NEON, "city", "car"),
    (
        "A red fox walks through a snowy forest at dawn, it stops and listens",
        Style.DOCUMENTARY,
        "forest",
        "fox",
    ),
    ("Hot air balloons rise over the mountains at sunrise", Style.CINEMATIC, "mountains", "balloons"),
    ("A train winds through autumn mountains", Style.VINTAGE, "mountains", "train"),
    ("A campfire under the northern lights", Style.CINEMATIC, "lake", "campfire"),
    (
        "Cherry blossoms drift past a temple in spring, petals fall on the water",
        Style.ANIME,
        "lake",
        "petals",
    ),
    ("A cup of coffee on a wooden table, steam rises in the morning light", Style.CINEMATIC, "room", "cup"),
    (
        "A product ad for red running shoes: a runner sprints through the city",
        Style.CINEMATIC,
        "city",
        "shoe",
    ),
    (
        "A lonely robot finds a flower in a ruined city, and the garden grows",
        Style.CLAYMATION,
        "city",
        "robot",
    ),
    (
        "A detective walks down a rainy street at midnight. A car stops. He looks up.",
        Style.NOIR,
        "city",
        "person",
    ),
    ("A small boat drifts on a calm sea at sunset", Style.WATERCOLOR, "sea", "boat"),
]


@pytest.mark.parametrize(("prompt", "style", "place", "subject"), STORIES)
def test_every_scene_shows_the_place_and_the_subject(
    prompt: str, style: Style, place: str, subject: str
) -> None:
    """Wherever the planner repeats only `with the lighthouse in view`, it is still the sea."""
    seen = readings(prompt, style)
    assert [reading.places[0] for reading in seen] == [place] * len(seen)
    assert [reading.subjects[0] for reading in seen] == [subject] * len(seen)
    assert len({reading.topic for reading in seen}) == 1


def test_a_journey_changes_its_place() -> None:
    """From the desert through the clouds into space, the rocket always in the picture."""
    seen = readings("A rocket launches from the desert, climbs through the clouds, and reaches space")
    assert [reading.places[0] for reading in seen] == ["desert", "clouds", "space"]
    assert all(reading.subjects == ("rocket",) for reading in seen)


def test_what_happens_happens_in_its_own_scene() -> None:
    """The storm rolls in, then the light comes on; before that the lamp is dark."""
    first, second, third = readings(LIGHTHOUSE)
    assert (first.weather, second.weather, third.weather) == ((), ("storm",), ("storm",))
    assert [reading.events for reading in (first, second, third)] == [(), ("rolls_in",), ("light_on",)]
    assert (first.shot, second.shot, third.shot) == ("wide", "low", "final")


@pytest.mark.parametrize("style", sorted(set(Style) - {Style.NEON}))
def test_no_style_names_a_place_a_subject_or_weather(style: Style) -> None:
    """`Shallow depth of field, fine film grain` is no meadow, `clay figures` are nobody, smoke is no fog."""
    for scene in planned("The feeling of quiet", style):
        reading = read(scene.prompt)
        assert (reading.places, reading.subjects, reading.weather) == ((), (), ())


@pytest.mark.parametrize(
    "technique",
    [
        "shallow depth of field, fine film grain",
        "golden ratio, rule of thirds",
        "slow crane down, then an orbit around the subject",
        "shot on 35mm film, natural light, anamorphic lens flare",
        "slate blue and sea green palette",
        "ochre, ice blue and coral tones",
        "no people, no cars",
        "portrait framing, landscape format",
        "minimalist, plenty of empty space",
    ],
)
def test_technique_is_neither_seen_nor_a_place(technique: str) -> None:
    """The words of the crew add nothing to what stands before the camera."""
    bare, full = read("A boat on a lake"), read(f"A boat on a lake, {technique}.")
    assert (full.places, full.subjects, full.weather) == (bare.places, bare.subjects, bare.weather)
    assert (full.matter, full.hour) == (bare.matter, bare.hour)


def test_an_ordinary_sentence_loses_nothing() -> None:
    """Only jargon is taken out."""
    said = " a red boat crosses the golden field | then the moon rises "
    assert plain(said) == said
    assert all(read(f"a day in the {word}").places for word in ("sea", "forest", "desert", "city", "field"))
    assert set(PLACES) >= {"clouds", "sea"}


def test_colours_of_the_palette_and_of_the_subject_are_read() -> None:
    """`Slate blue and amber palette` is about light; `a yellow taxi` about the taxi."""
    reading = read("A yellow taxi in the rain. Cinematic look, slate blue and amber palette.")
    assert (reading.colours, reading.tint) == (("slate blue", "amber"), "yellow")


def test_the_palette_steers_the_light() -> None:
    """The same sea leans to the colours asked for."""

    def light(palette: str) -> np.ndarray:
        frame = build(f"the sea by day, {palette} palette", 1, 96, 54, 4.0).frame(0, 2.0, 0.5)
        return np.asarray(frame.mean((1, 2)))

    rust, ice = light("ochre and rust"), light("ice blue and white")
    assert (rust[0] - rust[2]) - (ice[0] - ice[2]) > 20


def test_shots_of_one_story_are_different_framings() -> None:
    """Between two scenes the subject's place or size in the picture changes so that the cut is seen."""
    for prompt, style, _, subject in STORIES[:6]:
        places = []
        for scene in planned(prompt, style):
            film = filmed(scene)
            view = film.camera.at(scene.frames / 48, 0.5)
            hero = film.hero
            assert hero is not None, (prompt, subject)
            column, row, tall = hero.place(view)
            assert -0.1 * 192 < column < 1.1 * 192, scene.prompt
            assert row - tall < 0.95 * 108, scene.prompt
            assert row > 0.1 * 108, scene.prompt
            places.append((column / 192, row / 108, tall / 108))
        for one, two in pairwise(places):
            assert max(abs(a - b) for a, b in zip(one, two, strict=True)) > 0.1, prompt


def test_one_story_has_one_coast() -> None:
    """The land under the lighthouse is the same in every scene, whatever its seed; another look is another coast."""

    def heights(prompt: str, seed: int) -> list[float]:
        scene = build(prompt, seed, 96, 54, 4.0)
        return [hero.up for hero in [scene.hero] if hero]

    first, *others = [heights(scene.prompt, scene.seed) for scene in planned(LIGHTHOUSE)]
    assert all(other == first for other in others)
    assert heights("a lighthouse at dusk, anime", 1) != first


def test_the_pictures_of_the_readme_are_small_and_there() -> None:
    """A sheet of three frames a brief; what is kept in docs/pictures loads fast."""
    assert contact_sheet(STORIES_SHOWN[:1], 96, 54).size == (3 * 104 + 8, 54 + 16)
    kept = list((Path(__file__).parents[2] / "docs" / "pictures").iterdir())
    assert {path.name for path in kept} >= {"lighthouse.jpg", "contact-sheet.jpg", "lighthouse.webp"}
    assert sum(path.stat().st_size for path in kept) < 1_500_000
