"""Houses, towers and what else stands in one place, drawn at unit size."""

from __future__ import annotations

import numpy as np

from emulator.media.sprites import Pen, curve


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


def cabin(pen: Pen) -> None:
    """A cabin."""
    pen.shape((-0.6, 0), (-0.6, 0.45), (0.6, 0.45), (0.6, 0))
    pen.shape((-0.74, 0.42), (-0.46, 0.9), (0.46, 0.9), (0.74, 0.42))
    pen.shape((0.22, 0.8), (0.22, 1), (0.36, 1), (0.36, 0.8))
    pen.on("detail", 90).shape((-0.68, 0.47), (-0.45, 0.86), (0.45, 0.86), (0.68, 0.47))
    pen.on("lamp").shape((-0.4, 0.14), (-0.4, 0.34), (-0.16, 0.34), (-0.16, 0.14))
    pen.shape((0.24, 0.14), (0.24, 0.34), (0.46, 0.34), (0.46, 0.14))
    pen.on("body").line((-0.28, 0.14), (-0.28, 0.34), wide=0.02).line((0.35, 0.14), (0.35, 0.34), wide=0.02)


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
