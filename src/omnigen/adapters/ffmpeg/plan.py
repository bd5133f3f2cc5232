"""Which commands make a picture segment: pure, run nowhere, printable.

A segment is rendered from two clips at most. Where it comes in by a transition, the tail of the clip before
is first written as raw frames: one xfade over exactly two inputs that both start at 0 is exact on every
FFmpeg since 5.1, while chains of xfade give a frame too many before 6.1.
"""

from math import lcm
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.captions import burned
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import SegmentRender

RECIPE: Final = "r1"
"""Part of every segment's key: change it whenever the same inputs would give other bytes."""

LEFT: Final = "left.nut"
"""What a render leaves for the next segment, in its scratch folder."""

_BITEXACT: Final[dict[str, Any]] = {"fflags": "+bitexact", "map_metadata": -1}


@frozen(kw_only=True)
class Source:
    """A clip that a segment is made of, as the probe saw it."""

    path: Path
    demuxer: str
    look: Look
    subject: str
    """What an error calls it: `scene 3's clip`."""


@frozen(kw_only=True)
class SegmentPlan:
    """The commands of one segment, in order, and the frames that must come out."""

    commands: tuple[Command, ...]
    frames: int


def held_frames(rate: int) -> int:
    """Frames for which a clip that is too short is held on its last: half a second, hardly seen."""
    return rate // 2


def plan_segment(
    render: SegmentRender, clip: Source, before: Source | None, *, scratch: Path, into: Path
) -> SegmentPlan:
    """The commands that render one segment into `into`, with raw frames in `scratch` between them."""
    leave = scratch / LEFT if render.leave is not None and render.leaving else None
    if before is None:
        return SegmentPlan(commands=(_body(render, clip, None, into, leave),), frames=render.segment.frames)
    if render.tail is not None:
        body = _body(render, clip, render.tail, into, leave)
        return SegmentPlan(commands=(body,), frames=render.segment.frames)
    tail = scratch / "tail.nut"
    commands = (_tail(render, before, tail), _body(render, clip, tail, into, leave))
    return SegmentPlan(commands=commands, frames=render.segment.frames)


def tail_is_whole(render: SegmentRender, left: Path) -> bool:
    """Whether all frames of a tail were written: a clip that is too short is blamed by the next segment."""
    picture = render.canvas.width * render.canvas.height * 3 // 2
    return left.exists() and left.stat().st_size >= picture * render.leaving


def _tail(render: SegmentRender, before: Source, into: Path) -> Command:
    start, overlap = render.segment.tail_start or 0, render.segment.overlap
    end = start + overlap
    picture = graph.cut_out(_picture(before, render.canvas, end), start, end)
    return Command(
        step=f"scene {render.segment.number}, transition",
        args=_strictly(graph.compiled([picture], into, _raw(render.canvas, overlap))),
        limits=_limits(render.canvas, end),
        frames=overlap,
        blame=before.subject,
    )


def _raw(canvas: Canvas, frames: int) -> dict[str, Any]:
    """Pictures as they are, between two commands."""
    return {
        "vcodec": "rawvideo",
        "format": "nut",
        "r": canvas.rate,
        "an": None,
        "frames:v": frames,
        **_BITEXACT,
    }


def _body(render: SegmentRender, clip: Source, tail: Path | None, into: Path, leave: Path | None) -> Command:
    """The segment itself and, decoded along with it, what the next one comes in from."""
    segment, canvas = render.segment, render.canvas
    end = segment.frames + (render.leaving if leave is not None else 0)
    picture = _picture(clip, canvas, end)
    others: list[graph.Output] = []
    if leave is not None:
        picture, rest = graph.doubled(picture)
        rest = graph.cut_out(rest, segment.frames, end)
        others = [([rest], leave, _raw(canvas, render.leaving))]
    picture = graph.cut_out(picture, 0, segment.frames)
    if tail is not None:
        before = graph.tagged(graph.own(tail).video).filter("setsar", 1)
        kind = segment.transition.kind
        picture = graph.crossfaded(before, picture, kind, segment.overlap, canvas.rate)
    picture = burned(picture, render.cues, canvas)
    return Command(
        step=f"scene {segment.number}, picture",
        args=_strictly(
            graph.compiled([picture], into, _h264(canvas) | {"frames:v": segment.frames}, *others)
        ),
        limits=_limits(canvas, end),
        frames=segment.frames,
        blame=clip.subject,
    )


def plan_check(render: SegmentRender, made: Path) -> Command:
    """Decode a finished segment to its end. Errors are errors of the entropy coding: nobody sees the picture."""
    stream = graph.own(made, threads=1, skip_loop_filter="all", skip_idct="all").video
    return Command(
        step=f"scene {render.segment.number}, verification",
        args=_strictly(graph.compiled([stream], "-", {"format": "null"})),
        limits=_limits(render.canvas, render.segment.frames),
    )


def _picture(source: Source, canvas: Canvas, frames: int) -> graph.Stream:
    """A clip's picture on the canvas; a second more than is needed is read, never all of an endless file."""
    stream = graph.foreign(source.path, source.demuxer, frames / canvas.rate + 1).video
    return graph.normalised(stream, source.look, canvas, held_frames(canvas.rate))


def _h264(canvas: Canvas) -> dict[str, Any]:
    """Closed GOPs and parameter sets that don't depend on the content, so that segments can be joined."""
    gop = 2 * canvas.rate
    return {
        "vcodec": "libx264",
        "preset": "veryfast",
        "crf": 20,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "x264-params": f"open-gop=0:keyint={gop}:min-keyint=1:stitchable=1",
        "threads": 1,
        "r": canvas.rate,
        **timescales(canvas.rate),
        "flags:v": "+bitexact",
        "format": "mp4",
        "an": None,
        **_BITEXACT,
    }


def timescales(rate: int) -> dict[str, int]:
    """Ticks a second, of the video track and of the whole file.

    The track's must be the same everywhere, or a join makes 28 s of 6 s, silently. The file's must count
    frames and samples exactly: with FFmpeg's 1000 the edit list cuts off the last samples.
    """
    return {"video_track_timescale": 512 * rate, "movie_timescale": lcm(48_000, rate)}


def _strictly(args: tuple[str, ...]) -> tuple[str, ...]:
    """A decoding error ends the command: no grey frames in anybody's video."""
    return ("-xerror", *args)


def _limits(canvas: Canvas, frames: int) -> Limits:
    """Ten times what a busy machine needs; a wedged encoder is not waited for all night."""
    seconds = 60 + frames * (canvas.width * canvas.height / 921_600) * 0.5
    return Limits(wall_s=seconds, cpu_s=int(seconds))
