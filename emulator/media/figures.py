"""The outlines of all figures: each draws itself with a pen, foot at 0, top at 1."""

from __future__ import annotations

import numpy as np

from emulator.media.sprites import Drawing, Pen, curve


def lighthouse(pen: Pen) -> None:
    """A lighthouse."""
    pen.shape((-0.085, 0), (-0.05, 0.76), (0.05, 0.76), (0.085, 0))
    pen.shape((-0.075, 0.76), (-0.075, 0.785), (0.075, 0.785), (0.075, 0.76))
    pen.shape((-0.042, 0.785), (-0.042, 0.9), (0.042, 0.9), (0.042, 0.785))
    pen.shape((-0.06, 0.9), (0, 0.97), (0.06, 0.9)).line((0, 0.95), (0, 1), wide=0.008)
    for low in (0.14, 0.42, 0.68):
        a, b = 0.085 - 0.035 * low / 0.76, 0.085 - 0.035 * (low + 0.12) / 0.76
        pen.on("detail", 190).shape((-a, low), (-b, low + 0.12), (b, low + 0.12), (a, low))
    pen.on("lamp").shape((-0.03, 0.795), (-0.03, 0.89), (0.03, 0.89), (0.03, 0.795))
    pen.on("body").line((0, 0.79), (0, 0.9), wide=0.008)
    pen.shape((0.09, 0), (0.09, 0.1), (0.15, 0.15), (0.21, 0.1), (0.21, 0))


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


def walker(pen: Pen) -> None:
    """A person standing."""
    pen.round((0.005, 0.925), 0.052, 0.066)
    pen.shape(
        *curve(
            [
                (-0.075, 0.83),
                (0.0, 0.87),
                (0.075, 0.83),
                (0.105, 0.62),
                (0.12, 0.40),
                (0.0, 0.37),
                (-0.13, 0.40),
            ]
        )
    )
    pen.shape((-0.1, 0.42), (0.1, 0.42), (0.085, 0.2), (0.1, 0.0), (0.035, 0.0), (0.01, 0.36))
    pen.shape((-0.1, 0.42), (0.04, 0.42), (-0.02, 0.2), (-0.06, 0.02), (-0.12, 0.02), (-0.085, 0.22))
    pen.line((-0.075, 0.8), (-0.125, 0.6), (-0.1, 0.44), wide=0.05)
    pen.line((0.075, 0.8), (0.13, 0.62), (0.12, 0.46), wide=0.05)
    pen.line((0.0, 0.86), (0.0, 0.93), wide=0.05)


def gull(pen: Pen) -> None:
    """A gull, wings up."""
    wing = [(-0.5, 0.62), (-0.3, 0.86), (-0.08, 0.5), (0.0, 0.42), (0.08, 0.5), (0.3, 0.86), (0.5, 0.62)]
    under = [(0.5, 0.62), (0.3, 0.74), (0.1, 0.36), (0.0, 0.24), (-0.1, 0.36), (-0.3, 0.74), (-0.5, 0.62)]
    pen.shape(*curve(wing), *curve(under))


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


def cabin(pen: Pen) -> None:
    """A cabin."""
    pen.shape((-0.6, 0), (-0.6, 0.45), (0.6, 0.45), (0.6, 0))
    pen.shape((-0.74, 0.42), (-0.46, 0.9), (0.46, 0.9), (0.74, 0.42))
    pen.shape((0.22, 0.8), (0.22, 1), (0.36, 1), (0.36, 0.8))
    pen.on("detail", 90).shape((-0.68, 0.47), (-0.45, 0.86), (0.45, 0.86), (0.68, 0.47))
    pen.on("lamp").shape((-0.4, 0.14), (-0.4, 0.34), (-0.16, 0.34), (-0.16, 0.14))
    pen.shape((0.24, 0.14), (0.24, 0.34), (0.46, 0.34), (0.46, 0.14))
    pen.on("body").line((-0.28, 0.14), (-0.28, 0.34), wide=0.02).line((0.35, 0.14), (0.35, 0.34), wide=0.02)


def deer(pen: Pen) -> None:
    """A deer."""
    body = [
        (-0.34, 0.5),
        (-0.3, 0.62),
        (0.0, 0.6),
        (0.16, 0.64),
        (0.24, 0.8),
        (0.3, 0.86),
        (0.42, 0.8),
        (0.4, 0.76),
    ]
    under = [(0.32, 0.76), (0.29, 0.6), (0.2, 0.46), (0.0, 0.42), (-0.26, 0.42)]
    pen.shape(*curve(body), *curve(under))
    for x, lean in ((-0.29, -0.02), (-0.22, 0.03), (0.12, 0.0), (0.19, 0.03)):
        pen.shape(
            (x - 0.035, 0.5),
            (x + 0.04, 0.5),
            (x + 0.012 + lean, 0.2),
            (x + 0.014 + lean, 0),
            (x - 0.014 + lean, 0),
            (x - 0.012 + lean, 0.22),
        )
    for side in (0.0, 0.05):
        pen.line((0.27 + side, 0.85), (0.2 + side, 0.95), (0.24 + side, 1), wide=0.014).line(
            (0.2 + side, 0.95), (0.13 + side, 0.98), wide=0.012
        )
    pen.shape((-0.34, 0.55), (-0.4, 0.5), (-0.34, 0.46))


def whale(pen: Pen) -> None:
    """The fluke of a whale."""
    fluke = curve([(0, 0.3), (-0.2, 0.55), (-0.62, 0.82), (-0.7, 0.98), (-0.3, 0.92), (0, 0.8)])
    pen.shape(*fluke, *[(-x, y) for x, y in reversed(fluke)])
    pen.shape(
        (-0.15, 0),
        *curve([(-0.15, 0.0), (-0.07, 0.35), (-0.08, 0.6)]),
        *curve([(0.08, 0.6), (0.07, 0.35), (0.15, 0.0)]),
        (0.15, 0),
    )


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


def astronaut(pen: Pen) -> None:
    """An astronaut."""
    pen.on("body").round((0, 0.82), 0.15, 0.16).shape(
        *curve([(-0.16, 0.68), (0.16, 0.68), (0.2, 0.4), (0.0, 0.34), (-0.2, 0.4), (-0.16, 0.68)])
    )
    pen.shape((-0.27, 0.42), (-0.27, 0.72), (0.27, 0.72), (0.27, 0.42))
    pen.line((-0.16, 0.62), (-0.33, 0.5), (-0.42, 0.58), wide=0.11).line(
        (0.16, 0.62), (0.34, 0.56), (0.4, 0.4), wide=0.11
    )
    pen.line((-0.09, 0.4), (-0.14, 0.2), (-0.22, 0.08), wide=0.13).line(
        (0.09, 0.4), (0.13, 0.2), (0.1, 0.06), wide=0.13
    )
    pen.on("detail", 225).round((0, 0.83), 0.13, 0.14).shape(
        (-0.14, 0.66), (0.14, 0.66), (0.15, 0.42), (-0.15, 0.42)
    )
    pen.line((-0.16, 0.62), (-0.33, 0.5), (-0.41, 0.57), wide=0.07).line(
        (0.16, 0.62), (0.34, 0.56), (0.39, 0.42), wide=0.07
    )
    pen.line((-0.08, 0.38), (-0.13, 0.2), (-0.2, 0.1), wide=0.09).line(
        (0.08, 0.38), (0.12, 0.2), (0.1, 0.08), wide=0.09
    )
    pen.on("lamp", 150).round((0.02, 0.83), 0.095, 0.085)


def windmill(pen: Pen) -> None:
    """A wind turbine."""
    pen.shape((-0.02, 0), (-0.01, 0.68), (0.01, 0.68), (0.02, 0))
    for angle in (0.35, 0.35 + 2.094, 0.35 + 4.189):
        tip = (0.32 * np.cos(angle), 0.68 + 0.32 * np.sin(angle))
        pen.line((0.0, 0.68), (float(tip[0]), float(tip[1])), wide=0.016)
    pen.round((0, 0.68), 0.02)


def tent(pen: Pen) -> None:
    """A tent."""
    pen.shape((-0.75, 0), (-0.1, 0.92), (0.1, 1.0), (0.8, 0))
    pen.on("lamp", 185).shape((-0.55, 0.03), (-0.06, 0.8), (0.12, 0.03))
    pen.on("detail", 110).shape((0.16, 0.03), (0.04, 0.84), (0.62, 0.03))


def bridge(pen: Pen) -> None:
    """A suspension bridge."""
    pen.shape((-3, 0.24), (-3, 0.3), (3, 0.3), (3, 0.24))
    for tower in (-1.1, 1.1):
        pen.shape((tower - 0.05, 0), (tower - 0.035, 1), (tower + 0.035, 1), (tower + 0.05, 0))
        pen.on("lamp").round((tower, 0.985), 0.018).on("body")
    cable = [(x, 0.36 + 0.6 * (x / 1.1) ** 2) for x in np.linspace(-1.1, 1.1, 45)]
    pen.line(*cable, wide=0.014)
    for sign in (-1, 1):
        pen.line((sign * 1.1, 0.97), (sign * 2.9, 0.3), wide=0.014)
    for x, y in cable[::2]:
        pen.line((x, 0.28), (x, y), wide=0.006)


def castle(pen: Pen) -> None:
    """Towers and a wall."""
    for x, wide, top in (
        (-0.45, 0.1, 0.62),
        (0.42, 0.12, 0.56),
        (-0.16, 0.09, 0.82),
        (0.14, 0.11, 0.72),
        (0.0, 0.3, 0.5),
    ):
        pen.shape((x - wide, 0), (x - wide, top), (x + wide, top), (x + wide, 0))
        if wide < 0.2:
            pen.shape((x - wide * 1.25, top), (x, top + 0.2), (x + wide * 1.25, top))
    pen.shape((-0.6, 0), (-0.6, 0.36), (0.6, 0.36), (0.6, 0))
    pen.on("lamp", 230)
    for x, y in ((-0.45, 0.5), (-0.16, 0.68), (0.14, 0.58), (0.42, 0.44), (-0.05, 0.25), (0.25, 0.22)):
        pen.round((x, y), 0.014, 0.028)


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


def fish(pen: Pen) -> None:
    """A fish."""
    top = curve([(-0.3, 0.5), (0.0, 0.86), (0.4, 0.72), (0.6, 0.5)])
    low = curve([(0.6, 0.5), (0.4, 0.3), (0.0, 0.16), (-0.3, 0.5)])
    pen.shape(*top, *low).shape((-0.22, 0.5), (-0.6, 0.85), (-0.48, 0.5), (-0.6, 0.15))


def jellyfish(pen: Pen) -> None:
    """A jellyfish that glows."""
    bell = curve([(-0.3, 0.66), (-0.26, 0.88), (0, 1.0), (0.26, 0.88), (0.3, 0.66), (0, 0.7)])
    pen.on("lamp", 150).shape(*bell)
    pen.on("lamp", 215).shape(*[(x * 0.7, 0.72 + (y - 0.72) * 0.7) for x, y in bell])
    for number in range(7):
        x = -0.21 + 0.07 * number
        tail = curve(
            [(x, 0.68), (x * 1.2 + 0.03, 0.45), (x * 0.8 - 0.03, 0.25), (x * 1.1, 0.04 + 0.05 * (number % 3))]
        )
        pen.on("lamp", 120).line(*tail, wide=0.012)


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


def fox(pen: Pen) -> None:
    """A fox on the way, its brush behind it."""
    back = [(-0.42, 0.55), (-0.3, 0.66), (0.0, 0.66), (0.24, 0.7), (0.38, 0.86), (0.5, 0.86)]
    nose = [(0.5, 0.86), (0.6, 0.76), (0.74, 0.68), (0.72, 0.645), (0.52, 0.63)]
    belly = [(0.52, 0.63), (0.4, 0.48), (0.2, 0.38), (-0.1, 0.42), (-0.36, 0.38), (-0.42, 0.55)]
    pen.shape(*curve(back), *curve(nose), *curve(belly))
    pen.shape((0.37, 0.82), (0.36, 1.0), (0.46, 0.88)).shape((0.46, 0.86), (0.49, 1.0), (0.54, 0.84))
    tail = [(-0.36, 0.58), (-0.56, 0.5), (-0.78, 0.3), (-0.98, 0.24)]
    pen.shape(*curve(tail), *curve([(-0.98, 0.24), (-0.8, 0.14), (-0.56, 0.26), (-0.36, 0.46)]))
    for hip, knee, foot in (
        (-0.34, -0.4, -0.44),
        (-0.26, -0.2, -0.26),
        (0.16, 0.12, 0.06),
        (0.28, 0.32, 0.32),
    ):
        pen.shape((hip - 0.07, 0.46), (hip + 0.08, 0.46), (knee + 0.035, 0.22), (foot + 0.03, 0.0),
                  (foot - 0.03, 0.0), (knee - 0.035, 0.22))  # fmt: skip
    pen.on("detail", 235).shape(
        *curve([(-0.98, 0.24), (-0.9, 0.285), (-0.8, 0.29), (-0.82, 0.16), (-0.98, 0.24)])
    )
    pen.shape(*curve([(0.72, 0.645), (0.56, 0.66), (0.42, 0.62), (0.3, 0.46), (0.42, 0.5), (0.52, 0.63)]))


def runner(pen: Pen) -> None:
    """A runner in full stride."""
    pen.round((0.09, 0.92), 0.055, 0.068)
    pen.shape(*curve([(-0.02, 0.83), (0.08, 0.86), (0.12, 0.78), (0.06, 0.6), (0.04, 0.48)]),
              *curve([(0.04, 0.48), (-0.08, 0.48), (-0.09, 0.62), (-0.02, 0.83)]))  # fmt: skip
    pen.line((0.04, 0.84), (0.09, 0.92), wide=0.05)
    pen.line((0.07, 0.79), (0.16, 0.64), (0.3, 0.7), wide=0.045).line(
        (0.0, 0.8), (-0.17, 0.7), (-0.22, 0.57), wide=0.045
    )
    pen.line((0.01, 0.5), (0.2, 0.42), wide=0.09).line((0.2, 0.42), (0.17, 0.2), wide=0.06)
    pen.line((-0.04, 0.5), (-0.13, 0.28), wide=0.09).line((-0.13, 0.28), (-0.36, 0.2), wide=0.055)
    pen.on("detail", 240).shape((0.13, 0.2), (0.2, 0.22), (0.28, 0.15), (0.13, 0.14))
    pen.shape((-0.34, 0.16), (-0.32, 0.24), (-0.4, 0.23), (-0.44, 0.1), (-0.39, 0.09))


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


def robot(pen: Pen) -> None:
    """A small robot with a square head."""
    pen.shape((-0.2, 0.66), (-0.2, 0.93), (0.2, 0.93), (0.2, 0.66)).line((0, 0.92), (0, 1.0), wide=0.016)
    pen.round((0, 0.985), 0.022).line((0, 0.6), (0, 0.7), wide=0.07)
    pen.shape((-0.24, 0.26), (-0.27, 0.62), (0.27, 0.62), (0.24, 0.26))
    pen.line((-0.26, 0.57), (-0.37, 0.42), (-0.34, 0.26), wide=0.06).line(
        (0.26, 0.57), (0.4, 0.46), (0.46, 0.34), wide=0.06
    )
    for x in (-0.13, 0.13):
        pen.line((x, 0.3), (x, 0.05), wide=0.08).shape(
            (x - 0.09, 0), (x - 0.09, 0.07), (x + 0.1, 0.07), (x + 0.1, 0)
        )
    pen.on("detail", 210).shape((-0.16, 0.34), (-0.17, 0.55), (0.17, 0.55), (0.16, 0.34))
    pen.on("lamp").round((-0.085, 0.8), 0.045).round((0.085, 0.8), 0.045).on("lamp", 170).round(
        (0.0, 0.45), 0.03
    )


def campfire(pen: Pen) -> None:
    """Logs and flames."""
    for tip in (-0.42, -0.2, 0.2, 0.42):
        pen.line((tip, 0.03), (-tip * 0.35, 0.2), wide=0.075)
    tongue = curve([(0, 0.05), (0.2, 0.2), (0.16, 0.42), (0.06, 0.6), (0.07, 0.8), (0.0, 1.0)])
    left = [(-x * 0.9, y * 0.92) for x, y in reversed(tongue)]
    for share, value in ((1.0, 150), (0.7, 205), (0.42, 255)):
        pen.on("lamp", value).shape(*[(x * share, 0.05 + (y - 0.05) * share) for x, y in [*tongue, *left]])
        for side, tall in ((-0.19, 0.55), (0.2, 0.48)):
            pen.shape(
                *[
                    (side * share + x * 0.6 * share, 0.05 + (y - 0.05) * tall * share)
                    for x, y in [*tongue, *left]
                ]
            )


def pagoda(pen: Pen) -> None:
    """A temple of three roofs, their corners turned up."""
    pen.shape((-0.52, 0), (-0.48, 0.07), (0.48, 0.07), (0.52, 0))
    for number, (low, wide) in enumerate(((0.07, 0.36), (0.36, 0.27), (0.61, 0.19))):
        tall = (0.2, 0.16, 0.13)[number]
        pen.shape((-wide, low), (-wide, low + tall), (wide, low + tall), (wide, low))
        out, top = wide * 1.55, low + tall
        eave = curve(
            [
                (-out, top + 0.035),
                (-wide, top - 0.012),
                (0, top - 0.018),
                (wide, top - 0.012),
                (out, top + 0.035),
            ]
        )
        roof = curve([(out, top + 0.035), (wide * 0.9, top + 0.045), (wide * 0.62, top + 0.1)])
        pen.shape(*eave, *roof, *[(-x, y) for x, y in reversed(roof)])
        pen.on("lamp", 225)
        for x in (-0.6, -0.2, 0.2, 0.6):
            pen.shape((x * wide - 0.03, low + 0.03), (x * wide - 0.03, low + tall - 0.035),
                      (x * wide + 0.03, low + tall - 0.035), (x * wide + 0.03, low + 0.03))  # fmt: skip
        pen.on("body")
    pen.line((0, 0.82), (0, 1.0), wide=0.018).round((0, 0.9), 0.022).round((0, 0.95), 0.016)


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


def cat(pen: Pen) -> None:
    """A sitting cat, its tail around its feet."""
    left = [(-0.2, 0.0), (-0.27, 0.14), (-0.2, 0.36), (-0.1, 0.52), (-0.13, 0.68)]
    right = [(0.13, 0.68), (0.12, 0.5), (0.16, 0.3), (0.15, 0.0)]
    pen.shape(*curve(left), *curve(right)).round((0, 0.75), 0.155, 0.135)
    for side in (-1, 1):
        pen.shape((side * 0.15, 0.76), (side * 0.13, 1.0), (side * 0.02, 0.86))
    pen.line(*curve([(-0.16, 0.05), (-0.32, 0.03), (-0.34, 0.13), (-0.42, 0.2)]), wide=0.055)
    pen.on("detail", 140).shape(
        *curve([(0.0, 0.5), (0.09, 0.4), (0.1, 0.2), (0.06, 0.03), (-0.02, 0.2), (0.0, 0.5)])
    )


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
