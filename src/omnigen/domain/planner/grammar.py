"""Just enough English grammar to take a sentence apart: where its verb is, and where its subject ends."""

import re
from collections.abc import Sequence
from functools import lru_cache

from omnigen.domain.planner import words as w

_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


@lru_cache(maxsize=2048)  # the parts of a plan ask for the same few texts some hundred times
def tokens(text: str) -> tuple[str, ...]:
    """The words of a text, lower case, without punctuation."""
    return tuple(_WORD.findall(text.lower().replace("\u2019", "'")))


def find_verb(told: Sequence[str]) -> int | None:
    """Position of the first verb in lower-case words; None where there is none."""
    return next((at for at in range(len(told)) if _is_verb(told, at)), None)


def is_participle(word: str) -> bool:
    """Whether it looks like `running`."""
    return len(word) > 4 and word.endswith("ing") and word not in w.ING_NOUNS


@lru_cache(maxsize=4096)
def is_third_person(word: str) -> bool:
    """Whether it looks like `runs` of a verb that we know."""
    return word in w.EXTRA_VERBS or (
        word.endswith("s") and any(base in w.VERBS for base in _bases(word, "s"))
    )


def is_plural(word: str) -> bool:
    """Whether a noun looks like more than one."""
    irregular = word in ("people", "children", "men", "women", "they", "we", "you")
    return irregular or (word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "ous")))


def _is_verb(told: Sequence[str], at: int) -> bool:
    word, before = told[at], told[at - 1] if at else ""
    if word in w.AUXILIARIES or word in w.PAST:
        return at > 0
    if is_participle(word):
        return before not in w.ARTICLES and before not in w.PREPOSITIONS and before not in w.ADJECTIVES
    if before in w.ARTICLES or before in w.PREPOSITIONS:
        return False
    if is_third_person(word):
        return True
    if word in w.VERBS or word in w.EXTRA_VERBS:
        return is_plural(before) or before in w.PRONOUNS
    return _after_singular(told, at)


def _after_singular(told: Sequence[str], at: int) -> bool:
    """`a rocket rumbles`: after `a` and a noun, what looks plural is a verb that we don't know."""
    noun = any(map(is_third_person, told[at + 1 : at + 3]))
    if noun or not is_plural(told[at]) or is_plural(told[at - 1]):
        return False
    for back in range(at - 1, max(-1, at - 5), -1):
        if told[back] in w.PREPOSITIONS or told[back] in ("and", "or"):
            return False
        if told[back] in w.SINGULAR:
            return at - back >= 2
    return False


def _bases(word: str, ending: str) -> list[str]:
    stem = word.removesuffix(ending)
    bases = [stem]
    if stem.endswith("e"):
        bases.append(stem[:-1])
    if stem.endswith("ie"):
        bases.append(stem[:-2] + "y")
    return bases
