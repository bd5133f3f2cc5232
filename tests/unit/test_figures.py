"""How benchmarks tell what they have measured."""

import re

import pytest

from benchmarks.figures import Figure, measured
from benchmarks.report import plot


@pytest.mark.parametrize(
    ("value", "goal", "at_least", "told"),
    [
        (0.99997, 1, True, "0.99997 x"),
        (1.0, 1, True, "1 x"),
        (0.8283, 0.5, True, "0.828 x"),
        (350.4, 350, False, "350.4 x"),
        (349.6, 350, False, "350 x"),
        (3162.3, None, False, "3,162 x"),
    ],
)
def test_rounding_hides_no_miss(value: float, goal: float | None, at_least: bool, told: str) -> None:
    """A line of "1, at least 1, missed" says nothing."""
    assert measured(Figure(title="it", value=value, unit="x", goal=goal, at_least=at_least)) == told


def test_a_bar_is_never_shorter_than_nothing() -> None:
    """Quality lost may be less than none; an SVG's rectangle may not."""
    drawn = plot([Figure(title="VMAF lost", value=-0.07, unit="points", goal=0.5)])
    assert re.findall(r'<rect[^>]* width="([^"]+)"', drawn) == ["0.0"]
