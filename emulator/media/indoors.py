"""Where there is no sky: a room with light through its window, and the deep sea with light from above."""

from __future__ import annotations

import numpy as np
from attrs import define, field

from emulator.media.light import disc, shine, towards
from emulator.media.noise import sample
from emulator.media.palette import Palette
from emulator.media.sprites import Figure
from emulator.media.stage import Field, Held, Picture, Stage, View


@define(eq=False)
class Wall:
    """A wall out of focus: warm light from one side, and the round blurs of lamps."""

    stage: Stage
    palette: Palette
    lamps: Field
    """x, y (0..1), radius, colour (0..1) of each blur."""
    side: float

    def draw(self, image: Picture, view: View) -> None:
        """Fill the whole picture."""
        stage, palette = self.stage, self.palette
        x = stage.columns[None, :] + np.float32(0.12 * view.x)
        y = stage.rows[:, None]
        near = np.clip(
            np.float32(0.5)
            + np.float32(self.side) * x * np.float32(0.55)
            - (y - np.float32(0.4)) * np.float32(0.35),
            0,
            1,
        )
        stops = [
            np.stack([one, two, three])
            for one, two, three in zip(palette.zenith, palette.upper, palette.horizon, strict=True)
        ]
        for plane, stop in zip(image, stops, strict=True):
            plane[:] = np.interp(near, [0.05, 0.5, 1.0], stop)
        for at, up, radius, tone in self.lamps.T:
            tint = palette.glow + (palette.lamp * np.float32(0.7) - palette.glow) * np.float32(tone)
            level = 0.16 + 0.12 * np.sin(0.7 * view.time + 9 * tone)
            disc(
                image,
                stage.column_of(at, view, 0.18),
                up * stage.height,
                radius * stage.height * view.scale(0.2),
                tint,
                level,
            )

    def place_of_light(self) -> float:
        """Which side the window is on."""
        return self.side


@define(eq=False)
class Shafts:
    """Beams of light that fall from above and waver."""

    stage: Stage
    palette: Palette
    noise: Field
    lean: float
    strength: float
    reach: float = 1.0
    """How far down they go."""
    _held: Held = field(factory=Held)

    def draw(self, image: Picture, view: View) -> None:
        """Add them to the picture."""
        shine(image, self.palette.glow, self._held(view, lambda: self._light(view)))

    def _light(self, view: View) -> Field:
        stage = self.stage
        y = stage.rows[::2, None]
        x = stage.columns[None, ::2] + np.float32(0.2 * view.x) - np.float32(self.lean) * y
        spread = x / (np.float32(0.55) + y)
        one = sample(
            self.noise, spread * 52 + np.float32(view.time * 2.2), np.full_like(spread, view.time * 3.0)
        )[..., 0]
        level = np.clip((one - np.float32(0.5)) * np.float32(3.4), 0, 1) * np.clip(
            1 - y / np.float32(self.reach), 0, 1
        )
        return np.repeat(np.repeat(level * np.float32(self.strength), 2, 0), 2, 1)[
            : stage.height, : stage.width
        ]


@define(eq=False)
class Deep:
    """Open water from bright surface to dark depth."""

    stage: Stage
    palette: Palette

    def draw(self, image: Picture, view: View) -> None:
        """Fill the whole picture."""
        y = np.clip(self.stage.rows - np.float32(0.5 * view.y), 0, 1)
        x = np.exp(-((self.stage.columns + np.float32(0.15)) ** 2) * np.float32(1.2))
        palette = self.palette
        for plane, top, middle, low, glow in zip(
            image, palette.zenith, palette.upper, palette.horizon, palette.glow, strict=True
        ):
            plane[:] = np.interp(y, [0, 0.42, 1.0], [top, middle, low])[:, None]
            towards(plane, glow, np.float32(0.6) * np.exp(-y * np.float32(6))[:, None] * x[None, :])


@define(eq=False)
class Steam:
    """What rises from something hot, at x, from `up` over the horizon."""

    stage: Stage
    palette: Palette
    noise: Field
    x: float
    up: float
    depth: float

    def draw(self, image: Picture, view: View) -> None:
        """Add it as soft light."""
        stage = self.stage
        column, row = stage.column_of(self.x, view, self.depth), stage.row_of(self.up, view, self.depth)
        tall = 0.34 * stage.height * view.scale(self.depth)
        top, bottom = max(0, int(row - tall)), min(stage.height, int(row))
        left, right = max(0, int(column - 0.4 * tall)), min(stage.width, int(column + 0.4 * tall))
        if top >= bottom or left >= right:
            return
        up = (np.float32(row) - np.arange(top, bottom, dtype=np.float32)[:, None]) / np.float32(tall)
        x = (np.arange(left, right, dtype=np.float32)[None, :] - np.float32(column)) / np.float32(tall)
        wisp = (
            x
            + np.float32(0.09) * up * np.sin(up * 7 - np.float32(1.6 * view.time))
            + np.float32(0.03) * np.sin(up * 17 - np.float32(2.4 * view.time))
        )
        noise = sample(self.noise, wisp * 90, up * 60 - np.float32(view.time * 22))[..., 0]
        level = np.exp(-((wisp / (np.float32(0.04) + 0.13 * up)) ** 2)) * np.clip(noise * 1.7 - 0.35, 0, 1)
        level *= np.clip(up * 6, 0, 1) * (1 - up)
        shine(
            image[:, top:bottom, left:right],
            self.palette.glow * np.float32(0.5) + np.float32(0.5),
            level.astype(np.float32) * np.float32(0.5),
        )


@define(eq=False)
class Plume:
    """The smoke of a rocket: a column from its flame down to `foot`, wider the older it is."""

    stage: Stage
    palette: Palette
    noise: Field
    rocket: Figure
    foot: float

    def draw(self, image: Picture, view: View) -> None:
        """Lay it over the picture, below the flame."""
        stage = self.stage
        column, base, tall = self.rocket.place(view)
        top = max(0, int(base - 0.12 * tall))
        if top >= stage.height:
            return
        start = np.float32(base - 0.12 * tall)
        rows = np.arange(top, stage.height, dtype=np.float32)[:, None]
        down = np.maximum(rows - start, 0) / np.float32(tall)
        x = (np.arange(stage.width, dtype=np.float32)[None, :] - np.float32(column)) / np.float32(tall)
        puff = sample(self.noise, x * 70, down * 55 - np.float32(view.time * 40))[..., 0] - np.float32(0.5)
        wide = np.float32(0.045) + np.float32(0.2) * down ** np.float32(1.3) * (1 + puff)
        cover = np.clip((wide - np.abs(x + np.float32(0.1) * puff)) * 12, 0, 1) * np.clip(down * 9, 0, 1)
        near = np.exp(-down * np.float32(4))
        smoke = self.palette.cloud_dark * np.float32(0.45) + self.palette.cloud_lit * np.float32(0.5)
        for plane, dull, hot in zip(image[:, top:], smoke, self.palette.lamp, strict=True):
            shade = (dull * (np.float32(0.85) + np.float32(0.5) * puff)) * (1 - near) + hot * near
            towards(plane, np.asarray(shade, np.float32), np.asarray(cover * np.float32(0.92), np.float32))
