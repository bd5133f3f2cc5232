"""Reads a prompt the way a camera crew would: the hour, the weather, the place, who is in it, how to film it.

The vocabulary is data. A word counts in its plural too, and a trailing * lets it go on as it likes (`snow*`).
What a prompt doesn't say stays unsaid here; the scene decides by the seed.
"""

from __future__ import annotations

import re

from attrs import frozen

Vocabulary = dict[str, str]

_WORD = re.compile(r"[a-z0-9'é]+")

HOURS: Vocabulary = {
    "dusk": "dusk twilight sunset sundown evening nightfall vesper",
    "dawn": "dawn sunrise daybreak morning sunup",
    "golden": "golden honey amber magic-hour backlit",
    "night": "night midnight moon* nocturn* starlit starry darkness aurora milky",
    "day": "noon midday daylight sunny sunshine sunlit afternoon summer blue-sky",
}
WEATHER: Vocabulary = {
    "storm": "storm* thunder* lightning tempest hurricane gale squall",
    "rain": "rain* drizzle downpour shower monsoon",
    "snow": "snow* winter* blizzard frost* ice icy frozen flurr* arctic glacier ski skiing",
    "fog": "fog* mist* haze hazy smoke smoky steam",
    "wind": "wind* breez* gust*",
    "aurora": "aurora borealis northern-lights polar-lights",
}
PLACES: Vocabulary = {
    "sea": "sea ocean wave surf coast* shore* cliff harbo* bay sailing tide marine island",
    "beach": "beach* sand sandy tropical lagoon seaside",
    "lake": "lake river stream pond water* canal fjord creek",
    "forest": "forest wood woods woodland pine jungle fir redwood birch",
    "mountains": "mountain* peak alp alps alpine summit valley ridge himalaya*",
    "desert": "desert dune sahara canyon mesa oasis cactus",
    "city": "city cities skyline downtown urban street tower skyscraper metropolis rooftop building tokyo york london"
    " paris alley",
    "space": "space galax* planet cosmos cosmic nebula orbit* asteroid mars",
    "meadow": "meadow field garden flower* grass* hill prairie farm* orchard blossom* spring countryside"
    " village park",
    "road": "road highway drive driving route journey asphalt",
    "rails": "railway rail station tram",
    "room": "room kitchen table desk indoor* interior studio office café cafe restaurant bakery book"
    " workshop chef cook* window",
    "underwater": "underwater reef coral submarine diver diving seabed",
}
BELONGS = {
    "lighthouse": "sea",
    "boat": "sea",
    "whale": "sea",
    "birds": "sea",
    "palms": "beach",
    "train": "rails",
    "car": "road",
    "rocket": "space",
    "astronaut": "space",
    "cup": "room",
    "bottle": "room",
    "candle": "room",
    "fish": "underwater",
    "jellyfish": "underwater",
    "tent": "mountains",
    "cabin": "mountains",
    "castle": "mountains",
    "balloons": "mountains",
    "tree": "meadow",
    "windmill": "meadow",
    "flowers": "meadow",
    "petals": "meadow",
    "deer": "forest",
    "leaves": "forest",
    "fireflies": "forest",
}
"""Where a subject stands when the prompt names no place."""
SUBJECTS: Vocabulary = {
    "lighthouse": "lighthouse beacon",
    "boat": "boat sail* ship yacht fisherman fishermen vessel",
    "person": "hik* climb* person man woman girl boy child people traveller traveler hiker wanderer figure couple"
    " detective dancer runner robot explorer hero heroine knight fisher* she he monk samurai cyclist skier climber"
    " lover friend mother father",
    "birds": "bird gull seagull crow raven swallow flock geese pelican dove eagle hawk crane owl",
    "balloons": "balloon airship",
    "train": "train locomotive tram railway",
    "car": "car truck van taxi motorcycle convertible",
    "tree": "tree oak willow cherry",
    "palms": "palm tropical oasis",
    "cabin": "cabin hut cottage house farmhouse barn chalet village",
    "deer": "deer stag elk fox wolf horse dog cat bear",
    "whale": "whale dolphin",
    "rocket": "rocket spaceship spacecraft launch*",
    "astronaut": "astronaut cosmonaut",
    "windmill": "windmill turbine mill",
    "tent": "tent camp* campfire bonfire",
    "bridge": "bridge viaduct",
    "castle": "castle fortress palace kingdom temple",
    "cup": "cup coffee tea mug espresso latte cappuccino",
    "bottle": "bottle perfume wine whisky product cosmetics shoe sneaker watch phone laptop",
    "candle": "candle lantern",
    "fireflies": "firefl* lantern spark*",
    "petals": "petal cherry sakura blossom*",
    "leaves": "autumn leaf leaves maple",
    "flowers": "flower* tulip rose daisy lavender sunflower poppy poppies garden wildflower*",
    "fish": "fish reef school shark",
    "jellyfish": "jellyfish",
}
MATTER: Vocabulary = {
    "neon": "neon cyber* synthwave electric vaporwave hologra* futuristic",
    "fire": "fire* flame* burn* lava volcan* ember inferno blaze",
    "gold": "gold gilded luxur* treasure",
    "autumn": "autumn maple october november leaves",
    "spring": "spring blossom* cherry sakura garden petal",
}
STYLES: Vocabulary = {
    "documentary": "documentary realistic natural",
    "anime": "anime ghibli manga cartoon animat* cel illustrat*",
    "watercolor": "watercolo* painting painted paint pastel gouache impressionis* oil",
    "noir": "noir monochrome black-and-white detective grayscale",
    "vintage": "vintage retro 8mm 16mm super-8 nostalg* film-stock kodak 1970s 70s analog*",
    "minimal": "minimal* clean simple flat",
    "claymation": "claymation clay stop-motion plasticine",
    "cinematic": "cinematic anamorphic epic movie film* imax",
}
MOVES: Vocabulary = {
    "push": "push-in pushes dolly zoom push slowly-in approach*",
    "pull": "pull-back pulls pull reveal* zoom-out",
    "pan_right": "pan panning pan-right left-to-right",
    "pan_left": "pan-left right-to-left",
    "tilt": "tilt tilting crane rise rising",
    "track": "tracking track follow* alongside dolly-shot travelling traveling",
    "orbit": "orbit* circl* arc",
    "static": "static locked-off tripod locked",
    "handheld": "handheld hand-held shaky",
}
SHOTS: Vocabulary = {
    "close": "close-up closeup close macro detail intimate portrait",
    "wide": "wide establishing panoram* vast sweeping epic landscape",
    "aerial": "aerial drone bird's-eye overhead flyover top-down",
}
EVENTS: Vocabulary = {
    "light_on": "light-comes-on lights-come-on light-turns-on lights-up lamp-is-lit light-is-lit beam",
    "rolls_in": "rolls-in rolling-in gather* approaching builds brewing",
    "sun_up": "sunrise sun-rises sun-comes-up daybreak",
    "sun_down": "sunset sun-sets sundown nightfall",
}


@frozen(kw_only=True)
class Reading:
    """What was understood of a prompt; tuples are in the prompt's own order, None is "it doesn't say"."""

    hour: str | None
    weather: tuple[str, ...]
    places: tuple[str, ...]
    subjects: tuple[str, ...]
    matter: tuple[str, ...]
    style: str | None
    move: str | None
    shot: str | None
    events: tuple[str, ...]
    topic: str
    """The words that name what is to be seen, sorted: equal for every scene of one story."""

    def has(self, *names: str) -> bool:
        """Whether any of `names` is in the weather, the places, the subjects or the matter."""
        return any(name in self.weather + self.places + self.subjects + self.matter for name in names)


def read(prompt: str) -> Reading:
    """Read `prompt`; any text is fine."""
    text = _spaced(prompt)
    found = {name: _found(text, words) for name, words in _ALL.items()}
    seen = found["weather"] + found["places"] + found["subjects"] + found["matter"]
    return Reading(
        hour=_first(found["hour"]),
        weather=found["weather"],
        places=found["places"] or _belonging(found),
        subjects=found["subjects"],
        matter=found["matter"],
        style=_first(found["style"]),
        move=_first(found["move"]),
        shot=_first(found["shot"]),
        events=found["event"],
        topic=" ".join(sorted(set(seen))),
    )


_ALL = {
    "hour": HOURS,
    "weather": WEATHER,
    "places": PLACES,
    "subjects": SUBJECTS,
    "matter": MATTER,
    "style": STYLES,
    "move": MOVES,
    "shot": SHOTS,
    "event": EVENTS,
}


def _belonging(found: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    homes = [BELONGS[subject] for subject in found["subjects"] if subject in BELONGS]
    if homes:
        return (homes[0],)
    return {"snow": ("mountains",), "neon": ("city",), "storm": ("sea",)}.get(
        _first(found["weather"] + found["matter"]) or "", ()
    )


def _spaced(prompt: str) -> str:
    return f" {' '.join(_WORD.findall(prompt.lower()))} "


def _found(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    places = {name: _earliest(text, words) for name, words in vocabulary.items()}
    return tuple(
        sorted((name for name, at in places.items() if at is not None), key=lambda name: places[name] or 0)
    )


def _earliest(text: str, words: str) -> int | None:
    hits = [match.start() for word in words.split() if (match := re.search(_pattern(word), text))]
    return min(hits, default=None)


def _pattern(word: str) -> str:
    stem = re.escape(word.removesuffix("*")).replace(r"\-", " ")
    return f" {stem}[a-z]*(?= )" if word.endswith("*") else f" {stem}(?:s|es|'s)?(?= )"


def _first(names: tuple[str, ...]) -> str | None:
    return names[0] if names else None
