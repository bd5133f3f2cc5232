"""Takes a film crew's jargon out of a prompt, so that `depth of field` is no meadow and `crane shot` no bird.

Also finds the colours that it asks for: `slate blue and amber palette` is about light, not about slate.
"""

from __future__ import annotations

import re

BREAK = "|"
"""Stands for a comma, a full stop and the like in a prompt that has been taken apart."""

COLOURS = {
    "slate blue": "#5b7394",
    "ice blue": "#a9d3ea",
    "sky blue": "#6cb8ec",
    "pale blue": "#a9c6e0",
    "deep blue": "#12407a",
    "navy blue": "#16264f",
    "midnight blue": "#141f4d",
    "sea green": "#3fa08a",
    "moss green": "#66803f",
    "forest green": "#2f6a44",
    "rose gold": "#e3a793",
    "hot pink": "#ff4f9a",
    "amber": "#ffb24a",
    "teal": "#1f8a8f",
    "ochre": "#cf9440",
    "rust": "#a8492a",
    "gold": "#ffca5c",
    "golden": "#ffca5c",
    "magenta": "#e0389f",
    "cyan": "#35d6ee",
    "indigo": "#3d3a8f",
    "silver": "#cdd5df",
    "rose": "#e98a9c",
    "turquoise": "#37c2bd",
    "coral": "#ff8266",
    "honey": "#f0b050",
    "cream": "#f7e8cb",
    "charcoal": "#33363c",
    "white": "#f6f4ef",
    "crimson": "#c01f3c",
    "scarlet": "#d9261c",
    "red": "#d8352a",
    "orange": "#f58a2c",
    "yellow": "#f7cb2d",
    "green": "#4f9a54",
    "blue": "#3a78c8",
    "navy": "#16264f",
    "purple": "#7a4aa8",
    "violet": "#8a5fd0",
    "lavender": "#b9a3e0",
    "pink": "#f08db0",
    "peach": "#ffbd94",
    "brown": "#7a5238",
    "beige": "#e0cfae",
    "emerald": "#1f9a6c",
    "mint": "#a6e3c8",
    "burgundy": "#6d1a34",
    "black": "#1a1b20",
    "grey": "#8d9299",
    "gray": "#8d9299",
}
"""The colours that prompts name."""

_THINGS = frozenset({"coral", "rose", "honey", "cream", "amber", "mint", "peach"})
"""Before a noun these are what it is made of: `a coral reef`."""
_TECHNIQUE = (
    # lens and light
    "depth of field|field of view|dynamic range|golden ratio|rule of thirds|lens flares?|light leaks?"
    "|rim light\\w*|natural light|tripod|on location|in the foreground|in the background"
    "|anamorphic lens|(?:shallow|soft|rack|deep|sharp|in|out of) focus|first light|pools? of light"
    "|deep shadows?|hard shadows?|long shadows?|burning sky|shadows on the ground|light along the edges"
    "|empty space|negative space|clean shapes|colou?r spaces?"
    # film and paper
    "|(?:film |fine |heavy |35mm )?grain|film stock|film noir|\\d+ ?mm film|paper texture|real textures|wet edges"
    "|soft wet edges|clean line art|painted backgrounds|clay figures|visible fingerprints|stop motion"
    "|drifting smoke|glowing signs|wet reflections|oil paint\\w*|high contrast|hand drawn|frame rate"
    "|unreal engine|ray trac\\w+|colou?r grad\\w+|motion blur|slow motion|time lapse|timelapse"
    # camera
    "|(?:\\w+ )?crane (?:shot|up|down|move|over)|slow orbit\\w*|orbit shot|orbit\\w* (?:to|around|shot)|camera orbits?"
    "|bird's eye view|bird's eye|eye level|worm's eye view|landscape (?:shot|format|framing|orientation)"
    "|portrait (?:framing|shot|format|orientation|lens)|vertical framing|centred square framing"
    "|within (?:its|their|his|her) surroundings|within the (?:landscape|wider scene)|whole scene|wider scene"
    "|fills the frame|in the middle of the frame|every texture|against the background|the background turns"
    "|tracking shot|field monitor|follow shot|dolly track|over the shoulder|full body"
)
_JARGON = re.compile(rf"(?<= )(?:{_TECHNIQUE})(?= )")
_NEGATED = re.compile(r"(?<= )(?:no|without|not) (?:any )?\w+(?: \w+(?= \|))?(?= )")
_NAMED = "|".join(sorted(COLOURS, key=len, reverse=True))
_SHADE = (
    "(?:soft|warm|cool|pale|faded|bright|muted|natural|playful|primary|deep|dark|light|single|a|accents?)"
)
_PALETTE = re.compile(
    rf"(?<= )(?:(?:{_NAMED}|{_SHADE}|and|with|\|) )+"
    r"(?:palette|tones?|tints?|colou?r scheme|colou?rs|colou?r grade)(?= )"
)
_COLOUR = re.compile(rf"(?<= )(?:{_NAMED})(?= )")
_PAIRS = re.compile(rf"(?<= )(?:{'|'.join(name for name in COLOURS if ' ' in name)})(?= )")


def colours_asked(text: str) -> tuple[str, ...]:
    """The names in `... palette` or `... tones`, in the prompt's order; `text` is spaced, lower case."""
    return tuple(name for asked in _PALETTE.findall(text) for name in _COLOUR.findall(f" {asked} "))


def plain(text: str) -> str:
    """`text` with only what is to be seen: a break where technique, a palette or `no people` stood."""
    for pattern in (_PALETTE, _JARGON, _PAIRS, _NEGATED):
        text = pattern.sub(BREAK, text)
    return text


def tint_before(text: str, at: int) -> str | None:
    """The colour that stands just before the word at `at`: `yellow` of `a yellow taxi`."""
    before = text[:at].rsplit(BREAK, 1)[-1].split()[-2:]
    return next((word for word in reversed(before) if word in COLOURS and word not in _THINGS), None)
