"""From brief to storyboard: beats, then scenes, then shots and time."""

import hashlib
from collections.abc import Sequence
from typing import Final

from omnigen.domain.catalogue import Model
from omnigen.domain.planner.beats import Link, Script, clean, read_script
from omnigen.domain.planner.look import look_of, music_of
from omnigen.domain.planner.narration import lines, shortened
from omnigen.domain.planner.pacing import Pace, pace, scene_count
from omnigen.domain.planner.reading import Subject, find_subject, settings
from omnigen.domain.planner.scenes import Moment, action, setting_sentence, spread
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
_SMALL: Final = frozenset("a an the and or but of in on at to for by with from as into over under after through".split())


def plan(brief: Brief, video: Model, *, rate: int) -> Storyboard:
    """The storyboard of a brief, exactly as long as it asks, each scene no longer than a clip of `video`.

    Raises Invalid where the duration can't be filmed in 40 clips of that model.
    """
    script = read_script(brief.prompt)
    count = scene_count(brief.frames, len(script.beats), video, rate)
    subject = find_subject(script.beats)
    moments = spread(script.beats, settings(script.beats), count)
    paces = pace(brief.frames, transitions(moments), video, rate)
    return Storyboard(
        title=brief.title or title_of(script, subject),
        aspect_ratio=brief.aspect_ratio,
        resolution=brief.resolution,
        style=brief.style,
        model=brief.model,
        scenes=_scenes(brief, script, subject, moments, paces, video, rate),
        soundtrack=Soundtrack(
            music=music_of(brief.style, brief.prompt, script.sounds)[:MAX_PROMPT] if brief.music else None,
            captions=brief.captions,
        ),
    )


def seed_of(prompt: str, number: int) -> int:
    """The seed of a scene: the same for the same prompt and number, another for each number."""
    base = int.from_bytes(hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()[:4], "big")
    return (base + number * _STEP) % (MAX_SEED + 1)


def transitions(moments: Sequence[Moment]) -> list[TransitionKind]:
    """A cut within an action, a dissolve from beat to beat, black where time has passed."""
    return [_transition(moments, k) for k in range(len(moments))]


def title_of(script: Script, subject: Subject) -> str:
    """What it is about, as a title: `A Lighthouse at Dusk`."""
    text = shortened(script.beats[0].text, words=9, characters=MAX_TITLE - 40)
    if subject.name and len(script.beats[0].text.split()) > 9:
        text = shortened(subject.name, words=9, characters=MAX_TITLE - 40)
    words = text.strip(" .,;:!?\"'“”").split()
    cased = [_cased(word, first=k in (0, len(words) - 1)) for k, word in enumerate(words)]
    return " ".join(cased)[:MAX_TITLE] or "Untitled"


def _cased(word: str, *, first: bool) -> str:
    return word if word.lower() in _SMALL and not first else word[:1].upper() + word[1:]


def _transition(moments: Sequence[Moment], at: int) -> TransitionKind:
    moment = moments[at]
    if at == 0 or moment.phase or moment.beat.link is Link.WHILE:
        return TransitionKind.CUT
    before = moments[at - 1]
    if moment.beat.link is Link.LATER or _moved_on(before, moment):
        return TransitionKind.FADE_BLACK
    return TransitionKind.DISSOLVE if before.setting != moment.setting or before.phase else TransitionKind.CUT


def _moved_on(before: Moment, moment: Moment) -> bool:
    return bool(before.setting.time) and before.setting.time != moment.setting.time


def _scenes(
    brief: Brief,
    script: Script,
    subject: Subject,
    moments: Sequence[Moment],
    paces: Sequence[Pace],
    video: Model,
    rate: int,
) -> tuple[Scene, ...]:
    look = look_of(brief.style, brief.prompt, brief.aspect_ratio, script.looks)
    said = lines(moments, subject, [p.frames / rate for p in paces]) if brief.narration else [None] * len(paces)
    shots = _shots(moments)
    return tuple(
        Scene(
            number=number,
            prompt=_prompt(shot, moment, subject, look, number, len(paces), min(video.max_prompt, MAX_PROMPT)),
            frames=time.frames,
            seed=seed_of(brief.prompt, number),
            narration=line,
            transition=time.transition,
        )
        for number, (shot, moment, time, line) in enumerate(zip(shots, moments, paces, said, strict=True), 1)
    )


def _shots(moments: Sequence[Moment]) -> list[Shot]:
    shots: list[Shot] = []
    for number, moment in enumerate(moments, 1):
        before = shots[-1] if shots else None
        shots.append(shot_for(moment.beat.text, number, len(moments), phase=moment.phase, before=before))
    return shots


def _prompt(
    shot: Shot, moment: Moment, subject: Subject, look: str, number: int, count: int, longest: int
) -> str:
    """Shot, action, setting, look; the action gives way where it is too long for the model."""
    frame = [f"{shot}.", setting_sentence(moment), look]
    room = longest - sum(len(part) + 1 for part in frame)
    told = action(moment, subject, number=number, count=count)
    if room < 80:
        return clean(f"{shot}. {told}")[:longest].strip()
    fitted = told if len(told) <= room else shortened(told, words=room, characters=room)
    return " ".join(part for part in (frame[0], fitted, frame[1], frame[2]) if part)
