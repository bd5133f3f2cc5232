"""A day in the life of the real processes, and all that they leave behind: what was answered, logged, stored, counted.

Secrets are drawn anew for each data folder, so each is a canary: wherever its letters turn up, it has been.
"""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pytest
from attrs import define, field
from PIL import Image

from emulator.runfile import read_run
from tests.e2e.processes import command_of, descendants, kill
from tests.e2e.stage import CHEAP_MODEL, Job, Stage, brief_of, shelf_of_clips, staged, takes_of
from tests.e2e.visitor import Visitor

HOSTILE: Final = (
    '\n{"level":"error","event":"forged"}\r\x1b[31m\x1b]0;owned\x07 \u2028\u0085\u009b2J\u202e"\\,}'
)
"""Line ends, a line of its own, commands of terminals, the end of a text in JSON."""
ALLOWED: Final = '\n{"level":"error","event":"forged"} \u202e"\\,}%0a%1b[31m'
"""As much of it as a prompt may have; what is a command is refused, with its number."""
PRIVATE: Final = "quillwort"
"""A word of the user's: it is in the briefs, and no matter for logs or counters."""
DOOMED: Final = "basalt"
SIGNATURE: Final = re.compile(rb"(?:[Xx]-[Aa]mz-[Ss]ignature=|\"x-amz-signature\":\")([0-9a-f]{64})")


@define
class Loot:
    """What was found, by where it was found."""

    canaries: dict[str, str] = field(factory=dict)
    answers: dict[str, bytes] = field(factory=dict)
    """Bodies and headers of the API's answers."""
    signed: set[str] = field(factory=set)
    """Signatures of addresses that users were given."""
    exported: dict[str, bytes] = field(factory=dict)
    """Files that lie beside a video."""
    numbers: dict[str, bytes] = field(factory=dict)
    """Metrics of API and worker."""
    environments: dict[str, bytes] = field(factory=dict)
    """Of the worker's children, FFmpeg among them."""
    files: dict[str, bytes] = field(factory=dict)
    """The data folder, once all has stopped."""
    jobs: dict[str, Job] = field(factory=dict)

    def took(self, answer: httpx.Response) -> httpx.Response:
        """Keep an answer."""
        name = f"{len(self.answers)} {answer.request.method} {answer.request.url.path}"
        head = b"\n".join(b"%b: %b" % pair for pair in answer.headers.raw)
        self.answers[name] = head + b"\n\n" + answer.content
        self.signed |= {found.decode() for found in SIGNATURE.findall(self.answers[name])}
        return answer


@contextmanager
def a_day(folder: Path) -> Iterator[tuple[Stage, Loot]]:
    """Everything running, with every word of the logs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMNIGEN_LOG_LEVEL", "debug")
        shelf = shelf_of_clips(folder / "media", scenes=2)
        flags = ("--replicate-media", str(shelf), "--replicate-seconds", "2")
        with staged(folder / "data", *flags, patient=True) as stage:
            environment = stage.run["environment"]
            loot = Loot(
                canaries={
                    "the provider's token": environment["REPLICATE_API_TOKEN"],
                    "the webhooks' secret": environment["OMNIGEN_REPLICATE_WEBHOOK_SECRET"].removeprefix(
                        "whsec_"
                    ),
                    "the store's secret key": environment["AWS_SECRET_ACCESS_KEY"],
                    "the user's password": stage.run["password"],
                    "the access token": stage.run["access_token"].split(".")[2],
                }
            )
            yield stage, loot


def plundered(folder: Path) -> Loot:
    """Live that day, then look everywhere."""
    with a_day(folder) as (stage, loot):
        _misfortunes(stage, loot)
        loot.jobs["film"] = _film(stage, loot)
        loot.jobs["doomed"] = _doomed(stage, loot)
        _strangers(stage, loot)
        _sign_in(stage, loot)
        for name, url in (("api", stage.run["api_url"]), ("worker", stage.run["worker_url"])):
            loot.numbers[name] = httpx.get(f"{url}/metrics", trust_env=False).content
    for path in sorted((folder / "data").rglob("*")):
        if path.is_file():
            loot.files[path.relative_to(folder / "data").as_posix()] = path.read_bytes()
    return loot


def _misfortunes(stage: Stage, loot: Loot) -> None:
    """A provider whose errors are hostile, and repeat the very token that it was sent."""
    token = loot.canaries["the provider's token"]
    said = f"denied for {token}{HOSTILE}"
    plan = [
        {"match": {"prompt": DOOMED}, "action": "fail", "error": said},
        {"match": {"prompt": "granite", "attempt": 1}, "action": "error_5xx", "accepted": True},
    ]
    stage._emulator("POST", "/faults", json=plan)


def _film(stage: Stage, loot: Loot) -> Job:
    """A video from a picture, through a worker's end; all its files are fetched."""
    picture = _uploaded(stage, loot)
    scenes: list[dict[str, Any]] = [
        {"prompt": f"{PRIVATE} granite in the rain {ALLOWED}", "duration": 4, "reference_image": picture},
        {"prompt": f"the sea behind {PRIVATE}", "duration": 4},
    ]
    board = {
        "title": f"{PRIVATE} {ALLOWED}"[:100].strip(),
        "resolution": "480p",
        "model": CHEAP_MODEL,
        "scenes": scenes,
    }
    body = json.dumps({"storyboard": board})
    headers = {"Content-Type": "application/json", "Idempotency-Key": "a-key", "User-Agent": "a%0a[31m"}
    answer = loot.took(stage.demo.ask("POST", "/jobs", content=body, headers=headers))
    assert answer.status_code == 202, answer.text
    job_id = answer.json()["id"]
    stage.demo.wait(job_id, lambda job: {take["status"] for take in takes_of(job)} == {"submitted"})
    worker = _worker(stage)
    assert worker is not None
    kill(worker)
    stage.demo.wait(job_id, lambda job: _looked(stage, loot) and job["status"] == "succeeded")
    loot.answers["events"] = b"".join(repr(event).encode() for event in stage.demo.events(job_id))
    job: Job = loot.took(stage.demo.ask("GET", f"/jobs/{job_id}")).json()
    assert job["status"] == "succeeded", brief_of(job)
    for path in ("/video?download=1", "/export", "/plan", "/files/manifest"):
        loot.took(stage.demo.ask("GET", f"/jobs/{job_id}{path}"))
    for file in (*job["video"]["files"], *stage.demo.get(f"/jobs/{job_id}/export")["files"]):
        loot.exported[file["name"]] = httpx.get(file["url"], trust_env=False).content
    loot.exported["video.mp4"] = httpx.get(job["video"]["url"], trust_env=False).content
    return job


def _uploaded(stage: Stage, loot: Loot) -> str:
    """A picture, brought as a browser brings it."""
    data = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (480, 854, 3), dtype=np.uint8)
    Image.fromarray(noise).save(data, "PNG")
    asked = {"content_type": "image/png", "size": len(data.getvalue())}
    form = loot.took(stage.demo.ask("POST", "/uploads", json=asked)).json()
    sent = httpx.request(
        form["method"],
        form["url"],
        data=form["fields"],
        files={"file": ("picture.png", data.getvalue(), "image/png")},
        trust_env=False,
    )
    assert sent.is_success, sent.text
    name: str = form["id"]
    return name


def _doomed(stage: Stage, loot: Loot) -> Job:
    """A job that the provider lets fail, in its own words."""
    scenes = [{"prompt": f"{DOOMED} and {PRIVATE}", "duration": 5}]
    board = {"resolution": "480p", "model": CHEAP_MODEL, "scenes": scenes}
    answer = loot.took(stage.demo.ask("POST", "/jobs", json={"storyboard": board}))
    assert answer.status_code == 202, answer.text
    loot.answers["events of the doomed"] = b"".join(
        repr(event).encode() for event in stage.demo.events(answer.json()["id"])
    )
    job: Job = loot.took(stage.demo.ask("GET", f"/jobs/{answer.json()['id']}")).json()
    assert job["status"] == "failed", brief_of(job)
    return job


def _strangers(stage: Stage, loot: Loot) -> None:
    """Requests that carry secrets where none belong, and words that no log should repeat."""
    everything = " ".join(loot.canaries.values())
    url, token = stage.run["api_url"], stage.run["access_token"]
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.get(f"/{everything}")  # answered with the path that was asked for, and so to no stranger
        client.get(f"/api/v1/jobs/{everything}", headers={"Authorization": f"Bearer {token}"})
        query = f"/api/v1/jobs?access_token={token}&q={everything}"
        loot.took(client.get(query, headers={"Referer": everything, "User-Agent": everything}))
        for header in (f"Bearer {everything}", f"Basic {everything}", f"Bearer {token[:-3]}AAA", "Bearer"):
            loot.took(client.get("/api/v1/usage", headers={"Authorization": header}))
        hooks = {"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": f"v1,{everything}"}
        loot.took(client.post("/api/v1/webhooks/replicate", content=everything.encode(), headers=hooks))
        odd = {"X-Request-Id": f"abcdefgh{everything}", "Idempotency-Key": everything, "Cookie": everything}
        signed = {"Authorization": f"Bearer {token}", **odd}
        for body in (b"{", json.dumps({"brief": {"prompt": 7}}).encode()):
            loot.took(client.post("/api/v1/jobs", content=body, headers=signed))
        quoted = httpx.URL(f"{url}/").copy_with(raw_path=b"/api/v1/jobs/%0a%1b[31m%c2%9b%e2%80%a8")
        loot.took(client.get(quoted, headers=signed))
        loot.took(client.request("WORD", "/health", headers=signed))


def _sign_in(stage: Stage, loot: Loot) -> None:
    """The password's one way: to the sign-in, for tokens that the API is used with."""
    with Visitor(stage.run) as visitor:
        tokens = visitor.sign_in(stage.run["user"], stage.run["password"])
    for kind in ("access_token", "id_token", "refresh_token"):
        if kind in tokens:
            loot.canaries[f"the visitor's {kind}"] = tokens[kind].split(".")[-1]
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    loot.took(httpx.get(f"{stage.run['api_url']}/api/v1/usage", headers=headers, trust_env=False))


def _worker(stage: Stage) -> int | None:
    """None while its supervisor hasn't started it anew."""
    pid: int | None = (read_run(stage.data) or {})["children"]["worker"]["pid"]
    return pid


def _looked(stage: Stage, loot: Loot) -> bool:
    """Look at whoever works for the worker at the moment: FFmpeg, and those that look into files."""
    worker = _worker(stage)
    own = command_of(worker) if worker else ""
    for pid in descendants(worker) if worker else ():
        command = command_of(pid)
        if command == own:
            continue  # forked this instant: still the worker itself
        with suppress(OSError):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            # Else it has just become somebody else, or FFmpeg's wheel asks its own binary whether it runs.
            if command == command_of(pid) and not command.endswith("-version "):
                loot.environments[f"{pid} {command}"] = environment
    return True
