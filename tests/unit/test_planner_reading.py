"""How a prompt is taken apart: beats in the order in which they happen, the subject, the setting."""

import pytest

from omnigen.domain.planner.beats import Link, read_script
from omnigen.domain.planner.phrases import subject_of
from omnigen.domain.planner.plan import plan
from omnigen.domain.planner.reading import find_subject, read_setting
from tests.builders import a_brief
from tests.unit.models import VEO


@pytest.mark.parametrize(
    ("prompt", "beats"),
    [
        (
            "a lighthouse at dusk, a storm rolls in, the light comes on",
            ["a lighthouse at dusk", "a storm rolls in", "the light comes on"],
        ),
        ("A girl enters a cave then finds a lamp", ["A girl enters a cave", "finds a lamp"]),
        ("The crowd cheers after the rocket launches", ["the rocket launches", "The crowd cheers"]),
        ("A baker opens his shop before the sun rises", ["A baker opens his shop", "the sun rises"]),
        ("A chef cooks while his cat watches", ["A chef cooks", "his cat watches"]),
        ("A ship sails before dawn", ["A ship sails before dawn"]),
        ("forest, river, mountain, sunrise", ["forest", "river", "mountain", "sunrise"]),
        ("A market with apples, pears and oranges", ["A market with apples, pears and oranges"]),
        ("In a quiet village, a baker opens his shop", ["In a quiet village, a baker opens his shop"]),
        ("Create a 15 second video about a robot that learns to dance", ["a robot learns to dance"]),
        ("Show me two friends laughing. They share a cake!", ["two friends laughing", "They share a cake"]),
        ("Dr. Smith enters the lab. It explodes.", ["Dr. Smith enters the lab", "It explodes"]),
        ("1. A chef slices onions\n2. The pan sizzles", ["A chef slices onions", "The pan sizzles"]),
        ("Scene 1: a fox sleeps. Scene 2: the fox wakes", ["a fox sleeps", "the fox wakes"]),
        ("一只狐狸奔跑，然后停下来，看着月亮。", ["一只狐狸奔跑", "停下来", "看着月亮"]),
        ("Ein Turm im Nebel, ein Sturm zieht auf", ["Ein Turm im Nebel", "ein Sturm zieht auf"]),
        ("!!!!!!!!!!!!", ["An abstract play of light and colour"]),
        ("🚀🌕✨🚀🌕✨🚀🌕✨🚀", ["🚀🌕✨🚀🌕✨🚀🌕✨🚀"]),
    ],
)
def test_beats(prompt: str, beats: list[str]) -> None:
    """Each thing that happens is a beat; fragments stay with what they describe."""
    assert [beat.text for beat in read_script(prompt).beats] == beats


def test_links() -> None:
    """While is at the same time, later is later, all else follows."""
    script = read_script("A town sleeps while snow falls. Years later, the town wakes, a bell rings")
    assert [beat.link for beat in script.beats] == [Link.THEN, Link.WHILE, Link.LATER, Link.THEN]


@pytest.mark.parametrize(
    ("text", "name", "head"),
    [
        ("a lighthouse at dusk", "a lighthouse", "lighthouse"),
        ("A young girl in a red coat walks through a snowy forest", "A young girl in a red coat", "girl"),
        ("In a quiet village, a baker opens his shop", "a baker", "baker"),
        ("a group of friends dance on a beach", "a group of friends", "group"),
        ("two astronauts play chess on the moon", "two astronauts", "astronauts"),
        ("a red sports car races by", "a red sports car", "car"),
        ("a rocket rumbles", "a rocket", "rocket"),
        ("The history of a tree from seed to giant", "a tree", "tree"),
        ("Dr. Smith enters the lab", "Dr. Smith", "smith"),
        ("finds a door", "", ""),
        ("He kneads dough", "", ""),
    ],
)
def test_subjects(text: str, name: str, head: str) -> None:
    """The noun phrase before the verb, with what belongs to it."""
    subject = subject_of(text)
    assert (subject.name, subject.head) == (name, head)


def test_weather_is_not_what_a_film_is_about() -> None:
    """The sun sets, but it is about the couple."""
    assert find_subject(read_script("The sun sets over Paris. A couple dances on a bridge.")).head == "couple"


@pytest.mark.parametrize(
    ("text", "time", "place", "weather"),
    [
        ("A girl walks through a snowy forest at night", "night", "in a snowy forest", ""),
        ("the sun rises over the old harbour", "dawn", "in the old harbour", ""),
        ("rain at golden hour", "golden hour", "", "rain falling"),
        ("a cup of tea", "", "", ""),
    ],
)
def test_settings(text: str, time: str, place: str, weather: str) -> None:
    """Hour, place and weather, where they are told."""
    setting = read_setting(text)
    assert (setting.time, setting.place, setting.weather) == (time, place, weather)


def prompts(prompt: str, seconds: int) -> list[str]:
    return [s.prompt for s in plan(a_brief(prompt=prompt, frames=seconds * 24), VEO, rate=24).scenes]


def test_pronouns_are_resolved() -> None:
    """Clips are made apart: `it` would be nobody."""
    told = prompts("An old fisherman rows out at dawn. He waits. Then pulls in a fish, but lets it go.", 20)
    assert all("old fisherman" in prompt.lower() for prompt in told)
    assert "The old fisherman pulls in a fish" in told[2]


def test_a_setting_goes_on_until_another_is_told() -> None:
    """It is still night in the second scene, and day in the third."""
    told = prompts("A fox hunts in the forest at night. It drinks. It sleeps in the morning.", 15)
    assert "night" in told[1]
    assert "forest" in told[1]
    assert "morning" in told[2]
    assert "night" not in told[2]


def test_other_scripts_carry_their_opening_along() -> None:
    """What can't be taken apart is said again, so that every clip shows the same fox."""
    assert all("一只狐狸奔跑" in prompt for prompt in prompts("一只狐狸奔跑，然后停下来，看着月亮。", 15))


def test_more_beats_than_scenes_share_one() -> None:
    """In five seconds three things happen in one shot, in order."""
    (told,) = prompts("a lighthouse at dusk, a storm rolls in, the light comes on", 5)
    assert "a lighthouse at dusk, then a storm rolls in, then the light comes on" in told.lower()


def test_a_place_that_is_only_named_is_where_the_rest_plays() -> None:
    """The road opens the film; from then on it is about the car, and the opening shows no car."""
    told = prompts("a winding mountain road, a red sports car races by, then it stops", 15)
    assert "car" not in told[0]
    assert "On the winding mountain road." in told[1]
    assert "The red sports car stops." in told[2]
