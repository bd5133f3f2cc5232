"""What a picture's header says of its size, read without a decoder.

A picture with more pixels than are allowed is never decoded, and then the decoder doesn't tell its size either. People
bring such pictures from their cameras, and are told what is wrong with them.
"""

from pathlib import Path
from typing import Final

Size = tuple[int, int]

_HEAD: Final = 1 << 20
"""Bytes within which the size is said, behind whatever a camera has noted."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG's markers of a frame: 0xC0 to 0xCF without those of tables and extensions."""


def size_told(path: str, demuxer: str) -> Size | None:
    """Width and height by the header of a PNG, JPEG or WebP picture, None where it doesn't say."""
    read = {"png_pipe": _png, "jpeg_pipe": _jpeg, "webp_pipe": _webp}.get(demuxer)
    if read is None:
        return None
    with Path(path).open("rb") as file:
        return read(file.read(_HEAD))


def _png(head: bytes) -> Size | None:
    if head[12:16] != b"IHDR" or len(head) < 24:
        return None
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


def _jpeg(head: bytes) -> Size | None:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        if head[at + 1] in _FRAMES:
            return int.from_bytes(head[at + 7 : at + 9]), int.from_bytes(head[at + 5 : at + 7])
        at += 2 + max(2, int.from_bytes(head[at + 2 : at + 4]))
    return None


def _webp(head: bytes) -> Size | None:
    """Lossy, lossless, or extended, each of which says it in another way."""
    if len(head) < 30:
        return None
    match head[12:16]:
        case b"VP8X":
            return _little(head[24:27]) + 1, _little(head[27:30]) + 1
        case b"VP8L":
            bits = _little(head[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    return None


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
