"""How a job is shown: everything a client needs in one body, seconds and dollars instead of frames and micros."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import Meta

from omnigen.domain.catalogue import TakeKind, Unit
from omnigen.domain.job import Failure, JobStatus, Reason, Revision, SceneState, SceneStatus, Video
from omnigen.domain.pricing import Estimate, EstimateLine
from omnigen.domain.storyboard import AspectRatio, Resolution, Scene, Style
from omnigen.domain.take import Take, TakeStatus
from omnigen.domain.timeline import seconds_of
from omnigen.entrypoints.http.file_views import FileView
from omnigen.entrypoints.http.requests import StoryboardBody, TransitionBody
from omnigen.entrypoints.http.wire import Money, View
from omnigen.usecases.job_detail import JobDetail


class FailureView(View, frozen=True):
    """Why something ended badly."""

    code: str
    message: str
    scene: int | None
    retryable: Annotated[bool, Meta(description="Whether the same may succeed at another time.")]
    charged: Money

    @classmethod
    def of(cls, failure: Failure | None) -> "FailureView | None":
        """None where nothing failed."""
        if failure is None:
            return None
        return cls(
            code=failure.code,
            message=failure.message,
            scene=failure.scene,
            retryable=failure.retryable,
            charged=Money.of(failure.charged),
        )


class TakeView(View, frozen=True):
    """One request to a model, and what it cost."""

    id: str
    kind: TakeKind
    model: str
    status: TakeStatus
    revision: Annotated[int, Meta(description="The revision that asked for it, and pays for it.")]
    attempt: int
    prompt: str
    seed: int | None
    in_use: (
        Annotated[
            bool, Meta(description="Whether its scene, as it stands, is made of it; null for the job's own.")
        ]
        | None
    )
    clip_url: Annotated[str, Meta(description="Of a clip or a still; signed, for a short while.")] | None
    seconds: Annotated[int, Meta(description="Seconds that are paid for, where the model charges by them.")]
    progress: float
    estimate: Money
    cost: Money
    error: str | None

    @classmethod
    def of(
        cls, take: Take, links: Mapping[str, str] = MappingProxyType({}), *, in_use: bool | None = None
    ) -> "TakeView":
        """A take as its owner sees it."""
        return cls(
            id=take.id,
            kind=take.kind,
            model=take.model,
            status=take.status,
            revision=take.revision,
            attempt=take.attempt,
            prompt=take.prompt,
            seed=take.seed,
            in_use=in_use,
            clip_url=links.get(take.file.key) if take.file else None,
            seconds=take.seconds,
            progress=take.progress,
            estimate=Money.of(take.estimate),
            cost=Money.of(take.cost if take.charged else 0),
            error=take.error,
        )


class SceneView(View, frozen=True):
    """One scene of the latest revision."""

    number: int
    status: SceneStatus
    progress: Annotated[float, Meta(description="0 to 1.")]
    duration: Annotated[float, Meta(description="Seconds; narration may have lengthened it.")]
    prompt: str | None
    narration: str | None
    transition: TransitionBody | None
    reference_image: str | None
    seed: int | None
    clip_url: (
        Annotated[str, Meta(description="Signed, for a short while; null until the clip is there.")] | None
    )
    cost: Money
    takes: Annotated[list[TakeView], Meta(description="All that were ever made of it, wherever it stood.")]
    placeholder: Annotated[bool, Meta(description="A labelled card stands in for its clip.")]
    error: FailureView | None


class EstimateLineView(View, frozen=True):
    """One take that has to be paid for."""

    kind: TakeKind
    scene: int | None
    model: str
    quantity: float
    unit: Unit
    expected: Money
    at_most: Money

    @classmethod
    def of(cls, line: EstimateLine) -> "EstimateLineView":
        """A line with its sums."""
        return cls(
            kind=line.kind,
            scene=line.scene,
            model=line.model,
            quantity=line.quantity,
            unit=line.unit,
            expected=Money.of(line.expected),
            at_most=Money.of(line.at_most),
        )


class EstimateView(View, frozen=True):
    """What is expected, and the most that it can come to."""

    expected: Money
    at_most: Money
    paid_seconds: Annotated[int, Meta(description="Seconds of clips that models charge for.")]
    used_seconds: Annotated[float, Meta(description="Seconds of the finished video.")]
    lines: list[EstimateLineView]

    @classmethod
    def of(cls, estimate: Estimate) -> "EstimateView":
        """An estimate with its lines."""
        return cls(
            expected=Money.of(estimate.expected),
            at_most=Money.of(estimate.at_most),
            paid_seconds=estimate.paid_seconds,
            used_seconds=estimate.used_seconds,
            lines=[EstimateLineView.of(line) for line in estimate.lines],
        )


class VideoView(View, frozen=True):
    """The finished video."""

    url: (
        Annotated[str, Meta(description="Signed, for a short while; `GET .../video` makes a new one.")] | None
    )
    duration: Annotated[float, Meta(description="Seconds.")]
    frames: int
    rate: Annotated[int, Meta(description="Frames a second.")]
    width: int
    height: int
    sha256: str
    size: Annotated[int, Meta(description="Bytes.")]
    files: Annotated[list[FileView], Meta(description="What lies beside it; docs/FILES.md.")]

    @classmethod
    def of(cls, video: Video, links: Mapping[str, str]) -> "VideoView":
        """A video with its address."""
        return cls(
            url=links.get(video.file.key),
            duration=seconds_of(video.frames, video.rate),
            frames=video.frames,
            rate=video.rate,
            width=video.width,
            height=video.height,
            sha256=video.file.sha256,
            size=video.file.size,
            files=[FileView.of(sidecar, links) for sidecar in video.beside],
        )


class JobView(View, frozen=True):
    """A job and its latest revision."""

    id: str
    revision: int
    reason: Annotated[Reason, Meta(description="Why this revision was made.")]
    status: JobStatus
    stage: Annotated[str, Meta(description="What is being done, in a few words for people.")]
    progress: Annotated[float, Meta(description="0 to 1.")]
    title: str
    prompt: str | None
    model: str
    style: Style | None
    aspect_ratio: AspectRatio
    resolution: Resolution
    duration: Annotated[float, Meta(description="Seconds of the finished video: expected, then real.")]
    scenes: list[SceneView]
    takes: Annotated[list[TakeView], Meta(description="Takes of the job itself: plan and music.")]
    estimate: EstimateView
    cost: Money
    video: VideoView | None
    poster_url: str | None
    captions_url: str | None
    error: FailureView | None
    note: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    deadline: Annotated[datetime, Meta(description="The revision ends by then, whatever happens.")]
    storyboard: Annotated[StoryboardBody, Meta(description="As it can be sent again, edited or not.")] | None

    @classmethod
    def of(cls, detail: JobDetail, rate: int) -> "JobView":
        """A job as its owner sees it."""
        job, revision = detail.job, detail.job.revision
        video, links = revision.video, detail.links
        board = detail.storyboard
        return cls(
            id=job.id,
            revision=revision.number,
            reason=revision.reason,
            status=job.status,
            stage=stage_of(detail),
            progress=detail.progress,
            title=job.title,
            prompt=revision.brief.prompt if revision.brief else None,
            model=job.model,
            style=board.style if board else revision.brief.style if revision.brief else None,
            aspect_ratio=job.aspect_ratio,
            resolution=job.resolution,
            duration=_duration(revision),
            scenes=_scenes(detail, rate),
            takes=[TakeView.of(take) for take in detail.takes if take.scene is None],
            estimate=EstimateView.of(revision.estimate),
            cost=Money.of(_cost(detail)),
            video=VideoView.of(video, links) if video else None,
            poster_url=links.get(video.poster.key) if video else None,
            captions_url=links.get(video.captions.key) if video and video.captions else None,
            error=FailureView.of(revision.error),
            note=revision.note,
            created_at=job.created_at,
            updated_at=job.updated_at,
            started_at=revision.started_at,
            ended_at=revision.ended_at,
            deadline=revision.deadline,
            storyboard=StoryboardBody.of(board, rate) if board else None,
        )


class JobPage(View, frozen=True):
    """A stretch of the list of jobs."""

    jobs: list[JobView]
    cursor: Annotated[str, Meta(description="Leads on: `?cursor=`; null at the end.")] | None


def renderer(rate: int) -> Callable[[JobDetail], bytes]:
    """Turns a job into the bytes of an answer, which are kept with its Idempotency-Key."""

    def render(detail: JobDetail) -> bytes:
        return msgspec.json.encode(JobView.of(detail, rate))

    return render


def stage_of(detail: JobDetail) -> str:
    """What is being done, for people."""
    done = sum(s.status in (SceneStatus.STORED, SceneStatus.READY) for s in detail.scenes)
    match detail.job.status:
        case JobStatus.QUEUED:
            return "waiting to start"
        case JobStatus.GENERATING if detail.scenes:
            return f"making scenes, {done} of {len(detail.scenes)} done"
        case JobStatus.GENERATING:
            return "planning"
        case JobStatus.COMPOSING:
            return "putting the video together"
        case JobStatus.SUCCEEDED:
            return "done"
        case status:
            return status.value


def _duration(revision: Revision) -> float:
    video = revision.video
    return seconds_of(video.frames, video.rate) if video else revision.estimate.used_seconds


def _cost(detail: JobDetail) -> int:
    """Final once the revision has ended; until then what its takes have cost so far."""
    revision = detail.job.revision
    if revision.ended or revision.cost:
        return revision.cost
    return sum(t.cost for t in detail.takes if t.charged and t.revision == revision.number)


def _scenes(detail: JobDetail, rate: int) -> list[SceneView]:
    board = {scene.number: scene for scene in detail.storyboard.scenes} if detail.storyboard else {}
    return [
        _scene(state, board.get(state.number), _takes_of(state, board, detail.takes), detail.links, rate)
        for state in detail.scenes
    ]


def _takes_of(state: SceneState, board: Mapping[int, Scene], takes: Iterable[Take]) -> list[Take]:
    """Its own, wherever it stood when they were made, and those of others that it is made of."""
    scene, used = board.get(state.number), _used(state)
    shot = scene.shot if scene is not None else state.number
    return [t for t in takes if t.shot == shot or t.id in used]


def _used(state: SceneState) -> frozenset[str]:
    return frozenset(filter(None, (state.speech_take, state.still_take, state.video_take)))


def _scene(
    state: SceneState, scene: Scene | None, takes: list[Take], links: Mapping[str, str], rate: int
) -> SceneView:
    passage = scene.transition if scene else None
    return SceneView(
        number=state.number,
        status=state.status,
        progress=state.progress,
        duration=seconds_of(state.frames, rate),
        prompt=scene.prompt if scene else None,
        narration=scene.narration if scene else None,
        transition=TransitionBody(type=passage.kind, duration=seconds_of(passage.frames, rate))
        if passage
        else None,
        reference_image=scene.reference if scene else None,
        seed=scene.seed if scene else None,
        clip_url=links.get(state.clip.key) if state.clip else None,
        cost=Money.of(sum(take.cost for take in takes if take.charged)),
        takes=[TakeView.of(take, links, in_use=take.id in _used(state)) for take in takes],
        placeholder=scene.placeholder if scene else False,
        error=FailureView.of(state.error),
    )
