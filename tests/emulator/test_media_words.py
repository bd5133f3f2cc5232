"""Prompts are read as a camera crew would read them, and any text at all can be filmed."""

from __future__ import annotations

import numpy as np
import pytest

from emulator.media.figures import FIGURES
from emulator.media.grade import LOOKS
from emulator.media.palette import PALETTES
from emulator.media.places import PLACES
from emulator.media.scene import build
from emulator.media.sprites import drawn
from emulator.media.words import BELONGS, STYLES, SUBJECTS, read
from emulator.media.words import PLACES as PLACE_WORDS


def test_reads_hour_weather_place_subject_and_event() -> None:
    """The prompt of the front page, word by word."""
    reading = read("A lighthouse at dusk, a storm rolls in, the light comes on")
    assert (reading.hour, reading.weather, reading.places) == ("dusk", ("storm",), ("sea",))
    assert reading.subjects == ("lighthouse",)
    assert set(reading.events) == {"light_on", "rolls_in"}


@pytest.mark.parametrize(
    ("prompt", "move", "shot", "style"),
    [
        ("Push-in on an old boat, cinematic", "push", None, "cinematic"),
        ("Aerial tracking shot over dunes, vintage", "track", "aerial", "vintage"),
        ("Close-up, handheld, watercolour of a cup", "handheld", "close", "watercolor"),
        ("a wide shot of the sea", None, "wide", None),
    ],
)
def test_reads_the_camera_and_the_style(
    prompt: str, move: str | None, shot: str | None, style: str | None
) -> None:
    """Moves, shots and styles each have words of their own."""
    reading = read(prompt)
    assert (reading.move, reading.shot, reading.style) == (move, shot, style)


def test_scenes_of_one_story_share_their_topic() -> None:
    """Shots and moves don't change what a story is about."""
    one = read("Wide shot: a red boat on a stormy sea at dusk, slow push in")
    two = read("Close-up: at dusk the boat on the stormy sea, handheld")
    assert one.topic == two.topic


def test_parts_of_words_do_not_count() -> None:
    """`carpet` is no car and `season` no sea."""
    assert read("a carpet of the season").places == ()
    assert read("a carpet of the season").subjects == ()


def test_the_vocabulary_is_backed_by_scenes() -> None:
    """Every place can be built, every subject has a home in one, every style has its look."""
    assert set(PLACE_WORDS) == set(PLACES)
    assert set(BELONGS.values()) <= set(PLACES)
    assert set(BELONGS) <= set(SUBJECTS)
    assert set(STYLES) <= set(LOOKS)
    assert len(PALETTES) >= 14


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_every_figure_draws_something(name: str) -> None:
    """Each outline leaves its mark on the paper."""
    assert any(plane.getbbox() for plane in drawn(*FIGURES[name]).planes.values())


PROMPTS = [
    "",
    "!!!",
    "数" * 50,
    "storm snow fire neon gold",
    *PLACES,
    *SUBJECTS,
    *STYLES,
    "aurora",
    "rain at night",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_anything_can_be_filmed(prompt: str) -> None:
    """No text breaks a scene, and none is a black or a flat picture."""
    frame = build(prompt, 5, 96, 54, 2.0).frame(0, 1.2, 0.6)
    assert frame.shape == (3, 54, 96)
    assert frame.mean() > 4
    assert frame.astype(np.float32).std() > 4


@pytest.mark.parametrize("size", [(96, 54), (54, 96), (64, 64), (64, 80)])
@pytest.mark.parametrize("shot", ["aerial", "close-up, push in", "wide, tilt up"])
def test_every_shape_and_shot_can_be_filmed(size: tuple[int, int], shot: str) -> None:
    """Frames have the size asked for, whatever the shot."""
    for place in ("sea", "city", "forest", "road", "beach"):
        assert build(f"{place}, {shot}", 1, *size, 3.0).frame(0, 3.0, 1.0).shape == (3, size[1], size[0])
