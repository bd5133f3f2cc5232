"""docs/DEPLOY.md is reckoned right, and names what is there."""

import json
import re
import tomllib
from typing import Final

import pytest

from tests.infra.dockerfile import ROOT

TEXT: Final = (ROOT / "docs/DEPLOY.md").read_text(encoding="utf-8")
PRICES: Final = tomllib.loads((ROOT / "benchmarks/aws_prices.toml").read_text(encoding="utf-8"))
HOURS: Final = 730
PER: Final = {"an hour": HOURS, "a month": 1, "a GB-s": 1, "": 1}


def idle() -> list[tuple[str, float, float, str, float]]:
    """What, how many, price, its unit, dollars a month."""
    table = TEXT.split("| what | how many | each | a month |")[1].split("\n\n")[0]
    rows = re.findall(
        r"^\| (.+?) \| ([\d.,]+) \| ([\d.]+) ?([a-zA-Z -]*?) \| \$([\d.]+) \|$", table, re.MULTILINE
    )
    return [
        (what, float(many.replace(",", "")), float(price), unit, float(sum_))
        for what, many, price, unit, sum_ in rows
    ]


def test_an_idle_month_adds_up() -> None:
    """Each row is what it multiplies to, the last one what they add up to."""
    rows = idle()
    assert len(rows) == 14
    for what, many, price, unit, dollars in rows:
        assert many * price * PER[unit] == pytest.approx(dollars, abs=0.006), what
    assert sum(row[-1] for row in rows) == pytest.approx(
        float(TEXT.split("| **in all** | | | **$")[1].split("*")[0])
    )


def test_its_prices_are_those_of_the_bill() -> None:
    """Where both know one."""
    priced = {what: price for what, _, price, _, _ in idle()}
    assert priced["sweeper: 43,800 calls of half a second, 512 MB"] == PRICES["lambda"]["arm64_gb_second"]
    assert priced["sweeper: DynamoDB, 10 reads a call"] == PRICES["dynamodb"]["read_unit"]
    assert priced["logs of health checks and sweeper, GB"] == PRICES["logs"]["gb"]
    assert f"**{PRICES['read']}**" in TEXT


def test_a_videos_price_is_the_measured_one() -> None:
    """`python -m benchmarks.bill` writes it."""
    bills = json.loads((ROOT / "benchmarks/results/bill.json").read_text())["bills"]
    for name in ("ours, as defined", "ours, small"):
        assert f"${sum(bills[name].values()):.4f}" in TEXT


def test_what_it_names_is_there() -> None:
    """Scripts, workflows, pages, targets of make."""
    for name in re.findall(r"\b(scripts/[\w.-]+\w)", TEXT):
        assert (ROOT / name.removesuffix("-")).exists() or name.endswith("deploy"), name
    for name in re.findall(r"`([\w-]+\.yml)`", TEXT):
        assert (ROOT / ".github/workflows" / name).exists(), name
    for name in re.findall(r"\]\(([\w./-]+\.md)\)", TEXT):
        assert (ROOT / "docs" / name).exists(), name
    targets = (ROOT / "Makefile").read_text()
    for name in re.findall(r"`make ([\w-]+)", TEXT):
        assert f"\n{name}:" in targets, name


def test_every_function_has_its_role_told() -> None:
    """Those of infra/resources.json, and the others' names."""
    told = set(re.findall(r"^\| `omnigen-ENV-(\w+)` \|", TEXT, re.MULTILINE))
    functions = set(json.loads((ROOT / "infra/resources.json").read_text())["functions"])
    assert told == functions | {"execution", "api", "pipeline", "scheduler", "deploy"}
