"""Films a scene: one clip from words, a seed and, where given, the pictures it starts from and ends at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emulator.media.ambience import ambience
from emulator.media.encode import encode_video
from emulator.media.grade import Pixels
from emulator.media.photo import Bookends, Photo
from emulator.media.scene import Scene, build

_DRAWN_PIXELS = 576 * 324
"""Scenes are drawn about this large and scaled up by FFmpeg: more would cost more than it shows."""


def render_video(
    path: Path,
    *,
    prompt: str,
    seed: int,
    seconds: float,
    width: int,
    height: int,
    fps: int = 24,
    audio: bool = True,
    first_frame: Path | None = None,
    last_frame: Path | None = None,
) -> None:
    """Write an MP4 of exactly round(seconds * fps) frames of `width` x `height` (both even)."""
    if width % 2 or height % 2 or min(width, height) < 32:
        raise ValueError(f"size is {width}x{height}; even numbers from 32 on are needed")
    count = max(1, round(seconds * fps))
    source = drawn_size(width, height)
    scene = build(prompt, seed, *source, count / fps)
    photos = Bookends(
        Photo.of(first_frame, *source) if first_frame else None,
        Photo.of(last_frame, *source) if last_frame else None,
        count / fps,
    )
    sound = ambience(prompt, seed, count / fps) if audio else None
    encode_video(
        path, _frames(scene, photos, count, fps), source=source, size=(width, height), fps=fps, sound=sound
    )


def drawn_size(width: int, height: int) -> tuple[int, int]:
    """The size that a clip of `width` x `height` is drawn at: the same shape, even, never larger."""
    factor = min(1.0, (_DRAWN_PIXELS / (width * height)) ** 0.5)
    return max(16, round(width * factor / 2) * 2), max(16, round(height * factor / 2) * 2)


def _frames(scene: Scene, photos: Bookends, count: int, fps: int) -> Iterator[bytes]:
    held = scene.grade.look.on_twos
    drawn: Pixels | None = None
    for number in range(count):
        time, share = number / fps, number / max(1, count - 1)
        if drawn is None or number % held == 0:
            drawn = scene.frame(number, time, share)
        yield _planes(photos.on(drawn, time, share))


def _planes(pixels: Pixels) -> bytes:
    """Green, blue, red: the order that FFmpeg calls gbrp."""
    return pixels[[1, 2, 0]].tobytes()
