"""Joins segments and sound into the MP4, takes the poster, and proves that all of it is what was planned."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Final

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.plan import timescales
from omnigen.adapters.ffmpeg.probe import Prober
from omnigen.adapters.ffmpeg.runner import Command, Limits, Runner, together
from omnigen.adapters.ffmpeg.splicer import Splicer
from omnigen.adapters.ffmpeg.verify import check_programme, check_segments
from omnigen.domain.errors import Transient
from omnigen.domain.timeline import Segment
from omnigen.ports.composer import ProgrammeRender

_LIMITS: Final = Limits(wall_s=180, cpu_s=180)
_DARKEST: Final = 32
"""Mean luma, 16 is black, under which a frame makes no poster."""


class Finisher:
    """The last steps of one programme, in one scratch folder."""

    def __init__(self, runner: Runner, splicer: Splicer, prober: Prober, scratch: Path) -> None:
        self._runner = runner
        self._splicer = splicer
        self._prober = prober
        self._scratch = scratch

    async def finish(self, render: ProgrammeRender) -> tuple[Path, Path]:
        """The verified video and its poster."""
        listing = self._listing(render)
        video, poster = await together(self._verified(render), self._poster(listing))
        return video, poster

    async def _verified(self, render: ProgrammeRender) -> Path:
        """Join; raise unless segments and programme are, packet by packet, what the timeline says.

        The pictures were decoded as segments, when those were rendered; a join must not have changed a bit.
        """
        made = self._scratch / "video.mp4"
        segments = await self._splicer.run(_plan_join(render, made))
        check_segments(segments, render)
        check_programme(await self._prober.programme(made, render.segments), segments, render)
        return made

    def _listing(self, render: ProgrammeRender) -> Path:
        """Segments under plain names of our own: whatever their paths are, nothing needs quoting."""
        lines = []
        for segment, path in zip(render.timeline.segments(), render.segments, strict=True):
            name = f"segment-{segment.number:03}.mp4"
            (self._scratch / name).symlink_to(path.resolve())
            lines.append(f"file {name}\nduration {microseconds(segment, render.timeline.rate)}us\n")
        listing = self._scratch / "segments.txt"
        listing.write_text("ffconcat version 1.0\n" + "".join(lines), encoding="ascii")
        return listing

    async def _poster(self, listing: Path) -> Path:
        """The most typical of the keyframes that aren't dark; of all of them where all are dark."""
        made = self._scratch / "poster.jpg"
        for darkest in (_DARKEST, 0):
            await self._runner.run(_plan_poster(listing, made, darkest))
            if made.exists() and made.stat().st_size:
                return made
        raise Transient("no poster could be taken")


def microseconds(segment: Segment, rate: int) -> int:
    """A segment's length, rounded so that the roundings of many segments never add up."""
    start, end = segment.start, segment.start + segment.frames
    return round(Fraction(end * 1_000_000, rate)) - round(Fraction(start * 1_000_000, rate))


def _plan_join(render: ProgrammeRender, into: Path) -> Command:
    """Segments end to end, sound beside them; nothing is encoded again."""
    request = {
        "segments": [[str(path), "mov"] for path in render.segments],
        "sound": [str(render.sound), "mov"],
        "title": render.title,
        "rate": render.canvas.rate,
        "timescales": timescales(render.canvas.rate),
        "into": str(into),
    }
    return Command(step="join", args=("join", json.dumps(request)), limits=_LIMITS)


def _end_to_end(listing: Path, **options: object) -> graph.Stream:
    return graph.own(listing, format="concat", safe=0, **options)


def _plan_poster(listing: Path, into: Path, darkest: int) -> Command:
    """A JPEG has BT.601 colours in full range."""
    picture = _end_to_end(listing, skip_frame="nokey").video
    if darkest:
        picture = picture.filter("signalstats")
        picture = picture.filter(
            "metadata", mode="select", key="lavfi.signalstats.YAVG", value=darkest, function="greater"
        )
    picture = picture.filter("thumbnail", 100)
    picture = picture.filter(
        "scale", in_color_matrix="bt709", out_color_matrix="bt601", in_range="tv", out_range="pc"
    ).filter("format", "yuvj420p")
    options = {"frames:v": 1, "qscale:v": 3, "fflags": "+bitexact", "flags:v": "+bitexact"}
    args = graph.compiled([picture], into, options | {"format": "image2", "update": 1})
    return Command(step="poster", args=args, limits=_LIMITS)
