"""Reads a prompt the way a camera crew would: the hour, the weather, the place, who is in it, how to film it.

The vocabulary is data. A word counts in its plural too, and a trailing * lets it go on as it likes (`snow*`).
What a prompt doesn't say stays unsaid here; the scene decides by the seed.
"""

from __future__ import annotations

import re
from functools import cache

from attrs import frozen

from emulator.media.jargon import BREAK, colours_asked, plain, tint_before

Vocabulary = dict[str, str]

_WORD = re.compile(r"[a-z0-9'é]+|[,.;:!?()\n]")

HOURS: Vocabulary = {
    "dusk": "dusk twilight sunset sundown evening nightfall vesper",
    "dawn": "dawn sunrise daybreak morning sunup",
    "golden": "golden golden-hour honeyed amber-light magic-hour backlit",
    "night": "night midnight moon* nocturn* starlit starry darkness aurora milky",
    "day": "noon midday daylight sunny sunshine sunlit afternoon summer blue-sky",
}
WEATHER: Vocabulary = {
    "storm": "storm* thunder* lightning tempest* hurricane gale squall",
    "rain": "rain rainy raining rainfall rainstorm rain-soaked drizzle downpour monsoon",
    "snow": "snow* winter* blizzard frost* ice icy frozen flurr* arctic glacier ski skiing",
    "fog": "fog* mist* haze hazy",
    "wind": "wind windy windswept breez* gust*",
    "aurora": "aurora borealis northern-lights polar-lights",
}
PLACES: Vocabulary = {
    "sea": "sea ocean wave surf coast* shore* cliff harbo* bay sailing tide marine island",
    "beach": "beach* sand sandy tropical lagoon seaside",
    "lake": "lake river stream pond water waterfall canal fjord creek",
    "forest": "forest woods woodland pine jungle fir redwood birch",
    "mountains": "mountain* peak alp alps alpine summit valley ridge himalaya*",
    "desert": "desert dune sahara canyon mesa oasis cactus",
    "city": "city cities skyline downtown urban street avenue boulevard skyscraper metropolis rooftop sidewalk"
    " pavement alley tokyo new-york london paris shanghai berlin",
    "space": "space galax* planet cosmos cosmic nebula orbit* asteroid mars outer-space",
    "meadow": "meadow field garden grass* hill prairie farm* orchard countryside village park",
    "road": "road highway motorway driving asphalt",
    "rails": "railway rail station tram",
    "room": "room kitchen table desk indoor* interior studio office café cafe restaurant bakery"
    " workshop library bedroom",
    "underwater": "underwater reef coral submarine diver diving seabed",
    "clouds": "cloud stratosphere",
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
    "cabin": "lake",
    "cat": "room",
    "castle": "mountains",
    "temple": "lake",
    "campfire": "lake",
    "balloons": "mountains",
    "tree": "meadow",
    "windmill": "meadow",
    "flowers": "meadow",
    "petals": "lake",
    "runner": "city",
    "robot": "city",
    "shoe": "city",
    "fox": "forest",
    "deer": "forest",
    "leaves": "forest",
    "fireflies": "forest",
}
"""Where a subject stands when the prompt names no place."""
HINTS: Vocabulary = {
    "city": "detective taxi cab commuter skateboard* runner running-shoes sneaker jog*",
    "meadow": "horse dog sheep cow",
    "room": "baker chef cook* barista book watchmaker",
}
"""Words that tell the place without naming it."""
SUBJECTS: Vocabulary = {
    "lighthouse": "lighthouse beacon",
    "boat": "boat sailboat sailing sails ship yacht fisherman fishermen vessel",
    "person": "hik* climber person man woman girl boy child people traveller traveler hiker wanderer couple"
    " detective dancer explorer hero heroine knight fisher* she monk samurai cyclist skier"
    " lover friend mother father baker chef cook* barista writer painter carpenter watchmaker",
    "robot": "robot android",
    "runner": "runner jogger sprinter running-man running-woman sprints",
    "birds": "bird gull seagull crow raven swallow flock geese pelican dove eagle hawk crane owl",
    "balloons": "balloon airship",
    "train": "train locomotive tram railway",
    "car": "car truck van taxi cab motorcycle convertible",
    "tree": "tree oak willow cherry-tree",
    "palms": "palm tropical oasis",
    "cabin": "cabin hut cottage house farmhouse barn chalet village",
    "deer": "deer stag elk horse",
    "fox": "fox wolf dog bear",
    "cat": "cat kitten",
    "whale": "whale dolphin",
    "rocket": "rocket spaceship spacecraft launches",
    "astronaut": "astronaut cosmonaut",
    "windmill": "windmill turbine mill",
    "tent": "tent camp camping campsite",
    "campfire": "campfire bonfire camp-fire",
    "bridge": "bridge viaduct",
    "castle": "castle fortress palace kingdom",
    "temple": "temple pagoda shrine",
    "shoe": "shoe sneaker trainers",
    "cup": "cup coffee tea mug espresso latte cappuccino",
    "bottle": "bottle perfume wine whisky product cosmetics watch phone laptop",
    "candle": "candle lantern",
    "fireflies": "firefl* spark*",
    "petals": "petal cherry sakura blossom*",
    "leaves": "autumn leaf leaves maple",
    "flowers": "flower* tulip roses daisy lavender sunflower poppy poppies garden wildflower*",
    "fish": "fish reef school-of-fish shark",
    "jellyfish": "jellyfish",
}
MATTER: Vocabulary = {
    "neon": "neon cyber* synthwave electric vaporwave hologra* futuristic",
    "fire": "fire flame* burning bonfire lava volcan* ember inferno blaze",
    "gold": "gold gilded luxur* treasure",
    "autumn": "autumn maple october november leaves",
    "spring": "spring blossom* cherry sakura petal",
}
STYLES: Vocabulary = {
    "documentary": "documentary realistic natural-light",
    "anime": "anime ghibli manga cartoon animat* cel illustrat*",
    "watercolor": "watercolo* painting gouache impressionis* oil-paint*",
    "noir": "noir film-noir monochrome black-and-white grayscale",
    "vintage": "vintage retro 8mm 16mm super-8 nostalg* film-stock kodak 1970s 70s analog*",
    "minimal": "minimal* clean-shapes flat-design",
    "claymation": "claymation clay stop-motion plasticine",
    "cinematic": "cinematic anamorphic epic-look movie film-look film-grain filmic imax",
}
MOVES: Vocabulary = {
    "push": "push-in pushes pushing-in dolly dolly-in zoom zoom-in push drift-forward approach*",
    "pull": "pull-back pulling-back pulls pull reveal* zoom-out dolly-out",
    "pan_right": "pan panning pan-right left-to-right",
    "pan_left": "pan-left right-to-left",
    "tilt": "tilt tilting crane-up crane-shot crane rise rising",
    "crane": "crane-down tilt-down",
    "track": "tracking track follow* alongside dolly-shot travelling traveling lateral-slide",
    "orbit": "orbit* circl* arc",
    "static": "static locked-off tripod locked no-camera-movement",
    "handheld": "handheld hand-held shaky",
}
SHOTS: Vocabulary = {
    "detail": "extreme-close-up extreme-closeup macro",
    "close": "close-up closeup close intimate",
    "medium": "medium mid-shot waist-up two-shot",
    "shoulder": "over-the-shoulder",
    "low": "low-angle worm's-eye from-below",
    "high": "high-angle from-above overhead top-down",
    "aerial": "aerial drone bird's-eye flyover",
    "track": "tracking-shot",
    "final": "wide-final-shot final-shot closing-shot last-shot",
    "wide": "wide establishing panoram* vast sweeping wide-shot one-continuous-shot",
}
EVENTS: Vocabulary = {
    "light_on": "light-comes-on lights-come-on light-turns-on lights-up lamp-is-lit light-is-lit lamp-lights",
    "shines": "beam shine shining shone glowing glows lamp sweeps-the light-sweeps",
    "rolls_in": "rolls-in rolling-in gather* approaching builds brewing",
    "sun_up": "sunrise sun-rises sun-comes-up daybreak",
    "sun_down": "sunset sun-sets sundown nightfall",
    "stars_out": "stars-come-out stars-appear first-stars stars-emerge",
    "time_passes": "time-pass* passing-time time-passing time-lapse timelapse time-flies passage-of-time",
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
    colours: tuple[str, ...]
    """What the palette is asked to be made of: names of `COLOURS`."""
    tint: str | None
    """The colour of the first subject."""
    topic: str
    """Where it plays and how it looks, in one line: equal for every scene of one story."""

    def has(self, *names: str) -> bool:
        """Whether any of `names` is in the weather, the places, the subjects or the matter."""
        return any(name in self.weather + self.places + self.subjects + self.matter for name in names)


def read(prompt: str) -> Reading:
    """Read `prompt`; any text is fine."""
    whole = _spaced(prompt)
    text, colours = plain(whole), colours_asked(whole)
    found = {name: _found(text, words) for name, words in _SEEN.items()}
    filmed = {name: _found(whole, words) for name, words in _FILMED.items()}
    subjects = _in_view_first(text, found["subjects"])
    places = _placed(text) or _homes(text, subjects, found["weather"] + found["matter"])
    style = _first(filmed["style"])
    return Reading(
        hour=_first(found["hour"]),
        weather=found["weather"] or (("snow",) if colours == _WINTER else ()),
        places=places,
        subjects=subjects,
        matter=found["matter"],
        style=style,
        move=_first(filmed["move"]),
        shot=_first(filmed["shot"]),
        events=filmed["event"],
        colours=colours,
        tint=_tint(text, subjects),
        topic=" ".join([*(places[:1] or [_theme(text)]), style or "plain", *colours]),
    )


_SEEN = {"hour": HOURS, "weather": WEATHER, "subjects": SUBJECTS, "matter": MATTER}
"""What is before the camera: read without the crew's jargon."""
_FILMED = {"style": STYLES, "move": MOVES, "shot": SHOTS, "event": EVENTS}
"""How it is filmed: read from every word."""
_WHERE = (
    " (?:in|on|at|over|through|across|from|past|by|into|along|under|above|inside|near|to|down|up|towards|reaches)"
    " (?:[a-z'é]+ ){0,3}?"
)
_WITHIN = (("beach", ("sea",)), ("road", ("desert", "mountains", "forest", "meadow", "sea")))
"""A beach is by its sea and a road leads through its land: it is the nearer one that we stand on."""
_WINTER = ("ice blue", "white")
"""A palette that is only ever asked for with snow."""
_IN_VIEW = re.compile(r" with ((?:[a-z0-9'é]+ )+?)in view ")
_SMALL_WORDS = frozenset(["the", "and", "with", "for", "its", "this", "that", "shot", "wide", "slow", "view"])


def _placed(text: str) -> tuple[str, ...]:
    """The places named: first those that something happens in (`through a forest`), the sky last."""
    spots: dict[str, tuple[bool, int]] = {}
    for name, words in PLACES.items():
        inside = _earliest(text, words, _WHERE)
        at = inside if inside is not None else _earliest(text, words)
        if at is not None and (name != "clouds" or inside is not None):
            spots[name] = (inside is None, at)
    named = sorted(spots, key=lambda name: (name == "clouds", spots[name]))
    for within, around in _WITHIN:
        if within in named and named[0] in around:
            named = [within, *(name for name in named if name != within)]
    return tuple(named)


def _homes(text: str, subjects: tuple[str, ...], air: tuple[str, ...]) -> tuple[str, ...]:
    """Where it plays when no place is named: what a word hints at, where the subject is at home, the weather."""
    hints = _found(text, HINTS)
    homes = [BELONGS[subject] for subject in subjects if subject in BELONGS]
    weather = {"snow": "mountains", "neon": "city", "storm": "sea"}.get(_first(air) or "")
    return tuple(place for place in [*hints[:1], *homes[:1], weather] if place)[:1]


def _in_view_first(text: str, subjects: tuple[str, ...]) -> tuple[str, ...]:
    """Whoever is `in view` is who the story is about."""
    shown = [name for phrase in _IN_VIEW.findall(text) for name in _found(f" {phrase} ", SUBJECTS)]
    told = dict.fromkeys([*shown, *subjects])
    return tuple(name for name in told if not (name == "tree" and "palms" in told))


def _tint(text: str, subjects: tuple[str, ...]) -> str | None:
    words = SUBJECTS[subjects[0]].split() if subjects else []
    hits = (match.start(1) for word in words for match in _pattern(word, "").finditer(text))
    return next((tint for at in hits if (tint := tint_before(text, at))), None)


def _theme(text: str) -> str:
    """The first telling word: what a prompt without a place is about."""
    told = [part for part in text.split(" | ") if " shot " not in f" {part} "]
    words = (
        word for word in " ".join(told[1:] or told).split() if len(word) > 3 and word not in _SMALL_WORDS
    )
    return next(words, "")


def _spaced(prompt: str) -> str:
    said = _WORD.findall(prompt.lower())
    return f" {' '.join(word if word[0].isalnum() or len(word) > 1 else BREAK for word in said)} "


def _found(text: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    places = {name: _earliest(text, words) for name, words in vocabulary.items()}
    return tuple(
        sorted((name for name, at in places.items() if at is not None), key=lambda name: places[name] or 0)
    )


def _earliest(text: str, words: str, before: str = "") -> int | None:
    """Where the first of `words` stands in `text`, each after the pattern `before`."""
    hits = [match.start(1) for word in words.split() if (match := _pattern(word, before).search(text))]
    return min(hits, default=None)


@cache
def _pattern(word: str, before: str) -> re.Pattern[str]:
    stem = re.escape(word.removesuffix("*")).replace(r"\-", " ")
    ending = "[a-z]*(?= )" if word.endswith("*") else "(?:s|es|'s)?(?= )"
    return re.compile(f"{before or ' '}({stem}{ending})")


def _first(names: tuple[str, ...]) -> str | None:
    return names[0] if names else None
