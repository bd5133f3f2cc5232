"""Light on the picture: blending, points of light of any softness, discs, halos and beams."""

from __future__ import annotations

import numpy as np

from emulator.media.palette import Colour
from emulator.media.stage import Field, Picture


def blend(image: Picture, colour: Colour, cover: Field) -> None:
    """Lay `colour` over `image`, as much as `cover` says."""
    tint = colour[:, None, None] if colour.ndim == 1 else colour
    image += (tint - image) * cover


def shine(image: Picture, colour: Colour, strength: Field) -> None:
    """Add light the way film does: bright places take less of it."""
    for plane, level in zip(image, colour, strict=True):
        room = np.float32(1) - np.minimum(plane, 1)
        room *= strength * np.float32(level)
        np.add(plane, room, out=plane)


def towards(plane: Field, tone: Field | float, share: Field) -> None:
    """Move one plane of a picture to `tone`, as far as `share` says."""
    step = np.subtract(np.float32(tone) if isinstance(tone, float) else tone, plane)
    step *= share
    np.add(plane, step, out=plane)


def dots(
    image: Picture,
    x: Field,
    y: Field,
    radius: float,
    colour: Colour,
    strength: Field,
    *,
    opaque: bool = False,
) -> None:
    """Soft points at columns `x` and rows `y`, each `radius` pixels wide; light, or paint where `opaque`."""
    height, width = image.shape[1:]
    reach = max(1, int(np.ceil(radius)))
    steps = np.arange(-reach, reach + 2)
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    columns = (left[:, None] + steps)[:, None, :] + np.zeros((steps.size, 1), np.int64)
    rows = (top[:, None] + steps)[:, :, None] + np.zeros(steps.size, np.int64)
    far = np.hypot(columns - x[:, None, None], rows - y[:, None, None])
    level = np.clip(radius + 0.5 - far, 0, 1) * np.broadcast_to(strength, x.shape)[:, None, None]
    seen = (level > 0.004) & (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    at, cover = (rows * width + columns)[seen], level[seen].astype(np.float32)
    for plane, tone in zip(image.reshape(3, -1), colour, strict=True):
        here = plane[at]
        room = (tone - here) if opaque else tone * (1 - np.minimum(here, 1))
        plane[at] = here + room * cover


def halo(image: Picture, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """A round glow around (`x`, `y`) in pixels that has faded out at four `radius`."""
    height, width = image.shape[1:]
    reach = 4 * radius
    left, right = max(0, int(x - reach)), min(width, int(x + reach) + 1)
    top, bottom = max(0, int(y - reach)), min(height, int(y + reach) + 1)
    if left >= right or top >= bottom or strength <= 0:
        return
    across = (np.arange(left, right, dtype=np.float32) - np.float32(x)) / np.float32(radius)
    down = (np.arange(top, bottom, dtype=np.float32) - np.float32(y)) / np.float32(radius)
    far = across[None, :] ** 2 + down[:, None] ** 2
    level = np.asarray(strength * np.clip(1 / (1 + 1.5 * far) - 0.04, 0, 1), np.float32)
    shine(image[:, top:bottom, left:right], colour, level)


def disc(image: Picture, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
    """A round with a clean edge."""
    height, width = image.shape[1:]
    left, right = max(0, int(x - radius) - 1), min(width, int(x + radius) + 3)
    top, bottom = max(0, int(y - radius) - 1), min(height, int(y + radius) + 3)
    if left >= right or top >= bottom:
        return
    across = np.arange(left, right, dtype=np.float32)[None, :] - np.float32(x)
    down = np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(y)
    cover = np.clip(np.float32(radius + 0.5) - np.hypot(across, down), 0, 1) * np.float32(strength)
    blend(image[:, top:bottom, left:right], colour, cover)
