"""Joins segments and sound into the MP4, takes the poster, and proves that all of it is what was planned."""

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.plan import timescales
from omnigen.adapters.ffmpeg.probe import Prober
from omnigen.adapters.ffmpeg.runner import Command, Limits, Runner, together
from omnigen.adapters.ffmpeg.verify import check_programme, check_segments
from omnigen.domain.errors import Transient
from omnigen.domain.timeline import Segment
from omnigen.ports.composer import ProgrammeRender

_LIMITS: Final = Limits(wall_s=180, cpu_s=180)
_DARKEST: Final = 32
"""Mean luma, 16 is black, under which a frame makes no poster."""


class Finisher:
    """The last steps of one programme, in one scratch folder."""

    def __init__(self, runner: Runner, prober: Prober, scratch: Path) -> None:
        self._runner = runner
        self._prober = prober
        self._scratch = scratch

    async def finish(self, render: ProgrammeRender) -> tuple[Path, Path]:
        """The verified video and its poster."""
        listing = self._listing(render)
        video, poster = await together(self._verified(render, listing), self._poster(listing))
        return video, poster

    async def _verified(self, render: ProgrammeRender, listing: Path) -> Path:
        await self._check_segments(render)
        video = await self._join(render, listing)
        await self._verify(render, video)
        return video

    async def _check_segments(self, render: ProgrammeRender) -> None:
        """Raise Transient unless the segments fit each other and the timeline."""
        packets = await self._prober.packets(render.segments, "a rendered segment")
        check_segments(packets, render)

    async def _join(self, render: ProgrammeRender, listing: Path) -> Path:
        """Segments end to end, sound beside them; nothing is encoded again."""
        made = self._scratch / "video.mp4"
        pictures = _end_to_end(listing).video
        streams = [pictures, graph.own(render.sound).audio]
        args = graph.compiled(streams, made, _joined(render))
        await self._runner.run(Command(step="join", args=args, limits=_LIMITS))
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

    async def _verify(self, render: ProgrammeRender, video: Path) -> None:
        """Raise Transient unless the finished file is, packet by packet, what the timeline says.

        The pictures were decoded as segments, when those were rendered; a join must not have changed a bit.
        """
        check_programme(await self._prober.programme(video, render.segments), render)


def microseconds(segment: Segment, rate: int) -> int:
    """A segment's length, rounded so that the roundings of many segments never add up."""
    start, end = segment.start, segment.start + segment.frames
    return round(Fraction(end * 1_000_000, rate)) - round(Fraction(start * 1_000_000, rate))


def _joined(render: ProgrammeRender) -> dict[str, Any]:
    """Parameter sets are in the header once; in the stream they stop some players at a join."""
    return {
        "c": "copy",
        "bsf:v": "filter_units=remove_types=7-8",
        **timescales(render.canvas.rate),
        "movflags": "+faststart",
        "fflags": "+bitexact",
        "map_metadata": -1,
        "metadata": f"title={render.title}",
        "format": "mp4",
    }


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
