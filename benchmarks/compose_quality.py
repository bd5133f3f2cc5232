"""What the films look like: VMAF against the clips themselves, size, and whether sound and picture end together."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import imageio_ffmpeg

from benchmarks.compose_clips import clips
from benchmarks.compose_peers import reference

if TYPE_CHECKING:
    from benchmarks.compose import Studio

_EVERY: Final = 6
"""Of so many frames one is compared."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """Of the films of the last round."""

    vmaf: float
    vmaf_peer: float
    vmaf_aligned: float
    size: float
    """Over the one-pass encode's."""
    size_aligned: float
    """Over the sum of the clips that were copied from."""
    drift_ms: float


def quality(studio: "Studio") -> Quality:
    """Compare what the runs have left."""
    foreign, aligned = clips("foreign", studio.scenes), clips("aligned", studio.scenes)
    source = studio.folder / "source.mov"
    reference(foreign, source)
    vmaf, peer = _vmaf(studio.film("ours"), source), _vmaf(studio.film("one pass"), source)
    reference(aligned, source)
    return Quality(
        vmaf=vmaf,
        vmaf_peer=peer,
        vmaf_aligned=_vmaf(studio.film("ours, aligned"), source),
        size=_size(studio.film("ours")) / _size(studio.film("one pass")),
        size_aligned=_size(studio.film("ours, aligned")) / sum(map(_size, aligned)),
        drift_ms=_drift_ms(studio.film("ours, cuts")),
    )


def _size(path: Path) -> int:
    return path.stat().st_size


def _vmaf(film: Path, source: Path) -> float:
    graph = (
        "[0:v]settb=1/24,setpts=N[a];[1:v]settb=1/24,setpts=N[b];"
        f"[a][b]libvmaf=n_threads=2:n_subsample={_EVERY}"
    )
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-i", str(film), "-i", str(source)]
    done = subprocess.run(
        [*argv, "-lavfi", graph, "-f", "null", "-"], capture_output=True, text=True, check=True, timeout=1800
    )
    found = re.search(r"VMAF score: ([\d.]+)", done.stderr)
    assert found is not None, done.stderr[-500:]
    return round(float(found[1]), 2)


def _drift_ms(film: Path) -> float:
    """How far the sound's end is from the picture's, by the file's own account."""
    with av.open(str(film)) as opened:
        lengths = [
            (stream.duration or 0) * (stream.time_base or 0)
            for stream in (*opened.streams.video, *opened.streams.audio)
        ]
    return round(abs(float(lengths[0] - lengths[1])) * 1000, 2)
