"""What must be true of segments before they are joined, and of the programme before anybody gets it."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import structlog

from omnigen.adapters.ffmpeg.graph import SAMPLE_RATE
from omnigen.adapters.ffmpeg.probe import Packets
from omnigen.adapters.ffmpeg.sound import programme_samples
from omnigen.domain.errors import Transient
from omnigen.ports.composer import ProgrammeRender

log = structlog.get_logger(__name__)

_BT709 = 1
_LIMITED = 1
_AAC_FRAME = 1024
"""Samples; a decoder may fill up the last AAC frame, though the file says where the sound ends."""


def check_segments(packets: Sequence[Packets], render: ProgrammeRender) -> None:
    """Raise Transient, saying which segment is wrong: it must be rendered again."""
    if len(packets) != len(render.timeline.clips):
        raise Transient(f"{len(packets)} segments for {len(render.timeline.clips)} scenes")
    for segment, found in zip(render.timeline.segments(), packets, strict=True):
        _no_faults(
            f"the segment of scene {segment.number}", _picture_faults(found.facts, segment.frames, render)
        )
    if len({p.avcc for p in packets}) > 1:
        raise Transient("the segments were encoded with different parameters and can't be joined")


def check_programme(found: dict[str, Any], render: ProgrammeRender) -> None:
    """Raise Transient, saying what is wrong with the finished file."""
    faults = [*_picture_faults(found, render.timeline.frames, render), *_sound_faults(found, render)]
    if not found["payload_kept"]:
        faults.append("its pictures are not those of its segments")
    length = render.timeline.frames / render.timeline.rate
    if abs(found["seconds"] - length) > 0.5 / render.timeline.rate:
        faults.append(f"it lasts {found['seconds']} s, not {length} s")
    _no_faults("the programme", faults)


def _picture_faults(found: dict[str, Any], frames: int, render: ProgrammeRender) -> Iterator[str]:
    canvas = render.canvas
    expected = {
        "frames": frames,
        "width": canvas.width,
        "height": canvas.height,
        "codec": "h264",
        "profile": "High",
        "pixel_format": "yuv420p",
        "colours": [_BT709] * 3,
        "range": _LIMITED,
        "dts_rises": True,
        "steps": [str(Fraction(1, canvas.rate))] if frames > 1 else [],
    }
    return (f"{k} is {found[k]}, not {v}" for k, v in expected.items() if found[k] != v)


def _sound_faults(found: dict[str, Any], render: ProgrammeRender) -> Iterator[str]:
    samples = programme_samples(render.timeline)
    expected = {"sound": "aac", "sample_rate": SAMPLE_RATE, "channels": 2, "samples": samples}
    yield from (f"{k} is {found.get(k)}, not {v}" for k, v in expected.items() if found.get(k) != v)
    over = found.get("decoded_samples", 0) - samples
    if not 0 <= over < _AAC_FRAME:
        yield f"{over} samples too many decode"


def _no_faults(subject: str, faults: Iterator[str] | Sequence[str]) -> None:
    listed = list(faults)
    if listed:
        log.error("verify.failed", subject=subject, faults=listed)
        raise Transient(f"{subject} came out wrong: {listed[0]}")
