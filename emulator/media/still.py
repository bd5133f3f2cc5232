"""Takes a still of a scene."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from emulator.media.photo import toned
from emulator.media.scene import build

_FORMATS = {
    ".png": ("PNG", {"compress_level": 4}),
    ".jpg": ("JPEG", {"quality": 92, "subsampling": 0}),
    ".jpeg": ("JPEG", {"quality": 92, "subsampling": 0}),
    ".webp": ("WEBP", {"quality": 90, "method": 2}),
}
_SECONDS = 5.0
"""A still is the middle frame of a clip this long."""


def render_still(
    path: Path, *, prompt: str, seed: int, width: int, height: int, reference: Path | None = None
) -> None:
    """Write a PNG, JPEG or WebP, as the suffix says; with a `reference`, in its colours."""
    if path.suffix.lower() not in _FORMATS:
        raise ValueError(f"{path.name}: stills are written as {', '.join(_FORMATS)}")
    pixels = build(prompt, seed, width, height, _SECONDS).frame(0, _SECONDS / 2, 0.5)
    if reference is not None:
        pixels = toned(pixels, reference)
    kind, options = _FORMATS[path.suffix.lower()]
    Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(path, kind, **options)
