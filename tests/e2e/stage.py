"""Everything running as `make emulate` runs it, and somebody who uses its API over HTTP."""

import itertools
import json
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx
import imageio_ffmpeg

from tests.e2e.visitor import Visitor
from tests.fixtures.clips import ffmpeg
from tests.fixtures.emulator import emulated

ENDED: Final = ("succeeded", "failed", "cancelled")
POLL_S: Final = 0.02
PATIENCE: Final = 100
"""Who has waited long looks less often, by this part of the time: reading has its limit too, 1,200 times a minute."""
CHEAP_MODEL: Final = "bytedance/seedance-2.0"
"""The one that is offered at 480p natively."""

Job = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """One Server-Sent Event."""

    id: str
    type: str
    data: dict[str, Any]


@dataclass
class User:
    """A caller of the API with a token. `patient` goes on asking while the server is away."""

    api_url: str
    token: str
    patient: bool = False
    poll_s: float = POLL_S
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.api_url, trust_env=False, timeout=30)
        self.http.headers["Authorization"] = f"Bearer {self.token}"

    def ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One request under /api/v1."""
        return self.http.request(method, f"/api/v1{path}", **request)

    def get(self, path: str) -> Any:
        """What a GET answers, which must be 200."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def submit(self, body: dict[str, Any]) -> Job:
        """Have a video made."""
        answer = self.ask("POST", "/jobs", json=body)
        assert answer.status_code == 202, answer.text
        assert answer.headers["location"] == f"/api/v1/jobs/{answer.json()['id']}"
        return answer.json()

    def wait(self, job_id: str, until: Callable[[Job], bool] | None = None, *, timeout_s: float = 90) -> Job:
        """Look at a job again and again until it is as wished (by default: until it has ended)."""
        wished, begun = until or (lambda job: job["status"] in ENDED), time.monotonic()
        job: Job = {}
        while not (job and wished(job)):
            waited = time.monotonic() - begun
            assert waited < timeout_s, f"after {timeout_s:.0f} s: {brief_of(job)}"
            assert not job or job["status"] not in ENDED, f"it has ended: {brief_of(job)}"
            job = self._look(job_id) or job
            time.sleep(max(self.poll_s, waited / PATIENCE))
        return job

    def events(self, job_id: str, *, after: str | None = None) -> Iterator[Event]:
        """Follow a job, from its beginning or from behind an event."""
        headers = {"Last-Event-ID": after} if after else {}
        path = f"/api/v1/jobs/{job_id}/events"
        with self.http.stream("GET", path, headers=headers, timeout=240) as stream:
            assert stream.status_code == 200
            assert stream.headers["content-type"].startswith("text/event-stream")
            yield from _parsed(stream.iter_lines())

    def month(self) -> dict[str, Any]:
        """This month's use."""
        return self.get("/usage?periods=1")["months"][0]

    def _look(self, job_id: str) -> Job | None:
        try:
            return self.get(f"/jobs/{job_id}")
        except httpx.TransportError:
            if not self.patient:
                raise
            return None


@dataclass(frozen=True)
class Stage:
    """A running emulator and its demo user, or whom else it is there for."""

    data: Path
    run: dict[str, Any]
    demo: User
    earlier: frozenset[str] = frozenset()
    """Predictions of tests that had the stage before."""

    def handed_to(self, user: User) -> "Stage":
        """The same for one more test, whose ledger begins empty."""
        charges = self._emulator("GET", "/ledger")["charges"]
        return replace(self, demo=user, earlier=frozenset(charge["prediction_id"] for charge in charges))

    def ledger(self) -> dict[str, Any]:
        """What the fake Replicate has charged for."""
        told = self._emulator("GET", "/ledger")
        charges = [charge for charge in told["charges"] if charge["prediction_id"] not in self.earlier]
        repeated = [ids for ids in told["repeated"] if len(set(ids) - self.earlier) > 1]
        return {**told, "charges": charges, "repeated": repeated}

    def advance(self, seconds: float) -> None:
        """Let time pass for the fake Replicate."""
        self._emulator("POST", "/clock", json={"advance": seconds})

    def _emulator(self, method: str, path: str, **request: Any) -> Any:
        url = f"{self.run['replicate_url']}/_emulator{path}"
        return httpx.request(method, url, trust_env=False, **request).raise_for_status().json()


@contextmanager
def staged(data: Path, *flags: str, patient: bool = False, poll_s: float = POLL_S) -> Iterator[Stage]:
    """Start everything on a data folder and free ports; stop it, whatever happens."""
    with emulated(data, *flags) as run:
        demo = User(run["api_url"], run["access_token"], patient=patient, poll_s=poll_s)
        with demo.http:
            yield Stage(data=data, run=run, demo=demo)


@contextmanager
def newcomer(stage: Stage) -> Iterator[User]:
    """Somebody who has just signed up through the pages."""
    email, password = f"{secrets.token_hex(4)}@example.com", "Correct-horse-9"
    with Visitor(stage.run) as visitor:
        visitor.sign_up(email, password)
        tokens = visitor.sign_in(email, password)
    user = User(stage.run["api_url"], tokens["access_token"])
    with user.http:
        yield user


def shelf_of_clips(folder: Path, *, scenes: int = 3) -> Path:
    """Finished media for the fake to hand out: nothing has to be rendered. One plain colour a scene, with a tone."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, colour in enumerate(itertools.islice(itertools.cycle(COLOURS), scenes)):
        picture = f"color=c={colour}:s=854x480:r=24:d=5,noise=alls=6:allf=t"
        sound = f"sine=f={220 * (number + 1)}:r=48000:d=5"
        coded = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
        ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, *coded, folder / f"{number}.mp4")
    ffmpeg("-f", "lavfi", "-i", "sine=f=110:r=44100:d=30", folder / "music.mp3")
    return folder


COLOURS: Final = ("0x203060", "0x904020", "0x208040", "0x806090")


def check_books(stage: Stage, job: Job) -> None:
    """The money of one finished job, four times over: price table, job, usage, and the provider's ledger."""
    takes = takes_of(job)
    prices = {model["id"]: model["price"] for model in stage.demo.get("/models")["models"]}
    for take in takes:
        assert take["status"] == "stored"
        assert take["cost"]["micros"] == _price(take, prices[take["model"]], job), take
    cost = sum(take["cost"]["micros"] for take in takes)
    assert job["cost"]["micros"] == cost
    month = stage.demo.month()
    assert (month["settled_videos"], month["held_videos"]) == (1, 0)
    assert (month["settled"]["micros"], month["held"]["micros"]) == (cost, 0)
    check_ledger(stage, takes)


def check_ledger(stage: Stage, takes: list[dict[str, Any]]) -> None:
    """Each take was charged once, and nothing else was."""
    ledger = stage.ledger()
    charged = Counter(charge["model"] for charge in ledger["charges"])
    assert charged == Counter(take["model"] for take in takes), ledger
    assert not ledger["repeated"], ledger
    assert len({charge["prediction_id"] for charge in ledger["charges"]}) == len(takes)


def takes_of(job: Job) -> list[dict[str, Any]]:
    """All takes: the job's own and its scenes'."""
    return [*job["takes"], *(take for scene in job["scenes"] for take in scene["takes"])]


def brief_of(job: Job) -> str:
    """As much of a job as an assertion should show."""
    parts = ("id", "status", "stage", "progress", "error", "note")
    scenes = [(scene["number"], scene["status"]) for scene in job.get("scenes", ())]
    return f"{ {part: job.get(part) for part in parts} } {scenes}"


def _price(take: dict[str, Any], price: dict[str, Any], job: Job) -> int:
    micros: int = price["amount"]["micros"]
    match price["unit"]:
        case "second":
            return micros * int(take["seconds"])
        case "run":
            return micros
        case "thousand_characters":
            [scene] = [scene for scene in job["scenes"] if take in scene["takes"]]
            return -(-micros * len(scene["narration"]) // 1000)
    raise AssertionError(price)


def _parsed(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
            fields = {}


def ffmpeg_name() -> str:
    """What the composer's children are called in the process table."""
    return Path(imageio_ffmpeg.get_ffmpeg_exe()).name
