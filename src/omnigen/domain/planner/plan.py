"""From brief to storyboard: beats, then scenes, then shots and time."""

import hashlib
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from attrs import frozen

from omnigen.domain.catalogue import Model
from omnigen.domain.planner import words as w
from omnigen.domain.planner.beats import Link, Script, read_script
from omnigen.domain.planner.look import look_of, music_of
from omnigen.domain.planner.narration import lines, shortened
from omnigen.domain.planner.pacing import Pace, pace, scene_count
from omnigen.domain.planner.phrases import Subject
from omnigen.domain.planner.reading import find_subject
from omnigen.domain.planner.scenes import Moment, action, moments_of, setting_sentence
from omnigen.domain.planner.shots import Shot, shot_for
from omnigen.domain.storyboard import (
    MAX_PROMPT,
    MAX_SEED,
    MAX_TITLE,
    Brief,
    Scene,
    Soundtrack,
    Storyboard,
    TransitionKind,
)

_STEP: Final = 0x9E3779B1
"""Odd, so that no two scenes of a storyboard have the same seed."""
_CALM_S: Final = 5.5
"""From this average length of scene on, beats flow into each other instead of being cut."""
_TITLE_WORDS: Final = 9
_ACCENTS: Final = (
    "A little later.",
    "The light a shade warmer.",
    "The pace quickens.",
    "A breath of wind.",
    "The colours deepen.",
    "Everything slows down.",
)


@frozen
class _Look:
    """What all prompts of a storyboard share."""

    subject: Subject
    sentence: str
    longest: int
    """Characters that a prompt may have."""


def plan(brief: Brief, video: Model, *, rate: int) -> Storyboard:
    """The storyboard of a brief, exactly as long as it asks, each scene no longer than a clip of `video`.

    Raises Invalid where the duration can't be filmed in 40 clips of that model.
    """
    script = read_script(brief.prompt)
    subject = find_subject(script)
    moments = moments_of(script, subject, scene_count(brief.frames, len(script.beats), video, rate))
    paces = pace(brief.frames, transitions(moments, brief.frames / rate), video, rate)
    look = _Look(
        subject,
        look_of(brief.style, brief.prompt, brief.aspect_ratio, script.looks),
        min(video.max_prompt, MAX_PROMPT),
    )
    return Storyboard(
        title=brief.title or title_of(script, subject),
        aspect_ratio=brief.aspect_ratio,
        resolution=brief.resolution,
        style=brief.style,
        model=brief.model,
        scenes=tuple(_scenes(brief, moments, paces, look, rate)),
        soundtrack=Soundtrack(
            music=music_of(brief.style, brief.prompt, script.sounds) if brief.music else None,
            captions=brief.captions,
            caption_style=brief.caption_style,
        ),
        fit=brief.fit,
        watermark=brief.watermark,
    )


def seed_of(prompt: str, number: int) -> int:
    """The seed of a scene: the same for the same prompt and number, another for each number."""
    base = int.from_bytes(hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()[:4], "big")
    return (base + number * _STEP) % (MAX_SEED + 1)


def title_of(script: Script, subject: Subject) -> str:
    """What it is about, as a title: `A Lighthouse at Dusk`."""
    opening = script.beats[0].text
    text = subject.name if subject.name and len(opening.split()) > _TITLE_WORDS else opening
    words = shortened(text, words=_TITLE_WORDS, characters=MAX_TITLE - 40).strip(" .,;:!?\"'“”").split()
    cased = (
        words
        if script.foreign
        else [_cased(word, edge=k in (0, len(words) - 1)) for k, word in enumerate(words)]
    )
    return " ".join(cased)[:MAX_TITLE] or "Untitled"


def transitions(moments: Sequence[Moment], seconds: float) -> list[TransitionKind]:
    """A cut within an action, a dissolve where the air changes or the pace is calm, black for time gone."""
    calm = seconds / len(moments) >= _CALM_S
    return [TransitionKind.CUT, *(_transition(*pair, calm=calm) for pair in pairwise(moments))]


def _transition(before: Moment, moment: Moment, *, calm: bool) -> TransitionKind:
    if moment.phase or moment.beat.link is Link.WHILE:
        return TransitionKind.CUT
    then = before.setting.time
    if moment.beat.link is Link.LATER or (then and then != moment.setting.time):
        return TransitionKind.FADE_BLACK
    return TransitionKind.DISSOLVE if calm or before.setting != moment.setting else TransitionKind.CUT


def _cased(word: str, *, edge: bool) -> str:
    return word if word.lower() in w.SMALL and not edge else word[:1].upper() + word[1:]


def _scenes(
    brief: Brief, moments: Sequence[Moment], paces: Sequence[Pace], look: _Look, rate: int
) -> Iterable[Scene]:
    said = (
        lines(moments, [p.frames / rate for p in paces], asides=not look.subject.context)
        if brief.narration
        else [None] * len(paces)
    )
    prompts = _prompts(moments, look)
    for number, (prompt, time, line) in enumerate(zip(prompts, paces, said, strict=True), 1):
        yield Scene(
            number=number,
            prompt=prompt,
            frames=time.frames,
            seed=seed_of(brief.prompt, number),
            narration=line,
            transition=time.transition,
        )


def _prompts(moments: Sequence[Moment], look: _Look) -> list[str]:
    """A prompt for each scene, no two the same."""
    shots: list[Shot | None] = [None]
    prompts: list[str] = []
    for number, moment in enumerate(moments, 1):
        shot = shot_for(
            moment.beat.text, number, len(moments),
            phase=moment.phase, camera=moment.beat.camera, before=shots[-1],
        )  # fmt: skip
        tries = (_prompt(shot, moment, look, accent) for accent in ("", *_ACCENTS))
        prompts.append(
            next((p for p in tries if p not in prompts), _prompt(shot, moment, look, f"Take {number}."))
        )
        shots.append(shot)
    return prompts


def _prompt(shot: Shot, moment: Moment, look: _Look, accent: str) -> str:
    """Shot, action, setting, look; where it is too long for the model, the action gives way."""
    opening = f"{shot}. {accent}".strip()
    told, around = action(moment, shot, look.subject), f"{setting_sentence(moment)} {look.sentence}".strip()
    room = look.longest - len(opening) - len(around) - 2
    if room < len(told) and room < look.longest // 3:
        return shortened(f"{opening} {told}", words=look.longest, characters=look.longest)
    return f"{opening} {shortened(told, words=len(told), characters=room)} {around}"
