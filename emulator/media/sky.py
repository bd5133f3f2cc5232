"""The sky: its gradient, the air that glows around the sun, and clouds that drift over us in perspective.

It is worked out on every second pixel, since nothing in it is sharp; the sun's disc and the stars come after.
"""

from __future__ import annotations

import numpy as np
from attrs import define, field

from emulator.media.light import disc, halo, towards
from emulator.media.noise import ease, sample, smoothstep, tile
from emulator.media.palette import Palette
from emulator.media.stage import Field, Held, Picture, Stage, View

_TILE = 256


@define(eq=False, kw_only=True)
class Sky:
    """A whole sky; `cover` 0 is clear, 1 overcast, and it goes from `cover` to `later` over the clip."""

    stage: Stage
    palette: Palette
    clouds: Field
    sun: tuple[float, float]
    """Where the sun or moon stands: x, and how high over the horizon."""
    cover: float
    later: float
    wind: float = 0.5
    sinks: float = 0.0
    """How far the sun sinks over the clip (it rises where negative)."""
    moon: bool = False
    hidden: bool = False
    """No disc: it is behind the clouds."""
    _held: Held = field(factory=Held)

    def draw(self, image: Picture, view: View) -> None:
        """Fill `image` down to the horizon (and a little below it)."""
        bottom = min(self.stage.height, int(self.stage.row_of(-0.07, view, 0)))
        half = self._held(view, lambda: self._half(view, bottom))
        bottom = min(bottom, 2 * half.shape[1])
        image[:, :bottom] = _doubled(half, bottom, self.stage.width)
        image[:, bottom:] = self.palette.horizon[:, None, None]
        if not self.hidden:
            self._disc(image, view)

    def _half(self, view: View, bottom: int) -> Picture:
        up, across = self._grid(bottom, view)
        sun_x, sun_up = self.place_of_sun(view)
        far = (across - np.float32(sun_x)) ** 2 + (np.float32(1.3) * (up - np.float32(sun_up))) ** 2
        half = self._gradient(up) + np.zeros_like(across)
        air = np.asarray(1 / (1 + far * np.float32(14)), np.float32)
        self._glow(half, up, air)
        self._cloud(half, up, across, air, view)
        return half

    def place_of_sun(self, view: View) -> tuple[float, float]:
        """x and height of the sun at this moment."""
        return self.sun[0], self.sun[1] - self.sinks * view.share

    def _grid(self, bottom: int, view: View) -> tuple[Field, Field]:
        stage, scale = self.stage, np.float32(view.scale(0))
        rows = stage.rows[:bottom:2, None] + np.float32(0.5 / stage.height)
        up = (np.float32(stage.horizon + 0.3 * view.y) - rows) / scale
        across = (stage.columns[None, ::2] + np.float32(0.5 / stage.height)) / scale
        return up, across

    def _gradient(self, up: Field) -> Picture:
        height = np.clip(up / np.float32(self.stage.horizon), 0, 1)
        stops = zip(self.palette.horizon, self.palette.upper, self.palette.zenith, strict=True)
        return np.stack([np.interp(height, [0, 0.38, 1], stop).astype(np.float32) for stop in stops])

    def _glow(self, half: Picture, up: Field, air: Field) -> None:
        strength = np.float32(0.34 if self.moon else 0.75) * air
        strength += np.float32(0.16) * np.exp(-np.abs(up) * np.float32(12)) * np.sqrt(air)
        half += (self.palette.glow[:, None, None] - half) * np.clip(strength, 0, 1)

    def _cloud(self, half: Picture, up: Field, across: Field, air: Field, view: View) -> None:
        cover = self.cover + (self.later - self.cover) * ease(0, 1, view.share)
        if cover <= 0.02:
            return
        away = np.float32(36) / (np.maximum(up, 0) + np.float32(0.16))
        drift = np.float32(self.wind * view.time)
        u = across * away * np.float32(1.1) + drift * np.float32(3.2) + np.float32(40 * view.x * 0.1)
        v = away - drift * np.float32(1.6)
        coarse = sample(self.clouds, u, v)
        fine = sample(self.clouds, u * np.float32(2.3) + drift * 2, v * np.float32(2.3))
        thick = coarse[..., 0] * np.float32(0.72) + fine[..., 0] * np.float32(0.28)
        body = smoothstep(0.78 - 0.56 * cover, 1.0 - 0.36 * cover, thick)
        body *= smoothstep(-0.01, 0.09, up) * np.float32(0.95)
        lit = np.clip(
            coarse[..., 1] * np.float32(0.7) + fine[..., 1] * np.float32(0.4) + np.float32(0.35), 0, 1
        )
        self._paint_clouds(half, body, lit, air)

    def _paint_clouds(self, half: Picture, body: Field, lit: Field, air: Field) -> None:
        palette = self.palette
        lit = np.clip(lit + air * np.float32(0.35), 0, 1)
        lining = np.clip(body * (1 - body) * air * np.float32(1.6), 0, 1)
        for plane, light, dark, glow in zip(
            half, palette.cloud_lit, palette.cloud_dark, palette.glow, strict=True
        ):
            towards(plane, dark + (light - dark) * lit, body)
            towards(plane, glow, lining)

    def _disc(self, image: Picture, view: View) -> None:
        x, up = self.place_of_sun(view)
        column, row = self.stage.column_of(x, view, 0), self.stage.row_of(up, view, 0)
        size = self.stage.height * view.scale(0)
        radius = size * (0.032 if self.moon else 0.045 if up < 0.25 else 0.034)
        halo(image, column, row, radius * 1.6, self.palette.glow, 0.5 if self.moon else 0.8)
        white = self.palette.glow + (1 - self.palette.glow) * np.float32(0.55)
        disc(image, column, row, radius, white)


def cloud_tile(rng: np.random.Generator, sun_side: float) -> Field:
    """Cloud noise and, beside it, how its humps are lit from the sun's side: (256, 256, 2)."""
    noise = tile(rng, _TILE, _TILE, cells=(5, 4), octaves=6)
    shift = 5 if sun_side > 0 else -5
    lit = (noise - np.roll(noise, (-4, -shift), (0, 1))) * 3
    return np.stack([noise, lit], -1).astype(np.float32)


def _doubled(half: Picture, rows: int, columns: int) -> Picture:
    """Every pixel and the mean of its neighbours: twice the size, still smooth."""
    tall = np.empty((3, half.shape[1] * 2, half.shape[2]), np.float32)
    tall[:, ::2] = half
    tall[:, 1:-1:2] = (half[:, :-1] + half[:, 1:]) * np.float32(0.5)
    tall[:, -1] = half[:, -1]
    full = np.empty((3, tall.shape[1], tall.shape[2] * 2), np.float32)
    full[:, :, ::2] = tall
    full[:, :, 1:-1:2] = (tall[:, :, :-1] + tall[:, :, 1:]) * np.float32(0.5)
    full[:, :, -1] = tall[:, :, -1]
    return full[:, :rows, :columns]
