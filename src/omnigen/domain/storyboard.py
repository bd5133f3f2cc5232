"""What is to be filmed: the Brief a user writes and the Storyboard that is made of it.

Lengths are whole frames at the programme's rate. Seconds are turned into frames once, at the edge,
by `timeline.frames_of`. A scene's frames count all that is seen of it, the overlaps with its
neighbours included; the programme is the sum of the scenes less the overlaps.
"""

from collections.abc import Iterable
from enum import StrEnum
from itertools import pairwise
from typing import Final

from attrs import Attribute, evolve, field, frozen

from omnigen.domain.bounds import between, letters, optional_letters, whole
from omnigen.domain.errors import Invalid

MIN_PROMPT: Final = 10
MAX_PROMPT: Final = 2_000
MIN_SECONDS: Final = 5
MAX_SECONDS: Final = 180
MAX_SCENES: Final = 40
MAX_NARRATION: Final = 1_000
MAX_TITLE: Final = 120
LANGUAGE_LETTERS: Final = 3
MAX_SEED: Final = 2**31 - 1
MIN_OPACITY: Final = 0.05
DEFAULT_OPACITY: Final = 0.85
MIN_WIDTH: Final = 0.02
MAX_WIDTH: Final = 0.5
DEFAULT_WIDTH: Final = 0.12


class AspectRatio(StrEnum):
    """Shape of the picture, width to height."""

    WIDE = "16:9"
    TALL = "9:16"
    SQUARE = "1:1"
    PORTRAIT = "4:5"


class Resolution(StrEnum):
    """Length of the picture's shorter side in pixels."""

    P480 = "480p"
    P720 = "720p"
    P1080 = "1080p"


class Style(StrEnum):
    """The look that holds the scenes together."""

    CINEMATIC = "cinematic"
    DOCUMENTARY = "documentary"
    ANIME = "anime"
    WATERCOLOR = "watercolor"
    NOIR = "noir"
    VINTAGE = "vintage"
    NEON = "neon"
    MINIMAL = "minimal"
    CLAYMATION = "claymation"


class TransitionKind(StrEnum):
    """How one scene gives way to the next; the names are those of an editing desk."""

    CUT = "cut"
    FADE = "fade"
    DISSOLVE = "dissolve"
    WIPE_LEFT = "wipe_left"
    WIPE_RIGHT = "wipe_right"
    SLIDE_LEFT = "slide_left"
    SLIDE_RIGHT = "slide_right"
    FADE_BLACK = "fade_black"
    FADE_WHITE = "fade_white"
    FADE_GRAY = "fade_gray"
    """By way of a picture without colour."""
    WIPE_UP = "wipe_up"
    WIPE_DOWN = "wipe_down"
    SLIDE_UP = "slide_up"
    SLIDE_DOWN = "slide_down"
    SOFT_WIPE_LEFT = "soft_wipe_left"
    """A wipe with a feathered edge."""
    SOFT_WIPE_RIGHT = "soft_wipe_right"
    SOFT_WIPE_UP = "soft_wipe_up"
    SOFT_WIPE_DOWN = "soft_wipe_down"
    DIAGONAL_UP_LEFT = "diagonal_up_left"
    """A feathered wipe that runs into a corner."""
    DIAGONAL_UP_RIGHT = "diagonal_up_right"
    DIAGONAL_DOWN_LEFT = "diagonal_down_left"
    DIAGONAL_DOWN_RIGHT = "diagonal_down_right"
    IRIS_OPEN = "iris_open"
    """A circle that grows from the middle."""
    IRIS_CLOSE = "iris_close"
    CLOCK_WIPE = "clock_wipe"
    """A hand that goes round once."""
    BARN_DOORS_OPEN = "barn_doors_open"
    """Two edges that part from the middle to the sides."""
    BARN_DOORS_CLOSE = "barn_doors_close"
    SQUEEZE_HORIZONTAL = "squeeze_horizontal"
    """The old picture is pressed into a line across the middle."""
    SQUEEZE_VERTICAL = "squeeze_vertical"
    MOSAIC = "mosaic"
    BLUR = "blur"
    """By way of streaks, as of a camera that is swung round."""


class Fit(StrEnum):
    """What becomes of a clip whose shape isn't the picture's. It is never stretched."""

    AUTO = "auto"
    """Cropped where that loses less than a third of it, else shown whole over a blurred fill."""
    CROP = "crop"
    PAD = "pad"
    """Shown whole, between black bars."""
    BLUR = "blur"
    """Shown whole, over itself, enlarged and blurred."""


class Corner(StrEnum):
    """Where a watermark sits."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"


class Captions(StrEnum):
    """Where the narration's text goes."""

    OFF = "off"
    SIDECAR = "sidecar"
    BURNED = "burned"


class CaptionStyle(StrEnum):
    """How captions look that are burned in."""

    OUTLINE = "outline"
    """White with a dark outline, at the lower edge."""
    BOXED = "boxed"
    """White on a dark box: read before any picture."""
    LARGE = "large"
    """A few big words at a time, as on a telephone's screen."""


class Planner(StrEnum):
    """Who turns a brief into a storyboard: our own free planner, or a language model that is paid."""

    FREE = "free"
    LLM = "llm"


@frozen(kw_only=True)
class Transition:
    """The passage from the scene before. A cut overlaps nothing; any other kind overlaps `frames`."""

    kind: TransitionKind = TransitionKind.CUT
    frames: int = field(default=0, validator=whole(0))

    def __attrs_post_init__(self) -> None:
        if (self.kind is TransitionKind.CUT) != (self.frames == 0):
            raise Invalid(
                f"a {self.kind} transition of {self.frames} frames; a cut has 0, any other kind at least 1",
                field="transition.frames",
            )


CUT: Final = Transition()


@frozen(kw_only=True)
class Scene:
    """One continuous take: what the model must show, and for how long."""

    number: int = field(validator=whole(1, MAX_SCENES))
    prompt: str = field(validator=letters(1, MAX_PROMPT))
    frames: int = field(validator=whole(1))
    seed: int = field(validator=whole(0, MAX_SEED))
    """Belongs to the scene and survives edits; asking for a new take changes it."""
    narration: str | None = field(default=None, validator=optional_letters(1, MAX_NARRATION))
    transition: Transition = CUT
    """From the scene before into this one; the first scene has none, that is, a cut."""
    reference: str | None = None
    """Id of an upload that the model is to start from or to look at."""
    take: str | None = None
    """Id of an earlier take that was chosen for it; None is whatever its prompt and seed come to."""
    placeholder: bool = False
    """A labelled card stands in for its clip: nothing is asked of a model, and nothing paid."""
    origin: int = field(default=0, validator=whole(0))
    """Who it is within its job, whatever edits make of its number; 0 is the scene that began with that number."""

    @property
    def shot(self) -> int:
        """Who it is within its job: its takes stay with it when it moves."""
        return self.origin or self.number


def _language(_: object, _attribute: "Attribute[str]", value: str) -> None:
    if not (len(value) == LANGUAGE_LETTERS and value.isascii() and value.isalpha() and value.islower()):
        raise Invalid(
            f"language is {value!r}; three small letters are allowed, as in `eng` (ISO 639-2)",
            field="storyboard.language",
        )


@frozen(kw_only=True)
class Soundtrack:
    """What is heard beside the clips' own sound."""

    music: str | None = field(default=None, validator=optional_letters(1, MAX_PROMPT))
    """What the music should be like; None is no music."""
    voice: str | None = None
    """Voice of the narration; None takes the speech model's default."""
    captions: Captions = Captions.SIDECAR
    caption_style: CaptionStyle = CaptionStyle.OUTLINE
    language: str = field(default="eng", validator=_language)
    """Of the narration: ISO 639-2, marks the track of captions; `und` where it has none."""


@frozen(kw_only=True)
class Watermark:
    """A picture, mostly a logo, that lies over the whole programme."""

    image: str = field(validator=letters(1, 64))
    """Id of an upload; its transparency is kept."""
    corner: Corner = Corner.BOTTOM_RIGHT
    opacity: float = field(default=DEFAULT_OPACITY, validator=between(MIN_OPACITY, 1.0))
    width: float = field(default=DEFAULT_WIDTH, validator=between(MIN_WIDTH, MAX_WIDTH))
    """As a share of the picture's width."""


def _numbered(_: object, _attribute: "Attribute[tuple[Scene, ...]]", scenes: tuple[Scene, ...]) -> None:
    if not 1 <= len(scenes) <= MAX_SCENES:
        raise Invalid(f"{len(scenes)} scenes; 1 to {MAX_SCENES} are allowed", field="storyboard.scenes")
    if [s.number for s in scenes] != list(range(1, len(scenes) + 1)):
        raise Invalid("scenes are numbered 1, 2, 3 ... without a gap", field="storyboard.scenes")
    if scenes[0].transition.frames:
        raise Invalid(
            "the first scene has nothing to come from; its transition must be a cut",
            field="storyboard.scenes[1].transition",
        )
    for before, scene in pairwise(scenes):
        _fits(before, scene)


def _fits(before: Scene, scene: Scene) -> None:
    longest = min(before.frames, scene.frames) // 2
    if scene.transition.frames > longest:
        raise Invalid(
            f"the transition into scene {scene.number} takes {scene.transition.frames} frames; at most half "
            f"of the shorter of its two scenes, {longest} frames, is allowed",
            field=f"storyboard.scenes[{scene.number}].transition.duration",
        )


@frozen(kw_only=True)
class Storyboard:
    """The plan of one video: its scenes in order, their look and their sound."""

    title: str = field(validator=letters(1, MAX_TITLE))
    aspect_ratio: AspectRatio
    resolution: Resolution = Resolution.P720
    style: Style
    model: str
    """Id of a model in the catalogue, as in `google/veo-3.1-fast`. One that makes stills has every scene made of
    one still, over which the composer moves."""
    scenes: tuple[Scene, ...] = field(validator=_numbered)
    soundtrack: Soundtrack = Soundtrack()
    fit: Fit = Fit.AUTO
    watermark: Watermark | None = None

    @property
    def frames(self) -> int:
        """Length of the programme: all scenes, less their overlaps."""
        return sum(s.frames - s.transition.frames for s in self.scenes)

    def scene(self, number: int) -> Scene:
        """The scene of that number, counted from 1."""
        return self.scenes[number - 1]

    def leaving(self, number: int) -> int:
        """Frames of the transition out of a scene, which the next one begins with; 0 for the last."""
        return self.scenes[number].transition.frames if number < len(self.scenes) else 0

    def stretched(self, frames: Iterable[int]) -> "Storyboard":
        """The same plan with the lengths that the scenes really got (narration may lengthen them)."""
        scenes = tuple(evolve(s, frames=n) for s, n in zip(self.scenes, frames, strict=True))
        return evolve(self, scenes=scenes)


@frozen(kw_only=True)
class Brief:
    """A wish in plain words, before anybody has thought about shots."""

    prompt: str = field(validator=letters(MIN_PROMPT, MAX_PROMPT))
    frames: int = field(validator=whole(1))
    """Wanted length of the finished programme."""
    aspect_ratio: AspectRatio = AspectRatio.WIDE
    resolution: Resolution = Resolution.P720
    style: Style = Style.CINEMATIC
    model: str
    planner: Planner = Planner.FREE
    narration: bool = False
    music: bool = True
    captions: Captions = Captions.SIDECAR
    caption_style: CaptionStyle = CaptionStyle.OUTLINE
    fit: Fit = Fit.AUTO
    watermark: Watermark | None = None
    title: str | None = field(default=None, validator=optional_letters(1, MAX_TITLE))
