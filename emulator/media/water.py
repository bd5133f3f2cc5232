"""Water: it mirrors what is drawn above it, broken by waves in perspective, and glitters under a light."""

from __future__ import annotations

import numpy as np
from attrs import define

from emulator.media.light import towards
from emulator.media.noise import sample
from emulator.media.palette import Palette
from emulator.media.stage import Field, Picture, Stage, View


@define(eq=False, kw_only=True)
class Water:
    """A surface from the horizon down to the picture's end; `rough` 0.1 is a lake, 1 a storm."""

    stage: Stage
    palette: Palette
    rough: float
    later: float
    """What `rough` has become at the clip's end."""
    waves: Field
    """Direction x, direction z, length, phase, height of each wave: (5, waves)."""
    light: float | None = None
    """x of the sun or moon whose path lies on the water."""
    ripples: Field
    """Fine ripples: a noise tile, (256, 256, 1)."""
    mirror: float = 0.8
    depth: float = 0.5
    shore: float = 0.0
    """Depth of the edge where it begins; 0 is the horizon."""

    def draw(self, image: Picture, view: View) -> None:
        """Cover everything below the horizon."""
        stage = self.stage
        top = round(stage.row_of(0, view, self.shore))
        if top >= stage.height - 1:
            return
        top = max(top, 1)
        down = (np.arange(top, stage.height, dtype=np.float32)[:, None] + 1 - top) / np.float32(stage.height)
        rough = np.float32(self.rough + (self.later - self.rough) * view.share)
        slope, crest = self._waves(down, view)
        paint = self._mirrored(image, top, down, slope * rough)
        self._tint(paint, down, slope, crest, rough)
        self._glitter(paint, down, slope, rough, view)
        image[:, top:] = paint

    def _waves(self, down: Field, view: View) -> tuple[Field, Field]:
        away = np.float32(0.42) / (down + np.float32(0.035))
        x = self.stage.columns[None, ::2] / np.float32(view.scale(self.depth)) * away
        x = x + np.float32(view.x * self.depth * 2.2)
        slope, crest = np.zeros_like(x), np.zeros_like(x)
        for east, north, length, phase, height in self.waves.T:
            number = 6.2832 / length
            calm = np.clip(length * 5.5 / (away * away + np.float32(0.4)), 0, 1) * np.float32(height)
            speed = 1.25 * np.sqrt(number)
            run = np.float32(east * number) * x + (
                np.float32(north * number) * away + np.float32(phase + speed * view.time)
            )
            wave = np.sin(run + np.float32(0.6) * slope) * calm
            slope += wave
            if length > 0.5:
                crest += wave
        u, v = x * np.float32(88), away * np.float32(150) + np.float32(14 * view.time)
        fine = (
            sample(self.ripples, u + np.float32(9 * view.time), v)[..., 0]
            + sample(self.ripples, u * 0.53, v * 0.47)[..., 0]
        )
        slope += (fine - 1) * np.float32(2.6) * np.clip(np.float32(4.0) / (away + np.float32(0.5)), 0, 1)
        wide = self.stage.width
        return np.repeat(slope, 2, 1)[:, :wide], np.repeat(crest, 2, 1)[:, :wide]

    def _mirrored(self, image: Picture, top: int, down: Field, slope: Field) -> Picture:
        stage = self.stage
        height = np.float32(stage.height)
        spread = np.float32(0.05) + np.float32(0.55) * np.sqrt(down)
        rows = (
            np.float32(top)
            - 1
            - down * height * np.float32(0.92)
            + slope * spread * height * np.float32(0.16)
        ).astype(np.int32)
        np.clip(rows, 0, top - 1, out=rows)
        shift = (slope * down * height * np.float32(0.06)).astype(np.int32)
        columns = np.clip(np.arange(stage.width, dtype=np.int32)[None, :] + shift, 0, stage.width - 1)
        rows *= np.int32(stage.width)
        rows += columns
        paint = np.stack([plane.reshape(-1).take(rows) for plane in image])
        paint[:, 1:] = (paint[:, 1:] + paint[:, :-1]) * np.float32(0.5)
        paint[:, :, 1:] = (paint[:, :, 1:] + paint[:, :, :-1]) * np.float32(0.5)
        return paint

    def _tint(self, paint: Picture, down: Field, slope: Field, crest: Field, rough: np.float32) -> None:
        keep = np.float32(self.mirror) * (np.float32(1) - np.clip(down * np.float32(1.25), 0, 0.62))
        keep = np.clip(keep + slope * np.float32(0.16) * rough, 0.05, 0.95)
        shade = np.float32(1) + np.float32(0.24) * rough * slope
        for plane, own in zip(paint, self.palette.water, strict=True):
            towards(plane, np.asarray(own * shade, np.float32), 1 - keep)
        if rough > 0.45:
            foam = np.clip(crest + np.float32(0.6) * slope - np.float32(1.55 - 0.55 * rough), 0, 1)
            foam *= np.clip(down * 8, 0, 1) * (rough - np.float32(0.45)) * np.float32(1.1)
            paint += (self.palette.cloud_lit[:, None, None] * np.float32(0.92) - paint) * np.clip(
                foam, 0, 0.75
            )

    def _glitter(self, paint: Picture, down: Field, slope: Field, rough: np.float32, view: View) -> None:
        if self.light is None:
            return
        aside = self.stage.columns[None, :] / np.float32(view.scale(0)) - np.float32(self.light)
        width = np.float32(0.022) + down * np.float32(0.26 + 0.3 * rough)
        level = np.exp(-((aside / width) ** 2))
        level *= np.clip(
            (slope - np.float32(0.12)) * np.float32(1.6) + np.float32(0.25) * (1 - rough), 0, np.float32(0.95)
        )
        for plane, tone in zip(paint, self.palette.glow, strict=True):
            towards(plane, tone, level)


def swell(rng: np.random.Generator, wild: float) -> Field:
    """A handful of waves from long to short; their sum stays within about -1..1 (higher where `wild`)."""
    lengths = np.array([2.4, 1.3, 0.72, 0.4, 0.23, 0.13])
    angle = rng.normal(0, 0.5, lengths.size)
    height = np.array([0.42, 0.36, 0.34, 0.34, 0.32, 0.3]) * (1 + 0.25 * wild)
    phase = rng.uniform(0, 6.28, lengths.size)
    return np.stack([np.sin(angle), np.cos(angle), lengths, phase, height]).astype(np.float32)
