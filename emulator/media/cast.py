"""The cast: puts the prompt's subjects where they belong in a place."""

from __future__ import annotations

import numpy as np

from emulator.media import terrain
from emulator.media.backlot import Backlot
from emulator.media.beam import Beam
from emulator.media.indoors import Plume, Steam
from emulator.media.jargon import COLOURS
from emulator.media.palette import colour
from emulator.media.sprites import Figure
from emulator.media.stage import View

_STANDING = {
    "person": 0.15,
    "tree": 0.4,
    "palms": 0.5,
    "cabin": 0.13,
    "deer": 0.15,
    "windmill": 0.34,
    "tent": 0.12,
    "castle": 0.3,
    "fox": 0.1,
    "cat": 0.09,
    "runner": 0.14,
    "robot": 0.17,
    "shoe": 0.1,
    "campfire": 0.1,
    "temple": 0.36,
    "petals": 0.34,
}
"""Size of what stands on the ground."""
_GLOWS = {"cabin": 0.12, "tent": 0.12, "campfire": 0.7, "robot": 0.05, "temple": 0.05}
_FIGURE = {"palms": "palm", "birds": "bird", "balloons": "balloon", "petals": "cherry", "rocket": "lift_off"}
"""Figures that go by another name than their subject."""
_WET = ("sea", "beach", "lake")


def place_cast(lot: Backlot) -> None:
    """Add the subjects in front of the place."""
    place, subjects = _place(lot), lot.reading.subjects
    for subject in subjects:
        if subject in _AT_SEA and place in _WET:
            _AT_SEA[subject](lot)
    standing = [
        subject
        for subject in subjects
        if subject in _STANDING and place not in ("space", "room", "underwater")
    ]
    if standing:
        _stand(lot, standing, place)
    if place in ("space", "underwater", "room"):
        _INSIDE[place](lot)
    _travellers(lot, place)
    if "birds" in subjects or (
        place in ("sea", "beach") and not lot.reading.has("storm") and lot.palette.night < 0.5
    ):
        _birds(lot)
    if "balloons" in subjects and place not in ("room", "underwater"):
        _balloons(lot)
    if "rocket" in subjects and place not in ("space", "room", "underwater"):
        _lift_off(lot, place)
    _tinted(lot)


def hero_of(lot: Backlot) -> Figure | None:
    """The figure that the camera looks at: the first subject that stands somewhere."""
    names = (name for subject in lot.reading.subjects for name in (subject, _FIGURE.get(subject, "")))
    return next((lot.cast[name] for name in names if name in lot.cast), None)


def _tinted(lot: Backlot) -> None:
    """`A yellow taxi` is yellow, as far as the light allows."""
    hero = hero_of(lot)
    if hero is None or lot.reading.tint is None or lot.reading.style == "noir":
        return
    light = np.float32(0.82 - 0.3 * lot.palette.night)
    own = colour(_COATS.get((lot.reading.subjects[0], lot.reading.tint), COLOURS[lot.reading.tint])) * light
    hero.body = np.asarray(hero.body * np.float32(0.3) + own * np.float32(0.7), np.float32)
    hero.detail = np.asarray(
        hero.detail * np.float32(0.6) + lot.palette.cloud_lit * np.float32(0.4), np.float32
    )


_COATS = {("fox", "red"): "#c8602c", ("fox", "white"): "#e9edf2"}
"""What a colour means for an animal's coat."""


def _lift_off(lot: Backlot, place: str) -> None:
    """A rocket that climbs on its flame, its smoke below it."""
    x, up = lot.third * 0.6, 0.02 if place == "clouds" else -0.02
    rocket = lot.figure("lift_off", x, up, 0.4, 0.5, speed=(0.0, 0.02), glow=0.16)
    rocket.detail = np.asarray(lot.palette.cloud_lit * np.float32(0.9), np.float32)
    rocket.lit = _flicker
    lot.add(Plume(lot.stage, lot.palette, lot.texture("plume"), rocket, up - 0.03))


def _unlit(_: View) -> float:
    """What the glass of a dark lamp shows of the sky."""
    return 0.16


def _flicker(view: View) -> float:
    """How bright a flame is."""
    return float(0.9 + 0.07 * np.sin(21 * view.time) + 0.05 * np.sin(13.7 * view.time + 1))


def _place(lot: Backlot) -> str:
    return lot.reading.places[0] if lot.reading.places else "meadow"


def _lighthouse(lot: Backlot) -> None:
    rng = lot.lie("rock")
    x, side = lot.third, -lot.side
    rock = terrain.headland(rng, x - side * 0.17, side, 0.07, width=0.22)
    rock = terrain.flattened(rock, x, 0.05)
    rock_layer = lot.land(rock, 0.62, depth=0.55, lit=0.45, reach=0.10, fade=0.3)
    base = rock_layer.top(x)
    tower = lot.figure("lighthouse", x, base - 0.008, 0.42, 0.55)
    tower.detail = np.asarray(
        tower.body * np.float32(0.35) + lot.palette.cloud_lit * np.float32(0.55), np.float32
    )
    starts = 0.2 if "light_on" in lot.reading.events else None
    dim = lot.palette.night > 0.15 or lot.reading.has("storm", "fog", "rain")
    if starts is not None or lot.palette.night > 0.7 or "shines" in lot.reading.events:
        beam = Beam(tower, 5.2, float(rng.uniform(-0.4, 0.2)), starts, 0.9 if dim else 0.5)
        tower.lit = beam.level
        lot.add(beam)
    else:
        tower.lit = _unlit
    for down, out, near in ((0.13, 0.24, 0.8), (0.27, 0.05, 1.0)):
        boulders = terrain.headland(rng, x - side * out, side, 0.03, width=0.3)
        boulders += terrain.mountains(rng, -down - 0.05, 0.10, coarse=0.3)
        lot.land(boulders, near, depth=0.55 + 0.4 * down, lit=0.3, reach=0.05, fade=0.3)


def _boat(lot: Backlot) -> None:
    size = 0.2 if lot.reading.shot != "close" else 0.3
    x = -lot.third * 0.55 if lot.reading.has("lighthouse") else lot.third * 0.8
    lot.figure(
        "boat",
        x,
        -0.085,
        size,
        0.5,
        bob=0.006,
        speed=(0.012 * lot.side, 0.0),
        ripple=2.0,
        mirrored=lot.side < 0,
    )


def _whale(lot: Backlot) -> None:
    lot.figure("whale", lot.third * 0.7, -0.12, 0.17, 0.55, bob=0.02, ripple=2.0)


def _bridge(lot: Backlot) -> None:
    lot.figure("bridge", 0.0, -0.02, 0.3, 0.3, glow=0.02)


_AT_SEA = {"lighthouse": _lighthouse, "boat": _boat, "whale": _whale, "bridge": _bridge}


def _stand(lot: Backlot, standing: list[str], place: str) -> None:
    """On the ground that is there; over water a bank comes in first."""
    line = _near_ground(lot, place)
    spread = (0.0, 0.55, -0.5, 0.9)
    for number, subject in enumerate(standing[:4]):
        size = _STANDING[subject]
        if subject == "person" and lot.reading.shot == "close":
            size = 0.26
        x = lot.third * (1 - number * 0.2) + lot.side * spread[number % 4] * 0.4 * lot.stage.aspect * (
            number > 0
        )
        up = line.top(x) - 0.004
        figure = lot.figure(
            _FIGURE.get(subject, subject), x, up, size, line.depth, glow=_GLOWS.get(subject, 0.0),
            mirrored=lot.side > 0,
        )  # fmt: skip
        if subject == "campfire":
            figure.lit = _flicker
        if subject == "petals":
            figure.detail = np.asarray(
                colour("#f3b3c8") * np.float32(1 - 0.5 * lot.palette.night), np.float32
            )
        if subject == "palms":
            lot.figure("palm", x + 0.14 * lot.side, up - 0.02, size * 0.8, line.depth)


def _near_ground(lot: Backlot, place: str) -> terrain.Ridge:
    rng = lot.lie("stand")
    lands = [layer for layer in lot.layers if isinstance(layer, terrain.Ridge) and layer.depth >= 0.55]
    if lands and place not in _WET:
        return lands[0] if place == "desert" else lands[-1]
    near = 0.92
    if place in ("sea", "lake", "beach"):
        line = terrain.headland(rng, lot.third + lot.side * 0.22, -lot.side, 0.10, width=0.8) - np.float32(
            0.2
        )
        line = terrain.flattened(line, lot.third, 0.12)
    elif place == "city":
        return lot.land(terrain.hills(rng, -0.27, 0.004), near, depth=0.85, fade=0.3)
    else:
        line = terrain.hills(rng, -0.24, 0.03)
    return lot.land(terrain.grass(rng, line, 0.018), near, depth=0.85, lit=0.15)


def _space_cast(lot: Backlot) -> None:
    suit = np.asarray(colour("#e9e4f0") * np.float32(0.85), np.float32)
    shade = np.asarray(lot.palette.cloud_lit * np.float32(0.5) + np.float32(0.08), np.float32)
    if "rocket" in lot.reading.subjects:
        lot.figure(
            "rocket",
            lot.third * 0.7,
            -0.2,
            0.42,
            0.6,
            speed=(0.0, 0.02),
            glow=0.12,
            body=suit,
            detail=shade,
            rim=suit,
        )
    if "astronaut" in lot.reading.subjects or "person" in lot.reading.subjects:
        x = lot.third * 0.75
        lot.figure(
            "astronaut", x, -0.14, 0.36, 0.6, bob=0.02, speed=(0.008 * lot.side, 0.0), body=shade, detail=suit
        )


def _sea_life(lot: Backlot) -> None:
    rng = lot.lie("school")
    if "jellyfish" in lot.reading.subjects:
        for number in range(6):
            x, up = rng.uniform(-0.42, 0.42) * lot.stage.aspect, rng.uniform(-0.15, 0.35)
            depth = 0.3 + 0.12 * number
            lot.figure(
                "jellyfish",
                float(x),
                float(up),
                0.1 + 0.2 * depth,
                depth,
                bob=0.025,
                speed=(0.004, 0.006),
                glow=0.2,
            )
    if "whale" in lot.reading.subjects:
        lot.figure("fish", 0.0, 0.02, 0.3, 0.5, speed=(0.03, 0.004))
    if "fish" in lot.reading.subjects or not lot.reading.subjects:
        centre = rng.uniform(-0.2, 0.2, 2)
        for _ in range(38):
            x, up = rng.normal(centre[0], 0.22), rng.normal(0.08, 0.075)
            size = rng.uniform(0.018, 0.05)
            lot.figure(
                "fish",
                float(x),
                float(up),
                float(size),
                0.4,
                speed=(0.05 + float(size) * 0.4, 0.0),
                bob=0.006,
            )


def _still_life(lot: Backlot) -> None:
    subjects = lot.reading.subjects
    if "person" in subjects:
        _behind_the_table(lot)
        return
    name = next((name for name in ("cup", "bottle", "candle", "cat") if name in subjects), "cup")
    size = {"cup": 0.3, "bottle": 0.5, "candle": 0.42, "cat": 0.4}[name]
    x = lot.third * 0.6
    if name == "candle":
        for dx, share in ((-0.16, 0.7), (0.17, 0.82)):
            lot.figure("candle", x + dx, -0.05, size * share, 0.8, glow=0.5)
    figure = lot.figure(name, x, -0.1, size, 0.9, glow=0.5 if name == "candle" else 0.0)
    if name == "cup":
        china = np.float32(0.72 - 0.2 * lot.palette.night)
        figure.body = np.asarray(colour("#f2e6d2") * china + lot.palette.upper * np.float32(0.22), np.float32)
        figure.detail = np.asarray(figure.body * np.float32(0.3), np.float32)
        lot.add(Steam(lot.stage, lot.palette, lot.texture("steam"), x, -0.1 + 0.9 * figure.size, 0.9))


def _behind_the_table(lot: Backlot) -> None:
    """Someone at work, the table before them."""
    table = lot.layers.pop()
    lot.figure("person", lot.third * 0.6, -0.52, 1.02, 0.7, bob=0.004)
    lot.add(table)


_INSIDE = {"space": _space_cast, "underwater": _sea_life, "room": _still_life}


def _travellers(lot: Backlot, place: str) -> None:
    """Trains and cars, each on its own way."""
    subjects = lot.reading.subjects
    if place == "rails" or "train" in subjects:
        rng = lot.lie("line")
        line = lot.land(terrain.hills(rng, -0.05, 0.006), 0.62, depth=0.6, lit=0.1, bare=True)
        lot.layers.pop()
        length = 0.09 * 10
        start = -lot.side * (0.35 * lot.stage.aspect + 0.25 * length)
        lot.figure(
            "train", start, -0.055, 0.09, 0.6, speed=(0.11 * lot.side, 0.0), mirrored=lot.side < 0, glow=0.0
        )
        lot.add(line)
        lot.land(
            terrain.grass(rng, terrain.conifers(rng, terrain.hills(rng, -0.2, 0.04), 0.09, dense=0.35), 0.03),
            0.9,
        )
    if place == "road":
        lot.figure(
            "car_behind",
            0.095,
            -0.21,
            0.11,
            0.3,
            body=lot.tone(1.0),
            lamp=colour("#ff4a3a"),
            bob=0.001,
            glow=0.14,
        )
    elif "car" in subjects and place not in ("room", "space", "underwater"):
        wet = 2.0 if place == "city" else 0.0
        lot.figure(
            "car", lot.third, -0.21, 0.12, 0.85, speed=(0.05 * lot.side, 0.0), glow=0.3, mirrored=lot.side < 0,
            ripple=wet, lamp=colour("#ffe9b8"),
        )  # fmt: skip


def _birds(lot: Backlot) -> None:
    rng = lot.lie("birds")
    x0, up0 = -lot.third * 0.4, 0.34 * lot.stage.horizon / 0.6
    for _ in range(7 if "birds" in lot.reading.subjects else 4):
        x, up = rng.normal(x0, 0.11), rng.normal(up0, 0.05)
        size = float(rng.uniform(0.014, 0.03))
        lot.figure("bird", float(x), float(up), size, 0.45, speed=(0.022 * lot.side, 0.003), bob=0.006)


def _balloons(lot: Backlot) -> None:
    rng = lot.lie("balloons")
    tints = ("#c8553d", "#e09f3e", "#3d6b7d", "#9c3d54", "#d9c5a0")
    for number, (x, up, size, depth) in enumerate(
        (
            (-0.26, 0.05, 0.11, 0.3),
            (0.05, 0.20, 0.09, 0.25),
            (0.34, 0.26, 0.14, 0.35),
            (-0.1, 0.16, 0.19, 0.5),
            (0.2, 0.02, 0.3, 0.7),
        )
    ):
        own = colour(tints[number])
        body = np.asarray(own * np.float32(0.4) + lot.tone(depth + 0.2) * np.float32(0.6), np.float32)
        detail = np.asarray(own * np.float32(0.6) + lot.palette.cloud_lit * np.float32(0.3), np.float32)
        place = (x * lot.side * lot.stage.aspect * 0.95 + rng.normal(0, 0.02), up * lot.stage.horizon / 0.62)
        lot.figure(
            "balloon",
            float(place[0]),
            float(place[1]),
            size,
            depth,
            speed=(0.006, 0.007),
            bob=0.004,
            body=body,
            detail=detail,
        )
