"""What stands in the sky beside the sun: stars, the northern lights, a nebula, a planet, lightning."""

from __future__ import annotations

import numpy as np
from attrs import define, field
from PIL import Image, ImageDraw

from emulator.media.light import blend, dots, shine
from emulator.media.noise import sample, smoothstep, tile
from emulator.media.palette import Colour, Palette, colour
from emulator.media.stage import Field, Held, Picture, Stage, View


@define(eq=False)
class Stars:
    """Points that twinkle, each in its own time."""

    stage: Stage
    at: Field
    """x, height, size, phase of each."""
    strength: float

    @classmethod
    def of(cls, stage: Stage, rng: np.random.Generator, count: int, strength: float) -> Stars:
        """`count` stars over the whole sky."""
        x = rng.uniform(-stage.aspect / 2 - 0.1, stage.aspect / 2 + 0.1, count)
        up = (
            rng.uniform(-0.4, 1, count)
            if stage.horizon > 0.95
            else stage.horizon * rng.uniform(0.1, 1.05, count)
        )
        return cls(stage, np.stack([x, up, rng.power(0.5, count), rng.uniform(0, 6.28, count)]), strength)

    def draw(self, image: Picture, view: View) -> None:
        """Add them to the sky."""
        x, up, size, phase = self.at
        column = np.asarray(self.stage.width / 2 + (x - 0.06 * view.x) * view.scale(0) * self.stage.height)
        row = np.asarray((self.stage.horizon + 0.3 * view.y - up * view.scale(0)) * self.stage.height)
        level = self.strength * (0.35 + 0.65 * size) * (0.78 + 0.22 * np.sin(phase + 2.2 * view.time))
        white = colour("#eef3ff")
        large = size > 0.9
        dots(image, column[~large], row[~large], 0.7, white, level[~large])
        dots(image, column[large], row[large], 1.2, white, level[large])


@define(eq=False)
class Aurora:
    """Curtains of light with a sharp hem, green below and violet above."""

    stage: Stage
    phases: Field
    low: Colour
    high: Colour

    def draw(self, image: Picture, view: View) -> None:
        """Add two curtains."""
        bottom = int(self.stage.row_of(0, view, 0))
        up = self.stage.horizon + np.float32(0.3 * view.y) - self.stage.rows[:bottom, None]
        x = self.stage.columns[None, :] + np.float32(0.1 * view.x)
        for number in range(2):
            a, b, c = self.phases[number]
            hem = 0.20 + 0.11 * number + 0.06 * np.sin(2.1 * x + a + 0.22 * view.time)
            hem += 0.03 * np.sin(5.3 * x + b - 0.31 * view.time)
            rays = 0.55 + 0.25 * np.sin(23 * x + c + 0.9 * view.time + 3 * np.sin(3 * x + b))
            rays *= 0.6 + 0.4 * np.sin(1.7 * x + b + 0.15 * view.time)
            over = up - hem.astype(np.float32)
            level = np.exp(-np.maximum(over, 0) * np.float32(7)) * np.clip(over * 45 + 0.5, 0, 1)
            level *= np.clip(rays, 0, 1).astype(np.float32) * np.float32(0.62 - 0.2 * number)
            violet = np.clip(over * np.float32(4), 0, 1)
            shine(image[:, :bottom], self.low, level * (1 - violet))
            shine(image[:, :bottom], self.high, level * violet)


@define(eq=False)
class Nebula:
    """Deep space: two clouds of gas sliding over each other."""

    stage: Stage
    palette: Palette
    gas: Field
    _held: Held = field(factory=Held)

    def draw(self, image: Picture, view: View) -> None:
        """Fill the whole picture."""
        image[:] = self._held(view, lambda: self._gas(view))

    def _gas(self, view: View) -> Picture:
        stage = self.stage
        x = stage.columns[None, ::2] / np.float32(view.scale(0))
        y = stage.rows[::2, None] / np.float32(view.scale(0))
        slide = np.float32(view.time * 1.1 + 18 * view.x)
        u = np.asarray(x * 90 + y * 30 + slide, np.float32)
        v = np.asarray(y * 90 - x * 34, np.float32)
        one = sample(self.gas, u, v)[..., 0]
        two = sample(
            self.gas, u * np.float32(0.6) + np.float32(90 - slide * 0.5), v * np.float32(0.6) + np.float32(31)
        )[..., 0]
        half = np.empty((3, *one.shape), np.float32)
        half[:] = self.palette.zenith[:, None, None]
        blend(half, self.palette.horizon, smoothstep(0.35, 0.75, one) * np.float32(0.85))
        blend(
            half,
            self.palette.cloud_lit,
            smoothstep(0.45, 0.85, two) * smoothstep(0.3, 0.7, one) * np.float32(0.8),
        )
        blend(half, self.palette.glow, smoothstep(0.32, 0.62, one * two) * np.float32(0.6))
        return np.repeat(np.repeat(half, 2, 1), 2, 2)[:, : stage.height, : stage.width]


def gas_tile(rng: np.random.Generator) -> Field:
    """Noise for a nebula: (256, 256, 1)."""
    return tile(rng, 256, 256, cells=(3, 3), octaves=6)[..., None]


@define(eq=False)
class Planet:
    """A world with bands of weather, a night side and a thin lit air."""

    stage: Stage
    palette: Palette
    place: tuple[float, float]
    radius: float
    weather: Field
    sun: tuple[float, float]

    def draw(self, image: Picture, view: View) -> None:
        """Hang it before the stars; it turns slowly."""
        size = self.radius * view.scale(0.15)
        x = (self.stage.columns[None, :] - np.float32(self.place[0] - 0.15 * view.x)) / np.float32(size)
        y = (self.stage.rows[:, None] - np.float32(self.place[1] + 0.3 * view.y)) / np.float32(size)
        far = x * x + y * y
        inside = np.clip((1 - np.sqrt(far)) * np.float32(size * self.stage.height) + 0.5, 0, 1)
        z = np.sqrt(np.clip(1 - far, 0, 1))
        lit = np.clip((x * self.sun[0] + y * self.sun[1] + z * 0.25) * 1.25 + 0.12, 0, 1)
        across = np.asarray(np.arcsin(np.clip(x, -1, 1)) * 60 + view.time * 1.5, np.float32)
        down = np.asarray(np.clip(y, -1, 1) * 150, np.float32)
        bands = sample(self.weather, across, down)[..., 0]
        ground = self.palette.far[:, None, None] * (0.5 + bands) + self.palette.cloud_lit[:, None, None] * (
            bands**2
        )
        image += (np.clip(ground * lit, 0, 1) - image) * inside
        rim = np.exp(-np.abs(np.sqrt(far) - 1) * np.where(far < 1, np.float32(9), np.float32(30)))
        shine(image, self.palette.lamp, rim * np.clip(lit + 0.05, 0, 1) * np.float32(0.75))


@define(eq=False)
class Lightning:
    """Flashes at times that belong to the seed; the first bolt is always in the clip's second third."""

    stage: Stage
    times: list[float]
    bolts: list[Field]

    def draw(self, image: Picture, view: View) -> None:
        """Light the sky for a moment, with a bolt at its start."""
        for at, bolt in zip(self.times, self.bolts, strict=True):
            since = view.time - at
            if not 0 <= since < 0.6:
                continue
            level = np.float32(np.exp(-since * 7) * (0.75 + 0.25 * np.cos(since * 50)))
            bottom = int(self.stage.row_of(0, view, 0))
            shine(image[:, :bottom], colour("#c9d6f2"), np.full((1, 1), 0.34 * level, np.float32))
            shine(image[:, :bottom], colour("#f6f4ff"), bolt[:bottom] * level)


def bolt(stage: Stage, rng: np.random.Generator) -> Field:
    """One forked bolt as light, drawn large and made small so that its edge is smooth."""
    size = (stage.width * 2, stage.height * 2)
    drawing = Image.new("L", size)
    pen = ImageDraw.Draw(drawing)
    start = (rng.uniform(0.2, 0.8) * size[0], 0.0)
    _fork(pen, rng, start, stage.horizon * size[1], max(2, size[1] // 240), size[1] * 0.03)
    sharp = np.asarray(drawing.resize((stage.width, stage.height), Image.Resampling.BOX), np.float32) / 255
    soft = drawing.resize((max(1, stage.width // 12), max(1, stage.height // 12)), Image.Resampling.BOX)
    wide = np.asarray(soft.resize((stage.width, stage.height), Image.Resampling.BICUBIC), np.float32) / 255
    return np.asarray(np.clip(sharp + 1.2 * wide, 0, 1), np.float32)


def _fork(
    pen: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    start: tuple[float, float],
    end: float,
    width: int,
    step: float,
) -> None:
    x, y = start
    while y < end:
        to = (x + rng.normal(0, step * 0.8), y + step * rng.uniform(0.5, 1.3))
        pen.line([(x, y), to], fill=255, width=width)
        x, y = to
        if width > 1 and rng.uniform() < 0.12:
            _fork(pen, rng, (x, y), y + (end - y) * rng.uniform(0.2, 0.5), max(1, width // 2), step)
