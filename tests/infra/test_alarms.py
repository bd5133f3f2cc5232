"""Alarms and the dashboard watch what the code emits, and see what they are there for."""

import re
from datetime import timedelta
from typing import Final

from omnigen.domain.job import JOB_MOVES
from omnigen.ports.metrics import MEASURES
from omnigen.usecases.policy import Policy
from tests.infra.dockerfile import ROOT

MODULE: Final = ROOT / "infra/terraform/modules/observability"
ALARMS: Final = (MODULE / "alarms.tf").read_text(encoding="utf-8")
DASHBOARD: Final = (MODULE / "dashboard.tf").read_text(encoding="utf-8")
EMITTED: Final = {measure.public: measure.dimensions for measure in MEASURES}
SWEEPS: Final = timedelta(minutes=1)


def watched() -> list[tuple[str, dict[str, str]]]:
    """Each metric of OmniGen's own that is asked for, with its dimensions as they are written."""
    found = [
        (name, dict(re.findall(r'(\w+) = ("?\w+"?)', dimensions)))
        for name, dimensions in re.findall(
            r'var\.metrics_namespace, metric = "(\w+)", dimensions = \{(.*?)\}', ALARMS
        )
    ]
    for name, rest in re.findall(r'\[var\.metrics_namespace, "(\w+)"(.*?)\]', DASHBOARD):
        words = [word.strip() for word in rest.split(",")[1:]]
        found.append((name, {words[n].strip('"'): words[n + 1] for n in range(0, len(words), 2)}))
    return found


def test_what_is_watched_is_what_the_code_emits() -> None:
    """CloudWatch says nothing of a metric that isn't there: an alarm on it would be silent for ever."""
    found = watched()
    assert len(found) == (ALARMS + DASHBOARD).count("var.metrics_namespace") > 4
    for name, dimensions in found:
        assert tuple(dimensions) == EMITTED.get(name), name


def test_ends_of_jobs_are_called_as_the_code_calls_them() -> None:
    ends = {status.value for status, moves in JOB_MOVES.items() if not moves}
    (row,) = re.findall(
        r'for status in \[([^]]+)\] : \[var\.metrics_namespace, "omnigen_jobs_ended', DASHBOARD
    )
    assert set(re.findall(r'"(\w+)"', row)) == ends
    (of_alarms,) = (
        told for name, told in watched() if name.endswith("jobs_ended_total") and '"' in told["status"]
    )
    assert of_alarms["status"].strip('"') in ends


def alarm(name: str) -> dict[str, int]:
    """Its numbers."""
    text = ALARMS.split(f"\n      {name} = {{\n")[1].split("\n      }")[0]
    return {word: int(number) for word, number in re.findall(r"(period|periods|threshold) = (\d+)", text)}


def test_one_stuck_job_is_seen_before_its_deadline() -> None:
    """Its legs die one after the other: the sweeper starts the next when a lease has run out, and it looks each minute."""
    policy, told = Policy(), alarm("jobs-stuck")
    apart = policy.leg * 1.3 + SWEEPS  # omnigen.wiring: the lease on AWS
    period = timedelta(seconds=told["period"])
    assert period // apart > told["threshold"]
    # One period goes by until the first whole one begins.
    assert (told["periods"] + 1) * period <= policy.job_deadline
    # What is mended by one start, of however many jobs at once, is over within a period.
    assert told["periods"] > 1
    assert told["threshold"] > 0
