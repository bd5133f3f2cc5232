"""Turns beats into what each scene shows: its own moment, with the subject and the setting carried along."""

import re
from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.planner import words as w
from omnigen.domain.planner.beats import Beat, Link
from omnigen.domain.planner.grammar import find_verb, is_participle, is_third_person, tokens
from omnigen.domain.planner.reading import Setting, Subject, mentions, read_setting

_FOCUS: Final = (
    "Closer on {it}, every texture and small movement clear",
    "Seen from the side, light edging {it}",
    "The surroundings take over for a moment, {it} small in the frame",
    "Foreground details drift past, {it} in soft focus behind",
    "Movement builds around {it}",
    "Reflections and shadows play across {it}",
    "A quiet beat, {it} almost still",
    "Fine particles hang in the light around {it}",
    "The same moment from behind {it}, looking out at what lies ahead",
)
_SETTLED: Final = "The moment settles, {it} calm within the wider scene"


@frozen
class Moment:
    """What one scene shows of a beat. `phase` counts the scenes of one beat from 0."""

    beat: Beat
    setting: Setting
    phase: int = 0


def spread(beats: Sequence[Beat], settings: Sequence[Setting], count: int) -> list[Moment]:
    """One moment for each of `count` scenes: several of a beat, or several beats in one, always in order."""
    if len(beats) <= count:
        shares = [count * (k + 1) // len(beats) - count * k // len(beats) for k in range(len(beats))]
        return [
            Moment(beat, setting, phase)
            for beat, setting, share in zip(beats, settings, shares, strict=True)
            for phase in range(share)
        ]
    bounds = [len(beats) * k // count for k in range(count + 1)]
    pairs = zip(bounds, bounds[1:], strict=False)
    return [Moment(_merged(beats[low:high]), settings[high - 1]) for low, high in pairs]


def action(moment: Moment, subject: Subject, *, number: int, count: int) -> str:
    """What happens in a scene, in whole sentences, the subject named."""
    said = _sentence(named(moment.beat.text, subject))
    if subject.head and not mentions(said, subject):
        said = f"{said.rstrip('.')}, with {subject.definite} in view."
    if not moment.phase:
        return said
    focus = _SETTLED if number == count else _FOCUS[(number - 2) % len(_FOCUS)]
    return f"{said} {_sentence(focus.format(it=subject.definite or 'the subject'))}"


def named(text: str, subject: Subject) -> str:
    """A beat with its subject said in full: clips are made apart, so `it` or `the girl` would mean nobody."""
    if not subject.head or _same(text, subject.name):
        return text
    first, _, rest = text.partition(" ")
    low = first.lower()
    if low in ("he", "she", "it", "they") and rest:
        return f"{subject.definite} {rest}"
    if low in ("his", "her", "their", "its") and rest:
        return f"{subject.definite} and {low} {rest}" if find_verb(tokens(rest)) is None else text
    told = tokens(text)
    if is_participle(told[0]) if told else False:
        return f"{subject.definite} {'are' if subject.plural else 'is'} {text}"
    if told and _opens_with_verb(told, subject):
        return f"{subject.definite} {text}"
    return re.sub(rf"\b(?:the|an?)\s+{re.escape(subject.head)}\b", lambda _: subject.definite, text, count=1, flags=re.I)


def setting_sentence(moment: Moment) -> str:
    """`It is dusk in a quiet village, rain falling.`: whatever of the setting the beat itself leaves out."""
    own, now = read_setting(moment.beat.text), moment.setting
    time = "" if own.time or not now.time else f"It is {now.time}"
    place = "" if own.place else now.place
    weather = "" if own.weather else now.weather
    where = f"{time or 'Set'} {place}" if place else time
    light = w.LIGHT.get(now.time, "")
    parts = [where, weather, light]
    return _sentence(", ".join(part for part in parts if part))


def _opens_with_verb(told: Sequence[str], subject: Subject) -> bool:
    at = 1 if len(told) > 1 and told[0].endswith("ly") else 0
    return is_third_person(told[at]) or (subject.plural and told[at] in w.VERBS)


def _same(text: str, name: str) -> bool:
    return text.lower().startswith(name.lower())


def _merged(beats: Sequence[Beat]) -> Beat:
    if len(beats) == 1:
        return beats[0]
    texts = [beats[0].text]
    for beat in beats[1:]:
        texts.append(f"{'while' if beat.link is Link.WHILE else 'then'} {beat.text}")
    return evolve(beats[0], text=", ".join(texts))


def _sentence(text: str) -> str:
    """With a capital, and a full stop where it has no end."""
    text = text.strip().rstrip(",;:")
    if not text:
        return ""
    ended = text if text[-1] in ".!?…。！？" else f"{text}."
    return ended[0].upper() + ended[1:]
