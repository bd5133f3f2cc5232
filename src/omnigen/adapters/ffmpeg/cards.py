"""Draws cards: what stands in for a scene's clip where there is none. A number, a title, the words of its prompt.

A card is a still: one picture is drawn, and repeated as often as it is seen, which costs next to nothing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import ffmpeg

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.captions import FONT
from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.adapters.ffmpeg.lettering import LEADING, fitted, printable
from omnigen.adapters.ffmpeg.plan import timescales
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import CardRender


class Palette(NamedTuple):
    """The colours of a card: where the ground begins and ends, and what stands out on it."""

    ground: str
    depth: str
    accent: str


PALETTES: Final = (
    Palette("0x22304f", "0x0c1322", "0xf2b56b"),
    Palette("0x20463f", "0x0a1c1a", "0xe9d48a"),
    Palette("0x4a2740", "0x170b18", "0xf59e9e"),
    Palette("0x3a3560", "0x100e22", "0x9fc7ff"),
    Palette("0x51351f", "0x1b0f08", "0xf6c65b"),
    Palette("0x1f4a5c", "0x08181f", "0x8fe3d0"),
    Palette("0x3d3d44", "0x121216", "0xffb38a"),
    Palette("0x5a2a2a", "0x1c0b0d", "0xffd29d"),
)

_WARNING: Final = "0xf7c948"
_LIMITS: Final = Limits(wall_s=120, cpu_s=120)


def cards(renders: Sequence[CardRender]) -> list[Stream]:
    """The pictures of some cards of one size, one frame each; what follows repeats them.

    They are drawn as the frames of one stream, each letter on its own frame: a chain of filters for each card
    would take as many threads as forty cards have scales.
    """
    picture = ffmpeg.input(_grounds(renders), format="lavfi").video.filter("vignette", angle="PI/5")
    for place, render in enumerate(renders):
        picture = _drawn(picture, render, f"eq(n,{place})")
    picture = picture.filter("scale", out_color_matrix="bt709", out_range="tv")
    picture = graph.tagged(picture.filter("format", "yuv420p").filter("setsar", 1))
    if len(renders) == 1:
        return [picture]
    several = picture.filter_multi_output("split", len(renders))
    return [graph.cut_out(several.stream(place), place, place + 1) for place in range(len(renders))]


def _drawn(picture: Stream, render: CardRender, enable: str) -> Stream:
    canvas, palette = render.canvas, PALETTES[render.seed % len(PALETTES)]
    picture = _barred(picture, canvas, palette, enable)
    picture = _lettered(picture, render, palette, enable)
    return picture if render.label is None else _labelled(picture, render.label, canvas, enable)


def held(picture: Stream, frames: int, rate: int) -> Stream:
    """One picture for as many frames, from 0 on."""
    repeated = picture.filter("loop", loop=frames - 1, size=1) if frames > 1 else picture
    return repeated.filter("settb", f"1/{rate}").filter("setpts", "N")


def draw_card(render: CardRender, into: Path) -> Command:
    """The command that draws a card as a clip: closed GOPs of half a second, to be copied into a programme."""
    rate = render.canvas.rate
    gop = max(1, rate // 2)
    options: dict[str, Any] = {
        "vcodec": "libx264",
        "preset": "veryfast",
        "crf": 20,
        "profile:v": "high",
        "x264-params": f"open-gop=0:keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0",
        "threads": 1,
        "r": rate,
        **timescales(rate),
        "frames:v": render.frames,
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
        "map_metadata": -1,
        "format": "mp4",
        "an": None,
    }
    picture = held(cards([render])[0], render.frames, rate)
    args = graph.compiled([picture], into, options)
    return Command(step=f"the card {render.title!r}", args=args, limits=_LIMITS, frames=render.frames)


def _grounds(renders: Sequence[CardRender]) -> str:
    """One frame for each: from one colour in the upper left to another in the lower right."""
    grounds = ";".join(f"{_ground(render)}[g{place}]" for place, render in enumerate(renders))
    together, rate = "".join(f"[g{n}]" for n in range(len(renders))), renders[0].canvas.rate
    # concat forgets the rate before FFmpeg 7; xfade wants to know it.
    return f"{grounds};{together}concat=n={len(renders)},settb=1/{rate},setpts=N,fps={rate}"


def _ground(render: CardRender) -> str:
    canvas, palette = render.canvas, PALETTES[render.seed % len(PALETTES)]
    return (
        f"gradients=s={canvas.width}x{canvas.height}:r={canvas.rate}:n=2:c0={palette.ground}:c1={palette.depth}"
        f":x0=0:y0=0:x1={canvas.width - 1}:y1={canvas.height - 1}:seed=1:speed=0.00001,trim=end_frame=1"
    )


def _barred(picture: Stream, canvas: Canvas, palette: Palette, enable: str) -> Stream:
    """A bar of the accent's colour left of the words."""
    unit = _unit(canvas)
    place = {"x": unit, "y": _top(canvas), "w": max(2, unit // 8), "h": _bottom(canvas) - _top(canvas)}
    return picture.filter("drawbox", **place, color=f"{palette.accent}@0.9", t="fill", enable=enable)


def _lettered(picture: Stream, render: CardRender, palette: Palette, enable: str) -> Stream:
    """The title, and below it the text as large as it fits."""
    canvas, unit = render.canvas, _unit(render.canvas)
    left, width = round(unit * 1.6), round(canvas.width - unit * 2.6)
    size, titles = fitted(
        render.title, width, unit * 2, largest=max(8, round(unit * 0.62)), smallest=max(8, round(unit * 0.4))
    )
    picture = _lines(picture, titles, left, _top(canvas), size, palette.accent, enable)
    top = round(_top(canvas) + len(titles) * size * LEADING + unit * 0.35)
    height = _bottom(canvas) - top
    size, lines = fitted(render.text, width, height, largest=unit, smallest=max(8, round(unit * 0.36)))
    return _lines(picture, lines, left, top, size, "white", enable)


def _labelled(picture: Stream, label: str, canvas: Canvas, enable: str) -> Stream:
    """A band along the upper edge that nobody overlooks."""
    unit = _unit(canvas)
    size, lines = fitted(
        label, canvas.width - 2 * unit, round(unit * 1.5), largest=round(unit * 0.7), smallest=8
    )
    height = round(unit * 0.5 + len(lines) * size * LEADING)
    band = {"x": 0, "y": 0, "w": canvas.width, "h": height}
    picture = picture.filter("drawbox", **band, color=_WARNING, t="fill", enable=enable)
    return _lines(picture, lines, unit, round(unit * 0.25), size, "0x1a1408", enable)


def _lines(
    picture: Stream, lines: tuple[str, ...], left: int, top: int, size: int, colour: str, enable: str
) -> Stream:
    """A filter for each line, as captions have it; what it says is never a script."""
    for row, line in enumerate(lines):
        baseline = round(top + row * size * LEADING + size)
        picture = picture.filter(
            "drawtext",
            fontfile=str(FONT),
            text=printable(line),
            expansion="none",
            fontsize=size,
            fontcolor=colour,
            x=left,
            y=f"{baseline}-ascent",
            enable=enable,
        )
    return picture


def _unit(canvas: Canvas) -> int:
    """What all measures are told in: a twelfth of the shorter side."""
    return max(8, min(canvas.width, canvas.height) // 12)


def _top(canvas: Canvas) -> int:
    """Where the words begin: below a label."""
    return round(canvas.height * 0.24)


def _bottom(canvas: Canvas) -> int:
    """Where they end: above captions."""
    return round(canvas.height * 0.76)
