"""Metrics as CloudWatch reads them from a log: lines that keep to the embedded metric format, few and whole."""

import asyncio
import json
import math
import subprocess
import sys
from typing import Any

import pytest

from omnigen.adapters.aws import emf
from omnigen.adapters.aws.emf import EmfMetrics
from omnigen.ports.metrics import MEASURES, MeasureKind

UNITS = {"Count", "Seconds", "None"}
AT = 1_795_000_000.25


class Log:
    """What was written, each line checked against the specification."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.writes = 0
        self.written = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.writes += 1
        self.written.set()
        assert data.endswith(b"\n")
        for line in data.splitlines():
            assert len(line) < 256_000
            self.lines.append(checked(json.loads(line)))

    def numbers(self, name: str) -> dict[str, Any]:
        """The values of a metric by its dimensions; what lines of the same dimensions say, one after another."""
        found: dict[str, Any] = {}
        for line in self.lines:
            if name in line:
                (directive,) = line["_aws"]["CloudWatchMetrics"]
                key = " ".join(line[d] for d in directive["Dimensions"][0])
                value = line[name]
                found[key] = found.get(key, [] if isinstance(value, list) else 0) + value
        return found


def checked(line: dict[str, Any]) -> dict[str, Any]:
    """The rules of the specification that a schema can say, and those that it can't."""
    assert isinstance(line["_aws"]["Timestamp"], int)
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert 1 <= len(directive["Namespace"]) <= 255
        assert len(directive["Dimensions"]) == 1
        for name in directive["Dimensions"][0]:
            assert isinstance(line[name], str)
            assert 1 <= len(line[name]) <= 250
            assert line[name].isascii()
        assert len(directive["Dimensions"][0]) <= 30
        assert 1 <= len(directive["Metrics"]) <= 100
        for metric in directive["Metrics"]:
            assert metric["Unit"] in UNITS
            value = line[metric["Name"]]
            values = value if isinstance(value, list) else [value]
            assert 1 <= len(values) <= 100
            assert all(isinstance(v, int | float) and math.isfinite(v) for v in values)
    return line


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def metrics(log: Log) -> EmfMetrics:
    return EmfMetrics("OmniGen/test", log.write, now=lambda: AT)


async def test_gathered_and_written_together(log: Log, metrics: EmfMetrics) -> None:
    """Counts are added up, times are kept each, by the dimensions of the list; nothing is written before."""
    for route, status, seconds in (("/a", "200", 0.1), ("/a", "200", 0.2), ("/b", "500", 0.3)):
        metrics.count("http_requests", method="GET", route=route, status=status)
        metrics.time("http_request_seconds", seconds, method="GET", route=route)
    assert log.writes == 0
    metrics.flush()
    assert log.writes == 1
    assert log.numbers("omnigen_http_requests_total") == {"200": 2.0, "500": 1.0}
    assert log.numbers("omnigen_http_request_seconds") == {"/a": [0.1, 0.2], "/b": [0.3]}
    assert {line["_aws"]["Timestamp"] for line in log.lines} == {1_795_000_000_250}
    metrics.flush()
    assert log.writes == 1


async def test_by_itself_after_a_while(
    log: Log, metrics: EmfMetrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody needs to ask: what was counted is written soon, once."""
    monkeypatch.setattr(emf, "GATHERED_S", 0.001)
    metrics.count("jobs_ended_total", status="succeeded")
    metrics.count("jobs_ended_total", status="succeeded")
    await asyncio.wait_for(log.written.wait(), 5)
    assert log.numbers("omnigen_jobs_ended_total") == {"succeeded": 2.0}


def test_without_a_loop_and_after_one(log: Log, metrics: EmfMetrics) -> None:
    """Where no loop runs it is written at once; a loop that has gone takes nothing with it."""

    async def counted() -> None:
        metrics.count("jobs_ended_total", status="failed")

    asyncio.run(counted())
    asyncio.run(counted())
    metrics.count("jobs_ended_total", status="failed")
    assert log.numbers("omnigen_jobs_ended_total") == {"failed": 3.0}


async def test_many_values(log: Log, metrics: EmfMetrics) -> None:
    """No line has more values than CloudWatch reads, and none is lost."""
    for n in range(1_050):
        metrics.time("http_request_seconds", n / 1000, method="GET", route="/a")
    metrics.flush()
    assert log.numbers("omnigen_http_request_seconds")["/a"] == [n / 1000 for n in range(1_050)]


async def test_no_label_can_run_up_the_bill(log: Log, metrics: EmfMetrics) -> None:
    """Beyond a number of values all others are one, over all flushes together."""
    for n in range(1_000):
        metrics.count("http_requests", method="GET", route="/", status=str(n))
        if n % 90 == 0:
            metrics.flush()
    metrics.flush()
    found = log.numbers("omnigen_http_requests_total")
    assert len(found) == emf.MOST_SERIES + 1
    assert found["other"] == 1_000 - emf.MOST_SERIES
    assert sum(found.values()) == 1_000


async def test_what_cannot_be_counted_does_no_harm(log: Log, metrics: EmfMetrics) -> None:
    """The port never fails: unknown names, other kinds, no numbers, less than nothing, labels of any sort."""
    metrics.count("unheard_of")
    metrics.gauge("jobs_ended_total", 1)
    metrics.time("http_request_seconds", math.nan, route="/")
    metrics.time("http_request_seconds", math.inf, route="/")
    metrics.count("jobs_ended_total", -5, status="a")
    metrics.count("jobs_ended_total")
    metrics.count("jobs_ended_total", status="ü" * 1_000)
    metrics.flush()
    assert log.numbers("omnigen_jobs_ended_total") == {"a": 0.0, "none": 1.0, "?" * 250: 1.0}
    assert log.numbers("omnigen_http_request_seconds") == {}


async def test_every_measure_of_the_list(log: Log, metrics: EmfMetrics) -> None:
    """All that the code measures arrives, under the name that alarms use."""
    verbs = {MeasureKind.COUNTER: "count", MeasureKind.HISTOGRAM: "time", MeasureKind.GAUGE: "gauge"}
    for measure in MEASURES:
        getattr(metrics, verbs[measure.kind])(measure.name, 1, **dict.fromkeys(measure.labels, "x"))
    metrics.flush()
    written = {
        metric["Name"]: directive["Dimensions"][0]
        for line in log.lines
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }
    assert written == {
        "omnigen_http_requests_total": ["status"],
        "omnigen_http_request_seconds": ["route"],
        "omnigen_submissions_refused_total": [],
        "omnigen_jobs_ended_total": ["status"],
        "omnigen_legs_started_by_sweeper_total": [],
        "omnigen_sidecars_missing_total": [],
    }


def test_the_end_of_the_process() -> None:
    """What is still waiting is written to standard output, where CloudWatch's agent reads."""
    script = (
        "import asyncio; from omnigen.adapters.aws.emf import EmfMetrics; m = EmfMetrics('OmniGen')\n"
        "async def main(): m.count('jobs_ended_total', status='succeeded')\n"
        "asyncio.run(main())"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    (line,) = told.stdout.splitlines()
    assert checked(json.loads(line))["omnigen_jobs_ended_total"] == 1.0
