"""What clients send to have a next revision made: changes of a storyboard, another take, another try."""

from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from omnigen.domain.catalogue import Catalogue, Micros
from omnigen.domain.editing import Edit
from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import (
    MAX_NARRATION,
    MAX_PROMPT,
    MAX_SCENES,
    MAX_SEED,
    MAX_TITLE,
    AspectRatio,
    Captions,
    CaptionStyle,
    Fit,
    Resolution,
    Storyboard,
    Style,
)
from omnigen.entrypoints.http.requests import (
    MaxCost,
    SceneBody,
    StoryboardBody,
    TransitionBody,
    WatermarkBody,
)
from omnigen.entrypoints.http.wire import Request, in_seconds, micros_of, trimmed

Number = Annotated[int, Meta(ge=1, le=MAX_SCENES)]
Take = Annotated[
    str, Meta(max_length=200, description="Id of a finished clip, as the scene's `takes` have it.")
]
_NOT_OF_SCENES: Final = ("source", "number", "take")


class SceneEdit(Request, frozen=True, rename={"source": "from"}):
    """A scene as it is wanted. What is left out it keeps from the scene that it is `from`; null takes it away."""

    source: (
        Annotated[
            int,
            Meta(
                ge=1, le=MAX_SCENES, description="Number of the present scene that it is; none is a new one."
            ),
        ]
        | UnsetType
    ) = UNSET
    number: (
        Annotated[
            int,
            Meta(
                ge=1, le=MAX_SCENES, description="The same, as scenes are shown; beside `from` its new place."
            ),
        ]
        | UnsetType
    ) = UNSET
    prompt: Annotated[str, trimmed(1, MAX_PROMPT, "What the scene shows.")] | UnsetType = UNSET
    duration: (
        Annotated[float, in_seconds(1, 60, "Seconds, overlaps with its neighbours included.", [5])]
        | UnsetType
    ) = UNSET
    narration: (
        Annotated[str, trimmed(1, MAX_NARRATION, "Text that is spoken over it.")] | UnsetType | None
    ) = UNSET
    transition: TransitionBody | UnsetType | None = UNSET
    reference_image: (
        Annotated[str, Meta(max_length=64, description="Id of an upload to start from.")] | UnsetType | None
    ) = UNSET
    seed: (
        Annotated[int, Meta(ge=0, le=MAX_SEED, description="Another one makes another clip.")] | UnsetType
    ) = UNSET
    take: Take | UnsetType | None = UNSET
    placeholder: (
        Annotated[bool, Meta(description="Whether a labelled card stands in for its clip, for nothing.")]
        | UnsetType
    ) = UNSET

    def from_(self, place: int, count: int) -> int | None:
        """Number of the present scene that it is; None is a new one. Raises Invalid."""
        at = f"storyboard.scenes[{place}]"
        if self.source is not UNSET and self.number not in (UNSET, place):
            raise Invalid(
                f"number is {self.number}; {place} is allowed here, or from alone", field=f"{at}.number"
            )
        name, number = ("number", self.number) if self.source is UNSET else ("from", self.source)
        if number is UNSET:
            return None
        if number > count:
            raise Invalid(
                f"{name} is {number}; scenes 1 to {count} are there; a new one has none", field=f"{at}.{name}"
            )
        return number

    def scene(self, place: int, source: SceneBody | None) -> SceneBody:
        """The whole scene. Raises Invalid where a new one lacks something."""
        given = _given(self, _NOT_OF_SCENES)
        at = f"storyboard.scenes[{place}]"
        if isinstance(self.take, str):
            for name in ("prompt", "seed"):
                if name in given:
                    raise Invalid(f"{name} is given beside take; a take has its own", field=f"{at}.{name}")
        if source is not None:
            # What comes first has nothing to come from, whatever it came in by before.
            cut = {"transition": None} if place == 1 else {}
            return msgspec.structs.replace(source, **{**cut, **given, "number": place})
        for name in ("prompt", "duration"):
            if name not in given:
                raise Invalid(f"{name} is missing; a scene without from is new", field=f"{at}.{name}")
        return SceneBody(**{**given, "number": place})


class StoryboardEdit(Request, frozen=True):
    """Changes of a storyboard. What is left out stays; null takes away what may be missing."""

    scenes: (
        Annotated[
            list[SceneEdit],
            Meta(
                min_length=1,
                max_length=MAX_SCENES,
                description="All scenes that are wanted, in order; those that aren't mentioned go.",
            ),
        ]
        | UnsetType
    ) = UNSET
    title: (
        Annotated[str, trimmed(1, MAX_TITLE, "Name of the video; null makes it of the first prompt.")]
        | UnsetType
        | None
    ) = UNSET
    aspect_ratio: AspectRatio | UnsetType = UNSET
    resolution: Resolution | UnsetType = UNSET
    style: Style | UnsetType = UNSET
    model: (
        Annotated[str, Meta(max_length=100, description="Of `GET /api/v1/models`; null: the default.")]
        | UnsetType
        | None
    ) = UNSET
    music: (
        Annotated[str, trimmed(1, MAX_PROMPT, "What the music is like; null is none.")] | UnsetType | None
    ) = UNSET
    voice: Annotated[str, Meta(max_length=64, description="Voice of the narration.")] | UnsetType | None = (
        UNSET
    )
    captions: Captions | UnsetType = UNSET
    caption_style: CaptionStyle | UnsetType = UNSET
    language: Annotated[str, Meta(pattern="^[a-z]{3}$")] | UnsetType = UNSET
    fit: Fit | UnsetType = UNSET
    watermark: WatermarkBody | UnsetType | None = UNSET
    max_cost: MaxCost = None

    def edit(self, before: Storyboard, catalogue: Catalogue, rate: int) -> Edit:
        """The storyboard that is wanted, and where its scenes come from. Raises Invalid, naming the field."""
        shown = StoryboardBody.of(before, rate)
        given = _given(self, ("scenes", "max_cost"))
        if self.scenes is UNSET:
            wanted = msgspec.structs.replace(shown, **given).storyboard(catalogue, rate)
            return Edit.same(wanted)
        sources = tuple(s.from_(n, len(shown.scenes)) for n, s in enumerate(self.scenes, 1))
        scenes = [
            scene.scene(place, None if source is None else shown.scenes[source - 1])
            for place, (scene, source) in enumerate(zip(self.scenes, sources, strict=True), 1)
        ]
        chosen = {n: s.take for n, s in enumerate(self.scenes, 1) if not isinstance(s.take, UnsetType)}
        wanted = msgspec.structs.replace(shown, **given, scenes=scenes).storyboard(catalogue, rate)
        return Edit(storyboard=wanted, sources=sources, chosen=chosen)

    def limit(self) -> Micros | None:
        """The most that it may cost."""
        return _limit(self.max_cost)


class RegenerateRequest(Request, frozen=True):
    """Which take of a scene is wanted; with nothing given, one with another seed."""

    seed: Annotated[int, Meta(ge=0, le=MAX_SEED, description="Of the new take.")] | None = None
    take: Take | None = None
    max_cost: MaxCost = None

    def limit(self) -> Micros | None:
        """The most that it may cost."""
        return _limit(self.max_cost)


class RetryRequest(Request, frozen=True):
    """How a failed job is to be tried again."""

    placeholders: Annotated[
        bool,
        Meta(
            description="Deliver it without the scenes that failed: labelled cards stand in for them, until an edit."
        ),
    ] = False
    max_cost: MaxCost = None

    def limit(self) -> Micros | None:
        """The most that it may cost."""
        return _limit(self.max_cost)


def _limit(given: str | float | None) -> Micros | None:
    return None if given is None else micros_of(given, "max_cost")


def _given(struct: msgspec.Struct, but: tuple[str, ...]) -> dict[str, Any]:
    """The fields that the client has sent."""
    named = {name: getattr(struct, name) for name in struct.__struct_fields__ if name not in but}
    return {name: value for name, value in named.items() if value is not UNSET}
