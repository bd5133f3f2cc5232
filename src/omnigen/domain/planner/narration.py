"""What a voice says over each scene: a short line that can be spoken in the scene's time."""

from collections.abc import Sequence
from typing import Final

from omnigen.domain.planner import words as w
from omnigen.domain.planner.grammar import find_verb, tokens
from omnigen.domain.planner.scenes import Moment, sentence
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


def lines(moments: Sequence[Moment], seconds: Sequence[float], *, asides: bool) -> list[str | None]:
    """A line for each scene, None where there is no time for a single word.

    `asides` are our own English lines, for scenes that only look longer at what has been said.
    """
    told = (
        _line(moments, k, seconds[k] - _BREATH_S) if asides or not moment.phase else ""
        for k, moment in enumerate(moments)
    )
    return [line if line and len(line) <= MAX_NARRATION else None for line in told]


def shortened(text: str, *, words: int, characters: int) -> str:
    """The beginning of a text that makes sense on its own, within both limits."""
    said = text.split()
    kept = said[:words]
    while len(kept) > 1 and len(" ".join(kept)) > characters:
        kept.pop()
    while len(kept) < len(said) and len(kept) > 1 and kept[-1].lower().strip(",;:") in w.WEAK_ENDS:
        kept.pop()
    return " ".join(kept)[:characters].rstrip(" ,;:")


def _line(moments: Sequence[Moment], at: int, seconds: float) -> str:
    if not moments[at].phase:
        return _fitted(moments[at].spoken, seconds)
    if at == len(moments) - 1:
        return next((line for line in _LAST if speech_seconds(line) <= seconds), "")
    fitting = [line for line in _ASIDES if speech_seconds(line) <= seconds]
    return fitting[(at - 1) % len(fitting)] if fitting else ""


def _fitted(text: str, seconds: float) -> str:
    """As much of its beginning as can be spoken in time: up to a comma or a phrase's end, else a word's."""
    opens, _, rest = text.partition(", ")
    main = rest if rest and tokens(opens)[:1] and tokens(opens)[0] in w.PREPOSITIONS else text
    tries = [text, main, *_beginnings(main), *_any_beginnings(main)]
    return next((line for said in tries if speech_seconds(line := sentence(said)) <= seconds), "")


def _beginnings(text: str) -> list[str]:
    """The text cut where a phrase ends, the longest first; at least its first two words."""
    said = text.split()
    told = [" ".join(tokens(word)) for word in said]
    verb = find_verb(told)
    ends = [k for k in range(2, len(said)) if k == verb or told[k] in w.BREAKS or said[k - 1].endswith(",")]
    cuts = [" ".join(said[:k]) for k in reversed(ends) if told[k - 1] not in w.WEAK_ENDS]
    return [cut for cut in cuts if not _dangles(cut)]


def _dangles(text: str) -> bool:
    """Whether it breaks off in `..., then the fox`, before anything has been done."""
    last = text.rpartition(", ")[2]
    return last.startswith("then ") and find_verb(tokens(last)) is None


def _any_beginnings(text: str) -> list[str]:
    count = len(text.split())
    return [shortened(text, words=k, characters=MAX_NARRATION - 1) for k in range(count - 1, 0, -1)]
