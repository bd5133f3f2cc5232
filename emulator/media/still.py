"""Takes a still of a scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from emulator.media.scene import build


def render_still(
    path: Path, *, prompt: str, seed: int, width: int, height: int, reference: Path | None = None
) -> None:
    """Write a PNG, JPEG or WebP, as the suffix says."""
    pixels = build(prompt, seed, width, height, 5.0).frame(0, 2.5, 0.5)
    Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)), "RGB").save(path)
