"""What falls and floats before the scene: rain, snow, embers, petals, fireflies, dust, fog."""

from __future__ import annotations

import numpy as np
from attrs import define
from PIL import Image, ImageDraw

from emulator.media.light import dots, towards
from emulator.media.noise import sample, smoothstep
from emulator.media.palette import Colour
from emulator.media.stage import Field, Picture, Stage, View


@define(eq=False)
class Rain:
    """Two curtains of streaks, the near one longer and faster; `grows` brings it in over the clip."""

    stage: Stage
    tint: Colour
    curtains: list[Field]
    strength: float
    grows: bool = False

    @classmethod
    def of(
        cls, stage: Stage, rng: np.random.Generator, tint: Colour, strength: float, *, grows: bool = False
    ) -> Rain:
        """Rain that leans with the wind."""
        scale = stage.height / 360
        far = _streaks(stage, rng, 420, 14 * scale, 2, 0.16)
        near = _streaks(stage, rng, 130, 40 * scale, max(2, round(2.6 * scale)), 0.16)
        return cls(stage, tint, [far, near], strength, grows)

    def draw(self, image: Picture, view: View) -> None:
        """Add the streaks as light."""
        level = self.strength * (min(1.0, 0.15 + 1.4 * view.share) if self.grows else 1.0)
        light = np.zeros((self.stage.height, self.stage.width), np.float32)
        for curtain, speed, share in zip(self.curtains, (1.5, 2.7), (0.34, 0.42), strict=True):
            fall = speed * view.time * self.stage.height
            top = int(-fall) % (curtain.shape[0] // 2)
            left = int(0.16 * fall + 0.6 * view.x * self.stage.height) % (curtain.shape[1] // 2)
            cut = curtain[top : top + self.stage.height, left : left + self.stage.width]
            light += cut * np.float32(share * level)
        for plane, tone in zip(image, self.tint, strict=True):
            np.add(plane, light * np.float32(0.8 * tone), out=plane)


def _streaks(
    stage: Stage, rng: np.random.Generator, count: int, length: float, wide: int, lean: float
) -> Field:
    """A sheet of streaks that repeats at the picture's edges; drawn at twice its size, so it is smooth."""
    count = int(count * max(1.0, stage.aspect))
    drawing = Image.new("L", (stage.width * 2, stage.height * 2))
    pen = ImageDraw.Draw(drawing)
    for left, top, share in rng.uniform(0, 1, (count, 3)):
        x, y, tall = 2 * left * stage.width, 2 * top * stage.height, 2 * length * (0.5 + share)
        for down in (-2 * stage.height, 0):
            for right in (-2 * stage.width, 0):
                end = (x + right - lean * tall, y + down + tall)
                pen.line([(x + right, y + down), end], fill=int(60 + 130 * share), width=wide)
    sheet = np.asarray(drawing.resize((stage.width, stage.height), Image.Resampling.BOX), np.float32) / 255
    return np.asarray(np.tile(sheet, (2, 2)), np.float32)


@define(eq=False)
class Drift:
    """Many small things on their way; every one comes back when it has left the picture."""

    stage: Stage
    seeds: Field
    """x, y, nearness (0..1), phase of each."""
    tint: Colour
    fall: float
    """Picture heights a second; negative rises."""
    side: float
    flutter: float
    size: tuple[float, float]
    """Radius of the farthest and the nearest, in thousandths of the picture height."""
    strength: float
    opaque: bool = False
    blink: float = 0.0
    top: float = 0.0
    """Nothing above this share of the picture."""

    def draw(self, image: Picture, view: View) -> None:
        """Set them, far ones first."""
        x0, y0, near, phase = self.seeds
        stage, time = self.stage, view.time
        pace = 0.35 + 0.65 * near
        y = (y0 + self.fall * pace * time) % 1.1 - 0.05
        y = self.top + y * (1 - self.top)
        x = (
            x0
            + self.side * pace * time
            + self.flutter * np.sin(1.7 * time + phase) * pace
            - 0.8 * view.x * near / stage.aspect
        )
        column, row = (x % 1.1 - 0.05) * stage.width, y * stage.height
        level = self.strength * (0.45 + 0.55 * near)
        if self.blink:
            level = level * (1 - self.blink * (0.5 + 0.5 * np.sin((1.2 + near) * 2 * time + 5 * phase)))
        low, high = self.size
        for step in range(4):
            mine = (near >= step / 4) & (near < (step + 1) / 4 + 1e-6)
            radius = (low + (high - low) * ((step + 0.5) / 4) ** 2) * stage.height / 1000
            shown = min(1.0, radius / 0.5)
            dots(
                image,
                column[mine],
                row[mine],
                max(radius, 0.5),
                self.tint,
                level[mine] * shown,
                opaque=self.opaque,
            )


def scattered(rng: np.random.Generator, count: int, *, far: float = 2.0) -> Field:
    """Places for `count` things; most are far away."""
    near = rng.uniform(0, 1, count) ** far
    return np.stack(
        [rng.uniform(0, 1.1, count), rng.uniform(0, 1.1, count), near, rng.uniform(0, 6.28, count)]
    )


@define(eq=False)
class Fog:
    """A bank of fog that slides along, thickest around `up` over the horizon."""

    stage: Stage
    banks: Field
    tint: Colour
    up: float
    thick: float
    strength: float
    depth: float = 0.5
    wind: float = 1.0

    def draw(self, image: Picture, view: View) -> None:
        """Lay it over what is behind it."""
        middle = self.stage.row_of(self.up, view, self.depth)
        reach = self.thick * self.stage.height
        first, last = (
            max(0, int(middle - 2 * reach)) // 2 * 2,
            min(self.stage.height, int(middle + 2 * reach)),
        )
        if last - first < 4:
            return
        rows = (np.arange(first, last, 2, dtype=np.float32)[:, None] - np.float32(middle)) / np.float32(reach)
        x = self.stage.world_x(view, self.depth)[None, ::2] * 70 + np.float32(view.time * 6 * self.wind)
        cloud = sample(self.banks, x + rows * 6, rows * 34 + np.float32(view.time * 1.5))[..., 0]
        level = np.exp(-rows * rows) * (np.float32(0.35) + np.float32(0.9) * smoothstep(0.3, 0.75, cloud))
        full = np.repeat(np.repeat(level, 2, 0), 2, 1)[: last - first, : self.stage.width] * np.float32(
            self.strength
        )
        np.clip(full, 0, 1, out=full)
        for plane, tone in zip(image[:, first:last], self.tint, strict=True):
            towards(plane, tone, full)
