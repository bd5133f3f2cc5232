"""Metrics as lines of JSON on standard output, in CloudWatch's embedded metric format: nothing is called.

Numbers are gathered for some seconds and written together, since every line is paid for. A Lambda, which may be
frozen at any moment between two calls, has them written by `flush` before it answers.
"""

import asyncio
import atexit
import math
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from attrs import define, field

from omnigen.ports.metrics import MEASURES, Measure, MeasureKind

GATHERED_S: Final = 10.0
"""Seconds; CloudWatch's own resolution is a minute."""
MOST_SERIES: Final = 200
"""Sets of dimensions of one metric. What comes after is counted together: each costs money by the month."""
_MOST_VALUES: Final = 100
_MOST_METRICS: Final = 100
"""Of one line; the specification's limits."""
_LONGEST_VALUE: Final = 250
_UNITS: Final = {
    MeasureKind.COUNTER: "Count",
    MeasureKind.HISTOGRAM: "Seconds",
    MeasureKind.GAUGE: "None",
}
_KNOWN: Final = {measure.name: measure for measure in MEASURES}

Dimensions = tuple[tuple[str, str], ...]


def _to_stdout(lines: bytes) -> None:
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


@define
class _Series:
    """The numbers of one metric under one set of dimensions since the last flush."""

    measure: Measure
    total: float = 0.0
    values: list[float] = field(factory=list)

    def told(self) -> float | list[float]:
        """As the line has it."""
        return self.values if self.measure.kind is MeasureKind.HISTOGRAM else self.total


class EmfMetrics:
    """Metrics port. Names that `MEASURES` doesn't have, and what is no number, are dropped: counting never fails."""

    def __init__(
        self,
        namespace: str,
        write: Callable[[bytes], None] = _to_stdout,
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._namespace = namespace
        self._write = write
        self._now = now
        self._waiting: dict[Dimensions, dict[str, _Series]] = {}
        self._known: dict[str, set[Dimensions]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        """The one that has been told to flush."""
        atexit.register(self.flush)

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter; less than nothing adds nothing."""
        self._add(name, MeasureKind.COUNTER, max(0.0, value), labels)

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Add an observation in seconds."""
        self._add(name, MeasureKind.HISTOGRAM, seconds, labels)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value."""
        self._add(name, MeasureKind.GAUGE, value, labels)

    def flush(self) -> None:
        """Write what has been gathered."""
        waiting, self._waiting, self._loop = self._waiting, {}, None
        if waiting:
            self._write(b"".join(self._lines(waiting)))

    def _add(self, name: str, kind: MeasureKind, value: float, labels: dict[str, str]) -> None:
        measure = _KNOWN.get(name)
        if measure is None or measure.kind is not kind or not math.isfinite(value):
            return
        metrics = self._waiting.setdefault(self._dimensions(measure, labels), {})
        series = metrics.get(name)
        if series is None:
            series = metrics[name] = _Series(measure)
        if kind is MeasureKind.HISTOGRAM:
            series.values.append(value)
        else:
            series.total = value + (series.total if kind is MeasureKind.COUNTER else 0.0)
        if len(series.values) >= _MOST_VALUES:
            self.flush()
        else:
            self._flush_later()

    def _dimensions(self, measure: Measure, labels: dict[str, str]) -> Dimensions:
        named = tuple((name, labels.get(name) or "none") for name in measure.dimensions)
        known = self._known.setdefault(measure.name, set())
        if named in known:
            return named
        if len(known) >= MOST_SERIES:
            return tuple((name, "other") for name in measure.dimensions)
        known.add(named)
        return named

    def _flush_later(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.flush()
            return
        # A loop that was closed meanwhile will not do it any more: it is another one then.
        if loop is not self._loop:
            self._loop = loop
            loop.call_later(GATHERED_S, self.flush)

    def _lines(self, waiting: dict[Dimensions, dict[str, _Series]]) -> Iterator[bytes]:
        at = int(self._now() * 1000)
        for dimensions, metrics in waiting.items():
            found = list(metrics.values())
            for first in range(0, len(found), _MOST_METRICS):
                line = self._line(at, dimensions, found[first : first + _MOST_METRICS])
                yield msgspec.json.encode(line) + b"\n"

    def _line(self, at: int, dimensions: Dimensions, found: list[_Series]) -> dict[str, Any]:
        directive = {
            "Namespace": self._namespace,
            "Dimensions": [[name for name, _ in dimensions]],
            "Metrics": [{"Name": s.measure.public, "Unit": _UNITS[s.measure.kind]} for s in found],
        }
        return {
            "_aws": {"Timestamp": at, "CloudWatchMetrics": [directive]},
            **{name: _value(value) for name, value in dimensions},
            **{series.measure.public: series.told() for series in found},
        }


def _value(text: str) -> str:
    """CloudWatch takes ASCII only."""
    return text.encode("ascii", "replace").decode()[:_LONGEST_VALUE]
