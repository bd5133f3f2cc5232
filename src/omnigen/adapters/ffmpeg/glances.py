"""What is seen of a programme before it is played: the poster, and sprites to hover over, with their WebVTT."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.adapters.ffmpeg.splicer import Splicer
from omnigen.adapters.ffmpeg.sprites import Cell, place
from omnigen.domain.captions import Cue, webvtt
from omnigen.domain.timeline import Segment
from omnigen.ports.composer import ProgrammeRender

GLANCES: Final = "omnigen.adapters.ffmpeg.sheet"
SHEET_NAME: Final = "sprites.jpg"
"""What the WebVTT calls the sheet: it lies beside it under this name, or whoever reads it knows where it is."""
_LIMITS: Final = Limits(wall_s=120, cpu_s=120)


@frozen(kw_only=True)
class Glances:
    """Files in the scratch folder. Without sprites a programme is whole, too."""

    poster: Path
    sheet: Path | None
    sheet_vtt: Path | None


class Glancer:
    """Takes them from the segments, beside the join."""

    def __init__(self, artist: Splicer) -> None:
        self._artist = artist

    async def take(self, render: ProgrammeRender, scratch: Path) -> Glances:
        """Draw all of them. Raises Transient where there can be no poster."""
        poster, sheet, vtt = (scratch / name for name in ("poster.jpg", SHEET_NAME, "sprites.vtt"))
        found = await self._artist.run(_plan(render, poster, sheet))
        laid = [Cell(*cell) for cell in found["cells"]]
        if not laid:
            return Glances(poster=poster, sheet=None, sheet_vtt=None)
        vtt.write_text(sprites_vtt(laid, found["size"], render.canvas.rate), encoding="utf-8")
        return Glances(poster=poster, sheet=sheet, sheet_vtt=vtt)


def sprites_vtt(laid: Sequence[Cell], size: Sequence[int], rate: int) -> str:
    """A cue for each picture of the sheet, saying by a media fragment where on it it is."""
    width, height = size

    def part(number: int) -> str:
        x, y = place(number, (width, height))
        return f"{SHEET_NAME}#xywh={x},{y},{width},{height}"

    cues = (Cue(start=c.start, frames=c.end - c.start, text=part(n)) for n, c in enumerate(laid))
    return webvtt(cues, rate)


def _plan(render: ProgrammeRender, poster: Path, sheet: Path) -> Command:
    pairs = zip(render.timeline.segments(), render.segments, strict=True)
    request = {
        "segments": [_told(segment, path) for segment, path in pairs],
        "canvas": [render.canvas.width, render.canvas.height],
        "rate": render.canvas.rate,
        "poster": str(poster),
        "sheet": str(sheet),
    }
    return Command(step="poster and sprites", args=("glances", json.dumps(request)), limits=_LIMITS)


def _told(segment: Segment, path: Path) -> dict[str, object]:
    file = {"file": [str(path), "mov"], "start": segment.start, "frames": segment.frames}
    return file | {"overlap": segment.overlap}
