"""The elements: lets in what falls, floats and grows before the scene, as the words say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen

from emulator.media.backlot import Backlot
from emulator.media.palette import Colour, colour
from emulator.media.weather import Drift, Fog, Rain, scattered


@frozen(kw_only=True)
class Flight:
    """How one kind of small thing is seen: how many, and how they move and look (see `Drift`)."""

    count: int
    tint: str
    """A colour, or `glow` or `lamp` for the scene's own."""
    fall: float
    side: float
    flutter: float
    size: tuple[float, float]
    strength: float
    opaque: bool = False
    blink: float = 0.0
    top: float = 0.0


_PETAL = {"fall": 0.07, "side": 0.09, "flutter": 0.03, "size": (2.0, 8.5), "strength": 0.85, "opaque": True}
FLIGHTS: dict[str, Flight] = {
    "dust": Flight(
        count=90, tint="glow", fall=-0.01, side=0.008, flutter=0.02, size=(1.0, 5.0), strength=0.4
    ),
    "bubbles": Flight(
        count=80, tint="glow", fall=-0.09, side=0.0, flutter=0.015, size=(1.0, 5.5), strength=0.5
    ),
    "snow": Flight(
        count=420,
        tint="#f4f6fa",
        fall=0.16,
        side=0.03,
        flutter=0.015,
        size=(1.4, 7.0),
        strength=0.9,
        opaque=True,
    ),
    "blizzard": Flight(
        count=520,
        tint="#f4f6fa",
        fall=0.2,
        side=0.28,
        flutter=0.02,
        size=(1.4, 7.0),
        strength=0.9,
        opaque=True,
    ),
    "embers": Flight(
        count=150, tint="lamp", fall=-0.17, side=0.05, flutter=0.03, size=(1.2, 5.0), strength=1.0, blink=0.6
    ),
    "petals": Flight(count=70, tint="#f6c6d2", **_PETAL),  # type: ignore[arg-type]  # a table of keywords
    "leaves": Flight(count=60, tint="#d9822b", **_PETAL),  # type: ignore[arg-type]  # a table of keywords
    "fireflies": Flight(
        count=60,
        tint="#ffe58a",
        fall=-0.01,
        side=0.01,
        flutter=0.05,
        size=(1.6, 6.0),
        strength=1.0,
        blink=0.95,
        top=0.35,
    ),
}
_BLOOMS = ("#f25f5c", "#ffe066", "#f7f3ee", "#b388eb")


def let_elements_in(lot: Backlot) -> None:
    """Add them in front of everything."""
    place = lot.reading.places[0]
    if place in _INDOORS:
        fly(lot, _INDOORS[place])
        return
    for name, bring in _OUTDOORS.items():
        if lot.reading.has(name) and place != "space":
            bring(lot)


def fly(lot: Backlot, name: str) -> None:
    """Add one kind of small things."""
    flight = FLIGHTS[name]
    seeds = scattered(lot.chance(name), int(flight.count * max(0.7, lot.stage.aspect / 1.5)))
    own: dict[str, Colour] = {"glow": lot.palette.glow, "lamp": lot.palette.lamp}
    tint = own[flight.tint] if flight.tint in own else colour(flight.tint)
    lot.add(
        Drift(
            lot.stage,
            seeds,
            tint,
            flight.fall,
            flight.side,
            flight.flutter,
            flight.size,
            flight.strength,
            flight.opaque,
            flight.blink,
            flight.top,
        )
    )


def _snow(lot: Backlot) -> None:
    fly(lot, "blizzard" if lot.reading.has("storm", "wind") else "snow")


def _rain(lot: Backlot) -> None:
    tint = np.asarray(lot.palette.horizon * np.float32(0.5) + np.float32(0.45), np.float32)
    heavy = 0.62 if lot.reading.has("rain") else 0.5
    grows = "rolls_in" in lot.reading.events
    lot.add(Rain.of(lot.stage, lot.chance("rain"), tint, heavy, grows=grows))


def _storm(lot: Backlot) -> None:
    if not lot.reading.has("rain", "snow", "desert"):
        _rain(lot)


def _fog(lot: Backlot) -> None:
    for number, (up, thick, strength, depth) in enumerate(((0.06, 0.09, 0.6, 0.3), (-0.12, 0.11, 0.5, 0.8))):
        banks = lot.texture(f"fog{number}")
        lot.add(Fog(lot.stage, banks, lot.palette.horizon, up, thick, strength, depth, 1 + number))


def _flowers(lot: Backlot) -> None:
    """Four colours in the grass, larger towards the camera."""
    if lot.reading.places[0] not in ("meadow", "forest", "mountains"):
        return
    rng = lot.chance("flowers")
    share = np.float32(0.75 - 0.45 * lot.palette.night)
    for code in _BLOOMS:
        tint = np.asarray(colour(code) * share + lot.tone(0.9) * np.float32(0.25), np.float32)
        seeds = scattered(rng, int(60 * max(0.7, lot.stage.aspect)), far=1.2)
        seeds[2] = 0.1 + 0.9 * seeds[2]
        seeds[1] = 1.05 * seeds[2] - 0.06
        top = lot.stage.horizon + 0.17
        lot.add(Drift(lot.stage, seeds, tint, 0.0, 0.0, 0.004, (2.5, 12.0), 0.95, True, 0.0, top))


_INDOORS = {"room": "dust", "underwater": "bubbles"}
_OUTDOORS: dict[str, Callable[[Backlot], None]] = {
    "flowers": _flowers,
    "rain": _rain,
    "storm": _storm,
    "fog": _fog,
    "snow": _snow,
    "fire": lambda lot: fly(lot, "embers"),
    "petals": lambda lot: fly(lot, "petals"),
    "leaves": lambda lot: fly(lot, "leaves"),
    "fireflies": lambda lot: fly(lot, "fireflies"),
}
