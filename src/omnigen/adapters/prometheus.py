"""Metrics kept in this process, to be read in Prometheus' text format."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_PREFIX: Final = "omnigen"
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_MOST_SERIES: Final = 2_000
"""Label sets of one metric. What comes after is counted together, so that no label can fill the memory."""

Labels = tuple[str, ...]


class PrometheusMetrics:
    """Metrics port. A metric is made when it is first named, with the labels that it has then."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counters: dict[str, Counter] = {}
        self._histograms: dict[str, Histogram] = {}
        self._gauges: dict[str, Gauge] = {}
        self._series: dict[str, set[Labels]] = {}

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter; less than nothing adds nothing."""
        metric = self._counters.get(name)
        if metric is None:
            metric = Counter(name, name, sorted(labels), namespace=_PREFIX, registry=self._registry)
            self._counters[name] = metric
        values = self._values(name, labels)
        (metric.labels(*values) if values else metric).inc(max(0, value))

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Add an observation in seconds."""
        metric = self._histograms.get(name)
        if metric is None:
            metric = Histogram(
                name, name, sorted(labels), namespace=_PREFIX, registry=self._registry, buckets=_BUCKETS
            )
            self._histograms[name] = metric
        values = self._values(name, labels)
        (metric.labels(*values) if values else metric).observe(seconds)

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value."""
        metric = self._gauges.get(name)
        if metric is None:
            metric = Gauge(name, name, sorted(labels), namespace=_PREFIX, registry=self._registry)
            self._gauges[name] = metric
        values = self._values(name, labels)
        (metric.labels(*values) if values else metric).set(value)

    def exposition(self) -> tuple[str, bytes]:
        """Content type and text of all metrics."""
        return CONTENT_TYPE_LATEST, generate_latest(self._registry)

    def _values(self, name: str, labels: dict[str, str]) -> Labels:
        values = tuple(labels[label] for label in sorted(labels))
        known = self._series.setdefault(name, set())
        if values not in known:
            if len(known) >= _MOST_SERIES:
                return tuple("other" for _ in values)
            known.add(values)
        return values
