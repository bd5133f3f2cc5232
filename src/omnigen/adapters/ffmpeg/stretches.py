"""How a programme's sound is divided into stretches that are mixed and encoded on their own: pure.

A stretch is about a scene. What it is made of has a name (`Stretch.key`), so that a stretch that an earlier mix had as
well is taken from there. Places are samples of the programme; stretches begin on the grid of AAC's frames.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from omnigen.adapters.ffmpeg.graph import SAMPLE_RATE
from omnigen.adapters.ffmpeg.levels import Mastering

AAC_FRAME: Final = 1024
_SETTLING: Final = SAMPLE_RATE
"""Samples in which ducking and limiter forget what was before: ten time constants."""
_BEFORE: Final = 20 * AAC_FRAME
"""Samples encoded before a stretch: the encoder's windows settle, and the meter has its block of 400 ms."""
_BEHIND: Final = 4 * AAC_FRAME
"""Samples encoded behind a stretch: an encoder looks ahead."""
_LOOKAHEAD: Final = SAMPLE_RATE // 10
"""Samples that the limiter wants to know."""
_SHORTEST: Final = SAMPLE_RATE
"""Shorter scenes share a stretch."""


@frozen(kw_only=True)
class Piece:
    """A stem's file in its place."""

    path: Path
    name: str
    """A hash of its content."""
    start: int
    end: int
    """It is not heard beyond."""
    tempo: float = 1.0

    def told(self, origin: int) -> list[Any]:
        """What it is and where it lies, seen from `origin`."""
        return [self.name, self.start - origin, self.end - origin, self.tempo]


@frozen(kw_only=True)
class Stretch:
    """Samples `start` to `end`, `end` excluded, with what there is to be heard in them and around them."""

    start: int
    end: int
    total: int
    """Of the programme."""
    tracks: Mapping[str, tuple[Piece, ...]]

    @property
    def encoded(self) -> tuple[int, int]:
        """What is encoded."""
        return max(0, self.start - _BEFORE), min(self.total, self.end + _BEHIND)

    @property
    def window(self) -> tuple[int, int]:
        """What is mixed."""
        first, last = self.encoded
        return max(0, first - _SETTLING), min(self.total, last + _LOOKAHEAD)

    @property
    def packets(self) -> int:
        """AAC frames; the first stretch's begin with the encoder's delay, which the last one's make up for."""
        frames = -(-(self.end - self.start) // AAC_FRAME)
        return frames + (self.end == self.total)

    def raw_key(self, gains: Mapping[str, float]) -> str:
        """Made of all that decides what it is before it is mastered."""
        return _digest(self._told(gains))

    def key(self, gains: Mapping[str, float], mastering: Mastering, *, encoded: bool) -> str:
        """Made of all that decides its bytes."""
        return _digest([self._told(gains), mastering.gain, mastering.ceiling, encoded])

    def _told(self, gains: Mapping[str, float]) -> dict[str, Any]:
        origin, last = self.window
        return {
            "places": [p - origin for p in (*self.encoded, self.start, self.end, last)],
            "ends": [self.start == 0, self.end == self.total],
            "tracks": {
                name: [p.told(origin) for p in pieces] for name, pieces in self.tracks.items() if pieces
            },
            "gains": {name: gains[name] for name, pieces in self.tracks.items() if pieces},
        }

    def request(
        self, gains: Mapping[str, float], mastering: Mastering, *, raw: Path, into: Path | None, pcm: Path
    ) -> dict[str, Any]:
        """As the desk takes it; `raw` is where a rehearsal leaves it unmastered, `pcm` the folder of stems' samples."""
        return {
            "raw": str(raw),
            "window": self.window,
            "encoded": self.encoded,
            "kept": [self.start, self.end],
            "last": self.end == self.total,
            "tracks": {name: [_request(p, pcm) for p in pieces] for name, pieces in self.tracks.items()},
            "gains": dict(gains),
            "gain": mastering.gain,
            "ceiling": mastering.ceiling,
            "into": str(into) if into else None,
        }


def _digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def samples_in(folder: Path, name: str) -> Path:
    """Where a stem's samples are left while it is mixed."""
    return folder / f"stem-{name}.pcm"


def _request(piece: Piece, pcm: Path) -> dict[str, Any]:
    told = {"path": str(piece.path), "start": piece.start, "end": piece.end, "tempo": piece.tempo}
    return told | {"pcm": str(samples_in(pcm, piece.name))}


def stretches(marks: Sequence[int], total: int, tracks: Mapping[str, Sequence[Piece]]) -> Iterator[Stretch]:
    """The programme from the samples at which its scenes begin."""
    for start, end in pairwise([*_borders(marks, total), total]):
        bare = Stretch(start=start, end=end, total=total, tracks={})
        begin, last = bare.window
        near = {n: tuple(p for p in ps if p.start < last and p.end > begin) for n, ps in tracks.items()}
        yield Stretch(start=start, end=end, total=total, tracks=near)


def _borders(marks: Sequence[int], total: int) -> list[int]:
    borders = [0]
    for mark in marks:
        border = mark // AAC_FRAME * AAC_FRAME
        if border - borders[-1] >= _SHORTEST and total - border >= _SHORTEST:
            borders.append(border)
    return borders
