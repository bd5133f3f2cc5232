"""What a user would compose with otherwise, each doing the same: normalise, fade over half a second, encode, 720p24.

one pass   FFmpeg, as an expert calls it: chains of xfade and acrossfade, x264 and AAC set as ours are
MoviePy    2.2, from PyPI, in a virtualenv of its own beside the results
melt       MLT's command line, as the distribution packages it
"""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import imageio_ffmpeg

from benchmarks.compose_clips import CACHE, FRAMES, RATE, SECONDS, SIZE
from benchmarks.compose_meter import Cost, metered
from benchmarks.figures import ROOT

FADE: Final = 12
"""Frames."""
MOVIEPY: Final = "moviepy==2.2.1"

_X264: Final = (
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-crf",
    "20",
    "-profile:v",
    "high",
    "-pix_fmt",
    "yuv420p",
)
_GOP: Final = ("-x264-params", "open-gop=0:keyint=48:min-keyint=1")
_AAC: Final = ("-c:a", "aac", "-aac_coder", "fast", "-b:a", "192k", "-ar", "48000", "-ac", "2")


def one_pass(clips: Sequence[Path], into: Path, *, fade: int = FADE) -> Cost:
    """One FFmpeg for the whole programme."""
    return metered(_chain(clips, into, fade, (*_X264, *_GOP, *_AAC, "-movflags", "+faststart")))


def cuts(clips: Sequence[Path], into: Path) -> Cost:
    """The same where scenes follow each other by hard cuts."""
    return one_pass(clips, into, fade=0)


def reference(clips: Sequence[Path], into: Path, *, fade: int = FADE) -> None:
    """The same programme without any loss, to compare with."""
    metered(
        _chain(
            clips, into, fade, ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-c:a", "pcm_s16le")
        )
    )


def _chain(clips: Sequence[Path], into: Path, fade: int, encoding: Sequence[str]) -> list[str]:
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin"]
    for clip in clips:
        argv += ["-i", str(clip)]
    graph = _faded(len(clips), fade / RATE) if fade else _cut(len(clips))
    return [
        *argv,
        "-filter_complex",
        graph,
        "-map",
        "[v]",
        "-map",
        "[a]",
        "-r",
        str(RATE),
        *encoding,
        str(into),
    ]


def _inputs(count: int) -> list[str]:
    width, height = SIZE
    even = (
        f"scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1,fps={RATE},"
        f"format=yuv420p,setsar=1,trim=duration={SECONDS},setpts=PTS-STARTPTS,settb=1/{RATE},"
        "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    heard = (
        "aresample=48000:async=1,aformat=channel_layouts=stereo:sample_fmts=fltp,apad,"
        f"atrim=0:{SECONDS},asetpts=PTS-STARTPTS"
    )
    return [f"[{n}:v]{even}[v{n}];[{n}:a]{heard}[a{n}]" for n in range(count)]


def _faded(count: int, fade_s: float) -> str:
    parts, picture, sound = _inputs(count), "v0", "a0"
    for n in range(1, count):
        offset = n * (SECONDS - fade_s)
        parts.append(f"[{picture}][v{n}]xfade=transition=fade:duration={fade_s}:offset={offset}[x{n}]")
        parts.append(f"[{sound}][a{n}]acrossfade=d={fade_s}:c1=tri:c2=tri[y{n}]")
        picture, sound = f"x{n}", f"y{n}"
    return ";".join([*parts, f"[{picture}]null[v]", f"[{sound}]anull[a]"])


def _cut(count: int) -> str:
    joined = "".join(f"[v{n}][a{n}]" for n in range(count))
    return ";".join([*_inputs(count), f"{joined}concat=n={count}:v=1:a=1[v][a]"])


def melt(clips: Sequence[Path], into: Path, *, fade: int = FADE) -> Cost:
    """MLT, on both cores, leaving out no frame."""
    binary = shutil.which("melt")
    if binary is None:
        raise RuntimeError("melt isn't installed; Debian has it: apt-get install melt")
    argv = [binary, "-silent", "-profile", "atsc_720p_24", str(clips[0]), "in=0", f"out={FRAMES - 1}"]
    for clip in clips[1:]:
        argv += [
            str(clip),
            "in=0",
            f"out={FRAMES - 1}",
            "-mix",
            str(fade),
            "-mixer",
            "luma",
            "-mixer",
            "mix:-1",
        ]
    coded = ["vcodec=libx264", "preset=veryfast", "crf=20", "acodec=aac", "aac_coder=fast", "ab=192k", "g=48"]
    return metered([*argv, "-consumer", f"avformat:{into}", *coded, "movflags=+faststart", "real_time=-2"])


_SCRIPT: Final = """\
import json, sys
from moviepy import VideoFileClip, concatenate_videoclips, afx, vfx
clips, fade, seconds, into = json.loads(sys.argv[1])
cut = [VideoFileClip(path).subclipped(0, seconds) for path in clips]
ends = [[afx.AudioFadeIn(fade)] * (n > 0) + [afx.AudioFadeOut(fade)] * (n < len(cut) - 1) for n in range(len(cut))]
cut = [clip.with_effects([vfx.CrossFadeIn(fade)] * (n > 0) + ends[n]) for n, clip in enumerate(cut)]
whole = concatenate_videoclips(cut, padding=-fade, method="compose")
whole.write_videofile(into, fps=24, codec="libx264", preset="veryfast", audio_codec="aac", audio_bitrate="192k",
    ffmpeg_params=["-crf", "20", "-movflags", "+faststart"], threads=2, logger=None)
"""


def moviepy(clips: Sequence[Path], into: Path, *, fade: int = FADE) -> Cost:
    """A script of a dozen lines, in a Python that has nothing else."""
    told = json.dumps([[str(path) for path in clips], fade / RATE, SECONDS, str(into)])
    return metered([str(_its_python()), "-c", _SCRIPT, told], cwd=into.parent)


def _its_python() -> Path:
    home = CACHE / MOVIEPY.replace("==", "-")
    python = home / "bin" / "python"
    if not (home / ".done").exists():
        uv, own = str(ROOT / ".venv" / "bin" / "uv"), str(ROOT / ".venv" / "bin" / "python")
        subprocess.run([uv, "venv", "-q", "--allow-existing", "--python", own, str(home)], check=True)
        subprocess.run([uv, "pip", "install", "-q", "--python", str(python), MOVIEPY], check=True)
        (home / ".done").touch()
    return python
