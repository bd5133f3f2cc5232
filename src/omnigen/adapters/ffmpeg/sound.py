"""Which commands decode what is to be heard: pure, run nowhere, printable.

Each makes a stem: FLAC of 24 bits, 48 kHz, stereo, half as loud as its source, so that nothing clips. A stem has
a whole number of samples, so sound never drifts from the picture, however many scenes there are. What becomes of
the stems is decided by `levels` and done by `desk`.
"""

from pathlib import Path
from typing import Any, Final

import ffmpeg
from attrs import frozen

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.graph import SAMPLE_RATE, Stream
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.domain.timeline import Segment, Timeline

LONGEST_S: Final = 900
"""Of any foreign sound."""

_LIMITS: Final = Limits(wall_s=180, cpu_s=180)
_FLAC: Final[dict[str, Any]] = {
    "acodec": "flac",
    "sample_fmt": "s32",
    "bits_per_raw_sample": 24,
    "compression_level": 0,
    "format": "flac",
    "fflags": "+bitexact",
    "flags:a": "+bitexact",
    "map_metadata": -1,
    "ar": SAMPLE_RATE,
    "ac": 2,
}
_SEAM_S: Final = 2.0
"""Seconds in which music that is played again goes over into its beginning."""


@frozen(kw_only=True)
class Sound:
    """A foreign file with something to be heard."""

    path: Path
    demuxer: str
    subject: str
    from_zero: bool = False
    """Of a clip: whether its times begin at 0."""


def samples_of(frames: int, rate: int) -> int:
    """The sample at which a frame begins, rounded: an odd rate never adds its fractions up."""
    return (2 * frames * SAMPLE_RATE + rate) // (2 * rate)


def programme_samples(timeline: Timeline) -> int:
    """Samples of the whole programme."""
    return samples_of(timeline.frames, timeline.rate)


def segment_samples(segment: Segment, rate: int) -> int:
    """Samples of one segment; all segments together have those of the programme."""
    return samples_of(segment.start + segment.frames, rate) - samples_of(segment.start, rate)


def plan_piece(
    segment: Segment, clip: Sound | None, before: Sound | None, *, rate: int, into: Path
) -> Command:
    """What is heard of the clips during one segment: the clip's own sound, crossfaded with the one before."""
    total, overlap = segment_samples(segment, rate), samples_of(segment.overlap, rate)
    heard = graph.exactly(_source(clip, segment.frames / rate), 0, total)
    if segment.tail_start is not None and (clip or before):
        heard = graph.summed([_faded_in(heard, overlap), _tail(before, segment, rate)])
        heard = graph.exactly(heard, 0, total)
    blamed = " or ".join(s.subject for s in (before, clip) if s is not None)
    return _stem(f"scene {segment.number}, sound", heard, into, blame=blamed or None)


def _source(sound: Sound | None, seconds: float, *first: str) -> Stream:
    if sound is None:
        stream = graph.silence()
    else:
        own_times = graph.times(from_zero=sound.from_zero)
        stream = graph.foreign(sound.path, sound.demuxer, seconds + 1, **own_times).audio
    for name in first:
        stream = stream.filter(name)
    return stream if sound is None else graph.heard(stream)


def _faded_in(stream: Stream, samples: int, curve: str = "tri") -> Stream:
    return stream.filter("afade", type="in", start_sample=0, nb_samples=samples, curve=curve)


def _tail(sound: Sound | None, segment: Segment, rate: int) -> Stream:
    """The last samples of the clip before, going down to nothing."""
    start = samples_of(segment.tail_start or 0, rate)
    length = samples_of(segment.overlap, rate)
    seconds = ((segment.tail_start or 0) + segment.overlap) / rate
    # Without the anull, ffmpeg-python would take the chains of two equal sources for one chain.
    tail = graph.exactly(_source(sound, seconds, "anull"), start, start + length)
    return tail.filter("afade", type="out", start_sample=0, nb_samples=length, curve="tri")


def plan_voice(sound: Sound, *, into: Path) -> Command:
    """One narration, as it was spoken."""
    heard = graph.heard(graph.foreign(sound.path, sound.demuxer, LONGEST_S).audio)
    return _stem(f"voice of {sound.subject}", heard, into, blame=sound.subject)


def plan_music(sound: Sound, length: int, samples: int, *, into: Path) -> Command:
    """Music of `length` samples as `samples`: repeated without a seam where it is too short, let in and out gently."""
    stream = graph.heard(graph.foreign(sound.path, sound.demuxer, LONGEST_S).audio)
    stream = stream if length >= samples else _looped(graph.exactly(stream, 0, length), length, samples)
    stream = graph.exactly(stream, 0, samples)
    rise, fall = (min(samples // 4, int(s * SAMPLE_RATE)) for s in (1.0, 2.5))
    stream = stream.filter("afade", type="in", start_sample=0, nb_samples=rise)
    stream = stream.filter("afade", type="out", start_sample=samples - fall, nb_samples=fall)
    return _stem("music", stream, into, blame=sound.subject)


def _looped(stream: Stream, length: int, samples: int) -> Stream:
    """Once from its beginning, then again and again a loop whose beginning is what the end has gone over into."""
    seam = min(round(_SEAM_S * SAMPLE_RATE), length // 4)
    body = length - seam
    node = stream.filter_multi_output("asplit", 3)
    first = _cut(node.stream(0), 0, body)
    ending = _cut(node.stream(1), body, length)
    ending = ending.filter("afade", type="out", start_sample=0, nb_samples=seam, curve="qsin")
    again = _faded_in(_cut(node.stream(2), 0, body), seam, "qsin")
    loop = graph.exactly(graph.summed([again, ending]), 0, body)
    loop = loop.filter("aloop", loop=-(-samples // body), size=body)
    return ffmpeg.filter([first, loop], "concat", n=2, v=0, a=1)


def _cut(stream: Stream, start: int, end: int) -> Stream:
    return stream.filter("atrim", start_sample=start, end_sample=end).filter("asetpts", "N/SR/TB")


def _stem(step: str, stream: Stream, into: Path, *, blame: str | None) -> Command:
    stream = stream.filter("volume", 0.5, precision="float")
    args = graph.compiled([stream], into, _FLAC)
    return Command(step=step, args=("-xerror", *args) if blame else args, limits=_LIMITS, blame=blame)
