"""How many jobs a second are accepted, over how many rows a second SQLite itself inserts as durably.

    python -m benchmarks.accept [--rounds 3] [--seconds 4]

Three things are measured in turn, round after round, on one disk:

- raw, before and after the others: apsw, one row of some 200 bytes a transaction, WAL, synchronous=FULL, so that
  every row is on the disk before the next.
- the use case: SubmitJob on the SQLite adapter, 64 callers at once. A storyboard of three scenes is priced and
  written with the job, its scenes, its hold on quota and money, its event and its outbox entry, with and without an
  Idempotency-Key; many owners, so that no owner's limits are in the way. A brief is planned first: that is
  arithmetic on words, a millisecond of it, and has its own line.
- HTTP: the same through granian, in as many processes as the API takes by itself, with signed RS256 tokens that are
  verified, rate limits off, from another process.

Afterwards requests arrive at half of the rate that HTTP reached, whatever becomes of those before (an open loop),
and are timed from the instant at which they were due, so that a stall counts for all who had to wait.
"""

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import apsw
import msgspec

from benchmarks.accept_server import BODIES, Served, served
from benchmarks.figures import Figure, median, write
from omnigen.adapters.local.clock import RandomIds, SystemClock
from omnigen.adapters.local.sqlite import Database, SqliteJobs, SqliteOutbox
from omnigen.adapters.local.workflow import OutboxWorkflow
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import Catalogue
from omnigen.domain.quota import Tier
from omnigen.entrypoints.http.requests import JobRequest
from omnigen.ports.identity import Caller
from omnigen.usecases.draft_storyboard import DraftStoryboard
from omnigen.usecases.policy import Policy
from omnigen.usecases.submit_job import SubmitJob

CALLERS: Final = 64
JOBS_AN_OWNER: Final = 40
"""Below what the enterprise tier may have on their way at once."""
RATE: Final = 24
ANSWER: Final = b" " * 4_200
"""As long as the answer to a job of three scenes."""

USE_CASES: Final = {
    "use case": ("storyboard", False),
    "use case, key": ("storyboard", True),
    "use case, brief": ("brief", False),
}
HTTP: Final = {"http": "storyboard", "http, brief": "brief"}

Submit = Callable[[int], Awaitable[Any]]


def main() -> None:
    """Measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="of each measurement")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="omnigen-accept-") as folder:
        write("accept", measure(Path(folder), given.rounds, given.seconds))


def measure(folder: Path, rounds: int, seconds: float) -> list[Figure]:
    """All rounds, then the open loop."""
    taken: dict[str, list[float]] = {name: [] for name in ("raw", *USE_CASES, *HTTP)}
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        before = raw_inserts(place / "before.db", seconds / 2)
        for name, (kind, keyed) in USE_CASES.items():
            path = place / f"{name}.db"
            taken[name].append(asyncio.run(accepted_by_use_case(path, kind, seconds, keyed=keyed)))
        for name, kind in HTTP.items():
            with served(place / name) as server:
                taken[name].append(load(server, kind, seconds)["rate"])
        after = raw_inserts(place / "after.db", seconds / 2)
        taken["raw"].append((before + after) / 2)
        print({name: round(rates[-1]) for name, rates in taken.items()}, flush=True)
    with served(folder / "open") as server:
        half = median(taken["http"]) / 2
        load(server, "storyboard", 1, half)  # warm
        opened = load(server, "storyboard", 2 * seconds, half)
    return figures(taken, opened)


def figures(taken: dict[str, list[float]], opened: dict[str, float]) -> list[Figure]:
    """Ratios of each round to its own raw rate, and the latency."""
    raw = taken["raw"]

    def ratio(name: str, title: str, goal: float | None = None) -> Figure:
        rates = taken[name]
        return Figure(
            title=title,
            value=median([rate / peer for rate, peer in zip(rates, raw, strict=True)]),
            unit="x",
            goal=goal,
            at_least=True,
            peer="SQLite inserting single rows, as durably",
            details={"a_second": [round(rate) for rate in rates], "peer_a_second": [round(r) for r in raw]},
        )

    return [
        ratio("use case", "Jobs accepted by the use case", 0.5),
        ratio("use case, key", "Jobs accepted by the use case, each with an Idempotency-Key", 0.5),
        ratio("use case, brief", "Jobs planned from a brief and accepted by the use case"),
        ratio("http", "Jobs accepted over HTTP with a verified token", 0.3),
        ratio("http, brief", "Jobs planned from a brief and accepted over HTTP"),
        Figure(
            title="POST /jobs at half of that load, 99th percentile",
            value=float(f"{opened['p99_ms']:.4g}"),
            unit="ms",
            details={name: round(value, 3) for name, value in opened.items()},
        ),
    ]


def raw_inserts(path: Path, seconds: float) -> float:
    """Rows a second, each in a transaction of its own."""
    connection = apsw.Connection(str(path))
    connection.pragma("journal_mode", "wal")
    connection.pragma("synchronous", "full")
    connection.execute(
        "CREATE TABLE jobs (id TEXT PRIMARY KEY, owner TEXT, at INTEGER, document TEXT) STRICT"
    )
    document, count, begun = "x" * 150, 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        row = (f"job_{count:026d}", "owner", time.time_ns(), document)
        connection.execute("INSERT INTO jobs VALUES (?, ?, ?, ?)", row)
        count += 1
    connection.close()
    return count / passed


async def accepted_by_use_case(path: Path, kind: str, seconds: float, *, keyed: bool) -> float:
    """Jobs a second, by many callers at once."""
    database = await Database.open(path)
    try:
        submit = submitting(database, kind, keyed=keyed)
        await together(submit, 0.5)
        return await together(submit, seconds)
    finally:
        await database.close()


def submitting(database: Database, kind: str, *, keyed: bool) -> Submit:
    """One call of the use case. Decoding and rendering are the route's; the answer that is kept has its size."""
    catalogue = load_catalogue(None)
    use_case, ends = use_case_on(database, catalogue), int(time.time()) + 3600
    wish = msgspec.json.decode(BODIES[kind], type=JobRequest)
    brief, storyboard = wish.wish(catalogue, RATE)

    async def submit(number: int) -> Any:
        owner = Caller(id=f"owner-{number // JOBS_AN_OWNER}", tier=Tier.ENTERPRISE, expires_at=ends)
        return await use_case(
            owner,
            brief=brief,
            storyboard=storyboard,
            key=uuid4().hex if keyed else None,
            render=lambda _: ANSWER,
        )

    return submit


def use_case_on(database: Database, catalogue: Catalogue) -> SubmitJob:
    """SubmitJob as the container puts it together for the API."""
    clock, ids, policy = SystemClock(), RandomIds(), Policy(job_deadline=timedelta(hours=1))
    return SubmitJob(
        jobs=SqliteJobs(database),
        workflow=OutboxWorkflow(outbox=SqliteOutbox(database), clock=clock, ids=ids),
        clock=clock,
        ids=ids,
        policy=policy,
        draft_storyboard=DraftStoryboard(catalogue=catalogue, policy=policy),
        admit_upload=_no_upload,  # type: ignore[arg-type]  # a brief names none
    )


async def _no_upload(*_: object, **__: object) -> None:
    raise AssertionError("a brief names no upload")


async def together(submit: Submit, seconds: float) -> float:
    """Calls a second by CALLERS callers, each of whom waits for an answer before the next call."""
    numbers, begun = itertools.count(), time.perf_counter()
    done = 0

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() - begun < seconds:
            await submit(next(numbers))
            done += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(CALLERS):
            group.create_task(caller())
    return done / (time.perf_counter() - begun)


def load(server: Served, kind: str, seconds: float, rate: float = 0) -> dict[str, float]:
    """Requests from a process of their own; `rate` a second (an open loop), or as many as will go."""
    told = (server.port, server.tokens, kind, seconds, rate)
    argv = [sys.executable, "-m", "benchmarks.accept_load", *map(str, told)]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, timeout=seconds + 60, check=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


if __name__ == "__main__":
    main()
