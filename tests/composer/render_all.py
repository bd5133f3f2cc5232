"""Renders every clip of a folder as a film of its own, and says how that went: for tests that watch a process.

python -m tests.composer.render_all FOLDER WORK
"""

import asyncio
import json
import logging
import os
import resource
import sys
from pathlib import Path

import structlog

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.errors import Rejected
from tests.composer.scenes import Film, timeline


async def main(clips: list[Path], work: Path) -> None:
    configured = os.environ.get("OMNIGEN_FFMPEG")
    composer = FfmpegComposer(FfmpegBuild.find(Path(configured) if configured else None), work, 2)
    answers = 0
    for clip in clips:
        try:
            film = Film(timeline=timeline(48), clips=(clip,))
            await film.segment(composer, 1, work / "segment.mp4")
            await film.sound(composer, work)
        except Rejected as refusal:
            print(clip.name, refusal)
        answers += 1
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps({"answers": answers, "memory_mb": memory}))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main(sorted(Path(sys.argv[1]).glob("clip-*")), Path(sys.argv[2])))
