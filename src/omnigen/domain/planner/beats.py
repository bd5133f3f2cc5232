"""Finds the beats of a prompt: the things that happen (or are to be seen), in the order in which they happen."""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.planner import words as w
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


@frozen
class Script:
    """A prompt taken apart."""

    beats: tuple[Beat, ...]
    looks: tuple[str, ...] = ()
    """Wishes for the picture as a whole: `golden light`, `shot on 35mm`."""
    sounds: tuple[str, ...] = ()
    """Wishes for the music."""


_NOTHING: Final = "An abstract play of light and colour"
_ASKING: Final = re.compile(
    r"^(?:please\s+|can you\s+|i want\s+(?:you to\s+)?|i(?:'d| would) like\s+(?:to\s+)?)*"
    r"(?:(?:show|create|make|generate|produce|film|give|imagine|render|animate|see)(?:\s+me|\s+us)?\s+)?"
    r"(?:(?:an?|the|one)\s+)?(?:\d+[\s-]*(?:s|sec|secs|second|seconds|min|minute|minutes)\b[\s-]*)?(?:long\s+)?"
    r"(?:(?:short|quick|brief|little|beautiful|epic|cinematic|cool|nice|new)\s+)*"
    r"(?:video|clip|film|movie|animation|trailer|teaser|advert|ad|commercial|promo|spot|montage|story|timelapse)s?\s*"
    r"(?:clip\s+)?(?:of|about|showing|that shows|in which|where|featuring|for|:)\s+",
    re.IGNORECASE,
)
_PLAIN_ASKING: Final = re.compile(r"^(?:please\s+)?(?:show|give)\s+(?:me|us)\s+|^(?:imagine|visuali[sz]e)\s+", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|[\n;。！？；।۔؟]+|\s+[–—-]{1,3}\s+|—|\s*(?:->|→|➜|\|)\s*")
_ABBREVIATION: Final = re.compile(r"(?:\b(?:dr|mr|mrs|ms|st|vs|etc|e\.g|i\.e|approx|no)|\b[A-Z])\.$", re.IGNORECASE)
_LABEL: Final = re.compile(r"^\s*(?:[-*•]+\s+|\(?\d+[.):]\s+|(?:scene|shot|part|act|step)\s*\d+\s*[:.)-]?\s*)", re.IGNORECASE)
_CLAUSE: Final = re.compile(
    r"\s*[,，、،]\s*|\s+(?=(?:and then|and finally|then|while|meanwhile|before|after|until|till|as|when|whereupon|"
    r"followed by|but)\s)|\s+(?=and\s)|(?=然后|接着|最后|随后)",
    re.IGNORECASE,
)
_OPENER: Final = re.compile(
    r"^(?:and then|and finally|and|then|while|meanwhile|before|after|until|till|as|when|whereupon|followed by|but|"
    r"finally|suddenly|然后|接着|最后|随后)\b[\s,]*|^(?:然后|接着|最后|随后)",
    re.IGNORECASE,
)
_LINKS: Final = {"while": Link.WHILE, "meanwhile": Link.LATER, "as": Link.WHILE, "finally": Link.LATER, "when": Link.THEN}
_NEEDS_VERB: Final = frozenset("and before after until till as when while but".split())


def read_script(prompt: str) -> Script:
    """Take a prompt apart. There is at least one beat, whatever the prompt."""
    beats: list[Beat] = []
    looks: list[str] = []
    sounds: list[str] = []
    for sentence in sentences(prompt):
        for beat in _joined(_in_order(list(_clauses(sentence)))):
            told = set(tokens(beat.text))
            short = len(told) <= 6 and find_verb(tokens(beat.text)) is None and bool(beats)
            if short and told & w.SOUND:
                sounds.append(beat.text)
            elif short and told & w.LOOK and not told & w.ARTICLES:
                looks.append(beat.text)
            else:
                beats.append(beat)
    return Script(tuple(beats) or (Beat(_NOTHING),), tuple(looks), tuple(sounds))


def clean(text: str) -> str:
    """One line of text: no control or direction-changing characters, single spaces."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cs", "Co", "Cn") or c == "\u200d").split())


def sentences(prompt: str) -> list[str]:
    """The sentences of a prompt, without the words that only ask for a video. None without a letter or a sign."""
    lines = (_LABEL.sub("", clean(line)) for line in re.split(r"[\n\r\u2028\u2029]+", prompt))
    text = _PLAIN_ASKING.sub("", _ASKING.sub("", "\n".join(line for line in lines if line)))
    found: list[str] = []
    for part in _SENTENCE.split(text):
        part = _LABEL.sub("", part).strip()
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {part}"
        elif _says_something(part):
            found.append(part)
    return found


def _says_something(text: str) -> bool:
    return any(unicodedata.category(c)[0] in "L" or unicodedata.category(c) in ("Nd", "So") for c in text)


def _clauses(sentence: str) -> Iterator[tuple[str, Beat]]:
    """The pieces of a sentence, each with the word that opened it (`""` after a comma)."""
    held = ""
    for piece in _CLAUSE.split(sentence.strip(" .!?…,，\"“”")):
        piece = f"{held} {piece}".strip() if held else piece.strip()
        held = ""
        if not _says_something(piece):
            continue
        opener = _opener(piece)
        text = _OPENER.sub("", piece).strip()
        if opener and not text:
            held = piece
            continue
        yield opener, Beat(text or piece, _link(opener, text))


def _opener(piece: str) -> str:
    found = _OPENER.match(piece)
    return " ".join(found.group().lower().strip(" ,").split()) if found else ""


def _link(opener: str, text: str) -> Link:
    if set(tokens(text)[:4]) & w.LATER or set(tokens(text)[:3]) & {"night", "dawn", "morning", "sunset"}:
        return Link.LATER
    return _LINKS.get(opener.split()[-1] if opener else "", Link.THEN)


def _in_order(pieces: list[tuple[str, Beat]]) -> list[tuple[str, Beat]]:
    """`B after A` is told as A, then B."""
    ordered: list[tuple[str, Beat]] = []
    for opener, beat in pieces:
        if opener == "after" and ordered and find_verb(tokens(beat.text)) is not None:
            before = ordered.pop()
            ordered += [(before[0], evolve(beat, link=before[1].link)), ("then", evolve(before[1], link=Link.THEN))]
        else:
            ordered.append((opener, beat))
    return ordered


def _joined(pieces: list[tuple[str, Beat]]) -> list[Beat]:
    """Beats of one sentence: fragments go to the clause that they describe."""
    beats: list[Beat] = []
    ahead: Beat | None = None
    listing = _is_list([beat.text for _, beat in pieces])
    for opener, beat in pieces:
        if not beats and _is_setting(beat.text) and len(pieces) > 1 and ahead is None:
            ahead = beat
        elif beats and not listing and not _stands_alone(opener, beat.text):
            beats[-1] = evolve(beats[-1], text=_attach(beats[-1].text, opener, beat.text))
        else:
            beats.append(Beat(f"{ahead.text}, {beat.text}", ahead.link) if ahead else beat)
            ahead = None
    return [*beats, ahead] if ahead else beats


def _attach(before: str, opener: str, text: str) -> str:
    return f"{before} {opener} {text}" if opener else f"{before}, {text}"


def _is_list(texts: list[str]) -> bool:
    """`forest, river, mountain`: nothing but names."""
    return len(texts) > 2 and all(_is_name(tokens(text)) for text in texts)


def _is_name(told: list[str]) -> bool:
    return len(told) <= 4 and find_verb(told) is None and not set(told) & w.PREPOSITIONS


def _is_setting(text: str) -> bool:
    told = tokens(text)
    opens = bool(told) and (told[0] in w.PREPOSITIONS or bool(set(told) & w.LATER and len(told) <= 4))
    return opens and find_verb(told) is None


def _stands_alone(opener: str, text: str) -> bool:
    """Whether a clause is a beat of its own rather than a detail of the one before."""
    told = tokens(text)
    if not told or not text.isascii() and not _latin(text):
        return True
    verb = find_verb(told)
    if opener.split()[-1:] and opener.split()[-1] in _NEEDS_VERB:
        return verb is not None and len(told) > 1 and (verb > 0 or is_third_person(told[0]))
    if told[0] in w.PREPOSITIONS or told[0] in ("which", "who", "whose", "that", "where", "like"):
        return False
    if verb is not None:
        return verb > 0 or is_third_person(told[0]) or (is_participle(told[0]) and len(told) > 3)
    return bool(opener) or told[0] in w.ARTICLES or told[0] in w.NUMBERS


def _latin(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return not letters or sum("LATIN" in unicodedata.name(c, "") for c in letters) * 2 > len(letters)
