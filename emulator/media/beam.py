"""The lamp of a lighthouse: two beams that turn, and the flash when one looks into the camera."""

from __future__ import annotations

import numpy as np
from attrs import define

from emulator.media.light import halo, shine
from emulator.media.noise import ease
from emulator.media.sprites import Figure
from emulator.media.stage import Picture, View

_LAMP = 0.845
"""Height of the lamp room, as a share of the tower."""


@define(eq=False)
class Beam:
    """Turns once in `period` seconds; where it comes on during the clip, at `starts` (a share of it)."""

    tower: Figure
    period: float
    phase: float
    starts: float | None
    air: float
    """How much haze there is to see it by."""

    def level(self, view: View) -> float:
        """How bright the lamp is: it warms up when it comes on."""
        return 1.0 if self.starts is None else ease(self.starts, self.starts + 0.16, view.share)

    def draw(self, image: Picture, view: View) -> None:
        """Add both beams and the glare."""
        level = self.level(view)
        if level <= 0:
            return
        foot_x, foot_y, tall = self.tower.place(view)
        x, y = foot_x, foot_y - _LAMP * tall
        angle = 2 * np.pi * view.time / self.period + self.phase
        for turn in (angle, angle + np.pi):
            self._cone(image, x, y, float(np.cos(turn)), float(np.sin(turn)), level)
        facing = max(0.0, float(np.cos(angle - 1.45)) ** 8)
        tint = self.tower.lamp
        halo(image, x, y, 0.05 * tall + 0.10 * tall * facing, tint, level * (0.75 + 0.25 * facing))
        halo(image, x, y, 0.32 * tall * (0.6 + facing), tint, level * (0.26 + 0.5 * facing))

    def _cone(self, image: Picture, x: float, y: float, across: float, toward: float, level: float) -> None:
        if abs(across) < 0.04:
            return
        stage = self.tower.stage
        height = stage.height
        reach = int(0.42 * height)
        top, bottom = max(0, int(y) - reach), min(height, int(y) + reach)
        right = across > 0
        left, end = (max(0, int(x)), stage.width) if right else (0, min(stage.width, int(x) + 1))
        if top >= bottom or left >= end:
            return
        along = np.abs(np.arange(left, end, dtype=np.float32) - np.float32(x)) / np.float32(
            height
        ) + np.float32(1e-3)
        down = (np.arange(top, bottom, dtype=np.float32) - np.float32(y)) / np.float32(height)
        tilt = np.float32(-0.10 * toward)
        spread = np.float32(0.008) + along * np.float32(0.045 + 0.16 * max(0.0, toward))
        off = (down[:, None] - tilt * along[None, :]) / spread[None, :]
        fade = np.exp(-along * np.float32(1.15 / max(0.12, abs(across))))
        strength = np.float32(level * self.air * (0.62 + 0.38 * max(0.0, toward)))
        cone = np.exp(-off * off) * (fade * strength)[None, :]
        shine(image[:, top:bottom, left:end], self.tower.lamp, cone)
