"""What must be true of segments before they are joined, and of the programme before anybody gets it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import structlog

from omnigen.adapters.ffmpeg.copying import BT709, PROFILES
from omnigen.adapters.ffmpeg.graph import SAMPLE_RATE
from omnigen.adapters.ffmpeg.h264 import Malformed, ParameterSets, union
from omnigen.adapters.ffmpeg.sound import programme_samples
from omnigen.domain.captions import Cue
from omnigen.domain.errors import Transient
from omnigen.ports.composer import Clash, ProgrammeRender

log = structlog.get_logger(__name__)

Facts = dict[str, Any]
"""What a child has found in one of our own files: see `tracks`."""

_AAC_FRAME = 1024
"""Samples; a decoder may fill up the last AAC frame, though the file says where the sound ends."""


def check_segments(found: Sequence[Facts], render: ProgrammeRender) -> None:
    """Raise Transient, saying which segment is wrong: it must be rendered again. Raise Clash where copied ones clash."""
    if len(found) != len(render.timeline.clips):
        raise Transient(f"{len(found)} segments for {len(render.timeline.clips)} scenes")
    for segment, one in zip(render.timeline.segments(), found, strict=True):
        _no_faults(f"the segment of scene {segment.number}", _picture_faults(one, segment.frames, render))
    odd = clashing([_sets(one) for one in found])
    if odd:
        raise Clash(tuple(n for n, one in enumerate(found, 1) if _sets(one) in odd))


def clashing(several: Sequence[ParameterSets]) -> set[ParameterSets]:
    """What can't stay if the most common parameters do."""
    kept: list[ParameterSets] = []
    for sets, _ in Counter(several).most_common():
        if not any(sets.clashes(other) for other in kept):
            kept.append(sets)
    return set(several) - set(kept)


def check_programme(found: Facts, segments: Sequence[Facts], render: ProgrammeRender) -> None:
    """Raise Transient, saying what is wrong with the finished file."""
    faults = [*_picture_faults(found, render.timeline.frames, render), *_sound_faults(found, render)]
    faults += _text_faults(found, render)
    if not found["payload_kept"]:
        faults.append("its pictures are not those of its segments")
    faults += _parameter_faults(found, segments)
    length = render.timeline.frames / render.timeline.rate
    if abs(found["seconds"] - length) > 0.5 / render.timeline.rate:
        faults.append(f"it lasts {found['seconds']} s, not {length} s")
    _no_faults("the programme", faults)


def _parameter_faults(found: Facts, segments: Sequence[Facts]) -> Iterator[str]:
    try:
        same = _sets(found) == union(_sets(one) for one in segments)
    except Malformed:
        same = False
    if not same:
        yield "its parameter sets are not those of its segments"


def _sets(found: Facts) -> ParameterSets:
    return ParameterSets.of(bytes.fromhex(found["avcc"]))


def _picture_faults(found: Facts, frames: int, render: ProgrammeRender) -> Iterator[str]:
    canvas = render.canvas
    expected = {
        "frames": frames,
        "width": canvas.width,
        "height": canvas.height,
        "codec": "h264",
        "pixel_format": "yuv420p",
        "tags": list(BT709),
        "dts_rises": True,
        "first": "0",
        "steps": [str(Fraction(1, canvas.rate))] if frames > 1 else [],
    }
    yield from (f"{k} is {found[k]}, not {v}" for k, v in expected.items() if found[k] != v)
    if found["profile"] not in PROFILES:
        yield f"profile is {found['profile']}"


def _sound_faults(found: Facts, render: ProgrammeRender) -> Iterator[str]:
    samples = programme_samples(render.timeline)
    expected = {"sound": "aac", "sample_rate": SAMPLE_RATE, "channels": 2, "samples": samples}
    yield from (f"{k} is {found.get(k)}, not {v}" for k, v in expected.items() if found.get(k) != v)
    over = found.get("decoded_samples", 0) - samples
    if not 0 <= over < _AAC_FRAME:
        yield f"{over} samples too many decode"


def track_cues(render: ProgrammeRender) -> tuple[Cue, ...]:
    """The captions that lie in the file as a track of their own."""
    return () if render.burned else render.cues


def _text_faults(found: Facts, render: ProgrammeRender) -> Iterator[str]:
    """Captions and chapters: what they say, and when, to the frame."""
    expected = {
        "title": render.title,
        "captions": [[c.start, c.frames, c.text] for c in track_cues(render)],
        "captions_shown": False,
        "chapters": [[c.start, c.frames, c.title] for c in render.chapters],
    }
    yield from (f"{k} is {found[k]}, not {v}" for k, v in expected.items() if found[k] != v)


def _no_faults(subject: str, faults: Iterator[str] | Sequence[str]) -> None:
    listed = list(faults)
    if listed:
        log.error("verify.failed", subject=subject, faults=listed)
        raise Transient(f"{subject} came out wrong: {listed[0]}")
