"""A burst on the API as it runs, two processes of it: what is too much is refused, and what was acknowledged is there."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.accept_server import BODIES, Served, served
from benchmarks.overload_load import KEY, Answers, Load, Stream, send
from benchmarks.overload_others import bearer, request
from tests.e2e.processes import kill_family

SECONDS: Final = 1.0
AT_ONCE: Final = 40
PLACES: Final = 4
"""In each process."""


def burst(server: Served) -> Answers:
    """Far more at once than there are places for, each with a key of its own, in the name of many owners."""
    tokens = server.tokens.read_text().split()
    made = [
        request("POST", "/api/v1/jobs", BODIES["storyboard"], bearer(token) | {"Idempotency-Key": KEY})
        for token in tokens
    ]
    load = Load(server.port, SECONDS, (Stream("submissions", 0, made, AT_ONCE),), core=None)
    return send([load])["submissions"]


def rows(database: Path, query: str) -> Sequence[tuple[str, int]]:
    with sqlite3.connect(database) as db:
        return db.execute(query).fetchall()


def test_a_burst_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Every job that was answered with 202 outlives a kill -9 of all processes, counted once; no other was made."""
    changes = {"OMNIGEN_SUBMISSIONS": str(PLACES), "OMNIGEN_RATE_LIMITS": "on", "OMNIGEN_API_PROCESSES": "2"}
    with served(tmp_path / "api", owners=200, **changes) as server:
        answers = burst(server)
        kill_family(server.process)
    statuses = Counter(answers.status)
    assert set(statuses) == {202, 503}
    assert answers.lost == 0
    assert answers.with_retry_after == statuses[503]
    assert len(answers.jobs) == statuses[202]
    stored = rows(server.database, "SELECT id, 1 FROM jobs")
    assert sorted(job for job, _ in stored) == sorted(answers.jobs)
    held = rows(server.database, "SELECT owner, sum(held_videos) FROM usage GROUP BY owner ORDER BY owner")
    assert held == rows(server.database, "SELECT owner, count(*) FROM jobs GROUP BY owner ORDER BY owner")
    kept = rows(server.database, "SELECT owner, count(*) FROM requests GROUP BY owner ORDER BY owner")
    assert kept == held
