"""Composes a film in a process of its own, taking up what an earlier one has left: for tests that do it harm.

python -m tests.composer.compose_film PLAN

PLAN is a JSON file: clips, work, kept (finished segments and sound), out, cores.
"""

import asyncio
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import structlog

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.errors import OmniGenError
from omnigen.domain.storyboard import TransitionKind
from omnigen.together import together
from tests.composer.scenes import Film, over, timeline

PLAN = timeline(30, (36, over(TransitionKind.FADE, 7)), 41)


async def main(told: dict[str, Any]) -> None:
    """Every segment that isn't there yet, the sound, the join."""
    configured = os.environ.get("OMNIGEN_FFMPEG")
    build = FfmpegBuild.find(Path(configured) if configured else None)
    composer, kept = FfmpegComposer(build, Path(told["work"]), told["cores"]), Path(told["kept"])
    film = Film(timeline=PLAN, clips=tuple(map(Path, told["clips"])))
    segments = [kept / f"{n}.mp4" for n in range(1, len(film.clips) + 1)]
    print("begun", flush=True)
    await together(
        *(film.segment(composer, n, path) for n, path in enumerate(segments, 1) if not path.exists()),
        *([] if (kept / "sound.mp4").exists() else [film.sound(composer, kept)]),
    )
    await composer.join(film.render(tuple(segments), kept / "sound.mp4"), Path(told["out"]))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        asyncio.run(main(json.loads(Path(sys.argv[1]).read_text())))
    except OmniGenError as error:
        print(json.dumps({"error": type(error).__name__, "message": error.message}))
    else:
        print(json.dumps({"error": None}))
