"""What a storyboard will cost: line by line, the expected sum and the most that it can come to."""

from typing import Final

from attrs import field, frozen
from attrs.validators import ge

from omnigen.domain.catalogue import Catalogue, Micros, Model, TakeKind, Unit
from omnigen.domain.storyboard import Planner, Scene, Storyboard
from omnigen.domain.timeline import seconds_of

WORDS_A_SECOND: Final = 2.4
"""Pace at which narration is spoken."""
FITTED: Final = 1.15
"""How much faster a narration may be played to fit its scene; beyond that the scene is lengthened."""
_SLOW_SPEECH: Final = 0.6
"""Share of that pace which no voice of ours falls below: the upper bound is computed with it."""


@frozen(kw_only=True)
class EstimateLine:
    """One take that will have to be paid for."""

    kind: TakeKind
    scene: int | None
    model: str
    quantity: float
    """Seconds, runs or thousands of characters: what the model charges by."""
    unit: Unit
    expected: Micros
    at_most: Micros


@frozen(kw_only=True)
class Estimate:
    """What is expected, and the upper bound that is held. Paid seconds may be more than used seconds."""

    lines: tuple[EstimateLine, ...]
    expected: Micros = field(validator=ge(0))
    at_most: Micros = field(validator=ge(0))
    paid_seconds: int
    """Seconds of clips that the models charge for."""
    used_seconds: float
    """Seconds of the finished programme."""

    @classmethod
    def of(cls, lines: tuple[EstimateLine, ...], *, paid_seconds: int, used_seconds: float) -> "Estimate":
        """The sum of some lines."""
        return cls(
            lines=lines,
            expected=sum(line.expected for line in lines),
            at_most=sum(line.at_most for line in lines),
            paid_seconds=paid_seconds,
            used_seconds=used_seconds,
        )


def price_of(model: Model, *, seconds: int = 0, characters: int = 0) -> Micros:
    """What one take of a model costs. Parts of a thousand characters are charged as such, rounded up."""
    match model.price.unit:
        case Unit.SECOND:
            return model.price.micros * seconds
        case Unit.RUN:
            return model.price.micros
        case Unit.THOUSAND_CHARACTERS:
            return -(-model.price.micros * characters // 1000)


def speech_seconds(text: str) -> float:
    """Roughly how long a narration takes to speak: shown and planned with, never billed by."""
    return sum(map(_spoken_words, text.split())) / WORDS_A_SECOND + 0.3


def _spoken_words(token: str) -> float:
    """At least one. Digits may be spoken one by one; Chinese and its neighbours have no spaces to count."""
    digits = sum(c.isdecimal() for c in token)
    wide = sum("\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7af" for c in token)
    return max(1.0, digits * 0.8 + wide * 0.6 + (len(token) - digits - wide) / 12)


def estimate(
    storyboard: Storyboard, catalogue: Catalogue, *, rate: int, planner: Planner = Planner.FREE
) -> Estimate:
    """Price a storyboard, every scene anew. Raises Invalid for a model that isn't there."""
    video = catalogue.footage(storyboard.model)
    lines: list[EstimateLine] = []
    if planner is Planner.LLM:
        lines.append(_run(catalogue.default(TakeKind.PLAN), None))
    for scene in storyboard.scenes:
        lines.extend(_scene_lines(scene, video, catalogue, rate))
    if storyboard.soundtrack.music:
        lines.append(_run(catalogue.default(TakeKind.MUSIC), None))
    filmed = [s for s in storyboard.scenes if video.films and not s.placeholder]
    paid = sum(video.clip_seconds(s.frames, rate) for s in filmed)
    return Estimate.of(tuple(lines), paid_seconds=paid, used_seconds=seconds_of(storyboard.frames, rate))


def _run(model: Model, scene: int | None) -> EstimateLine:
    price = price_of(model)
    return EstimateLine(
        kind=model.kind, scene=scene, model=model.id, quantity=1, unit=model.price.unit,
        expected=price, at_most=price,
    )  # fmt: skip


def _scene_lines(scene: Scene, video: Model, catalogue: Catalogue, rate: int) -> list[EstimateLine]:
    if scene.placeholder:
        return []
    lines = []
    if scene.narration:
        lines.append(_speech(catalogue.default(TakeKind.SPEECH), scene.number, scene.narration))
    if video.first_frame_required and scene.reference is None:
        lines.append(_run(catalogue.default(TakeKind.STILL), scene.number))
    seconds = video.clip_seconds(scene.frames, rate)
    longest = video.clip_seconds(longest_frames(scene, rate), rate)
    lines.append(
        EstimateLine(
            kind=video.kind, scene=scene.number, model=video.id, unit=video.price.unit,
            quantity=seconds if video.price.unit is Unit.SECOND else 1,
            expected=price_of(video, seconds=seconds), at_most=price_of(video, seconds=longest),
        )
    )  # fmt: skip
    return lines


def _speech(model: Model, scene: int, text: str) -> EstimateLine:
    price = price_of(model, characters=len(text))
    return EstimateLine(
        kind=model.kind, scene=scene, model=model.id, quantity=len(text) / 1000, unit=model.price.unit,
        expected=price, at_most=price,
    )  # fmt: skip


def longest_frames(scene: Scene, rate: int) -> int:
    """Frames that the scene can grow to if its narration is spoken as slowly as a voice may."""
    if not scene.narration:
        return scene.frames
    return max(scene.frames, int(speech_seconds(scene.narration) / _SLOW_SPEECH * rate) + 1)
