"""Writes docs/BENCHMARKS.md and its plot from what the benchmarks have left in benchmarks/results/.

python -m benchmarks.report
"""

import json
from html import escape
from typing import Any, Final

from benchmarks import bill_report, compose_report, overload_report
from benchmarks.figures import RESULTS, ROOT, Figure, measured, shown

ORDER: Final = ("accept", "overload", "post_to_video", "compose", "start", "cold_start", "bill")
PAGE: Final = ROOT / "docs" / "BENCHMARKS.md"
PLOT: Final = ROOT / "docs" / "benchmarks.svg"
_INTRODUCTION: Final = """\
# Benchmarks

Written by `make bench` (each line by `python -m benchmarks.<name>`, then `python -m benchmarks.report`): don't edit.
A ratio (`x`) is taken against a peer that is measured in the same run, on the same machine and disk, and is the median
of its rounds. Everything runs on loopback. What exactly is measured is said at the top of each module in `benchmarks/`.

![Each figure as a share of its goal](benchmarks.svg)

| what | figure | goal | | against |
|---|---:|---:|---|---|
"""
_WIDTH, _ROW, _LABEL, _BAR = 960, 34, 470, 300
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.n{fill:#52606d}.m{fill:#2f855a}.x{fill:#c05621}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.n{fill:#9aa5b1}}"
)


def main() -> None:
    """Read, write."""
    runs = [json.loads(path.read_text()) for name in ORDER if (path := RESULTS / f"{name}.json").exists()]
    PAGE.write_text(page(runs), encoding="utf-8")
    PLOT.write_text(plot([figure for run in runs for figure in figures_of(run)]), encoding="utf-8")
    for run in runs:
        if "bills" in run:
            bill_report.PLOT.write_text(bill_report.plot(run["bills"]), encoding="utf-8")
        if "stages" in run:
            compose_report.PLOT.write_text(compose_report.plot(run), encoding="utf-8")
        if "loads" in run:
            overload_report.PLOT.write_text(overload_report.plot(run), encoding="utf-8")
    print(f"written: {PAGE.relative_to(ROOT)}, {PLOT.relative_to(ROOT)}")


def figures_of(run: dict[str, Any]) -> list[Figure]:
    """The figures of one result file."""
    return [Figure(**figure) for figure in run["figures"]]


def page(runs: list[dict[str, Any]]) -> str:
    """The table, and below it where and when it was taken, and what lies behind each figure."""
    table = "".join(row(figure) for run in runs for figure in figures_of(run))
    return _INTRODUCTION + table + "\n" + "\n".join(section(run) for run in runs)


def row(figure: Figure) -> str:
    """One line of the table."""
    goal = verdict = ""
    if figure.goal is not None:
        goal = f"{'≥' if figure.at_least else '≤'} {shown(figure.goal, figure.unit)}"
        verdict = "met" if figure.met else "**missed**"
    return f"| {figure.title} | {measured(figure)} | {goal} | {verdict} | {figure.peer} |\n"


def section(run: dict[str, Any]) -> str:
    """What a reader needs to judge a run."""
    head = (
        f"## {run['benchmark']}\n\n{run['taken_at']}, {run['machine']}, Python {run['python']}, "
        f"load over the 15 minutes before: {run['load_before']}\n\n"
    )
    lines = [
        f"- {figure.title}: " + ", ".join(f"{name} {value}" for name, value in figure.details.items())
        for figure in figures_of(run)
        if figure.details
    ]
    more = {"bills": bill_report.section, "stages": compose_report.section, "loads": overload_report.section}
    told = [tell(run) for part, tell in more.items() if part in run]
    return head + "\n".join(lines) + "\n" + "".join(told)


def plot(figures: list[Figure]) -> str:
    """Bars: each figure beside its goal, the goal drawn as one line for all of them."""
    held = [figure for figure in figures if figure.goal]
    height = _ROW * len(held) + 46
    goal_x = _LABEL + _BAR / 2
    bars = "".join(_bar(figure, 30 + number * _ROW) for number, figure in enumerate(held))
    line = f'<path d="M{goal_x} 24V{height - 12}" stroke="#627d98" stroke-dasharray="4 3"/>'
    name = f'<text class="n" x="{goal_x}" y="16" text-anchor="middle">goal</text>'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    title = "<title>Each figure as a share of its goal</title>"
    return f"{opening}{title}<style>{_STYLE}</style>{bars}{line}{name}</svg>\n"


def _bar(figure: Figure, y: int) -> str:
    assert figure.goal
    share = figure.value / figure.goal
    length = max(0.0, min(_BAR, share * _BAR / 2))  # a loss may be less than none
    kind, sign = ("m" if figure.met else "x"), ("≥" if figure.at_least else "≤")
    said = f"{measured(figure)} ({sign} {shown(figure.goal, figure.unit)})"
    return (
        f'<text x="{_LABEL - 12}" y="{y + 16}" text-anchor="end">{escape(figure.title)}</text>'
        f'<rect class="{kind}" x="{_LABEL}" y="{y + 3}" width="{length:.1f}" height="17" rx="3"/>'
        f'<text class="n" x="{_LABEL + _BAR + 10}" y="{y + 16}">{escape(said)}</text>'
    )


if __name__ == "__main__":
    main()
