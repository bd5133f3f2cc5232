"""The outlines of all figures: each draws itself with a pen, foot at 0, top at 1."""

from __future__ import annotations

import numpy as np

from emulator.media.buildings import (
    bridge,
    cabin,
    campfire,
    castle,
    lighthouse,
    pagoda,
    tent,
    windmill,
)
from emulator.media.creatures import (
    astronaut,
    cat,
    deer,
    fish,
    fox,
    gull,
    jellyfish,
    robot,
    runner,
    walker,
    whale,
)
from emulator.media.sprites import Drawing, Pen, curve


def sailboat(pen: Pen) -> None:
    """A sailboat."""
    hull = curve([(-0.36, 0.13), (-0.24, 0.03), (0.0, 0.0), (0.24, 0.03), (0.38, 0.15)])
    pen.shape(*hull, (0.38, 0.15), (-0.36, 0.13))
    pen.line((0.02, 0.1), (0.02, 1), wide=0.014)
    pen.on("detail", 225).shape(
        (0.035, 0.97), *curve([(0.035, 0.97), (0.16, 0.55), (0.30, 0.2)]), (0.035, 0.2)
    )
    pen.shape((0.0, 0.9), *curve([(0.0, 0.9), (-0.12, 0.5), (-0.3, 0.2)]), (0.0, 0.2))
    pen.on("lamp").round((-0.27, 0.16), 0.012)


def balloon(pen: Pen) -> None:
    """A striped balloon with its basket."""
    envelope = curve([(0, 0.24), (0.13, 0.36), (0.29, 0.58), (0.3, 0.76), (0.17, 0.95), (0, 1.0)])
    left = [(-x, y) for x, y in reversed(envelope)]
    pen.shape(*envelope, *left)
    for inner, outer in ((0.0, 0.33), (0.62, 0.86)):
        gore = [(x * outer, y) for x, y in envelope] + [(x * inner, y) for x, y in reversed(envelope)]
        pen.on("detail", 215).shape(*gore).shape(*[(-x, y) for x, y in gore])
    pen.on("body").line((-0.05, 0.12), (-0.1, 0.31), wide=0.006).line((0.05, 0.12), (0.1, 0.31), wide=0.006)
    pen.shape((-0.055, 0.02), (-0.06, 0.12), (0.06, 0.12), (0.055, 0.02))
    pen.on("lamp", 220).round((0, 0.215), 0.02, 0.035)


def train(pen: Pen) -> None:
    """Six carriages with lit windows."""
    for car in range(6):
        left = -4.9 + 1.63 * car
        pen.shape(
            (left, 0.16),
            (left, 0.9),
            (left + 0.08, 1),
            (left + 1.5, 1),
            (left + 1.58, 0.9),
            (left + 1.58, 0.16),
        )
        for wheel in (0.3, 0.5, 1.1, 1.3):
            pen.round((left + wheel, 0.12), 0.1, 0.12)
        for window in range(6):
            at = left + 0.14 + 0.23 * window
            pen.on("lamp", 235).shape((at, 0.52), (at, 0.8), (at + 0.15, 0.8), (at + 0.15, 0.52))
        pen.on("body")


def car(pen: Pen) -> None:
    """A car."""
    roof = curve(
        [
            (-0.98, 0.34),
            (-0.86, 0.56),
            (-0.5, 0.62),
            (-0.3, 0.95),
            (0.3, 0.97),
            (0.58, 0.62),
            (0.92, 0.52),
            (1.0, 0.3),
        ]
    )
    pen.shape(*roof, (1.0, 0.18), (-0.98, 0.18))
    pen.round((-0.6, 0.18), 0.18).round((0.6, 0.18), 0.18)
    pen.on("detail", 130).shape((-0.3, 0.64), (-0.2, 0.88), (0.0, 0.89), (0.0, 0.64))
    pen.shape((0.05, 0.64), (0.05, 0.89), (0.28, 0.88), (0.46, 0.64))
    pen.on("lamp").round((0.96, 0.42), 0.05, 0.06)


def car_behind(pen: Pen) -> None:
    """A car seen from behind."""
    pen.shape(
        (-0.62, 0.1),
        (-0.64, 0.5),
        (-0.5, 0.6),
        (-0.38, 0.98),
        (0.38, 0.98),
        (0.5, 0.6),
        (0.64, 0.5),
        (0.62, 0.1),
    )
    pen.shape((-0.58, 0), (-0.58, 0.2), (-0.38, 0.2), (-0.38, 0)).shape(
        (0.58, 0), (0.58, 0.2), (0.38, 0.2), (0.38, 0)
    )
    pen.on("detail", 120).shape((-0.4, 0.62), (-0.32, 0.9), (0.32, 0.9), (0.4, 0.62))
    pen.on("lamp").shape((-0.6, 0.38), (-0.6, 0.48), (-0.4, 0.48), (-0.4, 0.38))
    pen.shape((0.6, 0.38), (0.6, 0.48), (0.4, 0.48), (0.4, 0.38))


def tree(pen: Pen) -> None:
    """A tree."""
    pen.shape((-0.06, 0), (-0.03, 0.2), (-0.03, 0.45), (0.03, 0.45), (0.03, 0.2), (0.07, 0))
    pen.line((0, 0.3), (-0.2, 0.55), wide=0.03).line((0, 0.35), (0.2, 0.6), wide=0.03)
    rng = np.random.Generator(np.random.PCG64(11))
    pen.round((0, 0.66), 0.32, 0.24)
    for _ in range(420):
        angle, far = rng.uniform(0, 6.28), rng.uniform(0.75, 1.0)
        x, y = 0.38 * far * np.cos(angle), 0.66 + 0.27 * far * np.sin(angle)
        pen.round((float(x), float(y)), float(rng.uniform(0.012, 0.045)))
    for _ in range(260):
        angle, far = rng.uniform(0.1, 2.2), rng.power(1.4)
        x, y = 0.34 * far * np.cos(angle), 0.68 + 0.25 * far * np.sin(angle)
        pen.on("detail", int(rng.integers(20, 110))).round(
            (float(x), float(y)), float(rng.uniform(0.008, 0.03))
        )


def palm(pen: Pen) -> None:
    """A palm."""
    trunk = curve([(-0.12, 0), (-0.08, 0.3), (0.0, 0.58), (0.08, 0.8)])
    pen.line(*trunk, wide=0.035)
    for dx, dy in (
        (0.34, 0.02),
        (0.3, 0.14),
        (0.16, 0.2),
        (-0.06, 0.2),
        (-0.22, 0.12),
        (-0.3, -0.02),
        (-0.2, -0.16),
        (0.28, -0.14),
    ):
        tip = (0.08 + dx, 0.8 + dy - 0.05)
        mid = (0.08 + dx * 0.5, 0.8 + dy * 0.9 + 0.07)
        top = curve([(0.08, 0.8), mid, tip])
        pen.shape(
            *top, *[(x, y - 0.05 * np.sin(i / 39 * 3.14)) for i, (x, y) in reversed(list(enumerate(top)))]
        )
    pen.round((0.06, 0.78), 0.025).round((0.1, 0.775), 0.025)


def rocket(pen: Pen) -> None:
    """A rocket."""
    side = curve([(0.075, 0.2), (0.085, 0.6), (0.06, 0.86), (0.0, 1.0)])
    pen.shape(*side, *[(-x, y) for x, y in reversed(side)])
    pen.shape((0.07, 0.38), (0.17, 0.16), (0.17, 0.1), (0.07, 0.2)).shape(
        (-0.07, 0.38), (-0.17, 0.16), (-0.17, 0.1), (-0.07, 0.2)
    )
    pen.on("detail", 200).shape((-0.075, 0.42), (-0.08, 0.56), (0.08, 0.56), (0.075, 0.42)).round(
        (0, 0.7), 0.03
    )
    pen.on("lamp").shape(*curve([(-0.05, 0.2), (-0.045, 0.1), (0, 0.0), (0.045, 0.1), (0.05, 0.2)]))


def lift_off(pen: Pen) -> None:
    """A rocket on its flame."""
    side = curve([(0.05, 0.5), (0.055, 0.78), (0.04, 0.93), (0.0, 1.0)])
    pen.shape(*side, *[(-x, y) for x, y in reversed(side)])
    pen.shape((0.045, 0.62), (0.11, 0.5), (0.11, 0.46), (0.045, 0.5)).shape(
        (-0.045, 0.62), (-0.11, 0.5), (-0.11, 0.46), (-0.045, 0.5)
    )
    pen.on("detail", 235).shape((-0.01, 0.5), (-0.015, 0.9), (0.028, 0.92), (0.048, 0.78), (0.046, 0.5))
    pen.on("body").shape((-0.054, 0.66), (-0.055, 0.69), (0.055, 0.69), (0.054, 0.66))
    flame = [(0.035, 0.5), (0.075, 0.4), (0.05, 0.22), (0.0, 0.0)]
    for wide, value in ((1.0, 120), (0.6, 255)):
        right = [(x * wide, 0.5 - (0.5 - y) * (0.55 + 0.45 * wide)) for x, y in flame]
        pen.on("lamp", value).shape(*curve(right), *curve([(-x, y) for x, y in reversed(right)]))


def cup(pen: Pen) -> None:
    """A cup on its saucer."""
    side = curve([(0.34, 0.9), (0.32, 0.45), (0.2, 0.12), (0.1, 0.08)])
    pen.round((0, 0.08), 0.62, 0.07).shape(*side, *[(-x, y) for x, y in reversed(side)])
    pen.line(*curve([(0.3, 0.74), (0.5, 0.72), (0.48, 0.46), (0.27, 0.36)]), wide=0.06)
    pen.round((0, 0.9), 0.34, 0.085)
    pen.on("detail", 150).round((0, 0.9), 0.3, 0.065)
    pen.on("detail", 90).shape((-0.28, 0.78), (-0.2, 0.76), (-0.16, 0.2), (-0.22, 0.24))


def bottle(pen: Pen) -> None:
    """A bottle."""
    side = curve([(0.05, 0.94), (0.055, 0.74), (0.15, 0.6), (0.16, 0.3), (0.15, 0.02)])
    pen.shape((-0.15, 0.0), (0.15, 0.0), *reversed(side), *[(-x, y) for x, y in side])
    pen.shape((-0.06, 0.9), (-0.06, 1), (0.06, 1), (0.06, 0.9))
    pen.on("detail", 150).shape((-0.15, 0.2), (-0.15, 0.46), (0.15, 0.46), (0.15, 0.2))
    pen.on("lamp", 120).shape((0.08, 0.06), (0.09, 0.56), (0.115, 0.54), (0.115, 0.08))


def candle(pen: Pen) -> None:
    """A candle."""
    pen.shape((-0.13, 0), (-0.13, 0.6), (0.13, 0.6), (0.13, 0)).line((0, 0.6), (0, 0.68), wide=0.012)
    pen.on("lamp").shape(
        *curve([(0, 0.64), (0.07, 0.74), (0.03, 0.88), (0, 1.0), (-0.03, 0.88), (-0.07, 0.74), (0, 0.64)])
    )
    pen.on("lamp", 70).shape((-0.13, 0.4), (-0.13, 0.6), (0.13, 0.6), (0.13, 0.4))


def kelp(pen: Pen) -> None:
    """A stem of kelp."""
    stem = curve([(0, 0), (0.05, 0.3), (-0.04, 0.65), (0.03, 1.0)])
    pen.line(*stem, wide=0.02)
    for number, (x, y) in enumerate(stem[3::3]):
        side = 1 if number % 2 else -1
        pen.shape(
            (x, y), (x + side * 0.09, y + 0.08), (x + side * 0.12, y + 0.15), (x + side * 0.02, y + 0.05)
        )


def trunk(pen: Pen) -> None:
    """A tree trunk close by."""
    pen.shape(
        *curve([(-0.06, 0), (-0.024, 0.14), (-0.016, 1.0)]),
        *curve([(0.014, 1.0), (0.026, 0.16), (0.07, 0.0)]),
    )


def shoe(pen: Pen) -> None:
    """A running shoe."""
    upper = [(-0.86, 0.24), (-0.9, 0.62), (-0.84, 0.96), (-0.62, 0.9), (-0.42, 0.86), (-0.24, 0.92)]
    front = [(-0.24, 0.92), (0.06, 0.7), (0.4, 0.52), (0.74, 0.46), (0.92, 0.34), (0.94, 0.22)]
    pen.shape(*curve(upper), *curve(front))
    sole = [(-0.94, 0.26), (-0.4, 0.2), (0.4, 0.17), (0.98, 0.28)]
    under = [(0.98, 0.28), (0.92, 0.08), (0.5, 0.0), (-0.3, 0.0), (-0.84, 0.0), (-0.97, 0.1), (-0.94, 0.26)]
    pen.on("detail", 245).shape(*curve(sole), *curve(under))
    pen.shape(*curve([(-0.62, 0.3), (-0.2, 0.36), (0.1, 0.62), (0.0, 0.38), (-0.3, 0.25), (-0.62, 0.3)]))
    for step in range(4):
        x, y = -0.16 + 0.13 * step, 0.86 - 0.085 * step
        pen.line((x, y), (x + 0.1, y - 0.13), wide=0.035)
    pen.on("lamp", 90).line((-0.86, 0.13), (0.9, 0.14), wide=0.03)


def cherry(pen: Pen) -> None:
    """A cherry tree in bloom: `detail` is its blossom."""
    pen.line((0.0, 0), (-0.02, 0.2), (0.04, 0.42), wide=0.055).line((-0.01, 0.24), (-0.22, 0.5), wide=0.034)
    pen.line((0.03, 0.36), (0.26, 0.6), wide=0.03).line((0.02, 0.3), (0.04, 0.66), wide=0.03)
    rng = np.random.Generator(np.random.PCG64(5))
    for value, count, size in ((165, 150, 0.06), (210, 160, 0.045), (250, 140, 0.03)):
        pen.on("detail", value)
        for _ in range(count):
            angle, far = rng.uniform(0, 6.28), rng.power(1.6)
            x, y = 0.43 * far * np.cos(angle), 0.66 + 0.27 * far * np.sin(angle) + 0.03 * np.cos(9 * angle)
            up = 0.02 * (value - 165) / 85
            pen.round((float(x), float(y + up)), float(size * rng.uniform(0.5, 1.0)))


FIGURES: dict[str, tuple[float, Drawing]] = {
    "lighthouse": (0.5, lighthouse),
    "boat": (0.8, sailboat),
    "person": (0.4, walker),
    "bird": (1.0, gull),
    "balloon": (0.66, balloon),
    "train": (10.0, train),
    "car": (2.1, car),
    "car_behind": (1.4, car_behind),
    "tree": (0.95, tree),
    "palm": (0.9, palm),
    "cabin": (1.5, cabin),
    "deer": (0.9, deer),
    "whale": (1.5, whale),
    "rocket": (0.4, rocket),
    "astronaut": (1.0, astronaut),
    "windmill": (0.8, windmill),
    "tent": (1.7, tent),
    "bridge": (6.0, bridge),
    "castle": (1.3, castle),
    "cup": (1.3, cup),
    "bottle": (0.4, bottle),
    "candle": (0.4, candle),
    "fish": (1.3, fish),
    "jellyfish": (0.7, jellyfish),
    "kelp": (0.4, kelp),
    "trunk": (0.15, trunk),
    "lift_off": (0.4, lift_off),
    "fox": (2.1, fox),
    "cat": (0.95, cat),
    "runner": (1.0, runner),
    "shoe": (2.1, shoe),
    "robot": (1.0, robot),
    "campfire": (1.2, campfire),
    "temple": (1.2, pagoda),
    "cherry": (1.0, cherry),
}
"""By name: the drawing's width over its height, and how it is drawn."""
