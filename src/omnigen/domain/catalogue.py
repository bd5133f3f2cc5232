"""The models that can be asked for, what each can make, and what it charges. Prices are dated configuration."""

from datetime import date
from enum import StrEnum
from typing import Final

from attrs import field, frozen
from attrs.validators import ge, min_len

from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import AspectRatio, Resolution

Micros = int
"""Money: whole micro-dollars (1,000,000 = 1 US dollar). Never a float."""


_ANY_LENGTH: Final = tuple(range(1, 61))
"""A still can be looked at for a minute."""


class TakeKind(StrEnum):
    """What a paid request makes."""

    PLAN = "plan"
    STILL = "still"
    VIDEO = "video"
    SPEECH = "speech"
    MUSIC = "music"


class Unit(StrEnum):
    """What a model charges by."""

    SECOND = "second"
    RUN = "run"
    THOUSAND_CHARACTERS = "thousand_characters"


@frozen(kw_only=True)
class Price:
    """`micros` for each `unit`, as the provider listed it on the catalogue's date."""

    micros: Micros = field(validator=ge(0))
    unit: Unit


@frozen(kw_only=True)
class Model:
    """One model of the catalogue and its limits."""

    id: str = field(validator=min_len(3))
    """As the provider names it: `owner/name`."""
    title: str
    family: str
    """Which mapper speaks its dialect: veo, seedance, kling, wan, runway, flux, diffusion, speech, music, llm."""
    kind: TakeKind
    price: Price
    version: str | None = None
    """Pinned version; None is the official model's newest."""
    seconds: tuple[int, ...] = ()
    """Lengths of clip that it can make, ascending; empty where length is not chosen."""
    aspect_ratios: tuple[AspectRatio, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    first_frame_required: bool = False
    """It only animates a still: one is made first where the user gives none."""
    takes_reference: bool = False
    """It can start from a picture."""
    sound: bool = False
    """Its clips have a sound of their own."""
    max_prompt: int = 2_000
    """Longest prompt in characters."""
    run_seconds: int = 120
    """Typical time to make one, for the forecast shown to users."""

    def clip_seconds(self, frames: int, rate: int) -> int:
        """Shortest clip that covers `frames`, in whole seconds: what is paid. The longest where none does."""
        for seconds in self.lengths:
            if seconds * rate >= frames:
                return seconds
        return self.lengths[-1]

    @property
    def films(self) -> bool:
        """Whether it makes clips; of one that makes stills, the composer makes them, of any length."""
        return self.kind is TakeKind.VIDEO

    @property
    def lengths(self) -> tuple[int, ...]:
        """Seconds that a scene made by it may last at most, step by step; what is paid goes by them."""
        return self.seconds if self.films else _ANY_LENGTH

    @property
    def longest(self) -> int:
        """Seconds of the longest scene that it can make."""
        return self.lengths[-1]


@frozen(kw_only=True)
class Catalogue:
    """All models, and which of each kind is taken where the user names none."""

    dated: date
    """Day on which the prices were read."""
    models: tuple[Model, ...]
    default_video: str
    default_still: str
    default_speech: str
    default_music: str
    default_planner: str

    def find(self, model_id: str, kind: TakeKind) -> Model:
        """The model of that id. Raises Invalid, naming those that there are."""
        for model in self.models:
            if model.id == model_id and model.kind is kind:
                return model
        allowed = ", ".join(model.id for model in self.models if model.kind is kind)
        raise Invalid(f"model is {model_id!r}; allowed are {allowed}", field="model")

    def footage(self, model_id: str) -> Model:
        """The model that a storyboard's scenes are made by: of clips, or of stills. Raises Invalid."""
        kinds = (TakeKind.VIDEO, TakeKind.STILL)
        for model in self.models:
            if model.id == model_id and model.kind in kinds:
                return model
        allowed = ", ".join(model.id for model in self.models if model.kind in kinds)
        raise Invalid(f"model is {model_id!r}; allowed are {allowed}", field="model")

    def default(self, kind: TakeKind) -> Model:
        """The model that makes takes of a kind unless another is asked for."""
        chosen = {
            TakeKind.VIDEO: self.default_video,
            TakeKind.STILL: self.default_still,
            TakeKind.SPEECH: self.default_speech,
            TakeKind.MUSIC: self.default_music,
            TakeKind.PLAN: self.default_planner,
        }
        return self.find(chosen[kind], kind)
