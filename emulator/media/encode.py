"""Runs FFmpeg: frames and samples go in through pipes and files, one finished file comes out.

The same input gives the same bytes: one thread, bitexact flags, no clock in the metadata.
"""

from __future__ import annotations

import subprocess
import tempfile
import wave
from collections.abc import Iterable
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Sound in [-1, 1], shaped (frames, channels)."""

SAMPLE_RATE = 48_000

_QUIET = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y"]
_BITEXACT = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
_TO_BT709 = "out_color_matrix=bt709:out_range=tv"
_TAGS = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


class EncodingError(Exception):
    """FFmpeg could not write the file; the message is its own last words."""


def encode_video(
    path: Path,
    frames: Iterable[bytes],
    *,
    source: tuple[int, int],
    size: tuple[int, int],
    fps: int,
    sound: Samples | None = None,
) -> None:
    """Write `frames` (planar G, B, R of `source` width and height) as H.264 of `size`, any sound as AAC."""
    with tempfile.TemporaryDirectory(prefix="media-", dir=path.parent) as scratch:
        finished = Path(scratch) / f"video{path.suffix}"
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *_QUIET, *_raw_input(source, fps)]
        if sound is not None:
            track = Path(scratch) / "sound.wav"
            write_wav(track, sound, SAMPLE_RATE)
            command += ["-i", str(track)]
        command += [*_video_output(size, fps), *_sound_output(sound is not None), *_BITEXACT]
        _feed([*command, "-movflags", "+faststart", "-f", "mp4", str(finished)], frames)
        finished.replace(path)


def encode_sound(path: Path, samples: Samples, *, rate: int) -> None:
    """Write `samples` as WAV or MP3, as the suffix says."""
    suffix = path.suffix.lower()
    if suffix not in {".wav", ".mp3"}:
        raise ValueError(f"{path.name}: sound is written as .wav or .mp3")
    with tempfile.TemporaryDirectory(prefix="media-", dir=path.parent) as scratch:
        finished = Path(scratch) / "sound.wav"
        write_wav(finished, samples, rate)
        if suffix == ".mp3":
            finished = _as_mp3(finished)
        finished.replace(path)


def write_wav(path: Path, samples: Samples, rate: int) -> None:
    """Write 16-bit PCM."""
    pcm = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())


def _raw_input(source: tuple[int, int], fps: int) -> list[str]:
    width, height = source
    return ["-f", "rawvideo", "-pix_fmt", "gbrp", "-s", f"{width}x{height}", "-r", str(fps), "-i", "pipe:0"]


def _video_output(size: tuple[int, int], fps: int) -> list[str]:
    width, height = size
    scale = f"scale={width}:{height}:flags=lanczos+accurate_rnd+full_chroma_inp:{_TO_BT709}"
    return [
        *["-map", "0:v:0", "-vf", f"{scale},format=yuv420p,setsar=1,{_TAGS}", "-filter_threads", "1"],
        *["-r", str(fps), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-profile:v", "high"],
        *["-x264-params", "deblock=0,0:cabac=1:aq-mode=1"],
        *["-g", str(2 * fps), "-threads", "1", "-video_track_timescale", str(512 * fps)],
    ]


def _sound_output(present: bool) -> list[str]:
    return ["-map", "1:a:0", "-c:a", "aac", "-b:a", "128k", "-threads", "1"] if present else ["-an"]


def _as_mp3(source: Path) -> Path:
    target = source.with_suffix(".mp3")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), *_QUIET, "-i", str(source), "-c:a", "libmp3lame", "-q:a", "3"]
    _feed([*command, *_BITEXACT, "-threads", "1", str(target)], ())
    return target


def _feed(command: list[str], chunks: Iterable[bytes]) -> None:
    """Run FFmpeg over `chunks`; its complaints go to a file, so neither side can wait for the other."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints
        )
        try:
            _pour(process, chunks)
            code = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if code != 0:
            complaints.seek(0)
            raise EncodingError(
                complaints.read().decode(errors="replace").strip()[-2000:] or f"FFmpeg ended with {code}"
            )


def _pour(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> None:
    assert process.stdin is not None
    try:
        with process.stdin as pipe:
            for chunk in chunks:
                pipe.write(chunk)
    except BrokenPipeError:
        pass  # it has ended early: its exit code and complaints say why
