"""A measured figure, beside the goal that it is held to and the peer that it is measured against."""

import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table."""

    title: str
    value: float
    unit: str
    """`x` for a ratio to the peer, `s`, `ms`, `/s`."""
    goal: float | None = None
    at_least: bool = False
    """Whether the goal is the least that is wanted, and not the most."""
    peer: str = ""
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; None where there is none."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def median(values: Sequence[float]) -> float:
    """The middle one, to four digits: more than that no run repeats."""
    return float(f"{statistics.median(values):.4g}")


def write(name: str, figures: Sequence[Figure], more: Mapping[str, Any] | None = None) -> None:
    """Keep a benchmark's figures, and `more` that they come from, with the machine and its load; show them."""
    taken = {
        "benchmark": name,
        "taken_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[2], 2),
        "figures": [asdict(figure) for figure in figures],
        **(more or {}),
    }
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(taken, indent=1) + "\n", encoding="utf-8")
    for figure in figures:
        print(f"{figure.title}: {spoken(figure)}")


def spoken(figure: Figure) -> str:
    """The figure, its goal, and whether that was met."""
    said = measured(figure)
    if figure.goal is None:
        return said
    bound = "at least" if figure.at_least else "at most"
    verdict = "met" if figure.met else "missed"
    return f"{said} (goal: {bound} {shown(figure.goal, figure.unit)}, {verdict})"


def measured(figure: Figure) -> str:
    """The figure, with as many digits as it takes to tell it from a goal that it misses."""
    digits, goal = 3, figure.goal
    while (
        goal is not None
        and not figure.met
        and shown(figure.value, figure.unit, digits) == shown(goal, figure.unit, digits)
    ):
        digits += 1
    return shown(figure.value, figure.unit, digits)


def shown(value: float, unit: str, digits: int = 3) -> str:
    """A number with its unit; at least three digits, and all before the point."""
    number = f"{value:,.{digits - 3}f}" if value >= 100 else f"{value:.{digits}g}"
    return f"{number} {unit}"
