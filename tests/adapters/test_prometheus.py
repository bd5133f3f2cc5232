"""Metrics as Prometheus reads them."""

from omnigen.adapters.prometheus import PrometheusMetrics


def _lines(metrics: PrometheusMetrics) -> list[str]:
    return metrics.exposition()[1].decode().splitlines()


def test_counters_add_gauges_are_set_and_times_are_observed() -> None:
    metrics = PrometheusMetrics()
    metrics.count("jobs_accepted", tier="pro")
    metrics.count("jobs_accepted", 2, tier="pro")
    metrics.count("sweeps")
    metrics.gauge("legs_alive", 3)
    metrics.gauge("legs_alive", 1)
    metrics.time("compose_seconds", 0.2)
    lines = _lines(metrics)
    assert 'omnigen_jobs_accepted_total{tier="pro"} 3.0' in lines
    assert "omnigen_sweeps_total 1.0" in lines
    assert "omnigen_legs_alive 1.0" in lines
    assert "omnigen_compose_seconds_sum 0.2" in lines


def test_what_cannot_be_counted_does_no_harm() -> None:
    """The port never fails: other labels than at first, names that clash, less than nothing."""
    metrics = PrometheusMetrics()
    metrics.count("jobs", tier="pro")
    metrics.count("jobs", model="veo")
    metrics.count("jobs", -5, tier="pro")
    metrics.gauge("jobs_total", 1)
    metrics.time("no name", 1)
    assert 'omnigen_jobs_total{tier="pro"} 1.0' in _lines(metrics)


def test_no_label_can_fill_the_memory() -> None:
    metrics = PrometheusMetrics()
    for number in range(5_000):
        metrics.count("odd", path=f"/{number}")
    series = [line for line in _lines(metrics) if line.startswith("omnigen_odd_total{")]
    assert len(series) == 2_001
    assert 'omnigen_odd_total{path="other"} 3000.0' in series
