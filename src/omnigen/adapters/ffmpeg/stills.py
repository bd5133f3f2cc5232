"""A still that is moved over, as Ken Burns did: slowly in, slowly out, or across. Filters only; nothing is run here.

Moved by `perspective`, whose corners lie between pixels (to 1/256): zoompan's jump from pixel to pixel. The picture
is moved at 1.25 times the canvas's size and scaled down, so that nothing is enlarged by much.
"""

from typing import Final

from attrs import frozen

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.framing import normalised
from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.domain.storyboard import Fit
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import Still

_LARGER: Final = 1.25
_PACE: Final = 0.022
"""Part of the picture that is passed by in a second."""
_LEAST, _MOST = 0.05, 0.16
"""What is passed by in a whole scene."""
_THIRDS: Final = (0.5, 0.35, 0.65)
"""Where a zoom leads to, across and down: the middle, or near a third."""


@frozen
class View:
    """What is seen of the picture, in parts of its width and height; its shape is the picture's."""

    left: float
    top: float
    size: float


def move_of(still: Still, rate: int) -> tuple[View, View]:
    """What is seen first and last; chosen by the scene's seed, the same each time."""
    passed = min(_MOST, max(_LEAST, _PACE * still.frames / rate))
    kind, aim = still.seed % 6, still.seed // 6
    across, down = _THIRDS[aim % 3], _THIRDS[aim // 3 % 3]
    if kind < 2:
        views = View(0, 0, 1), View(passed * across, passed * down, 1 - passed)
    elif kind < 4:
        views = View(0, passed * down, 1 - passed), View(passed, passed * down, 1 - passed)
    else:
        views = View(passed * across, 0, 1 - passed), View(passed * across, passed, 1 - passed)
    return views if kind % 2 == 0 else (views[1], views[0])


def moved(
    stream: Stream, look: Look, canvas: Canvas, fit: Fit, still: Still, frames: tuple[int, int]
) -> Stream:
    """Frames of the move over a still, the last excluded, counted from 0 again."""
    start, end = frames
    large = Canvas(
        width=_even(canvas.width * _LARGER), height=_even(canvas.height * _LARGER), rate=canvas.rate
    )
    stream = normalised(stream, look, large, 0, fit).filter("loop", loop=-1, size=1)
    stream = stream.filter("settb", f"1/{canvas.rate}").filter("setpts", "N")
    stream = stream.filter("perspective", **_corners(still, canvas.rate, start), eval="frame")
    stream = stream.filter("scale", canvas.width, canvas.height, flags="bicubic").filter("setsar", 1)
    return graph.tagged(stream.filter("trim", end_frame=end - start))


def _corners(still: Still, rate: int, start: int) -> dict[str, str]:
    """Expressions for the corners of what is seen; perspective counts the frames from 1 on."""
    first, last = move_of(still, rate)
    part = f"(on+{start - 1})/{max(1, still.frames - 1)}"
    left, top, size = (
        f"({a:.8f}+({b - a:.8f})*{part})"
        for a, b in ((first.left, last.left), (first.top, last.top), (first.size, last.size))
    )
    sides = {"0": (f"W*{left}", f"H*{top}"), "3": (f"W*({left}+{size})", f"H*({top}+{size})")}
    return {
        "x0": sides["0"][0], "y0": sides["0"][1], "x1": sides["3"][0], "y1": sides["0"][1],
        "x2": sides["0"][0], "y2": sides["3"][1], "x3": sides["3"][0], "y3": sides["3"][1],
    }  # fmt: skip


def _even(length: float) -> int:
    return 2 * round(length / 2)
