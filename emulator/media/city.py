"""A city: rows of buildings against the sky, and windows that are lit one by one."""

from __future__ import annotations

import numpy as np
from attrs import define

from emulator.media.light import dots, halo
from emulator.media.palette import Colour, colour
from emulator.media.stage import Field, Picture, Stage, View
from emulator.media.terrain import REACH, SAMPLES, Ridge


@define(eq=False)
class Skyline:
    """One row of buildings with its windows."""

    mass: Ridge
    windows: Field
    """x, height, warmth (0..1), phase of each."""
    lights: tuple[Colour, ...]
    strength: float
    grain: float
    """Radius of a window in pixels."""

    def draw(self, image: Picture, view: View) -> None:
        """The buildings, then their lights."""
        self.mass.draw(image, view)
        if self.strength <= 0:
            return
        stage, depth = self.mass.stage, self.mass.depth
        x, up, warmth, phase = self.windows
        scale = view.scale(depth) * stage.height
        column = (x - view.x * depth) * scale + stage.width / 2
        row = stage.row_of(0, view, depth) - up * scale
        level = (
            self.strength
            * np.where(np.sin(0.5 * view.time + phase) > -0.93, 1.0, 0.2)
            * (0.45 + 0.55 * warmth)
        )
        seen = (np.abs(column - stage.width / 2) < stage.width / 2 + 9) & (np.abs(row) < stage.height + 9)
        for number, tint in enumerate(self.lights):
            mine = seen & ((warmth * 97 % 1 * len(self.lights)).astype(int) == number)
            dots(image, column[mine], row[mine], self.grain * view.scale(depth), tint, level[mine])


def skyline(rng: np.random.Generator, *, height: float, wide: float, base: float) -> tuple[Field, Field]:
    """The line of roofs and the places of the windows below it."""
    line = np.full(SAMPLES, base, np.float32)
    per = SAMPLES / (2 * REACH)
    places: list[tuple[float, float]] = []
    x = -REACH
    while x < REACH:
        width = wide * rng.uniform(0.55, 1.5)
        tall = base + height * (0.38 + 0.62 * rng.power(1.2)) * (0.65 + 0.35 * np.cos(2.2 * x))
        first, last = int((x + REACH) * per), int((x + width + REACH) * per)
        line[first:last] = np.maximum(line[first:last], tall)
        _crown(line, rng, first, last, tall, height, per)
        places += _windows(rng, x, width, base, tall)
        x += width * rng.uniform(0.8, 1.25)
    at = np.array(places, np.float64).reshape(-1, 2)
    kept = at[rng.uniform(size=len(at)) < 0.42]
    return line, np.stack(
        [kept[:, 0], kept[:, 1], rng.uniform(0, 1, len(kept)), rng.uniform(0, 6.28, len(kept))]
    )


def _crown(
    line: Field, rng: np.random.Generator, first: int, last: int, tall: float, height: float, per: float
) -> None:
    """What stands on a roof: a step, a slope or a mast."""
    kind, middle, span = rng.uniform(), (first + last) // 2, last - first
    if kind < 0.35:
        inner = slice(first + span // 4, last - span // 4)
        line[inner] = np.maximum(line[inner], tall + height * 0.07)
    elif kind < 0.5 and span > 4:
        line[first:last] = np.maximum(
            line[first:last], tall + height * np.linspace(0, 0.12, span)[: len(line[first:last])]
        )
    elif kind < 0.68:
        mast = slice(middle, middle + max(2, int(0.003 * per)))
        line[mast] = np.maximum(line[mast], tall + height * 0.22)


def _windows(
    rng: np.random.Generator, x: float, width: float, base: float, tall: float
) -> list[tuple[float, float]]:
    across, up = 0.0135, 0.0175
    columns = np.arange(x + across, x + width - 0.5 * across, across)
    rows = np.arange(base + up, tall - up * 0.6, up)
    if rng.uniform() < 0.15:
        return []
    return [(float(column), float(row)) for column in columns for row in rows]


NEON = tuple(colour(code) for code in ("#3ff0ff", "#ff4fc3", "#ffd166", "#8b7bff"))
"""The colours of signs."""


@define(eq=False)
class Signs:
    """Upright neon signs on the near houses, that hum and blink."""

    stage: Stage
    places: Field
    """x, height, size, phase of each."""
    depth: float

    def draw(self, image: Picture, view: View) -> None:
        """Bars of light with their glow."""
        for number, (x, up, size, phase) in enumerate(self.places.T):
            tint = NEON[number % len(NEON)]
            scale = view.scale(self.depth) * self.stage.height
            column, row = self.stage.column_of(x, view, self.depth), self.stage.row_of(up, view, self.depth)
            on = 0.25 if np.sin(2.3 * view.time + phase) > 0.97 else 1.0
            half, tall = max(1.0, 0.006 * scale), size * scale
            halo(image, column, row, tall * 0.55, tint, 0.5 * on)
            left, right = int(max(0, column - half)), int(min(self.stage.width, column + half + 1))
            top, bottom = int(max(0, row - tall / 2)), int(min(self.stage.height, row + tall / 2))
            if left < right and top < bottom:
                bar = image[:, top:bottom, left:right]
                bar += (tint[:, None, None] * 0.5 + 0.5 - bar) * np.float32(0.92 * on)
