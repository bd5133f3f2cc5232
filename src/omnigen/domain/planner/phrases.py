"""Noun phrases: who a clause is about, and how to name them again in another scene."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from attrs import frozen

from omnigen.domain.planner import words as w
from omnigen.domain.planner.grammar import find_verb, is_plural, tokens

_KEPT: Final = frozenset(("of", "with", "wearing"))
"""After these a description goes on."""
_LONGEST: Final = 12
"""Longest name of a subject, in words."""


@frozen
class Subject:
    """Who or what it is about. All empty where the prompt names nobody."""

    name: str = ""
    """As the prompt has it: `a young girl in a red coat`."""
    head: str = ""
    """Its noun, lower case: `girl`."""
    plural: bool = False
    context: str = ""
    """For languages that we can't take apart: the opening words, said again in every scene."""

    @property
    def definite(self) -> str:
        """`a red fox` as `the red fox`; names stay as they are."""
        first, _, rest = self.name.partition(" ")
        low = first.lower()
        if low in ("a", "an", "one", "some") and rest:
            return f"the {rest}"
        if low in w.ARTICLES:
            return f"{low} {rest}".strip()
        common = low in w.NUMBERS or low in w.PERSONS or first.islower()
        if common or rest.islower() or (self.plural and not rest):
            return f"the {low} {rest}".strip()
        return self.name

    @property
    def short(self) -> str:
        """`the girl`: enough for a voice."""
        return f"the {self.head}" if self.definite.startswith("the ") and self.head else self.definite


@lru_cache(maxsize=2048)  # the parts of a plan ask for the same few clauses
def subject_of(text: str) -> Subject:
    """The subject of a clause; empty where it has none of its own (`finds a door`, `it rains`)."""
    kept = _noun_phrase(_after_setting(text).split())
    told = tokens(" ".join(kept))
    if "of" in told[1:3] and w.ABSTRACT & set(told[: told.index("of")]):
        return subject_of(" ".join(kept[told.index("of") + 1 :]))
    if not told or told[0] in w.PRONOUNS or all(word in w.ARTICLES for word in told):
        return Subject()
    head = _head(told)
    return Subject(" ".join(kept), head, is_plural(head) or told[0] in w.NUMBERS or "and" in told)


def _after_setting(text: str) -> str:
    """`In a village, a baker` without the setting before its comma."""
    first = tokens(text)[:1]
    return text.split(", ", 1)[1] if first and first[0] in w.PREPOSITIONS and ", " in text else text


def _noun_phrase(said: Sequence[str]) -> list[str]:
    """Words up to the verb, the end of the phrase, or a preposition that leads elsewhere."""
    told = [" ".join(tokens(word)) for word in said]
    verb = find_verb(told)
    kept: list[str] = []
    for at, word in enumerate(said[: min(_LONGEST, len(said) if verb is None else verb)]):
        if told[at] in ("that", "who", "which") or (told[at] in w.PREPOSITIONS and not _goes_on(told, at)):
            break
        kept.append(word.strip('"“”'))
        if word.endswith((",", ":", ";")) or (word.endswith(".") and told[at] not in w.ABBREVIATIONS):
            break
    return _trimmed(kept)


def _trimmed(said: list[str]) -> list[str]:
    kept = [word for word in said if word]
    while kept and (kept[-1].lower() in w.WEAK_ENDS or kept[-1].lower().endswith("ly")):
        kept = kept[:-1]
    return [*kept[:-1], kept[-1].rstrip(",.:;!?")] if kept else []


def _goes_on(told: Sequence[str], at: int) -> bool:
    worn = told[at] == "in" and bool(set(told[at + 1 : at + 5]) & w.WORN)
    return at > 0 and (told[at] in _KEPT or worn)


def _head(told: Sequence[str]) -> str:
    """`a young girl in a red coat`: girl."""
    ends = w.PREPOSITIONS | _KEPT | {"and"}
    return told[next((at for at, word in enumerate(told) if at and word in ends), len(told)) - 1]
