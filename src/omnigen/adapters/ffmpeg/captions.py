"""Burns captions into the picture, with a font of our own: the same pixels on every machine.

drawtext and not libass: it switches on exact frames, and never looks for fonts of the system.
"""

from pathlib import Path
from typing import Final

from omnigen.adapters.ffmpeg.graph import Stream
from omnigen.domain.captions import Cue
from omnigen.domain.timeline import Canvas

FONT: Final = Path(__file__).parent / "fonts" / "DejaVuSans-Bold.ttf"
"""Latin, Greek, Cyrillic, Arabic, Hebrew, Armenian, Georgian. Its licence lies beside it."""

_SPACING: Final = 1.3
"""Lines apart, in parts of the size."""


def burned(picture: Stream, cues: tuple[Cue, ...], canvas: Canvas) -> Stream:
    """The picture with each cue drawn near its lower edge while the cue lasts."""
    for cue in cues:
        picture = _drawn(picture, cue, canvas)
    return picture


def _drawn(picture: Stream, cue: Cue, canvas: Canvas) -> Stream:
    """A filter for each line: drawtext centres single lines only, before FFmpeg 7."""
    lines = cue.text.splitlines()
    size = text_size(canvas)
    for row, line in enumerate(lines):
        baseline = canvas.height - round(canvas.height * 0.06 + (len(lines) - 1 - row) * size * _SPACING)
        picture = picture.filter(
            "drawtext",
            fontfile=str(FONT),
            text=line,
            expansion="none",
            fontsize=size,
            fontcolor="white",
            borderw=max(1, round(size / 12)),
            bordercolor="black@0.85",
            x="(w-text_w)/2",
            y=f"{baseline}-ascent",
            enable=f"between(n,{cue.start},{cue.start + cue.frames - 1})",
        )
    return picture


def text_size(canvas: Canvas) -> int:
    """Pixels a letter is high: 42 letters fit a narrow canvas; on a wide one 18 lines would fill it."""
    return max(8, round(min(canvas.height / 18, canvas.width * 0.9 / (42 * 0.62))))
