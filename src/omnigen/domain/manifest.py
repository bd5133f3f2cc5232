"""Where everything in a video comes from, as it is written beside it: docs/FILES.md, docs/manifest.schema.json.

Nothing in it is secret or passes away: no owner, no address, no key of a provider, and no time but the one at which
the revision was asked for. The same inputs give the same bytes.
"""

from datetime import datetime
from typing import Final

from attrs import frozen

from omnigen.domain.catalogue import Micros, TakeKind
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import StoredFile, Take

FORMAT: Final = "omnigen.manifest/1"
"""Raised when a reader of the one before would misunderstand it; new fields alone don't raise it."""


@frozen(kw_only=True)
class FileFact:
    """A file by its content. `name` is where it lies in a folder of all of them."""

    name: str
    sha256: str
    size: int
    content_type: str

    @classmethod
    def of(cls, name: str, file: StoredFile) -> "FileFact":
        """What there is to know of a stored file."""
        return cls(name=name, sha256=file.sha256, size=file.size, content_type=file.content_type)


@frozen(kw_only=True)
class TakeFact:
    """One request to a model, and what it cost in micro-dollars by our dated price table."""

    id: str
    kind: TakeKind
    model: str
    version: str | None
    """Of the model; None is the newest that the provider had."""
    prompt: str
    seed: int | None
    paid_seconds: int
    revision: int
    attempt: int
    cost_micros: Micros
    fingerprint: str
    """SHA-256 of all that was asked for, the hashes of the files that the model was given among it."""
    sha256: str | None
    """Of what it made."""

    @classmethod
    def of(cls, take: Take) -> "TakeFact":
        """What there is to know of a take that is in the video."""
        return cls(
            id=take.id,
            kind=take.kind,
            model=take.model,
            version=take.model_version,
            prompt=take.prompt,
            seed=take.seed,
            paid_seconds=take.seconds,
            revision=take.revision,
            attempt=take.attempt,
            cost_micros=take.cost if take.charged else 0,
            fingerprint=take.fingerprint,
            sha256=take.file.sha256 if take.file else None,
        )


@frozen(kw_only=True)
class CopiedFact:
    """Frames of a clip whose coded pictures are in the video as the model made them, `end` excluded."""

    start: int
    end: int


@frozen(kw_only=True)
class SegmentFact:
    """The stretch of programme that shows a scene, its transition in included."""

    key: str
    """SHA-256 of all that decides its bytes, and the build that they were made with."""
    sha256: str
    start: int
    """Its first frame in the programme."""
    frames: int
    copied: CopiedFact | None
    encoded_because: str | None
    """Why no picture of the clip could go in as it was."""


@frozen(kw_only=True)
class NarrationFact:
    """What is said in a scene: from frame `start` of the programme on, `tempo` times faster than spoken."""

    text: str | None
    file: FileFact
    start: int
    frames: int
    tempo: str
    """A fraction, as `23/20`."""


@frozen(kw_only=True)
class SceneFact:
    """One scene, and what it was made of."""

    number: int
    shown: str
    """`clip`, `still` (a picture that the composer moves over) or `placeholder` (a card: no model made it)."""
    start: int
    """Programme frame on which it begins to be seen."""
    frames: int
    clip: FileFact
    takes: tuple[TakeFact, ...]
    first_frame_sha256: str | None
    """Of the picture that the model was given to begin with."""
    narration: NarrationFact | None
    segment: SegmentFact


@frozen(kw_only=True)
class SoundFact:
    """The programme's sound, and the music in it."""

    sha256: str
    music: FileFact | None
    music_take: TakeFact | None


@frozen(kw_only=True)
class Manifest:
    """The whole of it."""

    format: str = FORMAT
    job: str
    revision: int
    asked_at: datetime
    """When the revision was asked for."""
    composer: str
    """Builds of FFmpeg and of the libraries beside it, and the version of our recipe."""
    rate: int
    """Frames a second."""
    frames: int
    width: int
    height: int
    storyboard: Storyboard
    """With the lengths that the scenes really got; lengths are frames."""
    plan: TakeFact | None
    """The language model's request that the storyboard comes from, if one was paid for."""
    scenes: tuple[SceneFact, ...]
    sound: SoundFact
    cost_micros: Micros
    """Sum of all takes in here, each once; failed tries are not in the video, and not in here."""
    video: FileFact
    files: tuple[FileFact, ...]
    """Every file beside the video but this one."""
