"""What clients send about jobs: brief, storyboard, submission, with their limits and defaults."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from msgspec import Meta

from omnigen.domain.catalogue import Catalogue, Micros
from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import (
    CUT,
    DEFAULT_OPACITY,
    DEFAULT_WIDTH,
    MAX_NARRATION,
    MAX_PROMPT,
    MAX_SCENES,
    MAX_SECONDS,
    MAX_SEED,
    MAX_TITLE,
    MAX_WIDTH,
    MIN_OPACITY,
    MIN_PROMPT,
    MIN_SECONDS,
    MIN_WIDTH,
    AspectRatio,
    Brief,
    Captions,
    CaptionStyle,
    Corner,
    Fit,
    Planner,
    Resolution,
    Scene,
    Soundtrack,
    Storyboard,
    Style,
    Transition,
    TransitionKind,
    Watermark,
)
from omnigen.domain.timeline import frames_of, seconds_of
from omnigen.entrypoints.http.wire import Request, in_seconds, micros_of, optional_text, text, trimmed

LIGHTHOUSE: Final = "a lighthouse at dusk, a storm rolls in, the light comes on"
_FADE: Final = 0.5

Title = (
    Annotated[str, trimmed(1, MAX_TITLE, "Name of the video; made from the prompt where it is missing.")]
    | None
)
ModelId = (
    Annotated[
        str,
        Meta(
            max_length=100,
            description="Model of clips or of stills, from `GET /api/v1/models`; the catalogue's default if missing. Of "
            "one that makes stills, each scene is one still, which is moved over.",
        ),
    ]
    | None
)
ClipFit = Annotated[
    Fit,
    Meta(
        description="What becomes of clips of another shape: `crop`, `pad` with black, `blur` (whole, over itself "
        "blurred); `auto` crops where less than a third is lost, and blurs else."
    ),
]
LookOfCaptions = Annotated[
    CaptionStyle,
    Meta(
        description="How burned-in captions look: `outline`, `boxed`, or `large`, a few big words at a time."
    ),
]
MaxCost = (
    Annotated[
        str | float,
        Meta(
            description="US dollars that the job may cost at most, as a decimal string or a number.",
            examples=["2.50"],
        ),
    ]
    | None
)


class WatermarkBody(Request, frozen=True):
    """A picture, mostly a logo, over the whole video."""

    image: Annotated[
        str, Meta(min_length=1, max_length=64, description="Id of an upload; its transparency is kept.")
    ]
    corner: Corner = Corner.BOTTOM_RIGHT
    opacity: Annotated[float, Meta(ge=MIN_OPACITY, le=1, description="1 hides what lies beneath it.")] = (
        DEFAULT_OPACITY
    )
    width: Annotated[
        float, Meta(ge=MIN_WIDTH, le=MAX_WIDTH, description="As a share of the video's width.")
    ] = DEFAULT_WIDTH

    def watermark(self) -> Watermark:
        """The domain's watermark."""
        return Watermark(image=self.image, corner=self.corner, opacity=self.opacity, width=self.width)

    @classmethod
    def of(cls, mark: Watermark | None) -> "WatermarkBody | None":
        """The same, to be shown."""
        if mark is None:
            return None
        return cls(image=mark.image, corner=mark.corner, opacity=mark.opacity, width=mark.width)


class BriefRequest(Request, frozen=True):
    """A wish in plain words; a planner makes a storyboard of it."""

    prompt: Annotated[str, trimmed(MIN_PROMPT, MAX_PROMPT, "What the video shows.", [LIGHTHOUSE])]
    duration: Annotated[
        float, in_seconds(MIN_SECONDS, MAX_SECONDS, "Length of the finished video, seconds.", [15])
    ]
    aspect_ratio: AspectRatio = AspectRatio.WIDE
    resolution: Resolution = Resolution.P720
    style: Style = Style.CINEMATIC
    model: ModelId = None
    planner: Planner = Planner.FREE
    narration: bool = False
    music: bool = True
    captions: Captions = Captions.SIDECAR
    caption_style: LookOfCaptions = CaptionStyle.OUTLINE
    title: Title = None
    fit: ClipFit = Fit.AUTO
    watermark: WatermarkBody | None = None

    def brief(self, catalogue: Catalogue, rate: int, at: str = "") -> Brief:
        """The domain's brief. `at` is the prefix of field names in errors."""
        return Brief(
            prompt=text(self.prompt, f"{at}prompt", MIN_PROMPT, MAX_PROMPT),
            frames=frames_of(self.duration, rate),
            aspect_ratio=self.aspect_ratio,
            resolution=self.resolution,
            style=self.style,
            model=_model(self.model, catalogue, at),
            planner=self.planner,
            narration=self.narration,
            music=self.music,
            captions=self.captions,
            caption_style=self.caption_style,
            title=optional_text(self.title, f"{at}title", MAX_TITLE),
            fit=self.fit,
            watermark=self.watermark.watermark() if self.watermark else None,
        )


class TransitionBody(Request, frozen=True):
    """How a scene comes in from the one before; both are seen for `duration` seconds."""

    type: TransitionKind = TransitionKind.CUT
    duration: (
        Annotated[float, in_seconds(0, 10, "Seconds; 0 for a cut, 0.5 for others if missing.")] | None
    ) = None

    def transition(self, rate: int) -> Transition:
        """The domain's transition."""
        given = (0 if self.type is TransitionKind.CUT else _FADE) if self.duration is None else self.duration
        return Transition(kind=self.type, frames=frames_of(given, rate))


class SceneBody(Request, frozen=True):
    """One continuous take."""

    prompt: Annotated[str, trimmed(1, MAX_PROMPT, "What the scene shows.")]
    duration: Annotated[float, in_seconds(1, 60, "Seconds, overlaps with its neighbours included.", [5])]
    number: Annotated[int, Meta(ge=1, le=MAX_SCENES, description="Its place; may be left out.")] | None = None
    narration: Annotated[str, trimmed(1, MAX_NARRATION, "Text that is spoken over it.")] | None = None
    transition: TransitionBody | None = None
    reference_image: (
        Annotated[str, Meta(max_length=64, description="Id of an upload to start from.")] | None
    ) = None
    seed: (
        Annotated[int, Meta(ge=0, le=MAX_SEED, description="Made from prompt and number if missing.")] | None
    ) = None
    placeholder: Annotated[
        bool, Meta(description="A labelled card stands in for its clip: nothing is made of it, nor paid.")
    ] = False

    def scene(self, number: int, rate: int) -> Scene:
        """The domain's scene at a place in the storyboard."""
        at = f"storyboard.scenes[{number}]"
        if self.number not in (None, number):
            raise Invalid(f"number is {self.number}; {number} is allowed here", field=f"{at}.number")
        prompt = text(self.prompt, f"{at}.prompt", 1, MAX_PROMPT)
        return Scene(
            number=number,
            prompt=prompt,
            frames=frames_of(self.duration, rate),
            seed=seed_of(prompt, number) if self.seed is None else self.seed,
            narration=optional_text(self.narration, f"{at}.narration", MAX_NARRATION),
            transition=CUT if self.transition is None else _transition(self.transition, rate, at),
            reference=self.reference_image,
            placeholder=self.placeholder,
        )

    @classmethod
    def of(cls, scene: Scene, rate: int) -> "SceneBody":
        """The same, to be shown."""
        passage = scene.transition
        return cls(
            number=scene.number,
            prompt=scene.prompt,
            duration=seconds_of(scene.frames, rate),
            narration=scene.narration,
            transition=TransitionBody(type=passage.kind, duration=seconds_of(passage.frames, rate)),
            reference_image=scene.reference,
            seed=scene.seed,
            placeholder=scene.placeholder,
        )


class StoryboardBody(Request, frozen=True):
    """The plan of a video. What `POST /api/v1/storyboards` answers can be sent back as it is, or edited."""

    scenes: Annotated[list[SceneBody], Meta(min_length=1, max_length=MAX_SCENES)]
    title: Title = None
    aspect_ratio: AspectRatio = AspectRatio.WIDE
    resolution: Resolution = Resolution.P720
    style: Style = Style.CINEMATIC
    model: ModelId = None
    music: Annotated[str, trimmed(1, MAX_PROMPT, "What the music is like; none if missing.")] | None = None
    voice: Annotated[str, Meta(max_length=64, description="Voice of the narration.")] | None = None
    captions: Captions = Captions.SIDECAR
    caption_style: LookOfCaptions = CaptionStyle.OUTLINE
    language: Annotated[
        str, Meta(pattern="^[a-z]{3}$", description="Of the narration, ISO 639-2; marks its captions.")
    ] = "eng"
    fit: ClipFit = Fit.AUTO
    watermark: WatermarkBody | None = None

    def storyboard(self, catalogue: Catalogue, rate: int) -> Storyboard:
        """The domain's storyboard. Raises Invalid, naming the field."""
        scenes = tuple(scene.scene(number, rate) for number, scene in enumerate(self.scenes, 1))
        title = optional_text(self.title, "storyboard.title", MAX_TITLE)
        storyboard = Storyboard(
            title=title or title_of(scenes[0].prompt),
            aspect_ratio=self.aspect_ratio,
            resolution=self.resolution,
            style=self.style,
            model=_model(self.model, catalogue, "storyboard."),
            scenes=scenes,
            soundtrack=Soundtrack(
                music=optional_text(self.music, "storyboard.music", MAX_PROMPT),
                voice=optional_text(self.voice, "storyboard.voice", 64),
                captions=self.captions,
                caption_style=self.caption_style,
                language=self.language,
            ),
            fit=self.fit,
            watermark=self.watermark.watermark() if self.watermark else None,
        )
        _check_length(storyboard, rate)
        return storyboard

    @classmethod
    def of(cls, storyboard: Storyboard, rate: int) -> "StoryboardBody":
        """The same, to be shown."""
        return cls(
            title=storyboard.title,
            aspect_ratio=storyboard.aspect_ratio,
            resolution=storyboard.resolution,
            style=storyboard.style,
            model=storyboard.model,
            scenes=[SceneBody.of(scene, rate) for scene in storyboard.scenes],
            music=storyboard.soundtrack.music,
            voice=storyboard.soundtrack.voice,
            captions=storyboard.soundtrack.captions,
            caption_style=storyboard.soundtrack.caption_style,
            language=storyboard.soundtrack.language,
            fit=storyboard.fit,
            watermark=WatermarkBody.of(storyboard.watermark),
        )


class WishRequest(Request, frozen=True):
    """What is to be seen: either a brief or a storyboard."""

    brief: BriefRequest | None = None
    storyboard: StoryboardBody | None = None

    def wish(self, catalogue: Catalogue, rate: int) -> tuple[Brief | None, Storyboard | None]:
        """The one that was given. Raises Invalid unless it is exactly one."""
        if (self.brief is None) == (self.storyboard is None):
            given = "neither" if self.brief is None else "both"
            raise Invalid(f"{given} of brief and storyboard is given; exactly one is allowed", field="brief")
        brief = self.brief.brief(catalogue, rate, "brief.") if self.brief else None
        return brief, self.storyboard.storyboard(catalogue, rate) if self.storyboard else None


class JobRequest(WishRequest, frozen=True):
    """What is to be made: either a brief or a storyboard."""

    max_cost: MaxCost = None

    def limit(self) -> Micros | None:
        """The most that it may cost."""
        return None if self.max_cost is None else micros_of(self.max_cost, "max_cost")


def seed_of(prompt: str, number: int) -> int:
    """A seed that is the same whenever the same scene is sent without one."""
    digest = hashlib.sha256(f"{number}:{prompt}".encode()).digest()
    return int.from_bytes(digest[:4]) & MAX_SEED


def title_of(prompt: str) -> str:
    """A title from the beginning of a prompt, cut between words."""
    line = " ".join(prompt.split())
    if len(line) <= 60:
        return line
    return line[:60].rpartition(" ")[0] or line[:60]


@contextmanager
def fields_of_body(body: str) -> Iterator[None]:
    """Name fields as the body has them: it is the storyboard, or one of its scenes."""
    try:
        yield
    except Invalid as error:
        field = (error.field or "").removeprefix(body).removeprefix(".")
        raise Invalid(error.message, code=error.reason, field=field or None) from error


def _transition(body: TransitionBody, rate: int, at: str) -> Transition:
    try:
        return body.transition(rate)
    except Invalid as error:
        raise Invalid(error.message, field=f"{at}.transition.duration") from None


def _model(asked: str | None, catalogue: Catalogue, at: str) -> str:
    if asked is None:
        return catalogue.default_video
    try:
        return catalogue.footage(asked).id
    except Invalid as error:
        raise Invalid(error.message, field=f"{at}model") from None


def _check_length(storyboard: Storyboard, rate: int) -> None:
    seconds = seconds_of(storyboard.frames, rate)
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Invalid(
            f"the scenes make {seconds:g} s, overlaps taken off; between {MIN_SECONDS} and {MAX_SECONDS} s is allowed",
            field="storyboard.scenes",
        )
