"""What composing costs in CPU: six clips of 5 s at 720p with fades, each step as its Lambda does it, really rendered.

The clips are the stand-in's, encoded anew with one keyframe each. Steps run one after another; `alone` is how long a
step takes with both cores of this machine to itself, which more cores can hardly shorten: FFmpeg encodes each segment
on one thread.
"""

import asyncio
import resource
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import imageio_ffmpeg

from benchmarks.compose_meter import children, own
from benchmarks.post_to_video import FADE, RATE, SECONDS, clips
from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.inspector import MediaKind
from tests.composer.scenes import Film, over, timeline

CORES: Final = 2


@dataclass(frozen=True, kw_only=True)
class Work:
    """One step, in seconds: of CPU, and of time with two cores to itself."""

    cpu: float
    alone: float


@dataclass(frozen=True, kw_only=True)
class Composing:
    """What was measured."""

    segments: tuple[Work, ...]
    """Look into a clip, render its segment; the end of the clip before is decoded for each anew."""
    mix: Work
    join: Work
    """With the verification and the poster."""
    clip_bytes: float
    """Mean of the clips, as the stand-in makes them."""
    segment_bytes: float
    sound_bytes: float
    video_bytes: float
    seconds: float
    """Of the finished programme."""
    peak_mb: float
    """Memory of the largest process."""


def compose(scenes: int, rounds: int) -> Composing:
    """Measure; of several rounds the quickest counts, since others only ever add."""
    with tempfile.TemporaryDirectory(prefix="omnigen-bill-") as name:
        folder = Path(name)
        made = sorted(clips(folder).glob("*.mp4"))[:scenes]
        found = tuple(with_one_keyframe(path, folder / path.name) for path in made)
        fade, frames = over(TransitionKind.FADE, round(FADE * RATE)), SECONDS * RATE
        film = Film(
            timeline=timeline(frames, *[(frames, fade)] * (scenes - 1), rate=RATE),
            clips=found,
            canvas=Canvas(width=1280, height=720),
        )
        places = [folder / str(number) / "out" for number in range(rounds)]
        for place in places:
            place.mkdir(parents=True)
        taken = [asyncio.run(_once(film, place)) for place in places]
        segments = tuple(_best([one[n] for one in taken]) for n in range(scenes))
        mix, join = (_best([one[n] for one in taken]) for n in (scenes, scenes + 1))
        last = places[-1]
        return Composing(
            segments=segments,
            mix=mix,
            join=join,
            clip_bytes=sum(path.stat().st_size for path in found) / scenes,
            segment_bytes=sum(path.stat().st_size for path in last.parent.glob("segment-*.mp4")) / scenes,
            sound_bytes=(last.parent / "sound.mp4").stat().st_size,
            video_bytes=max(path.stat().st_size for path in last.rglob("*.mp4")),
            seconds=film.timeline.frames / RATE,
            peak_mb=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,  # the stand-in's too
        )


def with_one_keyframe(clip: Path, into: Path) -> Path:
    """The clip as a model's often is: nothing of it can be copied into a segment that begins in its middle."""
    encode = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "9999", "-c:a", "copy")
    argv = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-y",
        "-nostdin",
        "-i",
        str(clip),
        *encode,
        str(into),
    ]
    subprocess.run(argv, check=True, timeout=120)
    return into


async def _once(film: Film, out: Path) -> list[Work]:
    folder = out.parent
    composer = FfmpegComposer(FfmpegBuild.find(), folder / "work", CORES)
    inspector = FfmpegInspector(CORES)
    made: list[Path] = []

    async def segment(number: int) -> None:
        await inspector.inspect(film.clips[number - 1], MediaKind.VIDEO, sampled=True)
        made.append(await film.segment(composer, number, folder / f"segment-{number}.mp4"))

    async def join() -> None:
        await composer.join(film.render(tuple(made), folder / "sound.mp4"), out)

    works = [await _timed(lambda n=n: segment(n)) for n in range(1, len(film.clips) + 1)]  # type: ignore[misc]
    return [*works, await _timed(lambda: film.sound(composer, folder)), await _timed(join)]


async def _timed(step: Callable[[], Awaitable[Any]]) -> Work:
    begun, used = time.monotonic(), own() + children()
    await step()
    return Work(cpu=own() + children() - used, alone=time.monotonic() - begun)


def _best(works: list[Work]) -> Work:
    cpu = min(work.cpu for work in works)
    return Work(cpu=cpu, alone=min(cpu, *(work.alone for work in works)))
