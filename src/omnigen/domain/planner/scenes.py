"""Turns beats into what each scene shows. Clips are made apart: each must name its subject and setting."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.planner import words as w
from omnigen.domain.planner.beats import Beat, Link, Script
from omnigen.domain.planner.grammar import find_verb, is_participle, is_third_person, tokens
from omnigen.domain.planner.phrases import Subject, subject_of
from omnigen.domain.planner.reading import Setting, read_setting, settings
from omnigen.domain.planner.shots import Shot

_LATER: Final = re.compile(
    r"^(?:(?:\w+\s+){0,2}later|afterwards?|next|eventually|finally|meanwhile|suddenly),?\s+(?=\w)",
    re.IGNORECASE,
)
_SOMEBODY: Final = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)


@frozen
class Moment:
    """What one scene shows of a beat."""

    beat: Beat
    """Its text names everybody in full."""
    spoken: str
    """The same as a voice would say it."""
    setting: Setting
    doer: Subject
    """Who is at work in it."""
    phase: int = 0
    """Counts the scenes of one beat from 0."""


def moments_of(script: Script, subject: Subject, count: int) -> list[Moment]:
    """One moment for each of `count` scenes: several of a beat, or several beats in one, always in order."""
    whole = [
        Moment(evolve(beat, text=full), spoken, setting, doer)
        for beat, setting, (full, spoken, doer) in zip(
            script.beats, settings(script.beats, subject), _cast(script, subject), strict=True
        )
    ]
    if len(whole) <= count:
        return [
            evolve(m, phase=phase) for k, m in enumerate(whole) for phase in range(_share(k, whole, count))
        ]
    bounds = [len(whole) * k // count for k in range(count + 1)]
    return [_merged(whole[low:high]) for low, high in pairwise(bounds)]


def action(moment: Moment, shot: Shot, subject: Subject) -> str:
    """What happens in a scene, in whole sentences, the subject named."""
    said = sentence(_LATER.sub("", moment.beat.text))
    it = moment.doer.definite or subject_of(moment.beat.text).definite or "the place"
    shown = f"{said} {sentence(shot.focus.format(it=it))}" if moment.phase else said
    absent = [
        who.definite for who in (moment.doer, subject) if moment.doer.head and who.head not in tokens(shown)
    ]
    if not absent:
        return shown
    return f"{shown.rstrip('.')}, with {' and '.join(dict.fromkeys(absent))} in view."


def setting_sentence(moment: Moment) -> str:
    """`It is dusk in a village, with rain falling.`: whatever of the setting the beat itself leaves out."""
    own, now = read_setting(moment.beat.text), moment.setting
    time = f"It is {now.time}" if now.time and not own.time else ""
    told = own.place or set(tokens(now.place)[-1:]) <= set(tokens(moment.beat.text))
    where = " ".join(part for part in (time, "" if told else now.place) if part)
    air = " and ".join(
        part for part in ("" if own.weather else now.weather, w.LIGHT.get(now.time, "")) if part
    )
    return sentence(f"{where}, with {air}" if where and air else where or air)


def sentence(text: str) -> str:
    """With a capital, and a full stop where it has no end."""
    text = text.strip().rstrip(",;:")
    if not text:
        return ""
    stop = "。" if "\u3040" <= text[-1] <= "\u9fff" else "."
    ended = text if text[-1] in ".!?…。！？" else f"{text}{stop}"
    return ended[0].upper() + ended[1:]


def _share(at: int, whole: Sequence[Moment], count: int) -> int:
    """How many of `count` scenes the beat at that position gets; the later ones get what is left over."""
    return count * (at + 1) // len(whole) - count * at // len(whole)


def _merged(moments: Sequence[Moment]) -> Moment:
    """Several beats in one scene."""
    links = ["", *("while " if m.beat.link is Link.WHILE else "then " for m in moments[1:])]
    text = ", ".join(link + m.beat.text for link, m in zip(links, moments, strict=True))
    spoken = ", ".join(link + m.spoken for link, m in zip(links, moments, strict=True))
    return evolve(moments[-1], beat=evolve(moments[0].beat, text=text), spoken=spoken)


def _cast(script: Script, subject: Subject) -> Iterator[tuple[str, str, Subject]]:
    """Each beat's text with everybody named in full, the same as it is spoken, and who is at work in it."""
    heads = (tokens(beat.text) for beat in script.beats)
    enters = next((at for at, told in enumerate(heads) if subject.head in told), 0)
    doer = subject
    for at, beat in enumerate(script.beats):
        if subject.context:
            yield (f"{subject.context}, {beat.text}" if at else beat.text), beat.text, subject
            continue
        if at < enters:
            yield beat.text, beat.text, Subject()
            continue
        own = subject_of(_LATER.sub("", beat.text))
        if _SOMEBODY.search(beat.text):
            doer = subject
        if own.head and own.head not in w.SCENERY:
            doer = subject if own.head == subject.head else own
        yield _named(beat.text, doer, subject, full=True), _named(beat.text, doer, subject, full=False), doer


def _named(text: str, doer: Subject, subject: Subject, *, full: bool) -> str:
    """A beat that says who does it, where it only said `it`, or nothing at all."""
    if not subject.head or subject.name.lower() in text.lower():
        return text
    told = tokens(text)
    name = doer.definite if full else doer.short
    if told and told[0] == "it" and len(told) > 1:
        return re.sub(r"(?i)\bit\b", lambda _: name, text, count=1)
    if told and is_participle(told[0]):
        return f"{name} {'are' if doer.plural else 'is'} {text}"
    if told and _opens_with_verb(told, doer):
        return f"{name} {text}"
    somebody = _SOMEBODY.search(text)
    if somebody and (somebody.group().lower() == "they") <= subject.plural:
        return _SOMEBODY.sub(lambda _: subject.definite if full else subject.short, text, count=1)
    return _in_full(text, subject) if full else text


def _in_full(text: str, subject: Subject) -> str:
    known = rf"\b(?:the|an?)\s+{re.escape(subject.head)}\b"
    return re.sub(known, lambda _: subject.definite, text, count=1, flags=re.IGNORECASE)


def _opens_with_verb(told: Sequence[str], who: Subject) -> bool:
    at = 1 if len(told) > 1 and told[0].endswith("ly") else 0
    return is_third_person(told[at]) or (who.plural and told[at] in w.VERBS and find_verb(told) != at + 1)
