"""A scene: the layers that a prompt asks for, from the sky to the film grain."""

from __future__ import annotations

import numpy as np
from attrs import define

from emulator.media.chance import dice
from emulator.media.noise import ridge
from emulator.media.palette import Palette, palette_for
from emulator.media.stage import Picture, Stage, View
from emulator.media.words import Reading, read


@define(eq=False)
class Scene:
    """What can be filmed: ask for a picture by a view."""

    stage: Stage
    palette: Palette
    reading: Reading
    ridges: list[tuple[float, np.ndarray]]

    def picture(self, view: View) -> Picture:
        """The scene as `view` sees it."""
        stage, palette = self.stage, self.palette
        up = np.clip(1 - stage.rows / stage.horizon, 0, 1)
        stops = np.stack([palette.horizon, palette.upper, palette.zenith], 1)
        sky = np.stack([np.interp(up, [0, 0.4, 1], band) for band in stops]).astype(np.float32)
        image = np.repeat(sky[:, :, None], stage.width, 2)
        for number, (base, line) in enumerate(self.ridges):
            depth = 0.15 + 0.3 * number
            x = stage.world_x(view, depth)
            top = np.interp(x, np.linspace(-3, 3, len(line)), line) * 0.08 + base
            cover = np.clip((stage.rows[:, None] - stage.horizon + top[None, :]) * stage.height, 0, 1)
            tint = palette.far + (palette.near - palette.far) * (number / 2)
            image += (tint[:, None, None] - image) * cover
        return image.astype(np.float32)


def build(prompt: str, seed: int, width: int, height: int) -> Scene:
    """The scene of `prompt`, drawn `width` x `height` pixels large."""
    reading = read(prompt)
    rng = dice("scene", prompt, seed)
    ridges = [(0.1 - 0.1 * number, ridge(rng, 2000, coarse=300, octaves=7)) for number in range(3)]
    return Scene(Stage.of(width, height, 0.62), palette_for(reading), reading, ridges)
