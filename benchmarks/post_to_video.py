"""From POST to a playable MP4, over what cannot be saved: the models' own time and one encode by an expert.

    python -m benchmarks.post_to_video [--rounds 3]

Eight scenes of 5 s at 720p with fades of half a second. The clips are made once, by the stand-in, and handed out
finished; a generation takes 2 s. In each round, one after the other on an otherwise idle machine:

- ours: POST /api/v1/jobs on a fresh data folder, until the first bytes of the video come through its URL;
- the peer: the models' makespan (from the first prediction's creation to the last one's completion, as the provider
  tells it) plus one FFmpeg that normalises, cross-fades (xfade, acrossfade) and encodes the same clips in a single
  pass with the same x264 settings.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import imageio_ffmpeg

from benchmarks.figures import Figure, median, write
from tests.fixtures.emulator import emulated

SCENES: Final = 8
SECONDS: Final = 5
FADE: Final = 0.5
RATE: Final = 24
GENERATION_S: Final = "2"
LONGEST_S: Final = 300
MODEL: Final = "bytedance/seedance-2.0"
"""It makes clips of exactly 5 s at 720p."""
SHOTS: Final = (
    "A lighthouse at dusk above a dark sea, slow push-in",
    "A storm rolls in over the coast, lightning far away",
    "Snow falls on a mountain village at night",
    "A neon city street in the rain, slow tracking shot",
    "Golden desert dunes at noon, a caravan far away",
    "A green forest in morning mist",
    "A rocket rises into a starry sky",
    "The light comes on, a calm sea at dawn, wide final shot",
)
STORYBOARD: Final = {
    "title": "Eight scenes",
    "aspect_ratio": "16:9",
    "resolution": "720p",
    "model": MODEL,
    "scenes": [
        {
            "prompt": shot,
            "duration": SECONDS,
            "transition": {"type": "fade", "duration": FADE} if number else {"type": "cut"},
        }
        for number, shot in enumerate(SHOTS)
    ],
}
FRAMES: Final = round((SCENES * SECONDS - (SCENES - 1) * FADE) * RATE)


def main() -> None:
    """Measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="omnigen-video-") as folder:
        write("post_to_video", measure(Path(folder), rounds))


def measure(folder: Path, rounds: int) -> list[Figure]:
    """All rounds."""
    shelf = clips(folder)
    taken = []
    for number in range(rounds):
        ours, makespan = by_us(folder / str(number), shelf)
        encode = by_an_expert(sorted(shelf.glob("*.mp4")), folder / "peer.mp4")
        taken.append({"ours": ours, "makespan": makespan, "encode": encode})
        print({name: round(value, 2) for name, value in taken[-1].items()}, flush=True)
    ratios = [one["ours"] / (one["makespan"] + one["encode"]) for one in taken]
    details = {name: median([one[name] for one in taken]) for name in taken[0]}
    return [
        Figure(
            title="POST to playable MP4, 8 scenes x 5 s at 720p",
            value=median(ratios),
            unit="x",
            goal=0.85,
            peer="the models' makespan + one pass of FFmpeg (xfade, acrossfade) over the same clips",
            details={**details, "ratios": [round(ratio, 3) for ratio in ratios], "frames": FRAMES},
        )
    ]


def clips(folder: Path) -> Path:
    """The scenes' clips, rendered once by the stand-in for these very prompts."""
    shelf = folder / "clips"
    shelf.mkdir()
    with emulated(folder / "making", "--replicate-seconds", "0") as run:
        finished(run, submitted(run), time.monotonic() + LONGEST_S)
        for clip in (folder / "making" / "replicate" / "cache").glob("*.mp4"):
            shutil.copy(clip, shelf / clip.name)
    assert len(list(shelf.iterdir())) == SCENES
    return shelf


def by_us(data: Path, shelf: Path) -> tuple[float, float]:
    """Seconds from POST to the video's first bytes, and the models' share of them."""
    flags = ("--replicate-media", str(shelf), "--replicate-seconds", GENERATION_S)
    with emulated(data, *flags) as run:
        begun = time.monotonic()
        job = finished(run, submitted(run), begun + LONGEST_S)
        request = urllib.request.Request(job["video"]["url"], headers={"Range": "bytes=0-65535"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            beginning = answer.read()
        passed = time.monotonic() - begun
        assert b"moov" in beginning, "it does not play before it is all there"
        assert job["video"]["frames"] == FRAMES, job["video"]
        return passed, makespan(run)


def makespan(run: dict[str, Any]) -> float:
    """From the first prediction's creation to the last one's completion."""
    token = run["environment"]["REPLICATE_API_TOKEN"]
    listed = asked(f"{run['replicate_url']}/v1/predictions", token)["results"]
    assert len(listed) == SCENES
    begun, ended = (
        [datetime.fromisoformat(one[name]) for one in listed] for name in ("created_at", "completed_at")
    )
    return (max(ended) - min(begun)).total_seconds()


def by_an_expert(found: list[Path], into: Path) -> float:
    """Seconds that one FFmpeg takes for the whole programme."""
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin"]
    for clip in found:
        argv += ["-i", str(clip)]
    argv += ["-filter_complex", graph(len(found)), "-map", "[v]", "-map", "[a]", "-r", str(RATE)]
    argv += [
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
    ]
    argv += ["-g", "48", "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart", str(into)]
    begun = time.monotonic()
    subprocess.run(argv, check=True, timeout=LONGEST_S)
    return time.monotonic() - begun


def graph(count: int) -> str:
    """The chains that an expert would write by hand."""
    even = (
        "scale=1280:720:force_original_aspect_ratio=decrease,pad=1280:720:-1:-1,fps=24,format=yuv420p,setsar=1,"
        f"trim=duration={SECONDS},setpts=PTS-STARTPTS,settb=1/24,"
        "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    )
    heard = (
        "aresample=48000:async=1,aformat=channel_layouts=stereo:sample_fmts=fltp,apad,"
        f"atrim=0:{SECONDS},asetpts=PTS-STARTPTS"
    )
    parts = [f"[{n}:v]{even}[v{n}];[{n}:a]{heard}[a{n}]" for n in range(count)]
    picture, sound = "v0", "a0"
    for n in range(1, count):
        offset = n * (SECONDS - FADE)
        parts.append(f"[{picture}][v{n}]xfade=transition=fade:duration={FADE}:offset={offset}[x{n}]")
        parts.append(f"[{sound}][a{n}]acrossfade=d={FADE}:c1=tri:c2=tri[y{n}]")
        picture, sound = f"x{n}", f"y{n}"
    return ";".join([*parts, f"[{picture}]null[v]", f"[{sound}]anull[a]"])


def submitted(run: dict[str, Any]) -> str:
    """Post the storyboard: the job's id."""
    body = json.dumps({"storyboard": STORYBOARD}).encode()
    job_id: str = asked(f"{run['api_url']}/api/v1/jobs", run["access_token"], body)["id"]
    return job_id


def finished(run: dict[str, Any], job_id: str, deadline: float) -> dict[str, Any]:
    """The job once it has succeeded."""
    while time.monotonic() < deadline:
        job = asked(f"{run['api_url']}/api/v1/jobs/{job_id}", run["access_token"])
        if job["status"] == "succeeded":
            return job
        if job["status"] in ("failed", "cancelled"):
            raise RuntimeError(f"the job has {job['status']}: {job['error']}")
        time.sleep(0.2)  # as a patient client looks: its questions cost the very cores that are measured
    raise TimeoutError(f"the job is not done after {LONGEST_S} s")


def asked(url: str, token: str, body: bytes | None = None) -> dict[str, Any]:
    """One JSON answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


if __name__ == "__main__":
    main()
