"""How a clip's picture becomes the canvas's: its colours, its size, its shape. Filters only; nothing is run here.

colours   to bt709, limited range: matrix and range by the scaler, primaries by `colorspace`
shape     cropped, between bars, or over a blurred fill; never stretched
"""

from typing import Any, Final

import ffmpeg

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.domain.storyboard import Fit
from omnigen.domain.timeline import Canvas

ROUNDING: Final = 0.01
"""A part of the picture that nobody misses: canvases are of even sizes, and clips' sizes are rounded too."""
_CROPPED: Final = 1 / 3
"""What `Fit.AUTO` may cut off at most: more, and heads go with it."""
_SMALL: Final = 8
"""The blurred fill is made at an eighth of the canvas's size: blur has no detail to lose."""
_DIMMED: Final = "lutyuv=y=16+(val-16)*0.6"

_UNKNOWN: Final = 2
_BT2020: Final = (9, 10)
_COLOURLESS: Final = ("rgb", "gbr", "bgr", "gray", "pal", "mono", "ya")
_PRIMARIES: Final = {
    4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020", 11: "smpte431", 12: "smpte432",
}  # fmt: skip
"""Other than bt709's, as H.273 numbers them."""
_TRANSFERS: Final = {4: "gamma22", 5: "gamma28", 7: "smpte240m", 13: "srgb"}
"""Those of bt601, bt709 and bt2020 are one curve."""


def framed(look: Look, canvas: Canvas, fit: Fit) -> Fit:
    """What becomes of such a clip: CROP where its shape is the canvas's, but for a line or two."""
    lost = cut_off(look, canvas)
    if lost <= ROUNDING:
        return Fit.CROP
    if fit is Fit.AUTO:
        return Fit.CROP if lost < _CROPPED else Fit.BLUR
    return fit


def cut_off(look: Look, canvas: Canvas) -> float:
    """The part of a clip's picture that lies outside the canvas where it fills it."""
    shapes = sorted((look.width / look.height, canvas.width / canvas.height))
    return 1 - shapes[0] / shapes[1]


def normalised(stream: Stream, look: Look, canvas: Canvas, hold: int, fit: Fit) -> Stream:
    """The picture of a clip as the canvas wants it; its last frame is held for up to `hold` frames more."""
    match framed(look, canvas, fit):
        case Fit.PAD:
            stream = _whole(stream, look, canvas).filter("pad", canvas.width, canvas.height, -1, -1)
        case Fit.BLUR:
            stream = _over_itself(stream, look, canvas)
        case _:
            stream = _filled(stream, look, canvas)
    stream = stream.filter("format", "yuv420p").filter("setsar", 1)
    return graph.tagged(stream.filter("tpad", stop_mode="clone", stop=hold))


def _whole(stream: Stream, look: Look, canvas: Canvas) -> Stream:
    """All of the picture, at the largest even size that fits into the canvas."""
    return _scaled(
        stream,
        look,
        w=f"if(gte(dar,{_shape(canvas)}),{canvas.width},max(2,trunc({canvas.height}*dar/2)*2))",
        h=f"if(gte(dar,{_shape(canvas)}),max(2,trunc({canvas.width}/dar/2)*2),{canvas.height})",
    )


def _filled(stream: Stream, look: Look, canvas: Canvas) -> Stream:
    """The middle of the picture, at the smallest even size that covers the canvas."""
    stream = _scaled(
        stream,
        look,
        w=f"if(gte(dar,{_shape(canvas)}),ceil({canvas.height}*dar/2)*2,{canvas.width})",
        h=f"if(gte(dar,{_shape(canvas)}),{canvas.height},ceil({canvas.width}/dar/2)*2)",
    )
    return stream.filter("crop", canvas.width, canvas.height)


def _over_itself(stream: Stream, look: Look, canvas: Canvas) -> Stream:
    """All of the picture, over its own middle, which is blurred and darker."""
    front, back = graph.doubled(stream)
    small = Canvas(width=_even(canvas.width / _SMALL), height=_even(canvas.height / _SMALL), rate=canvas.rate)
    back = _filled(back, look, small).filter("format", "yuv420p")
    back = back.filter("gblur", sigma=f"{min(small.width, small.height) / 24:.2f}")
    name, _, luma = _DIMMED.partition("=y=")
    back = back.filter(name, y=luma).filter("scale", canvas.width, canvas.height, flags="bicubic")
    front = _whole(front, look, canvas).filter("format", "yuv420p").filter("setsar", 1)
    return ffmpeg.filter([back.filter("setsar", 1), front], "overlay", x="(W-w)/2", y="(H-h)/2")


def _scaled(stream: Stream, look: Look, **size: str) -> Stream:
    """Another size, and bt709's colours."""
    if look.matrix == _UNKNOWN and not look.pixel_format.startswith(_COLOURLESS):
        stream = stream.filter("setparams", colorspace=_guessed(look))
    stream = stream.filter("scale", **size, flags="bicubic", out_color_matrix="bt709", out_range="tv")
    primaries = _PRIMARIES.get(9 if look.primaries == _UNKNOWN and look.matrix in _BT2020 else look.primaries)
    if primaries is None:
        return stream
    told: dict[str, Any] = {"ispace": "bt709", "irange": "tv", "iprimaries": primaries}
    told |= {"itrc": _TRANSFERS.get(look.transfer, "bt709")}
    wanted = {"space": "bt709", "range": "tv", "primaries": "bt709", "trc": "bt709", "format": "yuv420p"}
    return stream.filter("format", "yuv444p").filter("colorspace", **told, **wanted)


def _guessed(look: Look) -> str:
    """The matrix of a clip that doesn't tell it, as players guess it: by its size. Pictures are bt601's."""
    large = max(look.width, look.height) >= 1280 or min(look.width, look.height) > 576
    return "bt709" if large and not look.still else "smpte170m"


def _shape(canvas: Canvas) -> str:
    return f"{canvas.width}/{canvas.height}"


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))
