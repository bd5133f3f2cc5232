"""What is measured: one list, which the code, its documentation and both adapters keep to."""

import ast
import runpy
from collections.abc import Iterator
from pathlib import Path

from omnigen.adapters.prometheus import PrometheusMetrics
from omnigen.ports.metrics import MEASURES, Measure, MeasureKind

ROOT = Path(__file__).parents[2]
KINDS = {"count": MeasureKind.COUNTER, "time": MeasureKind.HISTOGRAM, "gauge": MeasureKind.GAUGE}


def uses() -> Iterator[tuple[str, str, MeasureKind, set[str]]]:
    """Every place of the code that counts or times: where, what, how, and by which labels."""
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=whose, attr=verb)) if (
                    verb in KINDS and ast.unparse(whose).removesuffix("()").split(".")[-1] == "metrics"
                ):
                    first = node.args[0]
                    name = first.value if isinstance(first, ast.Constant) else "(not a constant)"
                    labels = {str(keyword.arg) for keyword in node.keywords}
                    yield f"{path.name}:{node.lineno}", str(name), KINDS[verb], labels


def test_all_that_is_measured_is_listed() -> None:
    """Under its name, as what it is, with its labels; and nothing is listed that nobody measures."""
    found = list(uses())
    listed = {m.name: (m.kind, set(m.labels)) for m in MEASURES}
    assert [(where, name) for where, name, kind, labels in found if listed.get(name) != (kind, labels)] == []
    assert {name for _, name, _, _ in found} == set(listed)


def test_names_are_told_apart() -> None:
    """One name is one thing, also as the outside sees it; what CloudWatch tells apart are labels."""
    assert len({measure.public for measure in MEASURES}) == len({m.name for m in MEASURES}) == len(MEASURES)
    assert all(set(measure.dimensions) <= set(measure.labels) for measure in MEASURES)


def test_prometheus_shows_the_public_names() -> None:
    """The name on the list is the one that is scraped."""
    metrics = PrometheusMetrics()
    for measure in MEASURES:
        _record(metrics, measure)
    text = metrics.exposition()[1].decode()
    for measure in MEASURES:
        family = f"{measure.public}_count" if measure.kind is MeasureKind.HISTOGRAM else measure.public
        assert f"\n{family}{{" in text or f"\n{family} " in text


def _record(metrics: PrometheusMetrics, measure: Measure) -> None:
    verb = next(verb for verb, kind in KINDS.items() if kind is measure.kind)
    getattr(metrics, verb)(measure.name, 1, **dict.fromkeys(measure.labels, "x"))


def test_the_page_is_written_from_the_list() -> None:
    """docs/METRICS.md is what docs/generate_metrics.py writes."""
    page = runpy.run_path(str(ROOT / "docs" / "generate_metrics.py"))["page"]
    assert (ROOT / "docs" / "METRICS.md").read_text(encoding="utf-8") == page()
