"""The `Inspector`: goes through a foreign file from end to end in a process of its own."""

import asyncio
from fractions import Fraction
from pathlib import Path
from typing import Final

from omnigen.adapters.ffmpeg.probe import Looks, Prober
from omnigen.ports.inspector import Footage, MediaKind

_SUBJECT: Final = {
    MediaKind.VIDEO: "the clip",
    MediaKind.IMAGE: "the image",
    MediaKind.SOUND: "the recording",
}


class FfmpegInspector:
    """Inspects with PyAV, at most `cores` files at a time.

    Bounds: videos of 60 s and 4096x2304, images of 8K, sound of 15 minutes; 40 s of CPU and 2 GB a file.
    """

    def __init__(self, cores: int, looks: Looks | None = None) -> None:
        self._prober = Prober(asyncio.Semaphore(max(1, cores)), looks)

    async def inspect(self, path: Path, kind: MediaKind, *, sampled: bool = False) -> Footage:
        """Say what is in the file; see the port for the errors."""
        found = await self._prober.decode(
            path, kind, _SUBJECT[kind], sampled=sampled and kind is MediaKind.VIDEO
        )
        return Footage(
            kind=kind,
            seconds=0.0 if kind is MediaKind.IMAGE else found["seconds"],
            width=found.get("width", 0),
            height=found.get("height", 0),
            frames=found["frames"],
            rate=Fraction(found["rate"]) if kind is MediaKind.VIDEO and found.get("rate") else None,
            codec=found.get("codec", ""),
            pixel_format=found.get("pixel_format", ""),
            has_sound=found["has_sound"],
        )
