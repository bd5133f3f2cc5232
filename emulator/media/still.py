"""Takes a still of a scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from emulator.media.scene import build
from emulator.media.stage import View


def render_still(
    path: Path, *, prompt: str, seed: int, width: int, height: int, reference: Path | None = None
) -> None:
    """Write a PNG, JPEG or WebP, as the suffix says."""
    picture = build(prompt, seed, width, height).picture(View())
    pixels = np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8).transpose(1, 2, 0)
    Image.fromarray(np.ascontiguousarray(pixels), "RGB").save(path)
