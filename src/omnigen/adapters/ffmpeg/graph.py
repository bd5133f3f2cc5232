"""Filter graphs, built with ffmpeg-python and compiled to arguments; nothing is run here.

Every picture passes `framing.normalised`: one size, one rate, yuv420p, square pixels, bt709. Colour is tagged with
setparams inside the graph, since `-colorspace` on the output converts on FFmpeg 8 and later.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import ffmpeg

from omnigen.adapters.ffmpeg.probe import MAX_PIXELS
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Canvas

Stream = Any
"""A node of ffmpeg-python's graph."""

Output = tuple[list[Stream], Path | str, Mapping[str, object]]
"""Streams, where they go, and how."""

SAMPLE_RATE: Final = 48_000
GLOBAL: Final = ("-hide_banner", "-nostdin", "-nostats", "-progress", "pipe:1")
PCM: Final[dict[str, Any]] = {"format": "f32le", "ar": SAMPLE_RATE, "ac": 2}
"""How stems are kept between commands: raw, so that laying them end to end is exact."""

_BT709: Final = {"range": "tv", "colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}
_XFADE: Final = {
    TransitionKind.FADE: "fade",
    TransitionKind.DISSOLVE: "dissolve",
    TransitionKind.WIPE_LEFT: "wipeleft",
    TransitionKind.WIPE_RIGHT: "wiperight",
    TransitionKind.SLIDE_LEFT: "slideleft",
    TransitionKind.SLIDE_RIGHT: "slideright",
    TransitionKind.FADE_BLACK: "fadeblack",
    TransitionKind.FADE_WHITE: "fadewhite",
    TransitionKind.FADE_GRAY: "fadegrays",
    TransitionKind.WIPE_UP: "wipeup",
    TransitionKind.WIPE_DOWN: "wipedown",
    TransitionKind.SLIDE_UP: "slideup",
    TransitionKind.SLIDE_DOWN: "slidedown",
    TransitionKind.SOFT_WIPE_LEFT: "smoothleft",
    TransitionKind.SOFT_WIPE_RIGHT: "smoothright",
    TransitionKind.SOFT_WIPE_UP: "smoothup",
    TransitionKind.SOFT_WIPE_DOWN: "smoothdown",
    TransitionKind.DIAGONAL_UP_LEFT: "diagtl",
    TransitionKind.DIAGONAL_UP_RIGHT: "diagtr",
    TransitionKind.DIAGONAL_DOWN_LEFT: "diagbl",
    TransitionKind.DIAGONAL_DOWN_RIGHT: "diagbr",
    TransitionKind.IRIS_OPEN: "circleopen",
    TransitionKind.IRIS_CLOSE: "circleclose",
    TransitionKind.CLOCK_WIPE: "radial",
    TransitionKind.BARN_DOORS_OPEN: "vertopen",
    TransitionKind.BARN_DOORS_CLOSE: "vertclose",
    TransitionKind.SQUEEZE_HORIZONTAL: "squeezeh",
    TransitionKind.SQUEEZE_VERTICAL: "squeezev",
    TransitionKind.MOSAIC: "pixelize",
    TransitionKind.BLUR: "hblur",
}
_RAGGED: Final = {
    TransitionKind.SLIDE_LEFT,
    TransitionKind.SLIDE_UP,
    TransitionKind.WIPE_RIGHT,
    TransitionKind.WIPE_DOWN,
}
"""xfade's first frame of these has a line that isn't the old picture's; a slide takes it from unwritten memory."""


def foreign(path: Path, demuxer: str, seconds: float, **options: object) -> Stream:
    """An input that somebody else made: one demuxer, no other file, no network, bounded."""
    guards = {
        "protocol_whitelist": "file",
        "format_whitelist": demuxer,
        "max_pixels": MAX_PIXELS,
        "max_streams": 16,
        "threads": 1,
        "t": f"{seconds:.3f}",
    }
    return ffmpeg.input(str(path), format=demuxer, **(guards | options))


def times(*, from_zero: bool) -> dict[str, None]:
    """Of an input: that times are the file's own. FFmpeg would have them begin at 0, and 5.1 counts from where
    a sound track's priming begins, which moves the picture of a Matroska clip by half a frame.
    """
    return {"copyts": None} if from_zero else {}


def own(path: Path, **options: object) -> Stream:
    """An input that we made ourselves."""
    return ffmpeg.input(str(path), **options)


def timed(stream: Stream, canvas: Canvas) -> Stream:
    """Any clip at the canvas' rate, from 0 on."""
    return stream.filter("fps", fps=canvas.rate, start_time=0)


def tagged(stream: Stream) -> Stream:
    """Say that the picture is bt709, limited range; converts nothing."""
    return stream.filter("setparams", **_BT709)


def cut_out(stream: Stream, start: int, end: int) -> Stream:
    """Frames `start` to `end`, `end` excluded, counted from 0 again."""
    return stream.filter("trim", start_frame=start, end_frame=end).filter("setpts", "PTS-STARTPTS")


def from_time(stream: Stream, start: int, rate: int) -> Stream:
    """Frames from `start` on by their times, counted from 0 again: what lies before may be missing."""
    return stream.filter("trim", start=f"{(start - 0.5) / rate:.6f}").filter("setpts", "PTS-STARTPTS")


def crossfaded(tail: Stream, body: Stream, kind: TransitionKind, frames: int, rate: int) -> Stream:
    """The tail of one clip going over into the body of the next, in `frames` frames from the first on."""
    tail, body = (s.filter("settb", f"1/{rate}") for s in (tail, body))
    timing = {"duration": f"{frames / rate:.6f}", "offset": 0}
    if kind not in _RAGGED:
        return ffmpeg.filter([tail, body], "xfade", transition=_XFADE[kind], **timing)
    tail, whole = doubled(tail)
    mixed = ffmpeg.filter([tail, body], "xfade", transition=_XFADE[kind], **timing)
    return ffmpeg.filter([mixed, whole], "overlay", enable="eq(n,0)", eof_action="pass")


def heard(stream: Stream) -> Stream:
    """Any sound as 48 kHz stereo float; gaps in its time stamps become silence."""
    stream = stream.filter("aresample", SAMPLE_RATE, **{"async": 1, "first_pts": 0})
    return stream.filter("aformat", sample_fmts="fltp", channel_layouts="stereo")


def silence() -> Stream:
    """Endless silence."""
    return ffmpeg.input(f"anullsrc=r={SAMPLE_RATE}:cl=stereo", format="lavfi").audio


def exactly(stream: Stream, start: int, end: int) -> Stream:
    """Samples `start` to `end`, filled up with silence where there are fewer, counted from 0 again."""
    stream = stream.filter("apad", whole_len=end).filter("atrim", start_sample=start, end_sample=end)
    return stream.filter("asetpts", "N/SR/TB")


def summed(streams: list[Stream]) -> Stream:
    """Sounds on top of each other, at the level that they have."""
    if len(streams) == 1:
        return streams[0]
    return ffmpeg.filter(streams, "amix", inputs=len(streams), duration="longest", normalize=0)


def doubled(stream: Stream) -> tuple[Stream, Stream]:
    """The same pictures twice."""
    node = stream.filter_multi_output("split", 2)
    return node.stream(0), node.stream(1)


def compiled(
    streams: list[Stream], path: Path | str, options: Mapping[str, object], *others: Output
) -> tuple[str, ...]:
    """The arguments of one command, without the binary; progress counts the frames of its first output."""
    outputs = [(streams, path, options), *others]
    nodes = [ffmpeg.output(*heard_or_seen, str(into), **told) for heard_or_seen, into, told in outputs]
    node = nodes[0] if len(nodes) == 1 else ffmpeg.merge_outputs(*nodes)
    argv: list[str] = ffmpeg.compile(node, cmd="ffmpeg", overwrite_output=True)
    return (*GLOBAL, *argv[1:])
