"""Pictures from outside: what a clip starts from and ends at, and what a still takes its colours from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from attrs import define
from PIL import Image, ImageOps

from emulator.media.grade import Pixels
from emulator.media.noise import ease

_ROOM = 1.08
"""A photo is kept a little larger than the frame, so that the camera can move over it."""


@define(eq=False)
class Photo:
    """A picture that fills the frame, whatever its own shape."""

    image: Image.Image
    size: tuple[int, int]

    @classmethod
    def of(cls, path: Path, width: int, height: int) -> Photo:
        """Open `path` for frames of `width` x `height`."""
        with Image.open(path) as source:
            picture = ImageOps.exif_transpose(source).convert("RGB")
        large = (round(width * _ROOM), round(height * _ROOM))
        return cls(ImageOps.fit(picture, large, Image.Resampling.LANCZOS), (width, height))

    def frame(self, zoom: float) -> Pixels:
        """The photo seen from nearer by `zoom`, 1 is all of it."""
        wide, high = self.image.width / zoom, self.image.height / zoom
        left, top = (self.image.width - wide) / 2, (self.image.height - high) / 2
        seen = self.image.resize(self.size, Image.Resampling.BICUBIC, (left, top, left + wide, top + high))
        return np.ascontiguousarray(np.asarray(seen, np.uint8).transpose(2, 0, 1))


@define(eq=False)
class Bookends:
    """Where a clip starts and ends: from the first photo it goes over into the scene, then into the last."""

    first: Photo | None
    last: Photo | None
    seconds: float

    def on(self, pixels: Pixels, time: float, share: float) -> Pixels:
        """The frame at `time`; the very first and last frames are the photos alone."""
        over = min(1.4, 0.4 * self.seconds)
        if self.first is not None and time < over:
            kept = 1 - ease(0.0, over, time)
            pixels = _mixed(pixels, self.first.frame(1 + 0.05 * time / over), kept)
        left = (1 - share) * self.seconds
        if self.last is not None and left < over:
            pixels = _mixed(pixels, self.last.frame(1 + 0.05 * left / over), 1 - ease(0.0, over, left))
        return pixels


def toned(pixels: Pixels, reference: Path, amount: float = 0.65) -> Pixels:
    """`pixels` with the mean and the spread of colours of `reference`, as far as `amount` says."""
    model = Photo.of(reference, 256, 256).frame(1.0).reshape(3, -1).astype(np.float32)
    own = pixels.astype(np.float32)
    flat = own.reshape(3, -1)
    spread = np.clip((model.std(1) + 1) / (flat.std(1) + 1), 0.4, 2.0)
    moved = (own - flat.mean(1)[:, None, None]) * spread[:, None, None] + model.mean(1)[:, None, None]
    return np.asarray(np.clip(own + (moved - own) * np.float32(amount), 0, 255), np.uint8)


def _mixed(one: Pixels, two: Pixels, share: float) -> Pixels:
    weight = round(256 * share)
    return ((one.astype(np.uint16) * (256 - weight) + two.astype(np.uint16) * weight + 128) >> 8).astype(
        np.uint8
    )
