"""Lays coded pictures end to end without touching a bit of them, in a process of its own: see `serving`.

    splice   stretches of files, as one segment
    join     whole segments and the sound, as the programme

Packets are chosen by their place in decoding order and get new times, exact to the tick: packet i is decoded at
i - D and shown at its frame's number, D being how far ahead of showing the most demanding part must be decoded.
"""

import heapq
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from omnigen.adapters.ffmpeg.h264 import (
    IDR,
    PPS,
    SPS,
    Malformed,
    ParameterSets,
    kind_of,
    packed,
    union,
    units_of,
)
from omnigen.adapters.ffmpeg.pictures import delay
from omnigen.adapters.ffmpeg.serving import Facts, opened
from omnigen.adapters.ffmpeg.subtitles import subtitled, switched_off
from omnigen.adapters.ffmpeg.tracks import File, Track, packets_of, picture_of, track


class Part(NamedTuple):
    """Frames `start` to `end` of a file, `end` excluded; they begin with an IDR and are whole by themselves."""

    file: File
    start: int
    order: Sequence[int]
    """Which of the part's frames each of its packets is."""
    sets: ParameterSets

    @classmethod
    def of(cls, file: File, found: Track, start: int, end: int) -> "Part":
        """Find the packets. Raises Malformed if they aren't those of the frames, or can't be laid beside others."""
        order = [rank - start for rank in found.order[start:end]]
        if sorted(order) != list(range(end - start)):
            raise Malformed(f"frames {start} to {end} can't be cut out")
        return cls(file, start, order, ParameterSets.of(found.avcc))

    def packets(self, first: int, ahead: int, rate: int) -> "Iterator[Packet[Any]]":
        """Its packets, timed to be shown from frame `first` on."""
        with opened(*self.file) as container:
            for place, packet in enumerate(packets_of(container), -self.start):
                if 0 <= place < len(self.order):
                    yield _timed(packet, first + place - ahead, first + self.order[place], rate)


def lay(parts: Sequence[Part], request: Facts, sound: File | None = None) -> None:
    """Write the parts, and sound beside them, into one file. Raises Malformed where parameters clash."""
    avcc = union(part.sets for part in parts).avcc
    options = {
        "movflags": "+faststart",
        "fflags": "+bitexact",
        **{name: str(value) for name, value in request["timescales"].items()},
    }
    with av.open(request["into"], "w", format="mp4", options=options) as made:
        if request.get("title"):
            made.metadata["title"] = request["title"]
        pictures = _pictures(made, parts, avcc, request["rate"])
        heard: Iterator[Packet[Any]] = _sound(made, sound) if sound else iter(())
        said = _captions(made, request)
        made.set_chapters(_chapters(request))
        for packet in heapq.merge(pictures, heard, said, key=_decoded_at):
            made.mux(packet)
    if request.get("cues"):
        switched_off(Path(request["into"]))


def _captions(made: OutputContainer, request: Facts) -> "Iterator[Packet[Any]]":
    if not request.get("cues"):
        return iter(())
    return subtitled(made, request["cues"], request["language"], request["rate"])


def _chapters(request: Facts) -> list[Any]:
    """One for each of start, frames, title."""
    base = Fraction(1, request["rate"])
    return [
        {"id": n, "start": start, "end": start + frames, "time_base": base, "metadata": {"title": title}}
        for n, (start, frames, title) in enumerate(request.get("chapters", ()))
    ]


def _pictures(
    made: OutputContainer, parts: Sequence[Part], avcc: bytes, rate: int
) -> "Iterator[Packet[VideoStream]]":
    with opened(*parts[0].file) as container:
        stream = made.add_stream_from_template(picture_of(container), opaque=True)
    stream.codec_context.extradata = avcc
    return _shown(stream, parts, rate)


def _shown(stream: VideoStream, parts: Sequence[Part], rate: int) -> "Iterator[Packet[VideoStream]]":
    ahead, first = max(delay(part.order) for part in parts), 0
    for part in parts:
        for packet in part.packets(first, ahead, rate):
            packet.stream = stream
            yield packet
        first += len(part.order)


def _sound(made: OutputContainer, file: File) -> "Iterator[Packet[AudioStream]]":
    with opened(*file) as container:
        stream = made.add_stream_from_template(container.streams.audio[0])
    return _heard(stream, file)


def _heard(stream: AudioStream, file: File) -> "Iterator[Packet[AudioStream]]":
    """The sound's packets as they are, with what says where it really begins and ends."""
    with opened(*file) as container:
        for packet in container.demux(container.streams.audio[0]):
            if packet.dts is not None:
                packet.stream = stream
                yield packet


def _timed(packet: "Packet[VideoStream]", decoded: int, shown: int, rate: int) -> "Packet[VideoStream]":
    """The packet at its new time, without parameter sets: in the header they are there once for all."""
    units = list(units_of(bytes(packet)))
    made: Packet[Any] = Packet(packed(unit for unit in units if kind_of(unit) not in (SPS, PPS)))
    made.time_base = Fraction(1, rate)
    made.pts, made.dts, made.duration = shown, decoded, 1
    made.is_keyframe = any(kind_of(unit) == IDR for unit in units)
    return made


def _decoded_at(packet: "Packet[Any]") -> float:
    return (packet.dts or 0) * packet.time_base.numerator / packet.time_base.denominator


def _splice(request: Facts) -> Facts:
    """One segment of several stretches."""
    lay([Part.of(file, track(file), start, end) for file, start, end in request["parts"]], request)
    return {}


def _join(request: Facts) -> list[Facts]:
    """The programme; what is known of its segments, which is all that is done where they don't fit together."""
    files = request["segments"]
    found = [track(file) for file in files]
    try:
        parts = [Part.of(file, one, 0, len(one.order)) for file, one in zip(files, found, strict=True)]
        lay(parts, request, request["sound"])
    except Malformed as error:
        print(error, file=sys.stderr)
    return [one.facts for one in found]


MODES: Final = {"splice": _splice, "join": _join}
