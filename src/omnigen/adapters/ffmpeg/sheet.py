"""Takes the poster, and the sheet of small pictures, in a process of its own: see `serving`, and `sprites` for
what is drawn where.

Keyframes of our own segments are decoded, each alone and once for both: 8 ms of CPU each at 720p.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from av import CodecContext
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from omnigen.adapters.ffmpeg.serving import Facts, Refused, opened
from omnigen.adapters.ffmpeg.sprites import Stretch, cells, place, sheet_size, size_of
from omnigen.adapters.ffmpeg.tracks import picture_of

Size = tuple[int, int]
Planes = tuple[bytes, bytes, bytes]
"""Y, U and V of a picture in 4:2:0, without padding."""

_SHEET_QUALITY: Final = 5
"""FFmpeg's scale of 2 to 31; 3 kB a picture."""
_POSTER_QUALITY: Final = 3
_DARKEST: Final = 19
"""Mean luma, 0 is black and 255 white, under which a picture makes no poster."""


def _glances(request: Facts) -> Facts:
    """Write poster and sheet into files; the answer says which part of the sheet shows what.

    A sheet that can't be drawn is none, and no reason to have no poster.
    """
    rate, files = request["rate"], request["segments"]
    size = size_of(*request["canvas"])
    with ExitStack() as stack:
        segments = [stack.enter_context(opened(*file["file"])) for file in files]
        laid = cells([_stretch(*pair) for pair in zip(files, segments, strict=True)], rate)
        pictures = [_small(_decoded(segments[cell.segment], cell.frame, rate), size) for cell in laid]
        chosen = laid[_typical(pictures)]
        _save(
            _full(_decoded(segments[chosen.segment], chosen.frame, rate)), _POSTER_QUALITY, request["poster"]
        )
    try:
        _save(_side_by_side(pictures, size), _SHEET_QUALITY, request["sheet"])
    except (FFmpegError, OSError, ValueError) as error:
        print(repr(error), file=sys.stderr)
        return {"cells": [], "size": size}
    return {"cells": laid, "size": size}


def _stretch(file: Facts, segment: InputContainer) -> Stretch:
    """A segment's keyframes by its index: no picture before an IDR is shown after it, so it is at its own place."""
    index = picture_of(segment).index_entries
    keyframes = tuple(n for n, entry in enumerate(index) if entry.is_keyframe)
    return Stretch(file["start"], file["frames"], file["overlap"], keyframes)


def _decoded(segment: InputContainer, wanted: int, rate: int) -> VideoFrame:
    """One frame, decoded from the keyframe at or before it on."""
    stream = picture_of(segment)
    assert stream.time_base is not None
    at = round(wanted / rate / stream.time_base)
    segment.seek(at, stream=stream)
    decoder = _decoder(stream.codec_context.extradata)
    for packet in segment.demux(stream):
        for frame in _shown(decoder, packet, alone=packet.is_keyframe and packet.pts == at):
            if frame.pts is not None and frame.pts >= at:
                return frame
    raise Refused(f"has no frame {wanted}")


def _decoder(extradata: bytes | None) -> VideoCodecContext:
    decoder = CodecContext.create("h264", "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = extradata
    decoder.thread_count = 1
    return decoder


def _shown(decoder: VideoCodecContext, packet: "Packet[Any]", *, alone: bool) -> Iterator[VideoFrame]:
    """What comes out: of a picture that is wanted alone, at once, whatever might have to be shown before it."""
    yield from decoder.decode(packet if packet.size else None)
    if alone:
        yield from decoder.decode(None)


def _typical(pictures: Sequence[Planes]) -> int:
    """Which one is most like all of them, by how often each brightness and colour comes; dark ones only among dark."""
    bright = [n for n, (luma, *_) in enumerate(pictures) if sum(luma) >= _DARKEST * len(luma)]
    among = bright or list(range(len(pictures)))
    counted = {n: [Counter(plane) for plane in pictures[n]] for n in among}
    every = [sum((counted[n][plane] for n in among), Counter[int]()) for plane in range(3)]

    def odd(n: int) -> int:
        return sum(
            (len(among) * counted[n][plane][value] - every[plane][value]) ** 2
            for plane in range(3)
            for value in every[plane]
        )

    return min(among, key=odd)


def _small(frame: VideoFrame, size: Size) -> Planes:
    made = _for_jpeg(frame, size)
    y, u, v = (_tight(made, n) for n in range(3))
    return y, u, v


def _full(frame: VideoFrame) -> VideoFrame:
    return _for_jpeg(frame, (frame.width, frame.height))


def _for_jpeg(frame: VideoFrame, size: Size) -> VideoFrame:
    """A JPEG has BT.601 colours in full range."""
    return VideoReformatter().reformat(
        frame,
        *size,
        format="yuvj420p",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU601,
        interpolation=Interpolation.AREA,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.JPEG,
        threads=1,
    )


def _tight(frame: VideoFrame, number: int) -> bytes:
    """A plane without what fills up its lines."""
    plane = frame.planes[number]
    whole, stride = memoryview(plane), plane.line_size
    return b"".join(whole[row * stride : row * stride + plane.width] for row in range(plane.height))


def _side_by_side(pictures: Sequence[Planes], size: Size) -> VideoFrame:
    sheet = VideoFrame(*sheet_size(len(pictures), size), "yuvj420p")
    for number, plane in enumerate(sheet.planes):
        shrunk = 2 if number else 1
        filled = bytearray(b"\x80" if number else b"\0") * plane.buffer_size
        for n, picture in enumerate(pictures):
            x, y = (side // shrunk for side in place(n, size))
            _lay(filled, plane.line_size, picture[number], size[0] // shrunk, y * plane.line_size + x)
        plane.update(bytes(filled))
    return sheet


def _lay(into: bytearray, stride: int, lines: bytes, width: int, at: int) -> None:
    """Lay a small plane into a large one."""
    for row in range(len(lines) // width):
        into[at + row * stride : at + row * stride + width] = lines[row * width : (row + 1) * width]


def _save(picture: VideoFrame, quality: int, into: str) -> None:
    encoder = CodecContext.create("mjpeg", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.framerate = Fraction(1)
    encoder.options = {"qmin": str(quality), "qmax": str(quality), "flags": "+bitexact", "threads": "1"}
    picture.pts = 0
    packets = [*encoder.encode(picture), *encoder.encode(None)]
    Path(into).write_bytes(b"".join(bytes(packet) for packet in packets))


MODES: Final = {"glances": _glances}
