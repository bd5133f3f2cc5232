"""A finished video, looked at frame by frame: what it is, what it shows, how loud it is."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

THUMBNAIL = 32, 32
BT709 = 1
LIMITED_RANGE = 1
"""`tv`: luma from 16 to 235."""


@dataclass(frozen=True)
class Film:
    """What probing and decoding every frame has shown."""

    frames: NDArray[np.uint8]
    """Each frame in small: (frames, height, width, RGB)."""
    width: int
    height: int
    rate: float
    seconds: float
    pixel_format: str
    codec: str
    colours: tuple[int, int, int, int]
    """Primaries, transfer, matrix, range, as numbers of ITU-T H.273."""
    audio_codec: str
    audio_rate: int
    channels: int
    audio_seconds: float
    loudness: NDArray[np.float64]
    """Root mean square of each tenth of a second of sound."""

    def distance(self, one: int, other: int) -> float:
        """How much two frames differ in their colours: 0 is alike, 1 has nothing in common."""
        first, second = _histogram(self.frames[one]), _histogram(self.frames[other])
        return float(np.abs(first - second).sum() / 2)


def watch(path: Path) -> Film:
    """Decode all of a file."""
    with av.open(str(path)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        facts = _facts(picture, sound)
        frames = [f.reformat(*THUMBNAIL, format="rgb24").to_ndarray() for f in container.decode(video=0)]
    with av.open(str(path)) as container:
        samples = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    rate = facts["audio_rate"]
    return Film(
        frames=np.stack(frames), audio_seconds=samples.shape[1] / rate, loudness=_rms(samples, rate), **facts
    )


def boxes(content: bytes) -> list[str]:
    """The top-level boxes of an MP4 file, in order."""
    found, at = [], 0
    while at < len(content):
        size, kind = struct.unpack(">I4s", content[at : at + 8])
        if size == 1:
            [size] = struct.unpack(">Q", content[at + 8 : at + 16])
        found.append(kind.decode())
        at += size or len(content)
    return found


def _facts(picture: Any, sound: Any) -> dict[str, Any]:
    context = picture.codec_context
    return {
        "width": picture.width,
        "height": picture.height,
        "rate": float(picture.average_rate),
        "seconds": float(picture.duration * picture.time_base),
        "pixel_format": context.pix_fmt,
        "codec": context.name,
        "colours": (
            int(context.color_primaries),
            int(context.color_trc),
            int(context.colorspace),
            int(context.color_range),
        ),
        "audio_codec": sound.codec_context.name,
        "audio_rate": sound.rate,
        "channels": sound.channels,
    }


def _histogram(frame: NDArray[np.uint8]) -> NDArray[np.float64]:
    counted, _ = np.histogramdd(frame.reshape(-1, 3), bins=(6, 6, 6), range=((0, 256),) * 3)
    return counted / counted.sum()


def _rms(samples: NDArray[Any], rate: int) -> NDArray[np.float64]:
    mono = samples.astype(np.float64).mean(axis=0)
    tenths = mono[: len(mono) // (rate // 10) * (rate // 10)].reshape(-1, rate // 10)
    return np.sqrt((tenths**2).mean(axis=1))
