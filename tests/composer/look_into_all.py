"""Looks into every file of a folder and composes with it, as a job would: for tests that watch a process.

python -m tests.composer.look_into_all FOLDER WORK

Files are named `NUMBER-KIND.SUFFIX`. Says a line of JSON for each, and one of what it all took.
"""

import asyncio
import json
import logging
import os
import resource
import sys
import time
from pathlib import Path

import structlog

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.adapters.ffmpeg.nursery import NURSERY
from omnigen.domain.errors import Rejected
from omnigen.ports.composer import ClipStem, Still, VoiceStem
from omnigen.ports.inspector import MediaKind
from tests.composer.scenes import Film, timeline

FRAMES = 20
"""More than a keyframe's distance of the clip that conforms: the rest is encoded, and both are laid end to end."""


class Bench:
    """One inspector and one composer for all of them, two files at a time."""

    def __init__(self, work: Path) -> None:
        configured = os.environ.get("OMNIGEN_FFMPEG")
        self._work = work
        self._inspector = FfmpegInspector(2)
        self._composer = FfmpegComposer(FfmpegBuild.find(Path(configured) if configured else None), work, 2)
        self._places = asyncio.Semaphore(3)
        self.nurses: set[int] = set()
        """All that there were; none is needed where the first bytes say enough."""

    async def __call__(self, path: Path) -> None:
        kind = MediaKind(path.stem.partition("-")[2])
        async with self._places:
            began = time.monotonic()
            seen = await _outcome(self._inspector.inspect(path, kind))
            made = await _outcome(self._compose(path, kind))
            (self._work / f"{path.stem}.out").unlink(missing_ok=True)
            took = time.monotonic() - began
            self.nurses |= {NURSERY.nurse} - {0}
        print(json.dumps({"name": path.name, "seen": seen, "made": made, "seconds": took}), flush=True)

    async def _compose(self, path: Path, kind: MediaKind) -> None:
        into = self._work / f"{path.stem}.out"
        film = Film(timeline=timeline(FRAMES), clips=(path,))
        if kind is MediaKind.SOUND:
            await self._composer.prepare(VoiceStem(number=1, narration=path), into)
        elif kind is MediaKind.IMAGE:
            await film.segment(self._composer, 1, into, still=Still(frames=FRAMES, seed=1))
        else:
            await film.segment(self._composer, 1, into)
            stem = ClipStem(segment=film.timeline.segment(1), rate=24, clip=path, before=None)
            await self._composer.prepare(stem, into)


async def _outcome(work: object) -> str:
    """`refused: why`, nothing where it went well, or what nobody may ever see."""
    try:
        await work  # type: ignore[misc]  # any coroutine
    except Rejected as refusal:
        return f"refused: {refusal.message}"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        return f"{type(error).__name__}: {error}"
    return ""


async def main(files: list[Path], work: Path) -> None:
    bench = Bench(work)
    await asyncio.gather(*(bench(path) for path in files))
    survived = len(bench.nurses) == 1
    NURSERY._dismiss()
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"answers": len(files), "memory_mb": memory, "nurse_survived": survived}))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(main(sorted(Path(sys.argv[1]).iterdir()), Path(sys.argv[2])))
