"""Counting and timing what happens, for those who run OmniGen."""

from enum import StrEnum
from typing import Final, Protocol

from attrs import frozen

PREFIX: Final = "omnigen"


class Metrics(Protocol):
    """Numbers by name and labels; never fails, never blocks. Names are those of `MEASURES`."""

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter."""
        ...

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Add an observation to a histogram of seconds."""
        ...

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value that goes up and down."""
        ...


class MeasureKind(StrEnum):
    """What is done with the numbers of one name."""

    COUNTER = "counter"
    HISTOGRAM = "histogram"
    GAUGE = "gauge"


@frozen(kw_only=True)
class Measure:
    """One thing that is measured. Names are snake_case with their unit last."""

    name: str
    """As the code says it."""
    kind: MeasureKind
    meaning: str
    labels: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    """Those labels that CloudWatch tells series apart by: each of their values is paid for by the month."""

    @property
    def public(self) -> str:
        """As Prometheus shows it and as CloudWatch keeps it: the name that dashboards and alarms use."""
        name = f"{PREFIX}_{self.name}"
        return f"{name.removesuffix('_total')}_total" if self.kind is MeasureKind.COUNTER else name


MEASURES: Final = (
    Measure(
        name="http_requests",
        kind=MeasureKind.COUNTER,
        meaning="Requests that the API has answered, by route and status.",
        labels=("method", "route", "status"),
        dimensions=("status",),
    ),
    Measure(
        name="http_request_seconds",
        kind=MeasureKind.HISTOGRAM,
        meaning="How long the API took for an answer, up to its last byte; a stream of events lasts for minutes.",
        labels=("method", "route"),
        dimensions=("route",),
    ),
    Measure(
        name="submissions_refused",
        kind=MeasureKind.COUNTER,
        meaning="Requests that make work and were refused because too many came at once; they aren't among the others.",
    ),
    Measure(
        name="jobs_ended_total",
        kind=MeasureKind.COUNTER,
        meaning="Jobs that have come to an end, by the end that they have come to.",
        labels=("status",),
        dimensions=("status",),
    ),
    Measure(
        name="legs_started_by_sweeper_total",
        kind=MeasureKind.COUNTER,
        meaning="Legs that the sweeper on AWS had to start: a hint was lost, or a leg died before it handed over.",
    ),
    Measure(
        name="sidecars_missing_total",
        kind=MeasureKind.COUNTER,
        meaning="Files beside videos that could not be made, or not in time; the videos were published without them.",
        labels=("kind",),
    ),
)
"""All that is measured. docs/METRICS.md is written from it, and alarms may name nothing else."""
