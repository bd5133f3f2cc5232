"""The part of docs/BENCHMARKS.md that tells what becomes of submissions as more of them come; its plot."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from benchmarks.figures import ROOT

PLOT: Final = ROOT / "docs" / "overload.svg"

_TITLE: Final = "Jobs accepted as more and more are submitted, both as shares of the most that is accepted"
_COLOURS: Final = {"brief": "#2f855a", "storyboard": "#2b6cb0"}
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _MOST = 960, 320, 60, 270, 40, 4.4
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.n{fill:#52606d}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.n{fill:#9aa5b1}}"
)
_TEXT: Final = """
One process on one core, its clients on another, rate limits on, each request with an Idempotency-Key. Requests come when
they are due, whatever becomes of those before, and are timed from then on. What is not accepted is answered with 503 and
Retry-After.
"""


def section(run: Mapping[str, Any]) -> str:
    """The plot and its numbers."""
    rows = "".join(_row(kind, point) for kind, points in run["loads"].items() for point in points)
    head = "| as | submitted a second | accepted a second | share of the most | p99 of the accepted |\n"
    return f"\n![{_TITLE}](overload.svg)\n{_TEXT}\n{head}|---|---:|---:|---:|---:|\n{rows}"


def _row(kind: str, point: Mapping[str, float]) -> str:
    share = point["goodput"] / point["peak"]
    return f"| {kind}s | {point['offered']:,.0f} | {point['goodput']:,.0f} | {share:.2f} | {point['p99_ms']:.3g} ms |\n"


def plot(run: Mapping[str, Any]) -> str:
    """A line for each kind of submission, over the load; the goal at nine tenths."""
    lines = "".join(
        _line(kind, points, 22 + 200 * n) for n, (kind, points) in enumerate(run["loads"].items())
    )
    goal = f'<path d="M{_LEFT} {_y(0.9)}H{_WIDTH - 20}" stroke="#627d98" stroke-dasharray="4 3"/>'
    axes = f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_WIDTH - 20}" fill="none" stroke="#9aa5b1"/>'
    across = "".join(
        f'<text class="n" x="{_x(times):.0f}" y="{_BOTTOM + 22}" text-anchor="middle">{times} x</text>'
        for times in range(1, 5)
    )
    up = "".join(
        f'<text class="n" x="{_LEFT - 8}" y="{_y(share) + 5:.0f}" text-anchor="end">{share}</text>'
        for share in (0.5, 0.9)
    )
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">'
    return f"{opening}<title>{escape(_TITLE)}</title><style>{_STYLE}</style>{axes}{goal}{across}{up}{lines}</svg>\n"


def _line(kind: str, points: Sequence[Mapping[str, float]], at: int) -> str:
    ordered = sorted(points, key=lambda point: point["offered"])
    path = " ".join(f"{_x(p['offered'] / p['peak']):.1f},{_y(p['goodput'] / p['peak']):.1f}" for p in ordered)
    colour = _COLOURS[kind]
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<rect x="{_LEFT + at}" y="8" width="14" height="14" fill="{colour}"/>'
        f'<text x="{_LEFT + at + 22}" y="20">{kind}s</text>'
    )


def _x(times: float) -> float:
    return _LEFT + min(times, _MOST) / _MOST * (_WIDTH - 20 - _LEFT)


def _y(share: float) -> float:
    return _BOTTOM - share / 1.1 * (_BOTTOM - _TOP)
