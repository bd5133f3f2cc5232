"""A Job and its revisions: where each stands, and which moves are legal. The tables below are drawn in docs/states.md."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen
from attrs.validators import ge

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Conflict, Superseded
from omnigen.domain.pricing import Estimate
from omnigen.domain.quota import Reservation, Tier
from omnigen.domain.storyboard import AspectRatio, Brief, Resolution, Storyboard
from omnigen.domain.take import StoredFile


class JobStatus(StrEnum):
    """Where the latest revision stands."""

    QUEUED = "queued"
    GENERATING = "generating"
    COMPOSING = "composing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


_ENDINGS: Final = frozenset({JobStatus.FAILED, JobStatus.CANCELLING, JobStatus.CANCELLED})

JOB_MOVES: Final[Mapping[JobStatus, frozenset[JobStatus]]] = {
    JobStatus.QUEUED: _ENDINGS | {JobStatus.GENERATING},
    JobStatus.GENERATING: _ENDINGS | {JobStatus.COMPOSING},
    JobStatus.COMPOSING: _ENDINGS | {JobStatus.SUCCEEDED},
    JobStatus.CANCELLING: frozenset({JobStatus.CANCELLED}),
    JobStatus.SUCCEEDED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.CANCELLED: frozenset(),
}


class SceneStatus(StrEnum):
    """Where one scene of a revision stands."""

    PENDING = "pending"
    GENERATING = "generating"
    STORED = "stored"
    READY = "ready"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"


_SCENE_ENDINGS: Final = frozenset({SceneStatus.FAILED, SceneStatus.CANCELLED})

SCENE_MOVES: Final[Mapping[SceneStatus, frozenset[SceneStatus]]] = {
    SceneStatus.PENDING: _SCENE_ENDINGS | {SceneStatus.GENERATING, SceneStatus.STORED},
    SceneStatus.GENERATING: _SCENE_ENDINGS | {SceneStatus.STORED},
    SceneStatus.STORED: _SCENE_ENDINGS | {SceneStatus.READY, SceneStatus.REJECTED},
    SceneStatus.READY: frozenset({SceneStatus.REJECTED}),
    SceneStatus.REJECTED: frozenset(),
    SceneStatus.FAILED: frozenset(),
    SceneStatus.CANCELLED: frozenset(),
}


class Reason(StrEnum):
    """Why a revision was made."""

    SUBMIT = "submit"
    RETRY = "retry"
    EDIT = "edit"
    REGENERATE = "regenerate"


@frozen(kw_only=True)
class Failure:
    """Why something ended badly, in words for the user."""

    code: str
    message: str
    scene: int | None = None
    retryable: bool = False
    """Whether the same request may succeed at another time."""
    charged: Micros = 0


INTERNAL: Final = Failure(code="internal", message="something went wrong on our side", retryable=True)
"""What a user is told of a bug."""


class SidecarKind(StrEnum):
    """What lies beside a video: docs/FILES.md."""

    POSTER = "poster"
    CAPTIONS_VTT = "captions_vtt"
    CAPTIONS_SRT = "captions_srt"
    SPRITES = "sprites"
    """Small pictures of the whole programme, side by side in one JPEG."""
    SPRITES_VTT = "sprites_vtt"
    """Which part of the sprites shows which time."""
    MANIFEST = "manifest"
    """Where everything in the video comes from."""
    TIMELINE_OTIO = "timeline_otio"
    """The cut, for an editor's program."""


SIDECAR_NAMES: Final[Mapping[SidecarKind, str]] = {
    SidecarKind.POSTER: "poster.jpg",
    SidecarKind.CAPTIONS_VTT: "captions.vtt",
    SidecarKind.CAPTIONS_SRT: "captions.srt",
    SidecarKind.SPRITES: "sprites.jpg",
    SidecarKind.SPRITES_VTT: "sprites.vtt",
    SidecarKind.MANIFEST: "manifest.json",
    SidecarKind.TIMELINE_OTIO: "timeline.otio",
}


@frozen(kw_only=True)
class Sidecar:
    """A file beside the video, under the hash of its content too."""

    kind: SidecarKind
    file: StoredFile

    @property
    def name(self) -> str:
        """What it is called in a folder of them, and by those that refer to it."""
        return SIDECAR_NAMES[self.kind]


@frozen(kw_only=True)
class Video:
    """The finished programme, published under the hash of its content."""

    file: StoredFile
    poster: StoredFile
    captions: StoredFile | None = None
    frames: int
    rate: int
    width: int
    height: int
    sidecars: tuple[Sidecar, ...] = ()
    """Files that a video may have or not; `beside` has the poster and the captions too."""

    @property
    def beside(self) -> tuple[Sidecar, ...]:
        """Everything that lies beside the video."""
        usual = {SidecarKind.POSTER: self.poster, SidecarKind.CAPTIONS_VTT: self.captions}
        known = (Sidecar(kind=kind, file=file) for kind, file in usual.items() if file is not None)
        return (*known, *self.sidecars)


@frozen(kw_only=True)
class Revision:
    """One version of a job's video: what was asked for, what is held, what came of it."""

    number: int = field(validator=ge(1))
    reason: Reason
    status: JobStatus = JobStatus.QUEUED
    brief: Brief | None = None
    """The wish that it began with; None where the user brought a storyboard."""
    estimate: Estimate
    reservation: Reservation
    progress: float = 0.0
    """Part of the composing that is done, 0 to 1."""
    cost: Micros = 0
    """What was spent; final once the revision has ended."""
    video: Video | None = None
    error: Failure | None = None
    note: str | None = None
    """Something that the user should know, as that the paid planner's answer could not be used."""
    deadline: datetime
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def ended(self) -> bool:
        """Whether it can never change again."""
        return not JOB_MOVES[self.status]


@frozen(kw_only=True)
class Job:
    """A video in the making or made, with its latest revision. Every write raises `version` by one."""

    id: str
    owner: str
    tier: Tier
    title: str
    aspect_ratio: AspectRatio
    resolution: Resolution
    model: str
    revision: Revision
    epoch: int = 0
    """Number of the leg that drives it: a writer with an older one is a zombie."""
    driver: str | None = None
    """What the execution that claimed this leg calls itself, if it can say."""
    driven_until: datetime | None = None
    """Until then its leg is taken to be alive."""
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    version: int = 1

    @property
    def status(self) -> JobStatus:
        """Where its latest revision stands."""
        return self.revision.status

    @property
    def ended(self) -> bool:
        """Whether its latest revision has ended."""
        return self.revision.ended

    def become(self, status: JobStatus, *, at: datetime, **changes: Any) -> "Job":
        """The latest revision moves on to `status`. Raises Conflict for a move that isn't legal."""
        if status not in JOB_MOVES[self.status]:
            raise Conflict(
                f"job {self.id} is {self.status}; it cannot become {status}", code=f"job_{self.status}"
            )
        if not JOB_MOVES[status]:
            changes["ended_at"] = at
        return self.revise(at=at, status=status, **changes)

    def revise(self, *, at: datetime, **changes: Any) -> "Job":
        """Change fields of the latest revision. Raises Conflict once it has ended."""
        if self.ended:
            raise Conflict(f"revision {self.revision.number} of job {self.id} has ended; it never changes")
        revision = evolve(self.revision, **changes)
        return evolve(self, revision=revision, updated_at=at, version=self.version + 1)

    def is_claimed(self, leg: int, by: str | None) -> bool:
        """Whether `by` has claimed this very leg before, and never heard that it did."""
        return by is not None and not self.ended and (self.epoch, self.driver) == (leg, by)

    def claim(self, leg: int, *, at: datetime, lease: timedelta, by: str | None = None) -> "Job":
        """Take over as leg number `leg`. Raises Superseded unless the leg before it was the newest."""
        if self.ended or self.epoch != leg - 1:
            raise Superseded(f"leg {leg} of job {self.id} comes after leg {self.epoch} of {self.status}")
        return evolve(
            self, epoch=leg, driver=by, driven_until=at + lease, updated_at=at, version=self.version + 1
        )

    def keep(self, *, at: datetime, lease: timedelta) -> "Job":
        """The same, known to be driven for a while longer."""
        return evolve(self, driven_until=at + lease, version=self.version + 1)

    def at_version(self, version: int) -> "Job":
        """The same as that version: several moves that are written as one change."""
        return evolve(self, version=version)

    def next_revision(self, revision: Revision, *, at: datetime) -> "Job":
        """Begin another revision. Raises Conflict unless the one before has ended and the job is there."""
        if not self.ended:
            raise Conflict(f"job {self.id} is {self.status}; it must end first", code=f"job_{self.status}")
        if self.deleted_at is not None:
            raise Conflict(f"job {self.id} is deleted; restore it first", code="job_deleted")
        return evolve(self, revision=revision, driven_until=None, updated_at=at, version=self.version + 1)


@frozen(kw_only=True)
class SceneState:
    """How far a scene of a revision has come. One item a scene, so that 40 workers never meet."""

    job_id: str
    revision: int
    number: int
    status: SceneStatus = SceneStatus.PENDING
    frames: int
    """Frames that it gets on the timeline; narration may lengthen it before the video is asked for."""
    speech_take: str | None = None
    still_take: str | None = None
    video_take: str | None = None
    speech: StoredFile | None = None
    still: StoredFile | None = None
    clip: StoredFile | None = None
    progress: float = 0.0
    error: Failure | None = None
    updated_at: datetime
    epoch: int = 0
    version: int = 1

    @property
    def ended(self) -> bool:
        """Whether it can go no further."""
        return not SCENE_MOVES[self.status]

    def become(self, status: SceneStatus, *, at: datetime, **changes: Any) -> "SceneState":
        """Move on to `status`. Raises Conflict for a move that isn't legal."""
        if status not in SCENE_MOVES[self.status]:
            raise Conflict(
                f"scene {self.number} of {self.job_id} is {self.status}; it cannot become {status}"
            )
        return self.revise(at=at, status=status, **changes)

    def revise(self, *, at: datetime, **changes: Any) -> "SceneState":
        """Change fields, keeping the status unless it is among them."""
        return evolve(self, updated_at=at, version=self.version + 1, **changes)

    @classmethod
    def of(cls, job_id: str, revision: int, storyboard: Storyboard, at: datetime) -> "tuple[SceneState, ...]":
        """Fresh states for every scene of a storyboard."""
        return tuple(
            cls(job_id=job_id, revision=revision, number=s.number, frames=s.frames, updated_at=at)
            for s in storyboard.scenes
        )


@frozen(kw_only=True)
class JobEvent:
    """Something that happened to a job or to one of its scenes.

    Written in the transaction of the change itself. `version` is the version that the item then had: events
    are ordered within a scene (or the job, scene 0), and nobody has to queue for a common counter.
    """

    job_id: str
    revision: int
    scene: int
    version: int
    type: str
    """`job` or `scene`."""
    data: Mapping[str, Any]
    at: datetime
