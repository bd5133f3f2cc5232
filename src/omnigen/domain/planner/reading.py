"""What stays the same from scene to scene: who it is about, where, at what hour, in what weather."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.planner import words as w
from omnigen.domain.planner.beats import Beat, Script
from omnigen.domain.planner.grammar import find_verb, tokens
from omnigen.domain.planner.phrases import Subject, subject_of

_NOBODY: Final = Subject()


@frozen
class Setting:
    """Where and when a scene plays; empty where the prompt doesn't say."""

    time: str = ""
    place: str = ""
    """With its preposition: `in a snowy forest`."""
    weather: str = ""


def find_subject(script: Script) -> Subject:
    """Whom it is about: the first subject that is more than weather or a camera. Nobody in a mere list."""
    texts = [beat.text for beat in script.beats]
    if script.foreign:
        return Subject(context=texts[0]) if len(texts) > 1 else Subject()
    if len(texts) > 2 and all(find_verb(tokens(text)) is None for text in texts):
        return Subject()
    found = [subject for text in texts if (subject := subject_of(text)).head]
    actors = [subject for subject in found if subject.head not in w.SCENERY]
    people = [subject for subject in actors if subject.head not in w.PLACES or _is_somewhere(subject, texts)]
    return next(iter([*people, *actors, *found]), Subject())


def _is_somewhere(subject: Subject, texts: Iterable[str]) -> bool:
    """A boat on a calm sea is what it is about; a forest on its own is where it plays."""
    places = (_place(text) for text in texts if subject_of(text) == subject)
    return any(place and subject.head not in tokens(place) for place in places)


def settings(beats: Iterable[Beat], subject: Subject = _NOBODY) -> list[Setting]:
    """The setting of each beat: what was said once goes on until something else is said.

    A place that is only named, as in `a mountain road, a car races by`, is where the rest plays.
    """
    now, told = Setting(), []
    for beat in beats:
        here = read_setting(beat.text)
        if not here.place and subject.head not in tokens(beat.text):
            here = evolve(here, place=_named_place(beat.text))
        now = Setting(here.time or now.time, here.place or now.place, here.weather or now.weather)
        told.append(now)
    return told


@lru_cache(maxsize=2048)  # the parts of a plan ask for the same few clauses
def read_setting(text: str) -> Setting:
    """Time, place and weather that a text speaks of."""
    told = tokens(text)
    return Setting(_time(told), _place(text), _first(w.WEATHER, told))


def _time(told: Sequence[str]) -> str:
    pairs = (w.TIME_PAIRS.get(pair) for pair in pairwise(told))
    return next((time for time in pairs if time), "") or _first(w.TIMES, told)


def _first(table: dict[str, str], told: Sequence[str]) -> str:
    """What the first telling word of a text stands for."""
    return next((table[word] for word in told if word in table), "")


def _place(text: str) -> str:
    """`in a snowy forest`: the first phrase that opens like a place and names one."""
    said = text.split()
    told = [" ".join(tokens(word)) for word in said]
    for at, word in enumerate(told):
        if word in w.PLACE_OPENERS and (end := _place_end(told, at)):
            return _place_phrase(said[at : end + 1])
    return ""


def _named_place(text: str) -> str:
    """`on the winding mountain road` for `a winding mountain road`; empty for anything but a place."""
    place = subject_of(text)
    if place.head not in w.PLACES or find_verb(tokens(text)) is not None:
        return ""
    return f"{w.PLACE_AT.get(place.head, 'in')} {place.definite}"


def _place_end(told: Sequence[str], at: int) -> int:
    """Where the place that opens at `at` is named; 0 where none is."""
    end = next((k for k in range(at + 1, min(at + 6, len(told))) if told[k] in w.PLACES), 0)
    while end and end + 1 < len(told) and told[end + 1] in w.PLACES:
        end += 1
    return 0 if set(told[at + 1 : end]) & w.PREPOSITIONS else end


def _place_phrase(said: Sequence[str]) -> str:
    opener = "in" if said[0].lower() in ("through", "into", "across", "around", "over") else said[0].lower()
    return " ".join([opener, *said[1:]]).rstrip(',.:;!?"”')
