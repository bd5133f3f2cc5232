"""Finds the FFmpeg that we run, and says what it can't do."""

import re
import subprocess
from pathlib import Path
from typing import Final

import imageio_ffmpeg
from attrs import frozen

from omnigen.adapters.ffmpeg.runner import environment
from omnigen.domain.errors import Transient

NEEDED_FILTERS: Final = frozenset(
    (
        *("fps", "scale", "pad", "format", "setsar", "tpad", "setparams", "trim", "setpts", "settb", "xfade"),
        *(
            "split",
            "overlay",
            "crop",
            "gblur",
            "lutyuv",
            "colorspace",
            "loop",
            "perspective",
            "colorchannelmixer",
            "premultiply",
            "unpremultiply",
        ),
        *("drawtext", "signalstats", "metadata", "thumbnail"),
        *("gradients", "vignette", "drawbox", "loop", "split", "concat"),
        *(
            "aresample",
            "aformat",
            "apad",
            "atrim",
            "asetpts",
            "afade",
            "atempo",
            "aloop",
            "anullsrc",
            "amix",
            "asplit",
        ),
        *("anullsrc", "volume", "sidechaincompress", "alimiter", "ebur128"),
    )
)
NEEDED_ENCODERS: Final = frozenset(("libx264", "aac", "flac", "mjpeg"))
OLDEST: Final = (5, 1)


@frozen(kw_only=True)
class FfmpegBuild:
    """One FFmpeg binary: where it is, its version, and what we need that it hasn't got."""

    path: Path
    version: str
    missing: tuple[str, ...] = ()

    @classmethod
    def find(cls, configured: Path | None = None) -> "FfmpegBuild":
        """The configured binary, else IMAGEIO_FFMPEG_EXE, else the one that the wheel brings.

        Raises Transient if there is none or it doesn't start; what it lacks is said by `missing`.
        """
        path = configured or _bundled()
        version = _version(_ask(path, "-version"))
        lacking = _lacking(path)
        if _numbers(version) and _numbers(version) < OLDEST:
            lacking = (f"version 5.1 or later (this is {version})", *lacking)
        return cls(path=path, version=version, missing=lacking)

    def require(self) -> None:
        """Raise Transient, naming what is missing, unless everything that we need is there."""
        if self.missing:
            lacking = ", ".join(self.missing)
            raise Transient(f"FFmpeg at {self.path} lacks {lacking}; set OMNIGEN_FFMPEG to a complete build")


def _bundled() -> Path:
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise Transient("FFmpeg was not found; set OMNIGEN_FFMPEG to its path") from error


def _ask(path: Path, question: str) -> str:
    try:
        answer = subprocess.run(
            [str(path), "-hide_banner", question],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=20,
            check=True,
            stdin=subprocess.DEVNULL,
            env=environment(),
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Transient(f"FFmpeg at {path} can't be run; set OMNIGEN_FFMPEG to one that can") from error
    return answer.stdout


def _version(banner: str) -> str:
    found = re.match(r"ffmpeg version (\S+)", banner)
    return found[1] if found else "unknown"


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"n?(\d+)\.(\d+)", version)
    return tuple(int(n) for n in found.groups()) if found else ()


def _lacking(path: Path) -> tuple[str, ...]:
    filters = NEEDED_FILTERS - _second_words(_ask(path, "-filters"))
    encoders = NEEDED_ENCODERS - _second_words(_ask(path, "-encoders"))
    return (*(f"the filter {f}" for f in sorted(filters)), *(f"the encoder {e}" for e in sorted(encoders)))


def _second_words(listing: str) -> set[str]:
    """FFmpeg lists a column of flags, then the name."""
    return {words[1] for line in listing.splitlines() if len(words := line.split()) > 1}
