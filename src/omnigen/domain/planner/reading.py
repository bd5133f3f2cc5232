"""What stays the same from scene to scene: who it is about, where, at what hour, in what weather."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.planner import words as w
from omnigen.domain.planner.beats import Beat
from omnigen.domain.planner.grammar import find_verb, is_plural, tokens

_KEPT: Final = frozenset(("of", "with", "wearing"))
"""Prepositions after which a subject's description goes on."""
_WORN: Final = frozenset(
    "coat dress jacket hat hood suit cloak shirt scarf armor armour uniform robe boots cape sweater raincoat kimono".split()
)
_BIG: Final = 12
"""Longest subject, in words."""


@frozen
class Subject:
    """Who or what it is about. `name` as the prompt has it, `head` its noun, lower case; both empty if unknown."""

    name: str = ""
    head: str = ""
    plural: bool = False

    @property
    def definite(self) -> str:
        """`a red fox` as `the red fox`; names stay as they are."""
        first, _, rest = self.name.partition(" ")
        low = first.lower()
        if low in ("a", "an", "one", "some") and rest:
            return f"the {rest}"
        if low in w.ARTICLES:
            return f"{low} {rest}".strip()
        if low in w.NUMBERS or low in w.PERSONS or first.islower() or self.plural and not rest:
            return f"the {low} {rest}".strip()
        return self.name


@frozen
class Setting:
    """Where and when a scene plays; empty where the prompt doesn't say."""

    time: str = ""
    place: str = ""
    """With its preposition: `in a snowy forest`."""
    weather: str = ""


def find_subject(beats: Sequence[Beat]) -> Subject:
    """The subject of the first beat that has one."""
    return next((found for beat in beats if (found := _subject(beat.text)).head), Subject())


def settings(beats: Iterable[Beat]) -> list[Setting]:
    """The setting of each beat: what was said once goes on until something else is said."""
    now, told = Setting(), []
    for beat in beats:
        here = read_setting(beat.text)
        now = Setting(here.time or now.time, here.place or now.place, here.weather or now.weather)
        told.append(now)
    return told


def read_setting(text: str) -> Setting:
    """Time, place and weather that a text speaks of."""
    told = tokens(text)
    return Setting(_time(told), _place(text), _first(w.WEATHER, told))


def mentions(text: str, subject: Subject) -> bool:
    """Whether a text names the subject."""
    return bool(subject.head) and subject.head in tokens(text)


def _time(told: Sequence[str]) -> str:
    if ("golden", "hour") in pairwise(told):
        return "golden hour"
    return _first(w.TIMES, told)


def _first(table: dict[str, str], told: Sequence[str]) -> str:
    """The key whose words come first in a text."""
    return next((key for word in told for key, known in table.items() if word in known.split()), "")


def _subject(text: str) -> Subject:
    main = _after_setting(text)
    kept = _noun_phrase(main.split())
    told = tokens(" ".join(kept))
    if not told or told[0] in w.PRONOUNS or not any(t not in w.ARTICLES for t in told):
        return Subject()
    head = _head(told)
    return Subject(" ".join(kept), head, is_plural(head) or told[0] in w.NUMBERS or "and" in told)


def _after_setting(text: str) -> str:
    """`In a village, a baker` without the setting before its comma."""
    first = tokens(text)[:1]
    return text.split(", ", 1)[1] if first and first[0] in w.PREPOSITIONS and ", " in text else text


def _noun_phrase(said: Sequence[str]) -> list[str]:
    """Words up to the verb or to a preposition that leads elsewhere."""
    told = [" ".join(tokens(word)) for word in said]
    verb = find_verb(told)
    kept: list[str] = []
    for at, word in enumerate(said[: min(_BIG, len(said) if verb is None else verb)]):
        if told[at] in w.PREPOSITIONS and not _goes_on(told, at) or told[at] in ("that", "who", "which") and at:
            break
        kept.append(word.strip("\"“”"))
        if word.endswith((",", ".", ":", ";")):
            break
    while kept and (kept[-1].lower() in w.WEAK_ENDS or kept[-1].lower().endswith("ly")):
        kept.pop()
    return [*kept[:-1], kept[-1].rstrip(",.:;!?")] if kept else []


def _goes_on(told: Sequence[str], at: int) -> bool:
    return at > 0 and (told[at] in _KEPT or (told[at] == "in" and bool(set(told[at + 1 : at + 5]) & _WORN)))


def _head(told: Sequence[str]) -> str:
    """`a young girl in a red coat`: girl."""
    end = next((at for at, word in enumerate(told) if at and word in w.PREPOSITIONS | _KEPT | {"and"}), len(told))
    return told[end - 1]


def _place(text: str) -> str:
    """`in a snowy forest`: the first phrase that opens like a place and names one."""
    said = text.split()
    told = [" ".join(tokens(word)) for word in said]
    for at, word in enumerate(told):
        if word in w.PLACE_OPENERS:
            end = next((k for k in range(at + 1, min(at + 6, len(told))) if told[k] in w.PLACES), None)
            if end is not None and not set(told[at + 1 : end]) & w.PREPOSITIONS:
                return _place_phrase(said[at : end + 1])
    return ""


def _place_phrase(said: Sequence[str]) -> str:
    opener = "in" if said[0].lower() in ("through", "into", "across", "around", "over") else said[0].lower()
    return " ".join([opener, *said[1:]]).rstrip(",.:;!?\"”")


def without_time(setting: Setting) -> Setting:
    """The same at no certain hour."""
    return evolve(setting, time="")
