"""Turning clips into one programme: segments, each as soon as its clips are there, the sound beside them, the join."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from attrs import frozen

from omnigen.domain.captions import Cue
from omnigen.domain.chapters import Chapter
from omnigen.domain.storyboard import CaptionStyle, Corner, Fit, Transition
from omnigen.domain.timeline import Canvas, Segment, Timeline

Progress = Callable[[float], None]
"""Called with the part that is done, 0 to 1; never blocks."""


@frozen(kw_only=True)
class Still:
    """How a picture becomes a clip: moved over slowly, for `frames` frames, in a way that the seed chooses."""

    frames: int
    seed: int


@frozen(kw_only=True)
class Mark:
    """A watermark: a picture, whose transparency is kept. `width` is a share of the canvas's."""

    image: Path
    corner: Corner
    opacity: float
    width: float


@frozen(kw_only=True)
class SegmentRender:
    """One segment to be rendered. `before` is the clip that it comes in from, None for a cut."""

    segment: Segment
    canvas: Canvas
    clip: Path
    before: Path | None
    cues: tuple[Cue, ...] = ()
    """Captions to burn in; frames count from the segment's first."""
    caption_style: CaptionStyle = CaptionStyle.OUTLINE
    copying: bool = True
    """Whether the clip's pictures may go in as they are, where they fit. False after a `Clash`."""
    tail: Path | None = None
    """Where the end of `before` lies decoded, if its own segment was rendered here and left it. Only a saving."""
    leave: Path | None = None
    """Where to leave the end of `clip` for the next segment, which comes in from its last `leaving` frames."""
    leaving: int = 0
    fit: Fit = Fit.AUTO
    """What becomes of clips whose shape isn't the canvas's."""
    still: Still | None = None
    """The clip is a picture, over which is moved."""
    before_still: Still | None = None
    mark: Mark | None = None
    """What lies over all of it."""


@frozen(kw_only=True)
class ClipStem:
    """What is heard of the clips during one segment: the clip's own sound, crossfaded with the one before."""

    segment: Segment
    rate: int
    clip: Path
    before: Path | None
    """The clip that it comes in from, None for a cut."""


@frozen(kw_only=True)
class VoiceStem:
    """A scene's narration, as fast as it was spoken."""

    number: int
    narration: Path


@frozen(kw_only=True)
class MusicStem:
    """Music as long as the programme: played again where it is too short, one end fading into the other beginning."""

    music: Path
    frames: int
    rate: int


Stem = ClipStem | VoiceStem | MusicStem
"""A sound that can be made ready before the mix."""


@frozen(kw_only=True)
class SceneSound:
    """What a scene gives to be heard."""

    number: int
    clip: Path | None = None
    """Its own sound is taken, where it has any. None only where there is a `stem`."""
    narration: Path | None = None
    """Starts with the scene, or where the narration before it ends (`captions.placed`); fitted, at most 1.15
    times faster, and never cut off."""
    stem: Path | None = None
    """The `ClipStem` of its segment, if it was prepared."""
    voice: Path | None = None
    """The `VoiceStem` of its narration, if it was prepared."""


@frozen(kw_only=True)
class SoundRender:
    """Everything that is to be heard."""

    timeline: Timeline
    scenes: tuple[SceneSound, ...]
    music: Path | None = None
    music_stem: Path | None = None
    """The `MusicStem`, if it was prepared."""
    earlier: Path | None = None
    """An earlier mix, as of the revision before: what it shares with this one isn't made again. Only a saving."""


@frozen(kw_only=True)
class ProgrammeRender:
    """Everything that the finished MP4 is made of."""

    title: str
    timeline: Timeline
    canvas: Canvas
    segments: tuple[Path, ...]
    sound: Path
    cues: tuple[Cue, ...] = ()
    """Captions for the sidecars and the track; frames count from the programme's first."""
    burned: bool = False
    """Whether captions are in the picture already: then the file has no track of them, or they were seen twice."""
    language: str = "und"
    """Of the captions, ISO 639-2."""
    chapters: tuple[Chapter, ...] = ()


@frozen(kw_only=True)
class SegmentMade:
    """How a segment came to be: which frames of its clip it has as they were, `end` excluded, or why none."""

    copied: tuple[int, int] | None = None
    why: str | None = None


@frozen(kw_only=True)
class Programme:
    """A finished and verified programme, still in the work folder."""

    video: Path
    poster: Path
    captions: Path | None
    """WebVTT; None where nothing is said."""
    frames: int
    rate: int
    width: int
    height: int
    captions_srt: Path | None = None
    """The captions as SubRip."""
    sprites: Path | None = None
    """Small pictures of it, side by side in one JPEG; None where they could not be drawn."""
    sprites_vtt: Path | None = None
    """WebVTT: which part of `sprites.jpg` shows which time."""
    made: tuple[SegmentMade, ...] = ()
    """Of each segment."""


@frozen(kw_only=True)
class CardRender:
    """A card that stands in for a scene's clip: who it stands for, and what would be seen."""

    canvas: Canvas
    frames: int
    title: str
    """`Scene 3`, say."""
    text: str
    """Any text; what doesn't fit is left out."""
    label: str | None = None
    """Why there is no clip, clearly seen; None where that is nobody's concern."""
    seed: int = 0
    """Chooses the colours."""


@frozen(kw_only=True)
class ShotRender:
    """One scene of a sketch. `picture` is a card, or a clip of our own that has the canvas' size and `frames`."""

    frames: int
    transition: Transition
    picture: CardRender | Path


@frozen(kw_only=True)
class SketchRender:
    """A whole programme, to be drawn quickly and small; nobody hears it."""

    canvas: Canvas
    title: str
    shots: tuple[ShotRender, ...]
    cues: tuple[Cue, ...] = ()
    """Captions to burn in; frames count from the sketch's first."""
    caption_style: CaptionStyle = CaptionStyle.OUTLINE

    @property
    def frames(self) -> int:
        """Its length."""
        return sum(shot.frames - shot.transition.frames for shot in self.shots)

    @property
    def leaving(self) -> tuple[int, ...]:
        """For each shot, the frames over which the next one comes in."""
        return (*(shot.transition.frames for shot in self.shots[1:]), 0)


@frozen(kw_only=True)
class PlannedCommand:
    """A process that would be run. Files are named by what they are: `clip-3`, `segment-3.mp4`."""

    step: str
    args: tuple[str, ...]


@frozen(kw_only=True)
class SegmentOutline:
    """How a segment would be rendered."""

    copied: tuple[int, int] | None
    """Frames of its clip that go in as they are, the second excluded; all others are encoded."""
    reason: str | None
    """Why none is copied."""
    commands: tuple[PlannedCommand, ...]


class Clash(Exception):
    """Pictures that were copied from clips of different encoders can't lie in one programme.

    `scenes` are those whose segments must be rendered again, with `copying` off, for the others to be joined.
    """

    def __init__(self, scenes: tuple[int, ...]) -> None:
        super().__init__(f"the clips of scenes {scenes} have parameters that clash with those of others")
        self.scenes = scenes


class Composer(Protocol):
    """Renders, joins and verifies. Same inputs and same build give the same bytes.

    Every call is bounded in time and memory, runs in a process group that dies with it, and leaves nothing
    behind when it fails. Raises Rejected (naming the scene) for footage that can't be used, Transient where
    the machine was at fault (disk full, killed).
    """

    @property
    def build(self) -> str:
        """FFmpeg's version and our recipe's: part of every segment's key."""
        ...

    @property
    def sketch_build(self) -> str:
        """The same for sketches."""
        ...

    async def render_segment(
        self, render: SegmentRender, into: Path, *, on_progress: Progress | None = None
    ) -> None:
        """Render one segment into the file `into`: exactly `render.segment.frames` frames, no sound."""
        ...

    async def prepare(self, stem: Stem, into: Path) -> None:
        """Decode a stem into the file `into`: FLAC, 48 kHz stereo, 6 dB down, each sample in its place."""
        ...

    async def mix(self, render: SoundRender, into: Path) -> None:
        """Mix the sound into the file `into`: as long as the timeline, -14 LUFS, at most -1 dBTP once encoded."""
        ...

    async def join(
        self, render: ProgrammeRender, into: Path, *, on_progress: Progress | None = None
    ) -> Programme:
        """Join segments and sound, verify the result and leave it in the folder `into`. Raises Clash."""
        ...

    async def outline(self, render: SegmentRender) -> SegmentOutline:
        """Look at the clips and say how the segment would be rendered. A clip that isn't there is to be encoded."""
        ...

    async def draw_card(self, render: CardRender, into: Path) -> None:
        """Draw a card as a clip without sound: exactly `render.frames` frames, and no reason not to copy its GOPs."""
        ...

    async def draw_sketch(self, render: SketchRender, into: Path) -> None:
        """Draw a sketch as a file that plays while it loads: exactly `render.frames` frames."""
        ...
