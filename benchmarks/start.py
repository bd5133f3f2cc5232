"""How long somebody waits: for a start, for the first set-up after a clone, for the first video.

    python -m benchmarks.start [--rounds 5] [--skip-clone]

The start is `make emulate` on a machine that is set up, until run.json is there. Set-up and first video are those
of a real `git clone` of this repository into an empty folder, with empty caches of uv, pip and npm: they depend on
the line to the package registries. What is waited for is felt in seconds, so these have no peer.
"""

import argparse
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.figures import ROOT, Figure, median, write
from benchmarks.post_to_video import asked, finished
from emulator.ports import free_ports
from emulator.runfile import wait_for_run

BRIEF: Final = {"prompt": "A lighthouse at dusk, a storm rolls in, the light comes on", "duration": 15}
LONGEST_S: Final = 900


def main() -> None:
    """Measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--skip-clone", action="store_true", help="only the start")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="omnigen-start-") as folder:
        found = [starts(Path(folder), given.rounds)]
        if not given.skip_clone:
            found += from_a_clone(Path(folder))
        write("start", found)


def starts(folder: Path, rounds: int) -> Figure:
    """Starts on a machine that is set up: the first on an empty data folder, the others on what it has left."""
    times = []
    for _ in range(rounds):
        begun = time.monotonic()
        with emulating(ROOT, folder / "data") as _:
            times.append(time.monotonic() - begun)
    print({"starts": [round(seconds, 2) for seconds in times]}, flush=True)
    details = {"first": round(times[0], 2), "all": [round(seconds, 2) for seconds in times]}
    return Figure(
        title="Start of `make emulate`, set up", value=median(times), unit="s", goal=3, details=details
    )


def from_a_clone(folder: Path) -> list[Figure]:
    """Clone, set up, start, and have the first video made."""
    clone, environment = folder / "clone", with_empty_caches(folder)
    begun = time.monotonic()
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True, timeout=LONGEST_S)
    cloned = time.monotonic()
    subprocess.run(["make", "setup"], cwd=clone, env=environment, check=True, timeout=LONGEST_S)
    ready = time.monotonic()
    with emulating(clone, folder / "first", environment) as run:
        started = time.monotonic()
        url = f"{run['api_url']}/api/v1/jobs"
        job_id = asked(url, run["access_token"], json.dumps({"brief": BRIEF}).encode())["id"]
        finished(run, job_id, time.monotonic() + LONGEST_S)
        done = time.monotonic()
    details = {
        "clone": round(cloned - begun, 1),
        "set_up": round(ready - cloned, 1),
        "start": round(started - ready, 1),
        "video": round(done - started, 1),
    }
    print(details, flush=True)
    return [
        Figure(title="First set-up of a fresh clone", value=median([ready - cloned]), unit="s", goal=90),
        Figure(
            title="Clone to first video (15 s, 720p)",
            value=median([done - begun]),
            unit="s",
            goal=180,
            details=details,
        ),
    ]


def with_empty_caches(folder: Path) -> dict[str, str]:
    """An environment in which nothing was ever downloaded."""
    caches = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm"}
    return {**os.environ, **{name: str(folder / "caches" / part) for name, part in caches.items()}}


@contextmanager
def emulating(where: Path, data: Path, environment: dict[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """`make emulate`, until everything is ready; Ctrl-C at the end."""
    [port] = free_ports(1)
    argv = ["make", "emulate", f"PORT={port}", f"DATA={data}"]
    process = subprocess.Popen(
        argv, cwd=where, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield wait_for_run(data, timeout_s=120)
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


if __name__ == "__main__":
    main()
