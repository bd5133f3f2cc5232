"""The look at the end: contrast and tint by style, vignette, grain that hides the steps of 8-bit colour."""

from __future__ import annotations

import numpy as np
from attrs import define, frozen
from numpy.typing import NDArray

from emulator.media.noise import tile
from emulator.media.stage import Field, Picture

Pixels = NDArray[np.uint8]
"""Planes red, green, blue of one finished frame: (3, rows, columns)."""

_POOL = 1 << 16


@frozen(kw_only=True)
class Look:
    """How one style is developed; all amounts are 0 for none."""

    contrast: float = 0.22
    saturation: float = 1.0
    grain: float = 1.2
    vignette: float = 0.26
    lift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    steps: int = 0
    """Colours are flattened into so many steps a channel."""
    paper: float = 0.0
    on_twos: int = 1
    """Each picture is held for so many frames, as in hand animation."""
    flicker: float = 0.0


LOOKS = {
    "plain": Look(),
    "cinematic": Look(contrast=0.34, vignette=0.36, lift=(0.0, 0.006, 0.016), gain=(1.03, 1.0, 0.965)),
    "documentary": Look(contrast=0.14, saturation=0.9, grain=2.2, vignette=0.16),
    "anime": Look(contrast=0.3, saturation=1.28, grain=0.5, vignette=0.08, steps=22, on_twos=2),
    "watercolor": Look(
        contrast=0.05, saturation=0.92, grain=0.9, vignette=-0.14, paper=0.16, lift=(0.06, 0.055, 0.045)
    ),
    "noir": Look(contrast=0.62, saturation=0.0, grain=3.4, vignette=0.5),
    "vintage": Look(
        contrast=0.1,
        saturation=0.78,
        grain=3.6,
        vignette=0.42,
        lift=(0.07, 0.045, 0.03),
        gain=(1.0, 0.95, 0.82),
        flicker=0.03,
    ),
    "minimal": Look(contrast=0.1, saturation=0.85, grain=0.8, vignette=0.08),
    "claymation": Look(contrast=0.28, saturation=1.15, grain=0.9, vignette=0.3, paper=0.10, on_twos=2),
}


@define(eq=False)
class Grade:
    """Develops pictures of one size into frames."""

    look: Look
    shade: Field
    pool: Field
    curves: Pixels
    rng_seed: int

    @classmethod
    def of(cls, style: str | None, width: int, height: int, seed: int) -> Grade:
        """The look of `style`, for pictures of `width` x `height`."""
        look = LOOKS[style or "plain"]
        rng = np.random.Generator(np.random.PCG64(seed))
        shade = _vignette(width, height, look.vignette)
        if look.paper:
            shade = shade * (1 + np.float32(look.paper) * (_paper(rng, width, height) - np.float32(0.5)))
        pool = rng.normal(0, max(look.grain, 0.6), width * height + _POOL).astype(np.float32)
        return cls(look, (shade * 255).astype(np.float32), pool, _curves(look), seed)

    def develop(self, picture: Picture, number: int) -> Pixels:
        """Frame `number`; `picture` is used up."""
        if self.look.saturation != 1.0:
            grey = 0.30 * picture[0] + 0.59 * picture[1] + 0.11 * picture[2]
            picture -= grey
            picture *= np.float32(self.look.saturation)
            picture += grey
        start = (number * 40503 + 9176 * (number // 7)) % _POOL
        grain = self.pool[start : start + self.shade.size].reshape(self.shade.shape)
        shade = self.shade
        if self.look.flicker:
            shade = shade * np.float32(1 + self.look.flicker * np.sin(number * 1.9) * np.cos(number * 0.7))
        picture *= shade
        picture += grain
        np.clip(picture, 0, 255, out=picture)
        levels = picture.astype(np.uint8)
        return np.stack(
            [curve.take(plane, mode="clip") for curve, plane in zip(self.curves, levels, strict=True)]
        )


def _vignette(width: int, height: int, amount: float) -> Field:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    far = np.clip((x * x + y * y) / 2, 0, 1)
    return np.asarray(1 - np.float32(amount) * far**1.35, np.float32)


def _paper(rng: np.random.Generator, width: int, height: int) -> Field:
    fibres = (
        tile(rng, 512, 1024, cells=(64, 128), octaves=3) * 0.6
        + tile(rng, 512, 1024, cells=(6, 10), octaves=3) * 0.4
    )
    return np.asarray(np.tile(fibres, (height // 512 + 1, width // 1024 + 1))[:height, :width], np.float32)


def _curves(look: Look) -> Pixels:
    x = np.linspace(0, 1, 256)
    curve = x + look.contrast * (x * x * (3 - 2 * x) - x)
    if look.steps:
        stepped = np.rint(curve * look.steps) / look.steps
        curve = 0.35 * curve + 0.65 * stepped
    planes = [lift + (gain - lift) * curve for lift, gain in zip(look.lift, look.gain, strict=True)]
    return np.asarray(np.rint(np.clip(planes, 0, 1) * 255), np.uint8)
