"""What a voice says over each scene: a short line that can be spoken in the scene's time."""

from collections.abc import Sequence
from typing import Final

from omnigen.domain.planner import words as w
from omnigen.domain.planner.reading import Subject
from omnigen.domain.planner.scenes import Moment, named
from omnigen.domain.pricing import speech_seconds
from omnigen.domain.storyboard import MAX_NARRATION

_BREATH_S: Final = 0.4
"""Silence that a scene keeps for itself."""

_ASIDES: Final = (
    "Look closer.",
    "Every detail tells its own story.",
    "Nothing here is in a hurry.",
    "For a moment, the world holds its breath.",
    "The light changes, and everything with it.",
    "Some things only show themselves to those who wait.",
    "There is more here than first meets the eye.",
    "And still it goes on.",
    "Step by step, something is changing.",
    "It has always been this way, and never quite like this.",
    "Listen.",
    "This is how it begins to matter.",
    "Seen from here, everything finds its place.",
)
_LAST: Final = ("And that is where we leave it.", "A moment to remember.", "Remember this.")


def lines(moments: Sequence[Moment], subject: Subject, seconds: Sequence[float]) -> list[str | None]:
    """A line for each scene, None where there is no time for a single word."""
    told = [_line(moments, k, subject, seconds[k] - _BREATH_S) for k in range(len(moments))]
    return [line[:MAX_NARRATION] or None for line in told]


def shortened(text: str, *, words: int, characters: int) -> str:
    """The beginning of a text that makes sense on its own, within both limits."""
    kept = text.split()[:words]
    while len(kept) > 1 and len(" ".join(kept)) > characters:
        kept.pop()
    if len(kept) < len(text.split()):
        while len(kept) > 1 and kept[-1].lower().strip(",;:") in w.WEAK_ENDS:
            kept.pop()
    return " ".join(kept)[:characters].rstrip(" ,;:")


def _line(moments: Sequence[Moment], at: int, subject: Subject, seconds: float) -> str:
    moment = moments[at]
    if not moment.phase:
        return _fitted(_spoken(named(moment.beat.text, subject)), seconds)
    if at == len(moments) - 1:
        return next((line for line in _LAST if speech_seconds(line) <= seconds), "")
    fitting = [line for line in _ASIDES if speech_seconds(line) <= seconds]
    return fitting[(at - 1) % len(fitting)] if fitting else ""


def _spoken(text: str) -> str:
    text = text.strip(" ,;:")
    ended = text if text[-1:] in (".", "!", "?", "…", "。", "！", "？") else f"{text}."
    return ended[:1].upper() + ended[1:]


def _fitted(text: str, seconds: float) -> str:
    """As many of its first clauses as can be spoken in time; failing that, as many of its first words."""
    if speech_seconds(text) <= seconds:
        return text
    clauses = text.rstrip(".").split(", ")
    for kept in range(len(clauses) - 1, 0, -1):
        said = _spoken(", ".join(clauses[:kept]))
        if speech_seconds(said) <= seconds:
            return said
    count = len(text.split())
    for kept in range(count - 1, 0, -1):
        said = _spoken(shortened(text, words=kept, characters=MAX_NARRATION - 1))
        if speech_seconds(said) <= seconds:
            return said
    return ""
