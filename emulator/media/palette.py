"""The colours a scene is lit with: each palette is picked by hand, and only words choose among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from attrs import evolve, field, fields, frozen
from numpy.typing import NDArray

from emulator.media.chance import pick
from emulator.media.jargon import COLOURS
from emulator.media.words import Reading

Colour = NDArray[np.float32]
"""Red, green, blue in 0..1, as displayed."""


def colour(code: str | Colour) -> Colour:
    """`#rrggbb` as numbers; numbers stay."""
    if not isinstance(code, str):
        return code
    return np.array([int(code[at : at + 2], 16) for at in (1, 3, 5)], np.float32) / np.float32(255)


@frozen(kw_only=True, eq=False)
class Palette:
    """One light: the sky from top to horizon, what shines in it, and how things stand against it."""

    zenith: Colour = field(converter=colour)
    upper: Colour = field(converter=colour)
    horizon: Colour = field(converter=colour)
    glow: Colour = field(converter=colour)
    """The sun or moon and the air around it."""
    cloud_lit: Colour = field(converter=colour)
    cloud_dark: Colour = field(converter=colour)
    far: Colour = field(converter=colour)
    near: Colour = field(converter=colour)
    water: Colour = field(converter=colour)
    lamp: Colour = field(converter=colour)
    """Windows, lanterns, beams: the accent."""
    night: float = 0.0
    """0 is day, 1 is a night with stars."""
    sun: float = 0.3
    """Height of the sun or moon over the horizon, as a share of the sky."""

    def mixed(self, other: Palette, share: float) -> Palette:
        """This light going over into `other`; 0 keeps this one."""
        names = [item.name for item in fields(Palette)]
        return evolve(
            self, **{name: (1 - share) * getattr(self, name) + share * getattr(other, name) for name in names}
        )


def _light(sky: str, glow: str, clouds: str, land: str, water: str, lamp: str, **more: float) -> Palette:
    zenith, upper, horizon = sky.split()
    lit, dark = clouds.split()
    far, near = land.split()
    return Palette(
        zenith=zenith,
        upper=upper,
        horizon=horizon,
        glow=glow,
        cloud_lit=lit,
        cloud_dark=dark,
        far=far,
        near=near,
        water=water,
        lamp=lamp,
        **more,
    )


PALETTES: dict[str, Palette] = {
    "dusk": _light(
        "#1f2350 #6b4a86 #f2a06b",
        "#ffcf8a",
        "#ff9f7d #4a3a6e",
        "#6d4d7e #17142c",
        "#2b2a55",
        "#ffd694",
        night=0.25,
        sun=0.10,
    ),
    "dawn": _light(
        "#6fa3c7 #b9c8d6 #ffd9b0",
        "#fff0c9",
        "#ffe3cf #9aa7c0",
        "#8fa0b8 #27384a",
        "#6f98ad",
        "#ffe2a8",
        sun=0.14,
    ),
    "golden": _light(
        "#6a86a8 #d9b98c #ffd27f",
        "#ffeaa8",
        "#ffe0a1 #a5805f",
        "#b58a5e #3a2617",
        "#8f7a5c",
        "#fff0b8",
        sun=0.18,
    ),
    "day": _light(
        "#2f7fc4 #79b8e0 #d8eef5",
        "#fffbe8",
        "#ffffff #a9c0d2",
        "#7fa3b8 #23413f",
        "#1f7d9c",
        "#fff3c4",
        sun=0.62,
    ),
    "night": _light(
        "#060b1f #0f2140 #2d4f70",
        "#dfe9ff",
        "#3e5878 #0b142b",
        "#1c3350 #050a16",
        "#0c1c36",
        "#ffd27a",
        night=1.0,
        sun=0.60,
    ),
    "storm": _light(
        "#1c252f #37444f #8d9a95",
        "#d5d8c2",
        "#6d7a80 #161d26",
        "#43505a #0e1418",
        "#26363d",
        "#ffe6a6",
        night=0.1,
        sun=0.3,
    ),
    "rain": _light(
        "#3b4a59 #66788a #a9b8c0",
        "#e3e9ea",
        "#94a4b0 #3d4a58",
        "#5f7080 #1a232c",
        "#42545f",
        "#ffd9a0",
        sun=0.4,
    ),
    "snow": _light(
        "#9fb9cf #c9d9e6 #f3f3ef",
        "#fffdf4",
        "#ffffff #b9c9d8",
        "#b3c4d4 #4a5f74",
        "#8fabc0",
        "#ffdca0",
        sun=0.34,
    ),
    "fog": _light(
        "#97a5a6 #b6c0bd #d9dcd3",
        "#f5f1e2",
        "#e3e5de #9da9a9",
        "#a0acaa #35413f",
        "#8b9a99",
        "#ffe7b8",
        sun=0.4,
    ),
    "sea": _light(
        "#2a6fa8 #6fb2d2 #dff0ea",
        "#fff8dc",
        "#ffffff #9dbccb",
        "#5f93a8 #123247",
        "#0f5f7d",
        "#fff0c0",
        sun=0.5,
    ),
    "forest": _light(
        "#5f8a7d #9dbb9a #e6ebc4",
        "#fff7cf",
        "#eef2d8 #8fae9b",
        "#7fa38c #10251c",
        "#3f6b5c",
        "#fff2b0",
        sun=0.42,
    ),
    "desert": _light(
        "#3f7fa6 #a9c3bd #f7d9a8",
        "#fff1c8",
        "#fff0da #c99f80",
        "#c98a5e #6b3420",
        "#a0704f",
        "#ffe0a0",
        sun=0.36,
    ),
    "neon": _light(
        "#0b0a26 #2a1250 #b02a86",
        "#ff5fc0",
        "#6a2a8c #120c30",
        "#37206a #080716",
        "#160f3c",
        "#3ff0ff",
        night=0.6,
        sun=0.22,
    ),
    "fire": _light(
        "#150807 #4a110c #e8571c",
        "#ffc45a",
        "#c23a14 #220b0a",
        "#5a1a10 #0c0403",
        "#3a0f0a",
        "#ffb347",
        night=0.3,
        sun=0.10,
    ),
    "space": _light(
        "#04040d #120f30 #3a2466",
        "#ffe6c0",
        "#6a3f8f #0a0a22",
        "#2c2450 #06060f",
        "#0c0c24",
        "#8fe0ff",
        night=1.0,
        sun=0.5,
    ),
    "spring": _light(
        "#7fb8d8 #bfdbe2 #fbe6e4",
        "#fffbe6",
        "#ffffff #c3cedd",
        "#a8c4a8 #3c6b45",
        "#7fb0b8",
        "#fff2b8",
        sun=0.5,
    ),
    "autumn": _light(
        "#8096a5 #cdb79a #f3cf95",
        "#ffeec0",
        "#f7e2c2 #a3907f",
        "#b5764a #3d1d12",
        "#7d6a58",
        "#ffd98a",
        sun=0.3,
    ),
    "noir": _light(
        "#0c0d10 #2b2e33 #8d9096",
        "#f2f2f0",
        "#6a6d72 #15171a",
        "#44474c #060708",
        "#1b1d21",
        "#fff8e6",
        night=0.4,
        sun=0.3,
    ),
    "deep": _light(
        "#4fc3c8 #14829c #06324f",
        "#d8fff2",
        "#7fe0dc #0d5f7c",
        "#0f5a78 #03192c",
        "#0a4a66",
        "#ffb98a",
        sun=0.9,
    ),
    "aurora": _light(
        "#050d24 #0b2b40 #1f6a66",
        "#d4ffe6",
        "#1f5a60 #081528",
        "#12343f #040b14",
        "#0a2633",
        "#ffcf80",
        night=1.0,
        sun=0.7,
    ),
    "calm": _light(
        "#6f93b8 #b5c3d8 #f6dccb",
        "#fff0d8",
        "#fff3ea #a6b0c8",
        "#93a3bc #2c3a52",
        "#6d8ba6",
        "#ffe2b0",
        sun=0.24,
    ),
    "room": _light(
        "#3b2c26 #6b4a35 #c58d58",
        "#ffe0a6",
        "#e0b078 #4a342a",
        "#6a4a38 #1c1310",
        "#4a3226",
        "#ffd28a",
        sun=0.5,
    ),
}

_BY_PLACE = {
    "space": ("space",),
    "underwater": ("deep",),
    "desert": ("desert",),
    "sea": ("sea", "day", "dawn"),
    "beach": ("sea", "golden"),
    "lake": ("dawn", "calm", "dusk"),
    "forest": ("forest",),
    "mountains": ("dawn", "calm", "day"),
    "city": ("dusk", "calm", "golden"),
    "meadow": ("spring", "golden"),
    "road": ("golden", "dusk"),
    "clouds": ("day", "dawn"),
    "rails": ("autumn", "dawn"),
    "room": ("room",),
}
_BY_MATTER = {"neon": "neon", "fire": "fire", "gold": "golden", "autumn": "autumn", "spring": "spring"}
_SHARE = {"storm": 0.62, "rain": 0.5, "fog": 0.55, "snow": 0.7}


def palette_for(reading: Reading) -> Palette:
    """The light that the words ask for; the hour first, then the weather tints it."""
    light = PALETTES[_base(reading)]
    said = (
        reading.hour is not None or bool(reading.matter) or reading.has("aurora") or reading.style == "noir"
    )
    for weather in reading.weather:
        if weather in _SHARE:
            faint = (weather == "snow" and light.night > 0.35) or "neon" in reading.matter
            light = light.mixed(PALETTES[weather], (0.25 if faint else _SHARE[weather]) if said else 1.0)
            said = True
    if "room" in reading.places[:1] and reading.hour in PALETTES:
        light = light.mixed(PALETTES[reading.hour], 0.3)
    if "stars_out" in reading.events:
        light = evolve(light.mixed(PALETTES["night"], 0.6), night=0.72)
    return light if reading.style == "noir" else steered(light, reading.colours)


_SHADES = ("zenith", "upper", "cloud_dark", "far", "near", "water")
_LIGHTS = ("horizon", "glow", "cloud_lit", "lamp")


def steered(light: Palette, names: tuple[str, ...]) -> Palette:
    """`light` leaning to the colours named: the cooler one in its shades, the warmer one in its lights."""
    if not names:
        return light
    asked = sorted((colour(COLOURS[name]) for name in names), key=_warmth)
    shades: dict[str, Any] = {name: _leaning(getattr(light, name), asked[0], 0.36) for name in _SHADES}
    lights: dict[str, Any] = {name: _leaning(getattr(light, name), asked[-1], 0.26) for name in _LIGHTS}
    return evolve(light, **shades, **lights)


def _leaning(own: Colour, to: Colour, share: float) -> Colour:
    """`own` with some of the hue of `to`, as bright as it was."""
    same = np.clip(to * np.float32(_brightness(own) / max(0.05, _brightness(to))), 0, 1)
    return np.asarray(own + (same - own) * np.float32(share), np.float32)


def _warmth(tone: Colour) -> float:
    """Bright and warm colours are for what shines."""
    return _brightness(tone) + 0.6 * float(tone[0] - tone[2])


def _brightness(tone: Colour) -> float:
    return float(tone @ np.array([0.30, 0.59, 0.11], np.float32))


def _base(reading: Reading) -> str:
    first = reading.places[:1]
    asked = (
        (reading.has("underwater"), "deep"),
        ("room" in first, "room"),
        (reading.style == "noir", "noir"),
        (reading.has("aurora"), "aurora"),
        ("neon" in reading.matter, "neon"),
        ("fire" in reading.matter, "fire"),
        ("space" in first, "space"),
        (reading.hour is not None, reading.hour or ""),
        (reading.style == "anime", "day"),
    )
    for wanted, name in asked:
        if wanted:
            return name
    if reading.matter:
        return _BY_MATTER[reading.matter[0]]
    options = _BY_PLACE[reading.places[0]] if reading.places else ("calm", "dawn", "golden", "dusk")
    return pick(options, "light", reading.topic)
