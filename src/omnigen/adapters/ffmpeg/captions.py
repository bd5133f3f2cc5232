"""Burns captions into the picture, with a font of our own: the same pixels on every machine.

drawtext and not libass: it switches on exact frames, and never looks for fonts of the system.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.domain.captions import FEW_WORDS, SUBTITLES, Cue, Layout
from omnigen.domain.storyboard import CaptionStyle
from omnigen.domain.timeline import Canvas

FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSans-Bold.ttf"
"""Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian. Its licence lies beside it."""

_LETTER: Final = 0.62
"""Width of a letter, in parts of the size, on average."""
_WIDE_LETTER: Final = 0.74
"""The same of a few big words, which may be all wide ones."""


@frozen(kw_only=True)
class _Look:
    """How a style draws."""

    layout: Layout
    tallest: float
    """Size, as a part of the picture's height."""
    letter: float
    edge: float
    """From the picture's lower edge to the last line, as a part of its height."""
    spacing: float
    """Lines apart, in parts of the size."""
    border: float
    """Of letters, in parts of the size."""
    box: float = 0
    """Around a line, in parts of the size; 0 is none."""
    colour: str = "white"


_LOOKS: Final[Mapping[CaptionStyle, _Look]] = {
    CaptionStyle.OUTLINE: _Look(
        layout=SUBTITLES, tallest=1 / 18, letter=_LETTER, edge=0.06, spacing=1.3, border=1 / 12
    ),
    CaptionStyle.BOXED: _Look(
        layout=SUBTITLES, tallest=1 / 20, letter=_LETTER, edge=0.07, spacing=1.62, border=0, box=0.28
    ),
    CaptionStyle.LARGE: _Look(
        layout=FEW_WORDS, tallest=1 / 9, letter=_WIDE_LETTER, edge=0.22, spacing=1.3, border=1 / 8,
        colour="0xffe14d",
    ),
}  # fmt: skip


def burned(
    picture: Stream, cues: tuple[Cue, ...], canvas: Canvas, style: CaptionStyle = CaptionStyle.OUTLINE
) -> Stream:
    """The picture with each cue drawn near its lower edge while the cue lasts."""
    for cue in cues:
        picture = _drawn(picture, cue, canvas, _LOOKS[style])
    return picture


def _drawn(picture: Stream, cue: Cue, canvas: Canvas, look: _Look) -> Stream:
    """A filter for each line: drawtext centres single lines only, before FFmpeg 7."""
    lines = cue.text.splitlines()
    size = _size(canvas, look)
    for row, line in enumerate(lines):
        above = (len(lines) - 1 - row) * size * look.spacing
        baseline = canvas.height - round(canvas.height * look.edge + above)
        picture = picture.filter(
            "drawtext",
            fontfile=str(FONT),
            text=line,
            expansion="none",
            fontsize=size,
            fontcolor=look.colour,
            x="(w-text_w)/2",
            y=f"{baseline}-ascent",
            enable=f"between(n,{cue.start},{cue.start + cue.frames - 1})",
            **_around(size, look),
        )
    return picture


def _around(size: int, look: _Look) -> dict[str, Any]:
    """What keeps letters apart from the picture."""
    if look.box:
        return {"box": 1, "boxcolor": "black@0.7", "boxborderw": max(1, round(size * look.box))}
    return {"borderw": max(1, round(size * look.border)), "bordercolor": "black@0.85"}


def text_size(canvas: Canvas) -> int:
    """Pixels a letter is high: 42 letters fit a narrow canvas; on a wide one 18 lines would fill it."""
    return _size(canvas, _LOOKS[CaptionStyle.OUTLINE])


def _size(canvas: Canvas, look: _Look) -> int:
    widest = canvas.width * 0.9 / (look.layout.line * look.letter)
    return max(8, round(min(canvas.height * look.tallest, widest)))
