"""The track of captions inside the MP4 (3GPP Timed Text, `mov_text`), for our Python children."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, Final

from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition

from omnigen.adapters.ffmpeg.serving import Facts

_DESCRIPTION: Final = b"""[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, \
MarginV, Encoding
Style: Default,Arial,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""
"""What FFmpeg makes the track's description of: font, size, colour, place."""

_ENABLED: Final = 1
"""Flag of a track that players show unasked."""
_LENGTH: Final = 2
"""Bytes of a text's length before it."""
_HEADER: Final = 8
"""Bytes of a box before its content."""


def subtitled(
    made: OutputContainer, cues: Sequence[Any], language: str, rate: int
) -> Iterator["Packet[Any]"]:
    """Give a file a track of captions; its packets, to be laid among the others. A cue is start, frames, text."""
    stream: Any = made.add_stream("mov_text")
    stream.codec_context.subtitle_header = _DESCRIPTION
    stream.codec_context.time_base = stream.time_base = Fraction(1, rate)
    stream.metadata["language"] = language
    return _packets(stream, cues, rate)


def _packets(stream: Any, cues: Sequence[Any], rate: int) -> Iterator["Packet[Any]"]:
    for start, frames, text in cues:
        raw = text.encode()
        packet: Packet[Any] = Packet(len(raw).to_bytes(2) + raw)
        packet.stream, packet.time_base = stream, Fraction(1, rate)
        packet.pts = packet.dts = start
        packet.duration, packet.is_keyframe = frames, True
        yield packet


def switched_off(path: Path) -> None:
    """Mark the track of captions in a finished file as one that is shown when a viewer asks for it.

    FFmpeg marks the first of every kind as shown, whatever it is told; players then show captions unasked.
    """
    with path.open("r+b") as file:
        moov, at = _moov(file)
        for kind, start, end in _boxes(moov, 0, len(moov)):
            if kind == b"trak" and _handler(moov, start, end) == b"sbtl":
                flags = next(a for name, a, _ in _boxes(moov, start, end) if name == b"tkhd") + 3
                file.seek(at + flags)
                file.write(bytes([moov[flags] & ~_ENABLED]))


def _moov(file: BinaryIO) -> tuple[bytes, int]:
    """The index of a file, and where in the file its content begins."""
    at = 0
    while len(header := file.read(_HEADER)) == _HEADER:
        size = int.from_bytes(header[:4])
        if header[4:] == b"moov":
            return file.read(size - _HEADER), at + _HEADER
        at += int.from_bytes(file.read(8)) if size == 1 else size
        file.seek(at)
    raise ValueError("a file without an index")


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, and where the content begins and ends."""
    while start + _HEADER <= end:
        size = int.from_bytes(data[start : start + 4])
        yield data[start + 4 : start + _HEADER], start + _HEADER, start + size
        start += max(size, _HEADER)


def _handler(data: bytes, start: int, end: int) -> bytes:
    """What a track is of."""
    for name in (b"mdia", b"hdlr"):
        start, end = next((a, b) for kind, a, b in _boxes(data, start, end) if kind == name)
    return data[start + 8 : start + 12]


def texts(container: InputContainer, rate: Fraction) -> Facts:
    """Captions and chapters of a finished file, in frames, and whether captions are shown unasked."""
    track = next(iter(container.streams.subtitles), None)
    return {
        "captions": [] if track is None else _cues(container, track, rate),
        "captions_shown": track is not None and bool(track.disposition & Disposition.default),
        "chapters": [_chapter(one, rate) for one in container.chapters()],
    }


def _cues(container: InputContainer, track: Any, rate: Fraction) -> list[list[Any]]:
    container.seek(0)
    packets = [
        packet for packet in container.demux(track) if packet.pts is not None and packet.size > _LENGTH
    ]
    return [
        [
            round(p.pts * p.time_base * rate),
            round(p.duration * p.time_base * rate),
            bytes(p)[_LENGTH:].decode(),
        ]
        for p in packets
    ]


def _chapter(one: Any, rate: Fraction) -> list[Any]:
    start, end = (round(one[name] * one["time_base"] * rate) for name in ("start", "end"))
    return [start, end - start, one["metadata"].get("title", "")]
