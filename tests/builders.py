"""Ready-made nouns for tests: each with sensible values, any of which can be given instead."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from omnigen.domain.catalogue import Micros, TakeKind, Unit
from omnigen.domain.idempotency import KEPT_FOR, IdempotencyRecord, request_fingerprint
from omnigen.domain.job import Job, JobStatus, Reason, Revision, SceneState
from omnigen.domain.pricing import Estimate, EstimateLine
from omnigen.domain.quota import EntryKind, LedgerEntry, Quota, Reservation, Tier, period_of
from omnigen.domain.storyboard import (
    AspectRatio,
    Brief,
    Resolution,
    Scene,
    Storyboard,
    Style,
    Transition,
    TransitionKind,
)
from omnigen.domain.take import StoredFile, Take, fingerprint
from omnigen.ports.jobs import Acceptance
from omnigen.ports.uploads import Upload

NOW: Final = datetime(2026, 11, 5, 12, 0, 0, tzinfo=UTC)
"""The instant at which tests begin."""
MODEL: Final = "google/veo-3.1-fast"
SCENE_PRICE: Final = 600_000
PLENTY: Final = Quota(videos=1000, spend=10**12, concurrent=1000, seconds=180, requests=1000)
"""Limits that are never in the way."""


def later(seconds: float = 1, at: datetime = NOW) -> datetime:
    """An instant so many seconds after another."""
    return at + timedelta(seconds=seconds)


def a_brief(**changes: Any) -> Brief:
    """A wish for fifteen seconds of lighthouse."""
    given: dict[str, Any] = {
        "prompt": "a lighthouse at dusk, a storm rolls in, the light comes on",
        "frames": 360,
        "model": MODEL,
    }
    return Brief(**given | changes)


def a_scene(number: int = 1, **changes: Any) -> Scene:
    """One shot of five seconds, dissolving from the one before."""
    dissolve = Transition(kind=TransitionKind.DISSOLVE, frames=12)
    given: dict[str, Any] = {
        "number": number,
        "prompt": f"shot {number}: the lighthouse above the dark sea",
        "frames": 120,
        "seed": 1000 + number,
        "transition": dissolve if number > 1 else Transition(),
    }
    return Scene(**given | changes)


def a_storyboard(scenes: int = 3, **changes: Any) -> Storyboard:
    """A plan of so many scenes."""
    given: dict[str, Any] = {
        "title": "The light comes on",
        "aspect_ratio": AspectRatio.WIDE,
        "resolution": Resolution.P720,
        "style": Style.CINEMATIC,
        "model": MODEL,
        "scenes": tuple(a_scene(n) for n in range(1, scenes + 1)),
    }
    return Storyboard(**given | changes)


def an_estimate(scenes: int = 3, at_most: Micros | None = None) -> Estimate:
    """A price for so many scenes, or the given upper bound."""
    price = SCENE_PRICE if at_most is None else at_most // scenes
    lines = tuple(
        EstimateLine(
            kind=TakeKind.VIDEO,
            scene=n,
            model=MODEL,
            quantity=6,
            unit=Unit.SECOND,
            expected=price,
            at_most=price,
        )
        for n in range(1, scenes + 1)
    )
    return Estimate.of(lines, paid_seconds=6 * scenes, used_seconds=5.0 * scenes)


def a_reservation(owner: str = "ada", **changes: Any) -> Reservation:
    """One video and three scenes' worth of money, held in the present month."""
    given: dict[str, Any] = {
        "owner": owner,
        "period": period_of(NOW),
        "videos": 1,
        "amount": 3 * SCENE_PRICE,
    }
    return Reservation(**given | changes)


def a_revision(number: int = 1, *, owner: str = "ada", at: datetime = NOW, **changes: Any) -> Revision:
    """A queued revision. Later ones take no video from the quota."""
    given: dict[str, Any] = {
        "number": number,
        "reason": Reason.SUBMIT if number == 1 else Reason.RETRY,
        "brief": a_brief(),
        "estimate": an_estimate(),
        "reservation": a_reservation(owner, videos=1 if number == 1 else 0, period=period_of(at)),
        "deadline": at + timedelta(hours=1),
        "created_at": at,
    }
    return Revision(**given | changes)


def a_job(number: int = 1, *, owner: str = "ada", at: datetime = NOW, **changes: Any) -> Job:
    """A job that was just submitted. Ids sort by `number`, as they would by time."""
    given: dict[str, Any] = {
        "id": f"job_{number:06d}",
        "owner": owner,
        "tier": Tier.PRO,
        "title": "The light comes on",
        "aspect_ratio": AspectRatio.WIDE,
        "resolution": Resolution.P720,
        "model": MODEL,
        "revision": a_revision(owner=owner, at=at),
        "created_at": at,
        "updated_at": at,
    }
    return Job(**given | changes)


def ended(job: Job, status: JobStatus = JobStatus.FAILED, *, cost: Micros = 0, at: datetime = NOW) -> Job:
    """The job one step on, ended, its reservation settled or released at `cost`."""
    held = job.revision.reservation
    reservation = held.settle(cost) if status is JobStatus.SUCCEEDED else held.release(cost)
    return job.become(status, at=at, reservation=reservation, cost=cost)


def a_record(job: Job, key: str = "key-1", *, body: Any = "body", **changes: Any) -> IdempotencyRecord:
    """What is kept of a request under an Idempotency-Key."""
    given: dict[str, Any] = {
        "owner": job.owner,
        "key": key,
        "fingerprint": request_fingerprint(body),
        "job_id": job.id,
        "revision": job.revision.number,
        "response": b'{"id":"' + job.id.encode() + b'"}\xff',
        "expires_at": job.updated_at + KEPT_FOR,
    }
    return IdempotencyRecord(**given | changes)


def an_acceptance(job: Job | None = None, *, scenes: int = 3, **changes: Any) -> Acceptance:
    """A submission with its storyboard and fresh scenes, within limits that are never in the way."""
    job = job or a_job()
    storyboard = a_storyboard(scenes)
    given: dict[str, Any] = {
        "job": job,
        "storyboard": storyboard,
        "scenes": SceneState.of(job.id, job.revision.number, storyboard, job.updated_at),
        "quota": PLENTY,
    }
    return Acceptance(**given | changes)


def a_take(job: Job | None = None, scene: int | None = 1, *, attempt: int = 1, **changes: Any) -> Take:
    """The intent to have a scene's clip made (or, without a scene, the music)."""
    job = job or a_job()
    kind = TakeKind.MUSIC if scene is None else TakeKind.VIDEO
    prompt = f"scene {scene}"
    given: dict[str, Any] = {
        "id": f"take_{job.id}_{job.revision.number}_{scene or 0}_{kind}_{attempt}",
        "job_id": job.id,
        "owner": job.owner,
        "revision": job.revision.number,
        "scene": scene,
        "kind": kind,
        "model": MODEL,
        "fingerprint": fingerprint(
            kind=kind, model=MODEL, version=None, prompt=prompt, seed=scene, settings={}, inputs=()
        ),
        "prompt": prompt,
        "seed": scene,
        "input": {"prompt": prompt, "duration": 6, "aspect_ratio": "16:9", "loop": False, "image": None},
        "seconds": 6,
        "estimate": SCENE_PRICE,
        "attempt": attempt,
        "intended_at": NOW,
    }
    return Take(**given | changes)


def a_file(key: str = "clips/one.mp4", **changes: Any) -> StoredFile:
    """A clip in the asset store."""
    given: dict[str, Any] = {"sha256": "0" * 64, "size": 4096, "content_type": "video/mp4", "seconds": 6.0}
    return StoredFile(key=key, **given | changes)


def an_entry(
    entry_id: str = "entry_1", amount: Micros = 250_000, job: Job | None = None, **changes: Any
) -> LedgerEntry:
    """A late cost of a job."""
    job = job or a_job()
    given: dict[str, Any] = {
        "owner": job.owner,
        "period": job.revision.reservation.period,
        "job_id": job.id,
        "revision": job.revision.number,
        "kind": EntryKind.LATE_COST,
        "at": NOW,
    }
    return LedgerEntry(id=entry_id, amount=amount, **given | changes)


def an_upload(upload_id: str = "upload_1", *, owner: str = "ada", **changes: Any) -> Upload:
    """A picture that is still awaited."""
    given: dict[str, Any] = {
        "content_type": "image/png",
        "size": 1_000_000,
        "key": f"quarantine/{upload_id}",
        "created_at": NOW,
    }
    return Upload(id=upload_id, owner=owner, **given | changes)
