"""Finds the beats of a prompt: what happens, or is to be seen, in the order in which it happens."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.planner import words as w
from omnigen.domain.planner.clauses import clauses, is_foreign, sentences
from omnigen.domain.planner.grammar import find_verb, is_participle, is_third_person, tokens


class Link(Enum):
    """How a beat follows the one before."""

    THEN = "then"
    """Another action."""
    WHILE = "while"
    """At the same time."""
    LATER = "later"
    """Time has passed, or it is elsewhere."""


@frozen
class Beat:
    """One thing to be shown, in the words of the prompt."""

    text: str
    link: Link = Link.THEN
    camera: str = ""
    """Words of the prompt about the camera: `aerial drone shot`."""


@frozen
class Script:
    """A prompt taken apart."""

    beats: tuple[Beat, ...]
    looks: tuple[str, ...] = ()
    """Wishes for the picture as a whole: `golden light`, `shot on 35mm`."""
    sounds: tuple[str, ...] = ()
    """Wishes for the music."""
    foreign: bool = False
    """Its language is one that we can't take apart."""


_NOTHING: Final = "An abstract play of light and colour"
_CAMERA: Final = re.compile(
    r"^((?:an?\s+|the\s+)?(?:[\w'-]+\s+){0,3}?(?:shot|view|footage|close-up|closeup|timelapse|time-lapse))\s+(?:of|showing)\s+",
    re.IGNORECASE,
)
_RELATIVE: Final = re.compile(r"\s+(?:that|who|which)\s+", re.IGNORECASE)
_LINKS: Final = {"while": Link.WHILE, "as": Link.WHILE, "meanwhile": Link.LATER, "finally": Link.LATER}
_MOST_WISHES: Final = 4

_Piece = tuple[str, Beat]
"""A clause and the word that opened it."""


def read_script(prompt: str) -> Script:
    """Take a prompt apart. There is at least one beat, whatever the prompt."""
    foreign = is_foreign(prompt)
    beats: list[Beat] = []
    wishes: list[str] = []
    for sentence in sentences(prompt):
        pieces = [(opener, Beat(text, _link(opener, text))) for opener, text in clauses(sentence)]
        if foreign:
            beats += [beat for _, beat in pieces]
            continue
        listing = _is_list([beat.text for _, beat in pieces])
        wished = [is_wish(beat.text, places=not listing) for _, beat in pieces]
        wishes += [beat.text for (_, beat), wish in zip(pieces, wished, strict=True) if wish]
        beats += _joined(_in_order([piece for piece, wish in zip(pieces, wished, strict=True) if not wish]))
    sounds = [wish for wish in wishes if set(tokens(wish)) & w.SOUND]
    looks = [wish for wish in wishes if wish not in sounds]
    found = beats or [Beat(", ".join(wishes) or _NOTHING)]
    return Script(
        tuple(map(_filmed, found)), tuple(looks[:_MOST_WISHES]), tuple(sounds[:_MOST_WISHES]), foreign
    )


def is_wish(text: str, *, places: bool = True) -> bool:
    """Whether a piece speaks of the whole, not of what happens: `golden light`, `cozy kitchen`."""
    told = tokens(text)
    small = 0 < len(told) <= 6 and len(text) <= 60 and find_verb(told) is None and not set(told) & w.ARTICLES
    place = places and 1 < len(told) <= 4 and told[-1] in w.PLACES and not set(told) & w.PREPOSITIONS
    return small and (place or bool(set(told) & (w.LOOK | w.SOUND)))


def _filmed(beat: Beat) -> Beat:
    """The beat without the words about its camera, which are kept apart."""
    found = _CAMERA.match(beat.text)
    kept = evolve(beat, text=beat.text[found.end() :], camera=found.group(1)) if found else beat
    return evolve(kept, text=_told(kept.text))


def _told(text: str) -> str:
    """`A robot that learns to dance`, with no other verb, as `a robot learns to dance`."""
    opening, _, rest = _RELATIVE.sub("\0", text, count=1).partition("\0")
    told = tokens(rest)
    tells = told and find_verb(tokens(opening)) is None and is_third_person(told[0])
    return f"{opening} {rest}" if tells and not any(map(is_third_person, told[1:])) else text


def _link(opener: str, text: str) -> Link:
    told = tokens(text)
    later = set(told[:4]) & w.LATER and ("next", "to") not in pairwise(told)
    if later or set(told[:3]) & {"night", "dawn", "morning", "sunset"}:
        return Link.LATER
    return _LINKS.get(opener.rpartition(" ")[2], Link.THEN)


def _in_order(pieces: Iterable[_Piece]) -> list[_Piece]:
    """`B after A` is told as A, then B."""
    ordered: list[_Piece] = []
    for opener, beat in pieces:
        if opener == "after" and ordered and find_verb(tokens(beat.text)) is not None:
            first, before = ordered.pop()
            ordered += [(first, evolve(beat, link=before.link)), ("then", evolve(before, link=Link.THEN))]
        else:
            ordered.append((opener, beat))
    return ordered


def _joined(pieces: list[_Piece]) -> list[Beat]:
    """Beats of one sentence: fragments go to the clause that they describe, a setting to the one after it."""
    beats: list[Beat] = []
    ahead: Beat | None = None
    listing = _is_list([beat.text for _, beat in pieces])
    for opener, beat in pieces:
        if not beats and ahead is None and len(pieces) > 1 and _is_setting(beat.text):
            ahead = beat
        elif beats and not listing and not _stands_alone(opener, beat.text):
            beats[-1] = evolve(beats[-1], text=_attached(beats[-1].text, opener, beat.text))
        else:
            beats.append(Beat(f"{ahead.text}, {beat.text}", ahead.link) if ahead else beat)
            ahead = None
    return [*beats, ahead] if ahead else beats


def _attached(before: str, opener: str, text: str) -> str:
    return f"{before} {opener} {text}" if opener else f"{before}, {text}"


def _is_list(texts: list[str]) -> bool:
    """`forest, river, mountain`: nothing but names."""
    return len(texts) > 2 and all(_is_name(tokens(text)) for text in texts)


def _is_name(told: Sequence[str]) -> bool:
    return len(told) <= 4 and find_verb(told) is None and not set(told) & w.PREPOSITIONS


def _is_setting(text: str) -> bool:
    """`In a quiet village`, `years later`: it needs a clause to belong to."""
    told = tokens(text)
    opens = bool(told) and (told[0] in w.PREPOSITIONS or (bool(set(told) & w.LATER) and len(told) <= 4))
    return opens and find_verb(told) is None


def _stands_alone(opener: str, text: str) -> bool:
    """Whether a clause is a beat of its own rather than a detail of the one before."""
    told = tokens(text)
    if not told:
        return True
    verb = find_verb(told)
    acts = verb is not None and (verb > 0 or is_third_person(told[0]))
    if opener.rpartition(" ")[2] in w.NEED_VERB:
        return acts and len(told) > 1
    if told[0] in w.PREPOSITIONS or told[0] in w.RELATIVES:
        return False
    if verb is not None:
        return acts or (is_participle(told[0]) and len(told) > 2)
    return bool(opener) or told[0] in w.ARTICLES or told[0] in w.NUMBERS
