"""Films a scene: one clip from words, a seed and, where given, the pictures it starts from and ends at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from emulator.media.ambience import ambience
from emulator.media.encode import encode_video
from emulator.media.scene import build
from emulator.media.grade import Pixels


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
    if width % 2 or height % 2:
        raise ValueError(f"size is {width}x{height}; even numbers are needed")
    count = max(1, round(seconds * fps))
    source = (width // 4 * 2, height // 4 * 2)
    scene = build(prompt, seed, *source, count / fps)

    def frames() -> Iterator[bytes]:
        for number in range(count):
            share = number / max(1, count - 1)
            yield planes(scene.frame(number, number / fps, share))

    sound = ambience(prompt, seed, count / fps) if audio else None
    encode_video(path, frames(), source=source, size=(width, height), fps=fps, sound=sound)


def planes(pixels: Pixels) -> bytes:
    """Green, blue, red: the order that FFmpeg calls gbrp."""
    return pixels[[1, 2, 0]].tobytes()
