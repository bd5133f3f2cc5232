"""Joins segments and sound into the MP4, takes the poster, and proves that all of it is what was planned."""

import asyncio
import json
from pathlib import Path
from typing import Final

from attrs import frozen

from omnigen.adapters.ffmpeg.glances import Glancer, Glances
from omnigen.adapters.ffmpeg.plan import timescales
from omnigen.adapters.ffmpeg.probe import Prober
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.adapters.ffmpeg.splicer import Splicer
from omnigen.adapters.ffmpeg.verify import check_programme, check_segments, track_cues
from omnigen.ports.composer import ProgrammeRender

_LIMITS: Final = Limits(wall_s=180, cpu_s=180)


@frozen(kw_only=True)
class Finished:
    """What has been made, in the scratch folder."""

    video: Path
    glances: Glances


class Finisher:
    """The last steps of one programme, in one scratch folder."""

    def __init__(self, glancer: Glancer, splicer: Splicer, prober: Prober, scratch: Path) -> None:
        self._glancer = glancer
        self._splicer = splicer
        self._prober = prober
        self._scratch = scratch

    async def finish(self, render: ProgrammeRender) -> Finished:
        """The verified video, its poster and its sprites."""
        try:
            async with asyncio.TaskGroup() as group:
                video = group.create_task(self._verified(render))
                glances = group.create_task(self._glancer.take(render, self._scratch))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        return Finished(video=video.result(), glances=glances.result())

    async def _verified(self, render: ProgrammeRender) -> Path:
        """Join; raise unless segments and programme are, packet by packet, what the timeline says.

        The pictures were decoded as segments, when those were rendered; a join must not have changed a bit.
        """
        made = self._scratch / "video.mp4"
        segments = await self._splicer.run(_plan_join(render, made))
        check_segments(segments, render)
        check_programme(await self._prober.programme(made, render.segments), segments, render)
        return made


def _plan_join(render: ProgrammeRender, into: Path) -> Command:
    """Segments end to end, sound beside them; nothing is encoded again."""
    request = {
        "segments": [[str(path), "mov"] for path in render.segments],
        "sound": [str(render.sound), "mov"],
        "title": render.title,
        "cues": [[c.start, c.frames, c.text] for c in track_cues(render)],
        "language": render.language,
        "chapters": [[c.start, c.frames, c.title] for c in render.chapters],
        "rate": render.canvas.rate,
        "timescales": timescales(render.canvas.rate),
        "into": str(into),
    }
    return Command(step="join", args=("join", json.dumps(request)), limits=_LIMITS)
