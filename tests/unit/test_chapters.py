"""Chapters: one a scene, named by what is seen."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.chapters import LONGEST, chapter_title, chapters
from omnigen.domain.timeline import Timeline
from tests.builders import a_storyboard


@pytest.mark.parametrize(
    ("prompt", "title"),
    [
        ("A lighthouse at dusk.", "A lighthouse at dusk"),
        (
            "A lighthouse at dusk, waves break on the rocks below, wide shot from the sea",
            "A lighthouse at dusk",
        ),
        ("Short. And a second sentence that makes it too long for one line.", "Short"),
        (
            "one very long clause that goes on and on without any mark at all",
            "one very long clause that goes on and on…",
        ),
        ("x" * 80, "x" * 47 + "…"),
        ("Close-up, shallow focus, slow push-in. The fox finds a lantern.", "The fox finds a lantern"),
        ("Medium shot, slow dolly-in.", "Medium shot, slow dolly-in"),
        ("...", "Scene"),
        ("a\nb\tc", "a b c"),
    ],
)
def test_a_title_is_the_first_clause(prompt: str, title: str) -> None:
    assert chapter_title(prompt) == title


@given(st.text(min_size=1, max_size=300))
def test_any_prompt_has_a_title_that_fits(prompt: str) -> None:
    title = chapter_title(prompt)
    assert 1 <= len(title) <= LONGEST
    assert title.isprintable()


def test_chapters_cover_the_programme() -> None:
    """From frame 0 to the last, without a gap."""
    storyboard = a_storyboard()
    timeline = Timeline.of(storyboard)
    found = chapters(storyboard, timeline)
    assert len(found) in (0, len(storyboard.scenes))
    if found:
        assert found[0].start == 0
        assert all(a.start + a.frames == b.start for a, b in pairwise(found))
        assert found[-1].start + found[-1].frames == timeline.frames
