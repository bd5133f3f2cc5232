"""The parts of a running OmniGen, with API and worker in the test's own hand: started, killed and started again."""

import hashlib
import itertools
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import httpx
from attrs import define, field

from emulator.stack import ROOT
from omnigen.adapters.aws.clients import AioClients
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.adapters.local.sqlite import Database, SqliteJobs, SqliteTakes, SqliteUsage
from omnigen.processes import is_alive
from omnigen.settings import Settings
from omnigen.wiring import policy_of
from tests.e2e.stage import CHEAP_MODEL, ENDED, User, brief_of, shelf_of_clips
from tests.faults.gate import Gated, Keeper, let_all_pass
from tests.fixtures.clips import frames_of
from tests.fixtures.emulator import emulated
from tests.fixtures.judge import Judge
from tests.promises import check_promises

PROGRAMS: Final = {"api": "omnigen.entrypoints.http", "worker": "omnigen.entrypoints.worker"}
_PARTS: Final = "storage,identity,replicate"
_KEPT: Final = ("PATH", "HOME", "LANG", "TZ")
_LOOK_S: Final = 0.05
_SHORTEST_S: Final = 5
_OVERLAP_S: Final = 0.5


@define(eq=False)
class Ground:
    """Storage, identity and models of an emulator; an API and a worker that are started here; a user."""

    data: Path
    run: dict[str, Any]
    user: User
    changes: dict[str, str] = field(factory=dict)
    """Variables of API and worker beside those of `make emulate`."""
    processes: dict[str, Gated] = field(factory=dict, init=False)
    acknowledged: dict[str, dict[str, Any]] = field(factory=dict, init=False)
    """Every job as it was when it was accepted."""
    _http: httpx.Client = field(factory=lambda: httpx.Client(trust_env=False, timeout=30), init=False)
    _numbers: Iterator[int] = field(factory=lambda: itertools.count(1), init=False)

    @property
    def environment(self) -> dict[str, str]:
        """What API and worker are told."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        own = {"OMNIGEN_API_PROCESSES": "1", "OMNIGEN_POLL_MS": "100", "OMNIGEN_ADOPTION": "2"}
        python = {"PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        return {**kept, **self.run["environment"], **own, **python, **self.changes}

    @property
    def log(self) -> Path:
        """What API and worker say, all lives together."""
        return Path(self.run["logs_dir"]) / "own.log"

    def start(self, *names: str, keeper: Keeper = let_all_pass) -> None:
        """Start those that don't run; it isn't waited for them."""
        for name in names:
            if name not in self.processes or not self.processes[name].runs:
                argv = [sys.executable, "-m", PROGRAMS[name]]
                self.processes[name] = Gated.start(argv, env=self.environment, log=self.log, keeper=keeper)

    def stop(self) -> None:
        """End them all in peace."""
        for one in self.processes.values():
            one.stop()

    def ready(self, name: str, *, timeout_s: float = 60) -> bool:
        """Wait until it answers; false if it ended before."""
        url = {"api": f"{self.run['api_url']}/health", "worker": f"{self.run['worker_url']}/health"}[name]
        deadline = time.monotonic() + timeout_s
        while self.processes[name].runs:
            with suppress(httpx.TransportError):
                if httpx.get(url, trust_env=False, timeout=10).status_code == 200:
                    return True
            assert time.monotonic() < deadline, f"{name} is not ready"
            time.sleep(_LOOK_S)
        return False

    def storyboard(self, scenes: int = 1) -> dict[str, Any]:
        """The shortest plan there is, of its own prompts: scenes dissolve into one another."""
        number, seconds = next(self._numbers), (_SHORTEST_S + (scenes - 1) * _OVERLAP_S) / scenes
        dissolve = {"transition": {"type": "dissolve", "duration": _OVERLAP_S}}
        plain = [
            {"prompt": f"Plain {number}.{n}", "duration": seconds, **(dissolve if n else {})}
            for n in range(scenes)
        ]
        return {"title": f"Film {number}", "resolution": "480p", "model": CHEAP_MODEL, "scenes": plain}

    def submit(self, board: dict[str, Any], *, key: str | None = None) -> httpx.Response:
        """One try to submit a job; the one that is accepted is noted."""
        answer = self.user.ask(
            "POST", "/jobs", json={"storyboard": board}, headers={"Idempotency-Key": key or str(uuid.uuid4())}
        )
        if answer.status_code == 202:
            self.acknowledged[answer.json()["id"]] = answer.json()
        return answer

    def end(self, job_id: str, *, timeout_s: float = 120) -> dict[str, Any]:
        """Wait until a job has ended, whoever is away meanwhile."""
        deadline = time.monotonic() + timeout_s
        job: dict[str, Any] = {}
        while job.get("status") not in ENDED:
            assert time.monotonic() < deadline, f"after {timeout_s:.0f} s: {brief_of(job)}"
            with suppress(httpx.TransportError):
                job = self.user.get(f"/jobs/{job_id}")
            time.sleep(_LOOK_S)
        return job

    def replicate(self, path: str) -> Any:
        """What the fake Replicate answers to us."""
        headers = {"Authorization": f"Bearer {self.environment['REPLICATE_API_TOKEN']}"}
        url = f"{self.run['replicate_url']}{path}"
        return self._http.get(url, headers=headers).raise_for_status().json()

    async def check_promises(self, *, ended: bool = True) -> None:
        """P1 to P10 over all jobs that are in the database, against the provider's own books."""
        async with self.court() as check:
            await check(ended=ended)

    @asynccontextmanager
    async def court(self) -> AsyncIterator[Callable[..., Awaitable[None]]]:
        """`check_promises`, for who checks them often. The database is opened each time: a third process that has it
        open would spare the others its recovery.
        """
        settings = Settings.from_environment(self.environment)
        async with AioClients(settings.aws) as clients:
            yield partial(self._judged, settings, await S3Assets.open(settings.assets, clients))

    async def _judged(self, settings: Settings, assets: S3Assets, *, ended: bool = True) -> None:
        judge = Judge(self.replicate, lambda _: True)
        assert judge.repeated == []
        keys = [found.key async for found in assets.list("")]
        ids = [job["id"] for job in self.listed()]
        assert self.acknowledged.keys() <= set(ids), "an acknowledged job is gone"
        database = await Database.open(settings.database)
        try:
            stores = SimpleNamespace(
                jobs=SqliteJobs(database), takes=SqliteTakes(database), usage=SqliteUsage(database)
            )
            world: Any = SimpleNamespace(
                stores=stores, provider=judge, assets=assets, policy=policy_of(settings), jobs=ids,
                object_keys=lambda: keys, before={}, healed_at=datetime.min.replace(tzinfo=UTC),
            )  # fmt: skip
            await check_promises(world, ended=ended)
        finally:
            await database.close()

    def listed(self) -> list[dict[str, Any]]:
        """All jobs of the user."""
        jobs: list[dict[str, Any]] = []
        after = ""
        while True:
            page = self.user.get(f"/jobs?limit=100{after}")
            jobs += page["jobs"]
            if not page.get("next_cursor"):
                return jobs
            after = f"&cursor={page['next_cursor']}"

    def check_video(self, job: dict[str, Any], folder: Path) -> None:
        """It is there, it is what was promised, and it plays to its last frame."""
        told = job["video"]
        content = self.user.ask("GET", f"/jobs/{job['id']}/video", follow_redirects=True).content
        assert (len(content), hashlib.sha256(content).hexdigest()) == (told["size"], told["sha256"])
        path = folder / "seen.mp4"
        path.write_bytes(content)
        assert len(frames_of(path)) == told["frames"]

    def left_in_the_work_folder(self) -> list[str]:
        """What jobs have left there."""
        return sorted(path.name for path in (self.data / "work").glob("*"))


@contextmanager
def grounds(folder: Path, *flags: str, scenes: int = 2, **changes: str) -> Iterator[Ground]:
    """Everything but API and worker is running; at the end those are ended too."""
    media = shelf_of_clips(folder / "media", scenes=scenes)
    usual = (
        "--parts",
        _PARTS,
        "--replicate-seconds",
        "0",
        "--replicate-media",
        str(media),
        "--no-rate-limits",
    )
    with emulated(folder / "data", *usual, *flags) as run:
        user = User(run["api_url"], run["access_token"], patient=True)
        ground = Ground(data=Path(run["data_dir"]), run=run, user=user, changes=changes)
        with user.http:
            try:
                yield ground
            finally:
                ground.stop()


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    return not is_alive(pid, None)
