"""The clips that composing is measured with: filmed once by the stand-in's studio, then coded in three ways, and kept.

filmed    as the studio hands them out: H.264 of the canvas, bt709, an IDR every two seconds
aligned   an IDR every half second: GOPs end where fades of half a second begin and end
foreign   as models often deliver: one keyframe, colours not tagged; nothing of them can be copied
"""

import subprocess
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import imageio_ffmpeg

from benchmarks.figures import ROOT
from emulator.media.video import render_video

RATE: Final = 24
SECONDS: Final = 5
FRAMES: Final = SECONDS * RATE
SIZE: Final = (1280, 720)
SHOTS: Final = (
    "A lighthouse at dusk above a dark sea, slow push-in",
    "A storm rolls in over the coast, lightning far away",
    "Snow falls on a mountain village at night",
    "A neon city street in the rain, slow tracking shot",
    "Golden desert dunes at noon, a caravan far away",
    "A green forest in morning mist",
    "A rocket rises into a starry sky",
    "A red fox walks through a snowy forest at dawn",
    "Hot air balloons rise over the mountains at sunrise",
    "A yellow taxi drives through a neon city at night",
    "A sailing boat on a calm sea at noon",
    "The light comes on, a calm sea at dawn, wide final shot",
)
CACHE: Final = ROOT / "benchmarks" / ".cache"
"""What is made once for all runs; it may be emptied at any time."""

_CODED: Final = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "18",
    "-pix_fmt",
    "yuv420p",
    "-c:a",
    "copy",
)
_UNTAGGED: Final = "setparams=range=unknown:colorspace=unknown:color_primaries=unknown:color_trc=unknown"
_KINDS: Final = {
    "aligned": ("-g", "12", "-keyint_min", "12", "-x264-params", "scenecut=0:open-gop=0"),
    "foreign": ("-vf", _UNTAGGED, "-g", "9999", "-x264-params", "scenecut=0"),
}
KINDS: Final = ("filmed", *_KINDS)


def clips(kind: str, count: int) -> tuple[Path, ...]:
    """So many clips of a kind, each unlike the others; made where they aren't there."""
    with ProcessPoolExecutor() as pool:
        return tuple(pool.map(_clip, [kind] * count, range(count)))


def _clip(kind: str, number: int) -> Path:
    path = CACHE / "clips" / f"{kind}-{number:02}.mp4"
    if kind == "filmed":
        return _kept(path, lambda into: _film(number, into))
    film = _clip("filmed", number)
    return _kept(path, lambda into: _coded(film, _KINDS[kind], into))


def _film(number: int, into: Path) -> None:
    width, height = SIZE
    prompt = SHOTS[number % len(SHOTS)]
    render_video(into, prompt=prompt, seed=number + 1, seconds=SECONDS, width=width, height=height, fps=RATE)


def _coded(film: Path, options: tuple[str, ...], into: Path) -> None:
    ffmpeg("-i", str(film), *_CODED, *options, "-fflags", "+bitexact", str(into))


def ffmpeg(*args: str) -> None:
    """Run the bundled FFmpeg."""
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin", *args]
    subprocess.run(argv, check=True, timeout=900)


def _kept(path: Path, make: Callable[[Path], None]) -> Path:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}")
        make(draft.with_suffix(".mp4"))
        draft.with_suffix(".mp4").replace(path)
    return path
