"""docs/PROMISES.md names every promise once, in order, and tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (P\d+) \|.*\| (.+) \|$", (ROOT / "docs" / "PROMISES.md").read_text(), re.MULTILINE)


def test_every_promise_is_stated() -> None:
    """Those that tests and docstrings speak of."""
    assert [name for name, _ in ROWS] == [f"P{number}" for number in range(1, 14)]


def test_every_promise_is_held_by_tests_that_are_there() -> None:
    """A file that moves takes its name here with it."""
    for name, tests in ROWS:
        named = re.findall(r"`([^`]+)`", tests)
        assert named
        assert [test for test in named if not (ROOT / test).is_file()] == [], name
