"""Asks a child process about media files: which demuxer may open them, and what it finds.

The demuxer is chosen by the file's first bytes and forced, never probed for: a playlist or a concat script
that calls itself .mp4 has no such bytes and is refused before any library reads it.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from attrs import frozen

from omnigen.adapters.ffmpeg.copying import Coding
from omnigen.adapters.ffmpeg.nursery import ChildRunner
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.domain.errors import Rejected, Transient
from omnigen.ports.inspector import MediaKind

log = structlog.get_logger(__name__)

_LIMITS: Final = Limits(wall_s=90, cpu_s=40, memory_mb=1024, file_mb=1)
"""The largest pictures and clips that are allowed take 300 MB; a few bytes of an MP4 can ask for any number."""
_REMEMBERED: Final = 256
MAX_PIXELS: Final = 33_177_600
"""An 8K picture."""

_VIDEO: Final = ("mov", "matroska")
_IMAGE: Final = ("png_pipe", "jpeg_pipe", "webp_pipe")
_SOUND: Final = ("wav", "mp3", "flac", "ogg", "mov", "matroska")
_DEMUXERS: Final = {MediaKind.VIDEO: _VIDEO, MediaKind.IMAGE: _IMAGE, MediaKind.SOUND: _SOUND}
_ALLOWED: Final = {
    MediaKind.VIDEO: "an MP4, MOV, MKV or WebM video",
    MediaKind.IMAGE: "a PNG, JPEG or WebP image",
    MediaKind.SOUND: "a WAV, MP3, FLAC, Ogg, M4A or WebM sound file",
}
_BOUNDS: Final[dict[MediaKind, dict[str, int]]] = {
    MediaKind.VIDEO: {"max_pixels": 4096 * 2304, "max_seconds": 60, "max_frames": 60 * 120},
    MediaKind.IMAGE: {"max_pixels": MAX_PIXELS, "max_seconds": 60, "max_frames": 1},
    MediaKind.SOUND: {"max_pixels": MAX_PIXELS, "max_seconds": 900, "max_frames": 0},
}


@frozen(kw_only=True)
class Look:
    """What a video's packets and first picture say; enough to plan with, not enough to trust.

    Colours are told by H.273's codes; 2 is unknown. Sizes are as displayed.
    """

    width: int
    height: int
    rate: Fraction | None
    pixel_format: str
    matrix: int
    has_sound: bool
    from_zero: bool = True
    """Whether its times begin at 0, so that they can be taken as they are."""
    coding: Coding | str
    """How its pictures are coded, or why none of them could be copied."""
    primaries: int = 2
    transfer: int = 2
    still: bool = False
    """It is a picture that doesn't move."""


Identity = tuple[str, int, int]


class Looks:
    """What is known of clips, so that one that was inspected needn't be looked at again to be rendered."""

    def __init__(self) -> None:
        self._seen: dict[Identity, Look] = {}
        self._asking: WeakValueDictionary[Identity, asyncio.Lock] = WeakValueDictionary()

    def get(self, identity: Identity) -> Look | None:
        """What is known of a file."""
        return self._seen.get(identity)

    def keep(self, identity: Identity, look: Look) -> None:
        """Remember it, and forget the oldest."""
        while len(self._seen) >= _REMEMBERED:
            self._seen.pop(next(iter(self._seen)))
        self._seen[identity] = look

    def lock(self, identity: Identity) -> asyncio.Lock:
        """A clip is asked for by its own segment and by the next one's at the same time: one process for both."""
        return self._asking.setdefault(identity, asyncio.Lock())


class Prober:
    """Looks into files, a child process each; `slots` are shared with whatever else is heavy."""

    def __init__(self, slots: asyncio.Semaphore, looks: Looks | None = None) -> None:
        self._runner = ChildRunner("omnigen.adapters.ffmpeg.child", slots)
        self._looks = looks or Looks()

    async def look(self, path: Path, subject: str, kind: MediaKind = MediaKind.VIDEO) -> Look:
        """What there is to know of a video or an image. Raises Rejected about `subject` if it is none."""
        identity = _identity(path, subject)
        async with self._looks.lock(identity):
            look = self._looks.get(identity)
            if look is None:
                sampled = kind is MediaKind.VIDEO
                look = _look(await self.decode(path, kind, subject, sampled=sampled), kind)
        return look

    async def decode(
        self, path: Path, kind: MediaKind, subject: str, *, sampled: bool = False
    ) -> dict[str, Any]:
        """Everything about one foreign file, all of it decoded. Raises Rejected about `subject`.

        `sampled` goes through all packets of a video, but decodes only its first pictures.
        """
        identity = _identity(path, subject)
        found: dict[str, Any] = await self._ask("inspect", [path], kind, subject, sampled=sampled)
        if sampled or kind is MediaKind.IMAGE:
            self._looks.keep(identity, _look(found, kind))
        return found

    async def programme(self, path: Path, segments: Sequence[Path]) -> dict[str, Any]:
        """A finished file: packets, whether they are those of its segments, length, samples.

        Raises Transient if it doesn't decode: it is ours, and is made again.
        """
        try:
            found: dict[str, Any] = await self._ask(
                "programme", [path, *segments], MediaKind.VIDEO, "the programme"
            )
        except Rejected as error:
            raise Transient(error.message) from error
        return found

    async def _ask(
        self, mode: str, paths: Sequence[Path], kind: MediaKind, subject: str, *, sampled: bool = False
    ) -> Any:
        files = [[str(path), demuxer_of(path, kind, subject)] for path in paths]
        request = {"files": files, "limits": _BOUNDS[kind] | {"kind": str(kind), "sampled": sampled}}
        command = Command(
            step=f"a look at {subject}", args=(mode, json.dumps(request)), limits=_LIMITS, blame=subject
        )
        outcome = await self._runner.run(command)
        answer = json.loads(outcome.stdout)
        if "refused" in answer:
            log.info("probe.refused", subject=subject, reason=answer["refused"], detail=outcome.stderr[-300:])
            raise Rejected(f"{subject} {answer['refused']}", code="bad_footage")
        return answer["found"]


def _look(found: dict[str, Any], kind: MediaKind) -> Look:
    return Look(
        width=found["width"],
        height=found["height"],
        rate=Fraction(found["rate"]) if found["rate"] else None,
        pixel_format=found["pixel_format"],
        matrix=found["matrix"],
        primaries=found["primaries"],
        transfer=found["transfer"],
        still=kind is MediaKind.IMAGE,
        has_sound=found["has_sound"],
        from_zero=found["from_zero"],
        coding="the clip is a still" if kind is MediaKind.IMAGE else _coding(found),
    )


def _coding(found: dict[str, Any]) -> Coding | str:
    if found["codec"] != "h264":
        return f"the clip is {found['codec']}"
    if "fault" in found["coding"]:
        return f"the clip has {found['coding']['fault']}"
    return "the clip is turned" if found["turned"] else Coding.of(found["coding"])


def _identity(path: Path, subject: str) -> Identity:
    """A file that is written anew is another file."""
    try:
        found = path.stat()
    except OSError as error:
        raise Transient(f"{subject} can't be read from the work folder") from error
    return str(path), found.st_mtime_ns, found.st_size


def demuxer_of(path: Path, kind: MediaKind, subject: str) -> str:
    """The demuxer that may open a file. Raises Rejected if none may, Transient if it can't be read."""
    name = _sniffed(_first_bytes(path, subject))
    if name not in _DEMUXERS[kind]:
        raise Rejected(f"{subject} is not {_ALLOWED[kind]}", code="bad_footage")
    return name


def is_picture(path: Path, subject: str) -> bool:
    """Whether a file is an image, by how it begins. Raises Transient if it can't be read."""
    return _sniffed(_first_bytes(path, subject)) in _IMAGE


def _first_bytes(path: Path, subject: str) -> bytes:
    try:
        with path.open("rb") as file:
            return os.pread(file.fileno(), 16, 0)
    except OSError as error:
        raise Transient(f"{subject} can't be read from the work folder") from error


def _sniffed(head: bytes) -> str:
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"WEBP": "webp_pipe"}.get(head[8:12], "")
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xf3", b"\xf2")):
        return "mp3"
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "")


_MAGIC: Final = {
    b"\x1a\x45\xdf\xa3": "matroska",
    b"\x89PNG\r\n\x1a\n": "png_pipe",
    b"\xff\xd8\xff": "jpeg_pipe",
    b"fLaC": "flac",
    b"OggS": "ogg",
}
