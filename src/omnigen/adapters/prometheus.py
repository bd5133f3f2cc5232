"""Metrics kept in this process, or in files with those of others, to be read in Prometheus' text format."""

import os
from collections.abc import Callable
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.multiprocess import MultiProcessCollector

_PREFIX: Final = "omnigen"
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_MOST_SERIES: Final = 2_000
"""Label sets of one metric. What comes after is counted together, so that no label can fill the memory."""

Make = Callable[..., MetricWrapperBase]


class PrometheusMetrics:
    """Metrics port. A metric is made when it is first named, with the labels that it has then.

    A use that contradicts the first one is dropped: counting never fails.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._series: dict[tuple[str, ...], Any] = {}
        self._metrics: dict[str, MetricWrapperBase] = {}
        self._sizes: dict[str, int] = {}

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter; less than nothing adds nothing."""
        series = self._find(Counter, name, labels)
        if isinstance(series, Counter):
            series.inc(max(0, value))

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Add an observation in seconds."""
        series = self._find(Histogram, name, labels, buckets=_BUCKETS)
        if isinstance(series, Histogram):
            series.observe(seconds)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value."""
        series = self._find(Gauge, name, labels)
        if isinstance(series, Gauge):
            series.set(value)

    def exposition(self) -> tuple[str, bytes]:
        """Content type and text of all metrics, those of all processes where they count together."""
        registry = self._registry
        if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # which has the library keep every value in a file there
            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return CONTENT_TYPE_LATEST, generate_latest(registry)

    def _find(self, make: Make, name: str, labels: dict[str, str], **options: Any) -> Any:
        key = (name, *labels, *labels.values())
        series = self._series.get(key)
        if series is None:
            try:
                series = self._add(make, name, labels, options)
            except ValueError:
                return None
            if self._sizes[name] <= _MOST_SERIES:
                self._series[key] = series
        return series

    def _add(self, make: Make, name: str, labels: dict[str, str], options: dict[str, Any]) -> Any:
        metric = self._metrics.get(name)
        if metric is None:
            metric = make(name, name, sorted(labels), namespace=_PREFIX, registry=self._registry, **options)
            self._metrics[name] = metric
        self._sizes[name] = self._sizes.get(name, 0) + 1
        if not labels:
            return metric
        full = self._sizes[name] > _MOST_SERIES
        return metric.labels(**dict.fromkeys(labels, "other") if full else labels)
