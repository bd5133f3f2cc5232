"""The manifest's schema is what is documented, and what it says of a take can be trusted."""

import runpy
from pathlib import Path

from attrs import evolve

from omnigen.domain.manifest import TakeFact
from omnigen.domain.take import TakeStatus
from tests.builders import a_file, a_take

ROOT = Path(__file__).parents[2]


def test_the_schema_is_that_of_the_code() -> None:
    """docs/manifest.schema.json is what docs/generate_manifest.py writes."""
    page = runpy.run_path(str(ROOT / "docs" / "generate_manifest.py"))["page"]
    assert (ROOT / "docs" / "manifest.schema.json").read_text(encoding="utf-8") == page()


def test_a_take_that_was_not_charged_costs_nothing() -> None:
    """What was given up is in nobody's price."""
    paid = evolve(a_take(), status=TakeStatus.STORED, cost=600_000, file=a_file(sha256="a" * 64))
    fact = TakeFact.of(paid)
    assert (fact.cost_micros, fact.sha256) == (600_000, "a" * 64)
    assert TakeFact.of(evolve(paid, status=TakeStatus.LOST)).cost_micros == 0
