"""The picture track of a file of our own, as its packets are: what a join depends on. For our Python children."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from omnigen.adapters.ffmpeg.pictures import ranks, tags
from omnigen.adapters.ffmpeg.serving import Facts, Refused, opened

File = tuple[str, str]
"""Path and demuxer."""


def picture_of(container: InputContainer) -> VideoStream:
    """The first picture stream. Raises Refused."""
    if not container.streams.video:
        raise Refused("holds no picture")
    return container.streams.video[0]


def packets_of(container: InputContainer) -> "Iterator[Packet[VideoStream]]":
    """The coded pictures, in their order."""
    return (packet for packet in container.demux(picture_of(container)) if packet.pts is not None)


class Track(NamedTuple):
    """What its packets are like."""

    avcc: bytes
    order: list[int]
    """Which of the frames each packet is."""
    facts: Facts
    """Parameters and times, for the parent to judge."""


def track(file: File) -> Track:
    """Go through a file of our own."""
    with opened(*file) as container:
        stream = picture_of(container)
        stamps = [(packet.pts or 0, packet.dts) for packet in packets_of(container)]
        avcc = stream.codec_context.extradata or b""
        facts = _parameters(stream) | _timing(stamps, stream.time_base or Fraction(1))
    return Track(avcc, ranks([shown for shown, _ in stamps]), facts)


def _parameters(stream: VideoStream) -> Facts:
    context = stream.codec_context
    return {
        "avcc": (context.extradata or b"").hex(),
        "width": context.width,
        "height": context.height,
        "codec": context.name,
        "profile": context.profile,
        "pixel_format": context.pix_fmt,
        "tags": tags(context),
    }


def _timing(packets: Sequence[tuple[int, int | None]], base: Fraction) -> Facts:
    shown = sorted(pts for pts, _ in packets)
    steps = {b - a for a, b in pairwise(shown)}
    return {
        "frames": len(packets),
        "steps": [str(step * base) for step in sorted(steps)],
        "dts_rises": all(a < b for a, b in pairwise(dts for _, dts in packets if dts is not None)),
        "first": str(shown[0] * base) if shown else None,
    }


def payload(files: Iterable[File]) -> str:
    """A hash of all coded pictures in their order."""
    digest = hashlib.sha256()
    for path, demuxer in files:
        with opened(path, demuxer) as container:
            for packet in packets_of(container):
                digest.update(packet)
    return digest.hexdigest()
