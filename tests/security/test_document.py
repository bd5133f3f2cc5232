"""docs/SECURITY.md is true of the tree: its files are there, its tests are there, its items are the standard's."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TEXT: Final = (ROOT / "docs/SECURITY.md").read_text()
SECTIONS: Final = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
PLACES: Final = ("", "tests", "src/omnigen", "src/omnigen/adapters/ffmpeg", "src/omnigen/entrypoints/http")

REQUIREMENTS: Final = {
    1: (2, 10, 12, 3, 3), 2: (3, 3, 5, 2), 3: (1, 3, 5, 8, 8, 1, 5), 4: (5, 5, 2, 4), 5: (1, 6, 3, 3),
    6: (3, 12, 8, 6, 8, 4, 2, 4), 7: (3, 4, 2, 5, 3, 2), 8: (4, 4, 3, 2), 9: (3, 4), 10: (2, 3, 5, 16, 5, 2, 3),
    11: (4, 5, 5, 4, 2, 2, 2), 12: (5, 2, 5), 13: (4, 6, 4, 7), 14: (2, 8, 3), 15: (5, 5, 7, 4),
    16: (1, 5, 4, 3, 4), 17: (2, 8, 2),
}  # fmt: skip
"""OWASP ASVS 5.0.0: how many requirements each section of each chapter has, by its published list."""


def test_the_standard_is_counted_right() -> None:
    assert sum(map(sum, REQUIREMENTS.values())) == 345


def test_items_are_the_standards() -> None:
    """Each identifier names its version, and a requirement that there is."""
    items = re.findall(r"v5\.0\.0-(\d+)\.(\d+)\.(\d+)", TEXT)
    assert len(items) > 50
    for chapter, section, number in items:
        counts = REQUIREMENTS[int(chapter)]
        assert 1 <= int(section) <= len(counts), (chapter, section, number)
        assert 1 <= int(number) <= counts[int(section) - 1], (chapter, section, number)
    assert not re.findall(r"(?<!v5\.0\.0-)\bV?\d+\.\d+\.\d+\b(?=[,;)])", TEXT.replace("127.0.0.1", ""))


@pytest.mark.parametrize("name", [name for name in SECTIONS if name != "Threat model"])
def test_files_and_tests_are_there(name: str) -> None:
    """Every file that a section names is in the tree, and every section names some."""
    named = re.findall(r"`(\w[\w./-]*\.(?:py|toml|json|lock|md))`", SECTIONS[name])
    assert named, f"{name} names no file"
    missing = [path for path in named if not any((ROOT / place / path).exists() for place in PLACES)]
    assert missing == []


def test_links_lead_somewhere() -> None:
    """Other documents that are pointed at are there."""
    links = re.findall(r"\]\(([^)#:]+)\)", TEXT)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
