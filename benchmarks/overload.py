"""What is left of the API when four times as many jobs are submitted as it can take in.

    python -m benchmarks.overload [--seconds 20]

The API is as it is started, rate limits and all, in one process on one core; requests come from another core, so that
neither takes time from the other. Jobs are submitted as our own clients do it, each with an Idempotency-Key: as briefs
(`omnigen render PROMPT`), which are planned first, and as storyboards, which cost the least to accept and so leave the
least room for refusals.

- Peak: the most jobs a second that are accepted, at any load: closed loops of 4 to 16 at once, then open loops at half
  to three times of that.
- Unloaded: at a tenth of the peak, in an open loop.
- Overload: at four times the peak, in an open loop (requests come when they are due, whatever becomes of those before,
  and are timed from then on).
- Burst: the same beside people who look at their jobs and cancel them, and webhooks; once without submissions, for
  comparison.
- Books: each job that was acknowledged is in the database, and no other; what is held is the sum of what was accepted.

For comparison the most that is accepted where nobody is refused and 64 wait at once: it is more, and so are the waits.
"""

import argparse
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.accept_server import BODIES, Served, served
from benchmarks.figures import Figure, write
from benchmarks.overload_load import KEY, Answers, Load, Stream, send
from benchmarks.overload_others import SECRET, Others, bearer, request

SERVER, CLIENTS = 0, 1
"""Cores."""
TIMES: Final = 4
CROWDS: Final = (4, 8, 16)
"""Requests at once in a closed loop."""
SWEEP: Final = (0.5, 1.0, 1.5, 2.0, 3.0)
"""Shares of the closed loops' peak."""
STEP_S: Final = 4.0
"""Length of one step on the way to the peak."""
CONNECTIONS: Final = 500
KINDS: Final = {"brief": "briefs", "storyboard": "storyboards"}


@dataclass(frozen=True)
class Taken:
    """One load and what came of it."""

    seconds: float
    answers: Answers

    @property
    def goodput(self) -> float:
        """Accepted, a second."""
        return self.answers.status.count(202) / self.seconds

    @property
    def offered(self) -> float:
        """Asked for, a second."""
        return len(self.answers.status) / self.seconds

    def ms(self, status: int, share: float = 0.99, *, since: float = 0.0) -> float:
        """A percentile of the time to answers of this status, due from `since` seconds on."""
        rows = zip(self.answers.due, self.answers.took, self.answers.status, strict=True)
        return percentile([took for due, took, of in rows if of == status and due >= since], share)


def percentile(seconds: Sequence[float], share: float) -> float:
    """In ms; 0 where there is nothing."""
    ordered = sorted(seconds)
    return float(f"{ordered[int(share * (len(ordered) - 1))] * 1000:.4g}") if ordered else 0.0


def main() -> None:
    """Measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20, help="of the overload")
    seconds = parser.parse_args().seconds
    if len(os.sched_getaffinity(0)) < 2:
        raise SystemExit("two cores are needed: one for the API, one for its clients")
    with tempfile.TemporaryDirectory(prefix="omnigen-overload-") as folder:
        runs = {kind: measure(Path(folder) / kind, kind, seconds) for kind in KINDS}
        others = list(burst(Path(folder) / "burst", runs["brief"], seconds / 2))
    figures = [figure for kind, run in runs.items() for figure in run.figures(kind)]
    write("overload", [*figures, *others], {"loads": {kind: run.points() for kind, run in runs.items()}})


@dataclass(frozen=True)
class Run:
    """All that was measured of one kind of submission."""

    steps: tuple[Taken, ...]
    unloaded: Taken
    over: Taken
    unbounded: Taken
    lost: int
    """Acknowledged, and not in the database; or the other way round."""

    @property
    def peak(self) -> float:
        """The most that is accepted a second."""
        return max(step.goodput for step in (*self.steps, self.over))

    def figures(self, kind: str) -> Iterator[Figure]:
        """What is promised, and what lies behind it."""
        name, over, alone = KINDS[kind], self.over, self.unloaded.ms(202)
        statuses = Counter(over.answers.status)
        yield Figure(
            title=f"Jobs accepted at four times the most, as {name}",
            value=round(over.goodput / self.peak, 3),
            unit="x",
            goal=0.9,
            at_least=True,
            peer="the most that is accepted at any load",
            details={
                "a_second": round(over.goodput),
                "offered_a_second": round(over.offered),
                "peak_a_second": round(self.peak),
                "peak_with_nobody_refused": round(self.unbounded.goodput),
                "p99_ms_then": self.unbounded.ms(202),
            },
        )
        yield Figure(
            title=f"Time to their answers, 99th percentile, as {name}",
            value=round(over.ms(202) / alone, 2),
            unit="x",
            goal=2,
            peer="the same at a tenth of the load",
            details={
                "p50_ms": over.ms(202, 0.5),
                "p99_ms": over.ms(202),
                "after_the_first_second_p99_ms": over.ms(202, since=1),
                "unloaded_p50_ms": self.unloaded.ms(202, 0.5),
                "unloaded_p99_ms": alone,
            },
        )
        yield Figure(
            title=f"Time to a refusal, 99th percentile, as {name}",
            value=over.ms(503),
            unit="ms",
            details={"p50_ms": over.ms(503, 0.5), "statuses": dict(statuses)},
        )
        yield Figure(
            title=f"Refusals with Retry-After, among all that was not accepted, as {name}",
            value=over.answers.with_retry_after
            / max(1, over.answers.lost + sum(statuses.values()) - statuses[202]),
            unit="x",
            goal=1,
            at_least=True,
        )
        yield Figure(
            title=f"Acknowledged jobs that the database doesn't have, or it alone has, as {name}",
            value=self.lost,
            unit="jobs",
            goal=0,
        )

    def points(self) -> list[dict[str, float]]:
        """For the plot."""
        return [
            {"offered": step.offered, "goodput": step.goodput, "p99_ms": step.ms(202), "peak": self.peak}
            for step in (self.unloaded, *self.steps[len(CROWDS) :], self.over)
        ]


def measure(folder: Path, kind: str, seconds: float) -> Run:
    """From the first warm-up to the books."""
    with api(folder.with_name(f"{kind}-unbounded"), OMNIGEN_SUBMISSIONS="0") as server:
        load(server, kind, STEP_S, crowd=64)
        unbounded = load(server, kind, STEP_S, crowd=64)
    with api(folder) as server:
        load(server, kind, STEP_S, crowd=8)
        closed = [load(server, kind, STEP_S, crowd=crowd) for crowd in CROWDS]
        most = max(step.goodput for step in closed)
        opened = [load(server, kind, STEP_S, rate=share * most) for share in SWEEP]
        peak = max(step.goodput for step in (*closed, *opened))
        unloaded = load(server, kind, max(10.0, seconds / 2), rate=peak / 10)
        over = load(server, kind, seconds, rate=TIMES * peak)
    acknowledged = [job for step in server.steps for job in step.answers.jobs]
    run = Run((*closed, *opened), unloaded, over, unbounded, books(server.served.database, acknowledged))
    print(f"{kind}: {most:.0f} a second at once, {over.goodput:.0f} of {over.offered:.0f}", flush=True)
    return run


def burst(folder: Path, brief: Run, seconds: float) -> Iterator[Figure]:
    """Whether people and webhooks get through while four times too much is submitted."""
    with api(folder) as server:
        made = load(server, "brief", STEP_S, crowd=8)
        others = Others(server.served, made.answers.jobs, seconds)
        alone = exchange(server, others.streams(), seconds)
        flood = submissions(server, "brief", rate=TIMES * brief.peak)
        beside = exchange(server, [*others.streams(), flood], seconds)
    for name, status in others.expected.items():
        answers = beside[name].answers
        count = len(answers.status) + answers.lost
        yield Figure(
            title=f"{name} answered during a burst of submissions",
            value=round(answers.status.count(status) / count, 4),
            unit="x",
            goal=1,
            at_least=True,
            details={
                "p99_ms": beside[name].ms(status),
                "without_the_burst_p99_ms": alone[name].ms(status),
                "statuses": dict(Counter(answers.status)),
            },
        )


@dataclass
class Server:
    """The API, and what was asked of it so far."""

    served: Served
    steps: list[Taken]


@contextmanager
def api(folder: Path, **changes: str) -> Iterator[Server]:
    """The API on its core, as it is started, but for `changes`."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {SERVER})  # what is started inherits it
    usual = {"OMNIGEN_RATE_LIMITS": "on", "OMNIGEN_SUBMISSIONS": "64", "OMNIGEN_API_PROCESSES": "1"}
    try:
        with served(folder, **{**usual, "OMNIGEN_REPLICATE_WEBHOOK_SECRET": SECRET, **changes}) as server:
            os.sched_setaffinity(0, before)
            yield Server(server, [])
    finally:
        os.sched_setaffinity(0, before)


def load(server: Server, kind: str, seconds: float, *, rate: float = 0, crowd: int = CONNECTIONS) -> Taken:
    """Submissions alone."""
    return exchange(server, [submissions(server, kind, rate=rate, crowd=crowd)], seconds)["submissions"]


def submissions(server: Server, kind: str, *, rate: float, crowd: int = CONNECTIONS) -> Stream:
    """Jobs of all owners in turn."""
    body, tokens = BODIES[kind], server.served.tokens.read_text().split()
    made = [
        request("POST", "/api/v1/jobs", body, bearer(token) | {"Idempotency-Key": KEY}) for token in tokens
    ]
    return Stream("submissions", rate, made, crowd)


def exchange(server: Server, streams: Sequence[Stream], seconds: float) -> dict[str, Taken]:
    """Send these streams from the clients' core."""
    answers = send([Load(server.served.port, seconds, tuple(streams), CLIENTS)])
    taken = {name: Taken(seconds, got) for name, got in answers.items()}
    server.steps.extend(taken.values())
    return taken


def books(database: Path, acknowledged: Sequence[str]) -> int:
    """How many jobs are on one side only, once it is certain that what is held is what was accepted."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        stored = {row[0] for row in db.execute("SELECT id FROM jobs")}
        of_jobs = db.execute("SELECT owner, count(*) FROM jobs GROUP BY owner ORDER BY owner").fetchall()
        of_usage = db.execute(
            "SELECT owner, sum(held_videos) FROM usage GROUP BY owner ORDER BY owner"
        ).fetchall()
    if of_jobs != of_usage:
        raise RuntimeError("the usage is not that of the jobs")
    return len(stored ^ set(acknowledged))


if __name__ == "__main__":
    main()
