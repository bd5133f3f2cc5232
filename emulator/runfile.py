"""run.json: where everything is, for scripts, while it runs.

The file is in the data folder (`.omnigen/run.json`), has mode 0600, is replaced in one move, appears
when everything is ready and is removed at a clean stop. It is one JSON object:

    version         1
    pid             the supervisor
    started         its start time in clock ticks since boot (field 22 of /proc/PID/stat); null off Linux
    profile         "local" or "aws"
    replicate       "fake" | "live"
    api_url         http://127.0.0.1:8080
    app_url         the web app; the API serves it, so it is the same address
    docs_url        API documentation
    login_url       the hosted sign-in page
    replicate_url   the stand-in's address, or the real one's
    s3_url          the S3 endpoint
    worker_url      the worker's /health and /metrics; null with profile "aws"
    user, password  the demo user
    access_token    a bearer token of the demo user, replaced well before it expires
    access_token_expires_at   seconds since the epoch
    issuer, jwks_url, client_id, token_url    what a client or verifier needs for sign-in
    data_dir, logs_dir
    children        {"api": {"pid": 123, "log": "..."}, ...}
    environment     the OMNIGEN_*, REPLICATE_*, AWS_* variables that API and worker were started with:
                    an operator's command that must reach the same stores sets them first

A reader needs no code of ours: load the file, and believe it only while `pid` is alive and (on Linux)
started when `started` says, for a supervisor that was killed leaves its file behind.
"""

import json
import time
from pathlib import Path
from typing import Any

from emulator.private import write_private
from omnigen.processes import is_alive

NAME = "run.json"
HEADER = "authorization"


def write_run(folder: Path, run: dict[str, Any]) -> None:
    """Replace run.json, and beside it the header that `curl -H @.omnigen/authorization` sends."""
    write_private(folder / NAME, json.dumps(run, indent=1) + "\n")
    write_private(folder / HEADER, f"Authorization: Bearer {run.get('access_token')}\n")


def remove_run(folder: Path) -> None:
    """Nothing runs any more."""
    (folder / NAME).unlink(missing_ok=True)
    (folder / HEADER).unlink(missing_ok=True)


def read_run(folder: Path) -> dict[str, Any] | None:
    """What runs on this data folder now; None where nothing does."""
    try:
        run: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        alive = is_alive(int(run["pid"]), run.get("started"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return run if alive else None


def wait_for_orphans(folder: Path, *, timeout_s: float) -> None:
    """Wait for the children of a supervisor that was killed: the guard is just ending them.

    Until they are gone they hold the ports, and write to this very folder.
    """
    try:
        children = json.loads((folder / NAME).read_text(encoding="utf-8"))["children"].values()
        pids = [int(child["pid"]) for child in children if child["pid"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    deadline = time.monotonic() + timeout_s
    while any(is_alive(pid, None) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)


def wait_for_run(folder: Path, *, timeout_s: float) -> dict[str, Any]:
    """Wait until everything is ready. Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while (run := read_run(folder)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing is ready in {folder} after {timeout_s:.0f} s")
        time.sleep(0.05)
    return run
