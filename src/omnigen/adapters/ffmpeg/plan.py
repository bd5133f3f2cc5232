"""Which commands make a picture segment: pure, run nowhere, printable.

A segment is rendered from two clips at most. Where it comes in by a transition, the tail of the clip before
is first written as raw frames: one xfade over exactly two inputs that both start at 0 is exact on every
FFmpeg since 5.1, while chains of xfade give a frame too many before 6.1.
"""

import json
from collections.abc import Sequence
from math import lcm
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.captions import burned
from omnigen.adapters.ffmpeg.copying import Stretch, stretch
from omnigen.adapters.ffmpeg.framing import normalised
from omnigen.adapters.ffmpeg.marking import marked
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.adapters.ffmpeg.stills import moved
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import SegmentRender, Still

RECIPE: Final = "r11"
"""Part of every segment's key: change it whenever the same inputs would give other bytes."""

LEFT: Final = "left.nut"
"""What a render leaves for the next segment, in its scratch folder."""

_Part = tuple[Path, str, int, int]
"""A file, its demuxer, and which of its frames."""

_BITEXACT: Final[dict[str, Any]] = {"fflags": "+bitexact", "map_metadata": -1}


@frozen(kw_only=True)
class Source:
    """A clip that a segment is made of, as the probe saw it."""

    path: Path
    demuxer: str
    look: Look
    subject: str
    """What an error calls it: `scene 3's clip`."""
    still: Still | None = None
    """It is a picture, and this is how it is moved over."""


@frozen(kw_only=True)
class SegmentPlan:
    """The commands of one segment, in order, and the frames that must come out."""

    commands: tuple[Command, ...]
    """Of FFmpeg."""
    frames: int
    copied: Stretch | str
    """The clip's frames that go in as they are, or why none do."""
    splice: Command | None = None
    """Of `splice`, after the others, where frames are copied."""
    encoded: tuple[Path, ...] = ()
    """What is laid before and behind the copied frames."""


def held_frames(rate: int) -> int:
    """Frames for which a clip that is too short is held on its last: half a second, hardly seen."""
    return rate // 2


def plan_segment(
    render: SegmentRender,
    clip: Source,
    before: Source | None,
    *,
    scratch: Path,
    into: Path,
    logo: str | None = None,
) -> SegmentPlan:
    """The commands that render one segment into `into`, with what lies between them in `scratch`.

    `logo` is the demuxer of the watermark, where there is one.
    """
    frames, copied = render.segment.frames, stretch(render, clip.look.coding)
    commands: list[Command] = []
    tail = render.tail
    at_once = before if tail is None and not isinstance(copied, str) and _has_tail(render, before) else None
    if before is not None and tail is None and at_once is None:
        tail = scratch / "tail.nut"
        commands.append(_tail(render, before, tail))
    if isinstance(copied, str):
        leave = scratch / LEFT if render.leave is not None and render.leaving else None
        commands.append(_body(render, clip, tail, into, leave, logo))
        return SegmentPlan(commands=tuple(commands), frames=frames, copied=copied)
    if (copied.start, copied.end) == (0, frames):
        return SegmentPlan(commands=(_copy(render, clip, into),), frames=frames, copied=copied)
    parts: list[_Part] = [(clip.path, clip.demuxer, copied.start, copied.end)]
    if copied.start:
        head = scratch / "head.mp4"
        commands.append(_head(render, clip, at_once or tail, head, copied.start))
        parts.insert(0, (head, "mov", 0, copied.start))
    if copied.end < frames:
        rest = scratch / "rest.mp4"
        commands.append(_rest(render, clip, rest, copied.end))
        parts.append((rest, "mov", 0, frames - copied.end))
    return SegmentPlan(
        commands=tuple(commands),
        frames=frames,
        copied=copied,
        splice=_splice(render, parts, into),
        encoded=tuple(path for path, *_ in parts if path != clip.path),
    )


def tail_is_whole(render: SegmentRender, left: Path) -> bool:
    """Whether all frames of a tail were written: a clip that is too short is blamed by the next segment."""
    picture = render.canvas.width * render.canvas.height * 3 // 2
    return left.exists() and left.stat().st_size >= picture * render.leaving


def _tail(render: SegmentRender, before: Source, into: Path) -> Command:
    start, overlap = render.segment.tail_start or 0, render.segment.overlap
    picture = _picture(before, render, start, start + overlap)
    return Command(
        step=f"scene {render.segment.number}, transition",
        args=_strictly(graph.compiled([picture], into, _raw(render.canvas, overlap))),
        limits=_limits(render.canvas, start + overlap),
        frames=overlap,
        blame=before.subject,
    )


def _has_tail(render: SegmentRender, before: Source | None) -> bool:
    """Whether all frames of a tail are surely there, and are found without decoding all that is before them."""
    if before is None or isinstance(before.look.coding, str):
        return False
    start, coding = render.segment.tail_start or 0, before.look.coding
    return start + render.segment.overlap <= coding.frames and coding.entry(start, render.canvas.rate) > 0


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


def _from(frame: int) -> dict[str, str]:
    """Of raw pictures, only those from a frame on, counted from 0 again.

    Dropped behind the graph, not in it: of two outputs FFmpeg asks the one that lags for its next picture, and while
    one has none, the other's pile up, 300 MB of them.
    """
    return {"bsf:v": f"noise=drop='lt(n,{frame})',setts=ts=TS-STARTPTS"}


def _body(
    render: SegmentRender,
    clip: Source,
    tail: Path | None,
    into: Path,
    leave: Path | None,
    logo: str | None,
) -> Command:
    """The segment itself and, decoded along with it, what the next one comes in from."""
    segment, canvas = render.segment, render.canvas
    end = segment.frames + (render.leaving if leave is not None else 0)
    picture = _picture(clip, render, 0, end)
    others: list[graph.Output] = []
    if leave is not None:
        picture, rest = graph.doubled(picture)
        picture = graph.cut_out(picture, 0, segment.frames)
        others = [([rest], leave, _raw(canvas, end) | _from(segment.frames))]
    picture = burned(_mixed(render, tail, picture), render.cues, canvas, render.caption_style)
    if render.mark is not None and logo is not None:
        picture = marked(picture, render.mark, logo, canvas)
    return _encoded("picture", render, clip, [picture], into, segment.frames, _h264(canvas), others)


def _head(
    render: SegmentRender, clip: Source, tail: Source | Path | None, into: Path, frames: int
) -> Command:
    """What lies before the frames that are copied; of the clip before, if it is one, the end is decoded along."""
    picture = _mixed(render, tail, _picture(clip, render, 0, frames))
    made = _encoded("head", render, clip, [picture], into, frames, _h264_beside(render.canvas))
    return evolve(made, blame=f"{tail.subject} or {clip.subject}") if isinstance(tail, Source) else made


def _rest(render: SegmentRender, clip: Source, into: Path, start: int) -> Command:
    """What lies behind the frames that are copied."""
    picture = _picture(clip, render, start, render.segment.frames)
    frames = render.segment.frames - start
    return _encoded("rest", render, clip, [picture], into, frames, _h264_beside(render.canvas))


def _encoded(
    name: str,
    render: SegmentRender,
    clip: Source,
    streams: list[graph.Stream],
    into: Path,
    frames: int,
    encoding: dict[str, Any],
    others: Sequence[graph.Output] = (),
) -> Command:
    return Command(
        step=f"scene {render.segment.number}, {name}",
        args=_strictly(graph.compiled(streams, into, encoding | {"frames:v": frames}, *others)),
        limits=_limits(render.canvas, render.segment.frames + render.leaving),
        frames=frames,
        blame=clip.subject,
    )


def _mixed(render: SegmentRender, tail: Source | Path | None, picture: graph.Stream) -> graph.Stream:
    """A clip's picture, come into from the tail of the one before."""
    if tail is None:
        return picture
    segment, rate = render.segment, render.canvas.rate
    if isinstance(tail, Source):
        start = segment.tail_start or 0
        before = _picture(tail, render, start, start + segment.overlap)
    else:
        before = graph.tagged(graph.own(tail).video).filter("setsar", 1)
    return graph.crossfaded(before, picture, segment.transition.kind, segment.overlap, rate)


def _copy(render: SegmentRender, clip: Source, into: Path) -> Command:
    """The segment is the clip's beginning: as many coded pictures as it has frames."""
    frames, rate = render.segment.frames, render.canvas.rate
    options = {
        "c": "copy",
        "frames:v": frames,
        "bsf:v": "filter_units=remove_types=7-8",  # of parameter sets, the header's are enough
        **timescales(rate),
        **_BITEXACT,
        "format": "mp4",
    }
    stream = graph.foreign(clip.path, clip.demuxer, frames / rate + 1)["v:0"]
    return Command(
        step=f"scene {render.segment.number}, copied frames",
        args=graph.compiled([stream], into, options),
        limits=_limits(render.canvas, frames),
        frames=frames,
        blame=clip.subject,
    )


def _splice(render: SegmentRender, parts: Sequence[_Part], into: Path) -> Command:
    request = {
        "parts": [[[str(path), demuxer], start, end] for path, demuxer, start, end in parts],
        "rate": render.canvas.rate,
        "timescales": timescales(render.canvas.rate),
        "into": str(into),
    }
    return Command(
        step=f"scene {render.segment.number}, copied frames",
        args=("splice", json.dumps(request)),
        limits=_limits(render.canvas, render.segment.frames),
    )


def plan_check(render: SegmentRender, made: Path, blame: str | None = None) -> Command:
    """Decode a finished segment to its end. Errors are errors of the entropy coding: nobody sees the picture."""
    stream = graph.own(made, threads=1, skip_loop_filter="all", skip_idct="all").video
    return Command(
        step=f"scene {render.segment.number}, verification",
        args=_strictly(graph.compiled([stream], "-", {"format": "null"})),
        limits=_limits(render.canvas, render.segment.frames),
        blame=blame,
    )


def _picture(source: Source, render: SegmentRender, start: int, end: int) -> graph.Stream:
    """Frames `start` to `end` of a clip on the canvas, counted from 0; its last one is held if it is a bit short.

    A second more than is needed is read, never all of an endless file; where times are exact, two frames: a decoder
    runs ahead of what is asked for, and would decode them all. There, too, decoding begins at the last IDR: with
    -copyts and a target behind it, every FFmpeg lands there, and times are the clip's own.
    """
    canvas, coding = render.canvas, source.look.coding
    if source.still is not None:
        image = graph.foreign(source.path, source.demuxer, 1.0, framerate=canvas.rate).video
        return moved(image, source.look, canvas, render.fit, source.still, (start, end))
    framing = (source.look, canvas, held_frames(canvas.rate), render.fit)
    entry = 0 if isinstance(coding, str) or end > coding.frames else coding.entry(start, canvas.rate)
    seconds = (end - entry) / canvas.rate + _spare(source.look, canvas)
    if not entry:
        own_times = graph.times(from_zero=source.look.from_zero)
        stream = graph.foreign(source.path, source.demuxer, seconds, **own_times).video
        stream = graph.timed(stream, canvas)
        return graph.cut_out(normalised(stream, *framing), start, end)
    seeking = {"ss": f"{(entry + 0.9) / canvas.rate:.6f}", "noaccurate_seek": None, "copyts": None}
    stream = graph.foreign(source.path, source.demuxer, seconds, **seeking).video
    stream = graph.from_time(stream, start, canvas.rate)
    return graph.cut_out(normalised(stream, *framing), 0, end - start)


def _spare(look: Look, canvas: Canvas) -> float:
    """Seconds of a clip that are read beyond those that are needed."""
    coding = look.coding
    exact = look.from_zero and not isinstance(coding, str) and coding.rate == canvas.rate
    return 2 / canvas.rate if exact else 1.0


def _h264(canvas: Canvas) -> dict[str, Any]:
    """Closed GOPs and parameter sets that don't depend on the content, so that segments can be joined.

    As good as x264's veryfast at crf 20 (VMAF within 0.3), in fewer bits, for little more than half of the CPU: a fifth of
    it goes into partitions between frames, another into motion to the quarter of a pixel twice over. Fewer than three
    B-frames would spare a little, but slow moves over stills tremble then, by up to 0.4 pixels (test_stills.py).
    Without the lookahead of ten frames crf 21.5 took 1.8 times the bits.
    """
    return _x264(canvas, "veryfast", 20.8, "me=dia:subme=1:partitions=i8x8:sps-id=31")


def _h264_beside(canvas: Canvas) -> dict[str, Any]:
    """What lies beside copied pictures: a third of the work, a bit better (VMAF 95.2 to 94.8), in fewer bits than those."""
    return _x264(canvas, "ultrafast", 22, "sps-id=30:cabac=1:deblock=0,0")


def _x264(canvas: Canvas, preset: str, crf: float, params: str) -> dict[str, Any]:
    gop = 2 * canvas.rate
    return {
        "vcodec": "libx264",
        "preset": preset,
        "crf": crf,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "x264-params": f"open-gop=0:keyint={gop}:min-keyint=1:stitchable=1:{params}",
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
    """A decoding error ends the command: no grey frames in anybody's video.

    One thread a graph: where FFmpeg 5.1 scales a picture in slices, their number changes its pixels.
    """
    return ("-xerror", "-filter_complex_threads", "1", *args)


def _limits(canvas: Canvas, frames: int) -> Limits:
    """Ten times what a busy machine needs; a wedged encoder is not waited for all night."""
    seconds = 60 + frames * (canvas.width * canvas.height / 921_600) * 0.5
    return Limits(wall_s=seconds, cpu_s=int(seconds))
