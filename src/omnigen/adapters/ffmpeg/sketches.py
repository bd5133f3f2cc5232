"""Which command draws a sketch: a whole programme at once, small and quick, of cards and of clips that are small already.

shot 1   ███████████▒▒▒             one input a shot; all but the end of it, then its end,
shot 2           ▒▒▒██████▒▒▒       over which the next one comes in: every xfade has two inputs
shot 3                    ▒▒▒████   that begin at 0, and no more frames wait than a transition has
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import ffmpeg

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.captions import burned
from omnigen.adapters.ffmpeg.cards import cards, held
from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.adapters.ffmpeg.plan import timescales
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.ports.composer import CardRender, ShotRender, SketchRender

RECIPE: Final = "s1"
"""Part of every sketch's key: change it whenever the same sketch would be drawn otherwise."""

_LIMITS: Final = Limits(wall_s=120, cpu_s=240)


def draw_sketch(render: SketchRender, into: Path) -> Command:
    """The command that draws a sketch into `into`: exactly its frames, without sound."""
    picture = burned(_programme(render), render.cues, render.canvas, render.caption_style)
    args = graph.compiled([picture], into, _encoding(render))
    return Command(step="the sketch", args=args, limits=_LIMITS, frames=render.frames)


def _programme(render: SketchRender) -> Stream:
    """All shots, each over the end of the one before."""
    rate, sections, tail = render.canvas.rate, list[Stream](), None
    told = [shot.picture for shot in render.shots if isinstance(shot.picture, CardRender)]
    stills = iter(cards(told) if told else [])
    for shot, leaving in zip(render.shots, render.leaving, strict=True):
        body, end = _parts(shot, leaving, rate, stills)
        if tail is not None:
            passage = shot.transition
            body = graph.crossfaded(tail, body, passage.kind, passage.frames, rate)
        sections.append(body.filter("settb", f"1/{rate}"))
        tail = end
    joined = ffmpeg.concat(*sections, v=1, a=0) if len(sections) > 1 else sections[0]
    return joined.filter("settb", f"1/{rate}").filter("setpts", "N")


def _parts(
    shot: ShotRender, leaving: int, rate: int, stills: Iterator[Stream]
) -> tuple[Stream, Stream | None]:
    """A shot's pictures until the next one comes in, and from there on; None where it comes in by a cut."""
    cut = shot.frames - leaving
    if isinstance(shot.picture, CardRender):
        still = next(stills)
        if not leaving:
            return held(still, cut, rate), None
        one, other = graph.doubled(still)
        return held(one, cut, rate), held(other, leaving, rate)
    clip = graph.tagged(graph.own(shot.picture).video).filter("setsar", 1)
    if not leaving:
        return graph.cut_out(clip, 0, cut), None
    one, other = graph.doubled(clip)
    return graph.cut_out(one, 0, cut), graph.cut_out(other, cut, shot.frames)


def _encoding(render: SketchRender) -> dict[str, Any]:
    """Quick rather than small: it is looked at once."""
    rate = render.canvas.rate
    return {
        "vcodec": "libx264",
        "preset": "ultrafast",
        "crf": 24,
        "profile:v": "high",
        "pix_fmt": "yuv420p",
        "x264-params": f"open-gop=0:keyint={2 * rate}",
        "threads": 2,
        "r": rate,
        **timescales(rate),
        "frames:v": render.frames,
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        "map_metadata": -1,
        "metadata": f"title={render.title}",
        "format": "mp4",
        "an": None,
    }
