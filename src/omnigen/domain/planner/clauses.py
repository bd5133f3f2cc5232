"""Cuts a prompt into sentences and clauses, and drops the words that only ask for a video."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from omnigen.domain.planner import words as w
from omnigen.domain.planner.grammar import tokens

_ASKING: Final = re.compile(
    r"^(?:please\s+|can you\s+|i want\s+(?:you to\s+)?|i(?:'d| would) like\s+(?:to\s+)?)*"
    r"(?:(?:show|create|make|generate|produce|film|give|imagine|render|animate|see)(?:\s+me|\s+us)?\s+)?"
    r"(?:(?:an?|the|one)\s+)?(?:\d+[\s-]*(?:s|secs?|seconds?|min|minutes?)\b[\s-]*)?(?:long\s+)?"
    r"(?:(?:short|product|promotional|quick|brief|little|beautiful|epic|cinematic|cool|nice|new)\s+)*"
    r"(?:video|clip|film|movie|animation|trailer|teaser|advert|ad|commercial|promo|spot|montage|story)s?\s*"
    r"(?:clip\s+)?(?:of|about|showing|that shows|in which|where|featuring|for|:)\s+",
    re.IGNORECASE,
)
_SHOWING: Final = re.compile(
    r"^(?:please\s+)?(?:show|give)\s+(?:me|us)\s+|^(?:imagine|visuali[sz]e)\s+", re.IGNORECASE
)
_SENTENCE: Final = re.compile(
    r"(?<=[.!?…])[\"'”’)]*\s+|[\n;。！？；।۔؟]+|\s+[–—-]{1,3}\s+|—|\s*(?:->|→|➜|\|)\s*"
)
_ABBREVIATION: Final = re.compile(
    rf"(?:\b(?:{'|'.join(w.ABBREVIATIONS)}|e\.g|i\.e)|\b[A-Z])\.$", re.IGNORECASE
)
_LABEL: Final = re.compile(
    r"^\s*(?:[-*•]+\s+|\(?\d+[.):]\s+|(?:scene|shot|part|act|step)\s*\d+\s*[:.)-]?\s*)", re.IGNORECASE
)
_FOREIGN_THEN: Final = "然后|接着|最后|随后|そして|次に"
_OPENERS: Final = (
    "and then|and finally|then|while|meanwhile|before|after|until|till|as|when|whereupon|followed by|but"
)
_CLAUSE: Final = re.compile(
    rf"\s*[,،、，]\s*|:\s+|\s+(?=(?:{_OPENERS}|and)\s)|(?={_FOREIGN_THEN})",
    re.IGNORECASE,
)
_OPENER: Final = re.compile(
    rf"^(?:{_OPENERS}|and|finally|suddenly)\b[\s,]*|^(?:{_FOREIGN_THEN})", re.IGNORECASE
)
_UNSEEN: Final = frozenset(("Cf", "Cs", "Co", "Cn"))


def clean(text: str) -> str:
    """One line of text: no control or direction-changing characters, single spaces."""
    kept = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join(
        "".join(c for c in kept if c == "\u200d" or unicodedata.category(c) not in _UNSEEN).split()
    )


def sentences(prompt: str) -> list[str]:
    """The sentences of a prompt; none where it holds neither a word nor a picture sign."""
    lines = (_LABEL.sub("", clean(line)) for line in re.split(r"[\n\r\u2028\u2029]+", prompt))
    text = _SHOWING.sub("", _ASKING.sub("", "\n".join(line for line in lines if line)))
    found: list[str] = []
    for part in _SENTENCE.split(text):
        said = _LABEL.sub("", part).strip()
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] += f" {said}"
        elif says_something(said):
            found.append(said)
    return found


def clauses(sentence: str) -> Iterator[tuple[str, str]]:
    """The pieces of a sentence, each after the word that opened it: `then`, `while`, `""` after a comma."""
    held = ""
    for piece in _CLAUSE.split(sentence.strip(' .!?…,"“”')):
        said = f"{held} {piece}".strip()
        held = ""
        text = _OPENER.sub("", said).strip()
        if not says_something(said):
            continue
        if text:
            yield _opener(said), text
        else:
            held = said


def is_foreign(prompt: str) -> bool:
    """Whether it is written in a language, or a script, that we can't take apart."""
    letters = [c for c in prompt if c.isalpha()]
    if sum("LATIN" in unicodedata.name(c, "") for c in letters) * 2 <= len(letters):
        return True
    told = tokens(prompt)
    english = sum(word in w.ENGLISH for word in told)
    return sum(word in w.FOREIGN for word in told) > max(english, len(told) // 12)


def says_something(text: str) -> bool:
    """Whether there is a letter, a digit or a picture sign in it."""
    return any(c.isalnum() or unicodedata.category(c) == "So" for c in text)


def _opener(piece: str) -> str:
    found = _OPENER.match(piece)
    return " ".join(found.group().lower().strip(" ,").split()) if found else ""
