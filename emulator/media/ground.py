"""The ground before the camera: a road that runs to the horizon, a beach with its foam, a table top."""

from __future__ import annotations

import numpy as np
from attrs import define

from emulator.media.light import blend
from emulator.media.noise import sample
from emulator.media.palette import Colour, Palette
from emulator.media.stage import Field, Picture, Stage, View


@define(eq=False)
class Road:
    """Asphalt in perspective whose lane marks come towards the camera."""

    stage: Stage
    palette: Palette
    land: Colour
    texture: Field
    speed: float = 1.0
    wet: float = 0.0

    def draw(self, image: Picture, view: View) -> None:
        """Everything below the horizon."""
        stage = self.stage
        top = max(1, int(stage.row_of(0, view, 0.1)))
        if top >= stage.height - 2:
            return
        down = (np.arange(top, stage.height, dtype=np.float32)[:, None] + 1 - top) / np.float32(stage.height)
        away = np.float32(0.3) / (down + np.float32(0.004))
        bend = np.float32(0.03) / (down + np.float32(0.06)) - np.float32(0.07)
        x = stage.columns[None, :] + np.float32(0.4 * view.x) * (np.float32(0.3) + 2 * down) - bend
        travelled = np.float32(view.time * self.speed * 2.2)
        aside = np.abs(x) / (down * np.float32(0.95) + np.float32(0.003))
        paint = self._land(x * away, away + travelled, down)
        sharp = down * np.float32(0.95 * stage.height)
        blend(paint, self._asphalt(down), np.clip((np.float32(0.62) - aside) * sharp + np.float32(0.5), 0, 1))
        marks = np.clip((np.float32(0.022) - aside) * sharp + np.float32(0.5), 0, 1)
        marks *= ((away + travelled) % np.float32(1.6) < np.float32(0.75)).astype(np.float32)
        marks += np.clip(
            (np.float32(0.018) - np.abs(aside - np.float32(0.55))) * sharp + np.float32(0.4), 0, 1
        )
        blend(paint, self.palette.lamp, np.clip(marks, 0, 1) * np.clip(down * 9, 0, np.float32(0.8)))
        image[:, top:] = paint

    def _land(self, u: Field, v: Field, down: Field) -> Picture:
        tone = sample(self.texture, u * 22, v * 22)[..., 0]
        near = np.clip(down * np.float32(3.2), 0, 1)
        base = self.palette.horizon * np.float32(0.55) + self.land * np.float32(0.45)
        paint = base[:, None, None] + (self.land - base)[:, None, None] * near[None]
        return np.asarray(paint * (np.float32(0.8) + np.float32(0.4) * tone), np.float32)

    def _asphalt(self, down: Field) -> Picture:
        grey = self.palette.near * np.float32(0.75) + self.palette.upper * np.float32(0.18)
        shine = np.clip(1 - down * np.float32(3.5), 0, 1) * np.float32(0.4 + 0.4 * self.wet)
        return np.asarray(
            grey[:, None, None] + (self.palette.horizon - grey)[:, None, None] * shine[None], np.float32
        )


@define(eq=False)
class Beach:
    """Sand along the picture's foot; the foam of the last wave runs up and back."""

    stage: Stage
    palette: Palette
    sand: Colour
    texture: Field
    line: Field
    top: float
    """How far below the horizon the water's edge lies."""

    def draw(self, image: Picture, view: View) -> None:
        """Sand, its wet rim and the foam."""
        stage = self.stage
        x = stage.world_x(view, 0.9)
        swash = 0.028 * np.sin(0.9 * view.time) + 0.012 * np.sin(1.9 * view.time + 1)
        shape = np.interp(x * 130 % len(self.line), np.arange(len(self.line)), self.line)
        moving = np.interp((x * 300 + 40 * view.time) % len(self.line), np.arange(len(self.line)), self.line)
        edge = stage.row_of(-self.top - swash, view, 0.9) + (0.05 * shape + 0.012 * moving) * stage.height
        first = max(0, int(edge.min() - 0.06 * stage.height))
        if first >= stage.height:
            return
        below = (
            np.arange(first, stage.height, dtype=np.float32)[:, None] - edge[None, :].astype(np.float32)
        ) / np.float32(stage.height)
        tone = sample(self.texture, np.broadcast_to(x[None, :] * 160, below.shape), below * 400)[..., 0]
        dry = self.sand[:, None, None] * (np.float32(0.86) + np.float32(0.28) * tone)
        damp = dry * np.float32(0.62) + self.palette.horizon[:, None, None] * np.float32(0.16)
        paint = damp + (dry - damp) * np.clip((below - np.float32(0.03 - swash)) * 14, 0, 1)
        region = image[:, first:]
        region += (paint - region) * np.clip(below * np.float32(stage.height) + np.float32(0.5), 0, 1)
        foam = np.exp(-((below / np.float32(0.009)) ** 2)) + np.float32(0.5) * np.exp(
            -(((below + 0.035) / 0.012) ** 2)
        ) * (tone > 0.45)
        white = self.palette.cloud_lit * np.float32(0.55) + np.float32(0.45)
        blend(
            region,
            np.asarray(white * (1 - 0.45 * self.palette.night), np.float32),
            np.clip(foam, 0, 1).astype(np.float32) * np.float32(0.9),
        )


@define(eq=False)
class Table:
    """A table top across the picture's foot, with a soft shine."""

    stage: Stage
    palette: Palette
    wood: Field
    depth: float = 0.9

    def draw(self, image: Picture, view: View) -> None:
        """Cover everything below its edge."""
        stage = self.stage
        top = int(stage.row_of(0, view, self.depth))
        if not 0 < top < stage.height - 2:
            return
        down = (np.arange(top, stage.height, dtype=np.float32)[:, None] + 1 - top) / np.float32(stage.height)
        x = stage.world_x(view, self.depth)[None, :] / (down + np.float32(0.35))
        grain = sample(
            self.wood,
            x * 26,
            np.broadcast_to(down * 300 / (down + 0.4), (down.shape[0], stage.width)) * np.float32(1.4),
        )[..., 0]
        shine = np.exp(-((x + np.float32(0.5)) ** 2) * np.float32(0.9)) * np.clip(
            np.float32(0.75) - down * 2, 0, 1
        )
        base = self.palette.near * np.float32(0.6) + self.palette.upper * np.float32(0.5)
        paint = base[:, None, None] * (np.float32(0.7) + np.float32(0.6) * grain)
        image[:, top:] = paint + (self.palette.glow[:, None, None] - paint) * shine * np.float32(0.55)
