"""A sketch: a programme as it will be, drawn small and quickly, with a card wherever there is no clip (yet).

The animatic of a storyboard is one of cards only; the preview of a job takes the clips that are there.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from attrs import evolve, field, frozen
from attrs.validators import ge, min_len

from omnigen.domain.captions import (
    Cue,
    Speech,
    frames_to_say,
    layout_of,
    placed,
    programme_cues,
    spoken_frames,
)
from omnigen.domain.errors import Rejected
from omnigen.domain.pricing import speech_seconds
from omnigen.domain.storyboard import (
    AspectRatio,
    CaptionStyle,
    Fit,
    Resolution,
    Scene,
    Storyboard,
    Transition,
)
from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import Canvas, Timeline

SHORT_SIDE: Final = 360
"""Pixels of a sketch's shorter side."""


@frozen(kw_only=True)
class Standing:
    """How far a scene has come, as far as it can be seen."""

    clip: StoredFile | None = None
    """What was filmed, once it has been found to be good."""
    label: str | None = None
    """Why there is no clip."""
    speech: float | None = None
    """Seconds of the narration, once it is recorded."""


@frozen(kw_only=True)
class Shot:
    """One scene of a sketch: its clip or, where there is none, a card with these words."""

    number: int = field(validator=ge(1))
    frames: int = field(validator=ge(1))
    transition: Transition
    title: str
    text: str
    label: str | None = None
    seed: int = 0
    """Chooses a card's colours."""
    clip: StoredFile | None = None
    move: int = 0
    """Chooses how a clip that is a still is moved over."""

    def as_card(self, label: str) -> "Shot":
        """The same, where its clip turned out not to be fit to be seen."""
        return evolve(self, clip=None, label=label)


@frozen(kw_only=True)
class Sketch:
    """Everything that decides what is drawn."""

    title: str
    canvas: Canvas
    fit: Fit = Fit.AUTO
    shots: tuple[Shot, ...] = field(validator=min_len(1))
    cues: tuple[Cue, ...] = ()
    caption_style: CaptionStyle = CaptionStyle.OUTLINE

    @property
    def frames(self) -> int:
        """Its length."""
        return sum(shot.frames - shot.transition.frames for shot in self.shots)


def sketched(
    storyboard: Storyboard,
    *,
    rate: int,
    longest: int,
    standings: Mapping[int, Standing] | None = None,
) -> Sketch:
    """The sketch of a storyboard. `longest` is the length in frames of the longest clip that its model makes.

    Narrations that aren't recorded yet are taken to last as long as such a text usually does; scenes that are
    too short for theirs are lengthened, as they will be.
    """
    known = standings or {}
    spoken = _spoken(storyboard, rate, known)
    plan = _lengthened(storyboard, spoken, rate, longest)
    return Sketch(
        title=plan.title,
        canvas=small(plan.aspect_ratio, rate),
        fit=plan.fit,
        shots=tuple(_shot(s, known.get(s.number, Standing())) for s in plan.scenes),
        cues=_cues(plan, Timeline.of(plan, rate), spoken),
        caption_style=plan.soundtrack.caption_style,
    )


def foreseen(storyboard: Storyboard, *, rate: int, longest: int) -> Storyboard:
    """The storyboard with the lengths that its scenes will need for their narrations."""
    return _lengthened(storyboard, _spoken(storyboard, rate, {}), rate, longest)


def small(aspect_ratio: AspectRatio, rate: int) -> Canvas:
    """The canvas of a sketch."""
    large = Canvas.of(aspect_ratio, Resolution.P720, rate)
    return Canvas(width=_even(large.width), height=_even(large.height), rate=rate)


def _even(side: int) -> int:
    return 2 * round(side * SHORT_SIDE / 720 / 2)


def _spoken(storyboard: Storyboard, rate: int, known: Mapping[int, Standing]) -> dict[int, int]:
    """Frames that each narration takes, recorded or guessed."""
    return {
        s.number: spoken_frames(_speech_seconds(s.narration, known.get(s.number)), rate)
        for s in storyboard.scenes
        if s.narration
    }


def _lengthened(storyboard: Storyboard, spoken: Mapping[int, int], rate: int, longest: int) -> Storyboard:
    return storyboard.stretched(
        _frames(s, storyboard.leaving(s.number), spoken, rate, longest) for s in storyboard.scenes
    )


def _speech_seconds(text: str, standing: Standing | None) -> float:
    recorded = standing.speech if standing is not None else None
    return speech_seconds(text) if recorded is None else recorded


def _frames(scene: Scene, leaving: int, spoken: Mapping[int, int], rate: int, longest: int) -> int:
    """As many as the scene's narration will need, within what the model can make."""
    said = spoken.get(scene.number, 0)
    if not said or frames_to_say(said, leaving) <= scene.frames:
        return scene.frames
    return max(scene.frames, min(longest, said + leaving + rate // 4))


def _shot(scene: Scene, standing: Standing) -> Shot:
    return Shot(
        number=scene.number,
        frames=scene.frames,
        transition=scene.transition,
        title=f"Scene {scene.number}",
        text=scene.prompt,
        label=standing.label,
        seed=scene.number - 1,
        clip=standing.clip,
        move=scene.seed,
    )


def _cues(storyboard: Storyboard, timeline: Timeline, spoken: Mapping[int, int]) -> tuple[Cue, ...]:
    texts = {n: storyboard.scene(n).narration or "" for n in spoken}
    try:
        speeches = placed(timeline, spoken)
    except Rejected:
        # It is only a guess that a narration has no room: its words are shown while the scene is.
        speeches = tuple(
            Speech(
                number=n,
                start=timeline.start_of(n),
                frames=timeline.clips[n - 1].frames - storyboard.leaving(n),
                tempo=Fraction(1),
            )
            for n in spoken
        )
    return programme_cues(timeline, speeches, texts, layout_of(storyboard.soundtrack.caption_style))
