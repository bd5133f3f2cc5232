"""Lays a watermark over a picture, in the same encode. Filters only; nothing is run here."""

from typing import Final

import ffmpeg

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.domain.storyboard import Corner
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import Mark

_MARGIN: Final = 0.04
"""From the edges, in parts of the picture's shorter side."""
_HIGHEST: Final = 1 / 3
"""Of the picture's height: a tall logo is made smaller than asked."""


def marked(picture: Stream, mark: Mark, demuxer: str, canvas: Canvas) -> Stream:
    """The picture with the mark in its corner, on every frame the same."""
    image = graph.foreign(mark.image, demuxer, 1.0, framerate=canvas.rate).video
    margin = 2 * round(min(canvas.width, canvas.height) * _MARGIN / 2)
    right, low = f"W-w-{margin}", f"H-h-{margin}"
    x, y = {
        Corner.TOP_LEFT: (f"{margin}", f"{margin}"),
        Corner.TOP_RIGHT: (right, f"{margin}"),
        Corner.BOTTOM_LEFT: (f"{margin}", low),
        Corner.BOTTOM_RIGHT: (right, low),
    }[mark.corner]
    return ffmpeg.filter([picture, _fitted(image, mark, canvas)], "overlay", x=x, y=y, eof_action="repeat")


def _fitted(image: Stream, mark: Mark, canvas: Canvas) -> Stream:
    """The mark at its size. Scaled with its colours weighed by its opacity: else the colour of what is transparent
    would show at the edges."""
    widest, highest = canvas.width * mark.width, canvas.height * _HIGHEST
    image = image.filter("format", "gbrap").filter("premultiply", inplace=1)
    image = image.filter(
        "scale",
        w=f"max(2,trunc(min({widest:.2f},{highest:.2f}*dar)/2)*2)",
        h=f"max(2,trunc(min({widest:.2f}/dar,{highest:.2f})/2)*2)",
        flags="bicubic",
    )
    image = image.filter("format", "gbrap").filter("unpremultiply", inplace=1)
    image = image.filter("colorchannelmixer", aa=f"{mark.opacity:.4f}")
    image = image.filter("scale", out_color_matrix="bt709", out_range="tv").filter("format", "yuva420p")
    return image.filter("settb", f"1/{canvas.rate}").filter("setpts", 0)
