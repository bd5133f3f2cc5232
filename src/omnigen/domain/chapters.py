"""Chapters: one a scene, so that a viewer can go from scene to scene."""

import re
from typing import Final

from attrs import field, frozen
from attrs.validators import ge, min_len

from omnigen.domain.storyboard import Storyboard
from omnigen.domain.timeline import Timeline

LONGEST: Final = 48
"""Letters of a chapter's title."""
_CAMERA: Final = re.compile(r"(?:[\w-]+ ){0,3}(?:shot|close-up)\b[^.]*\. (?=\w)", re.IGNORECASE)
"""A first sentence about the camera, as planners write it: what is seen comes after it."""


@frozen(kw_only=True)
class Chapter:
    """A stretch of programme with a name, from a frame on."""

    start: int = field(validator=ge(0))
    frames: int = field(validator=ge(1))
    title: str = field(validator=min_len(1))


def chapters(storyboard: Storyboard, timeline: Timeline) -> tuple[Chapter, ...]:
    """A chapter for each scene, from its transition on; a single scene has none."""
    if len(storyboard.scenes) == 1:
        return ()
    return tuple(
        Chapter(start=segment.start, frames=segment.frames, title=chapter_title(scene.prompt))
        for segment, scene in zip(timeline.segments(), storyboard.scenes, strict=True)
    )


def chapter_title(prompt: str) -> str:
    """The beginning of a prompt, less the camera's part: its first clause, or as many words as fit."""
    words = " ".join("".join(c if c.isprintable() else " " for c in prompt).split())
    clause = _CAMERA.sub("", words, count=1) if _CAMERA.match(words) else words
    for mark in (". ", "; ", ": ", ", "):
        clause = clause.split(mark, 1)[0] if len(clause) > LONGEST else clause
    clause = clause.rstrip(".;:, ")
    if len(clause) > LONGEST:
        clause = (clause[: LONGEST - 1].rsplit(" ", 1)[0] or clause[: LONGEST - 1]).rstrip(".;:, ") + "…"
    return clause or "Scene"
