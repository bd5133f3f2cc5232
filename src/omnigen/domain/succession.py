"""Which write may follow what is stored: one set of rules, that every store applies inside its transaction.

Each function raises what the writer must hear, and says nothing where the write is right: Superseded if a
newer leg has written the item, Conflict if somebody else has or if the change is not one that may happen.
"""

from collections.abc import Container
from datetime import datetime
from typing import Protocol

from omnigen.domain.errors import Conflict, KeyReused, QuotaExceeded, Superseded
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, JobStatus, SceneState
from omnigen.domain.quota import Quota, Reservation, ReservationStatus, Usage
from omnigen.domain.take import TAKE_MOVES, Take


class _Versioned(Protocol):
    @property
    def epoch(self) -> int: ...

    @property
    def version(self) -> int: ...


def replayed(
    stored: IdempotencyRecord | None, asked: IdempotencyRecord, *, at: datetime
) -> IdempotencyRecord | None:
    """The stored record, if it answers the request; None if the key is free. Raises KeyReused."""
    if stored is None or stored.expires_at <= at:
        return None
    if stored.fingerprint != asked.fingerprint:
        raise KeyReused(
            f"Idempotency-Key {asked.key[:40]!r} was used for another request", field="Idempotency-Key"
        )
    return stored


def held(usage: Usage, reservation: Reservation, quota: Quota, *, active: int) -> Usage:
    """Use with the reservation held, while `active` other jobs are on their way. Raises QuotaExceeded."""
    after = usage.hold(reservation, quota)
    if active >= quota.concurrent:
        raise QuotaExceeded(
            f"{active} of {quota.concurrent} concurrent jobs are on their way", code="quota_concurrent"
        )
    return after


def check_first(job: Job) -> None:
    """Whether a job can be the first version of itself."""
    if job.revision.number != 1 or job.version != 1:
        raise Conflict(f"job {job.id} begins with revision {job.revision.number}, version {job.version}")
    _check_open(job)


def check_next_revision(stored: Job, job: Job) -> None:
    """Whether a job can be the stored one with its next revision."""
    _check_newer(f"job {job.id}", stored, job)
    _check_owner(stored, job)
    if not stored.ended:
        raise Conflict(f"job {job.id} is {stored.status}; it must end first", code=f"job_{stored.status}")
    if stored.deleted_at is not None or job.deleted_at is not None:
        raise Conflict(f"job {job.id} is deleted; restore it first", code="job_deleted")
    if job.revision.number != stored.revision.number + 1:
        raise Conflict(f"revision {job.revision.number} can't follow revision {stored.revision.number}")
    _check_open(job)


def check_update(stored: Job, job: Job) -> None:
    """Whether a job can replace the stored one, its latest revision not ending by it."""
    _check_newer(f"job {job.id}", stored, job)
    _check_owner(stored, job)
    if stored.ended and job.revision != stored.revision:
        raise Conflict(f"revision {stored.revision.number} of job {job.id} has ended; it never changes")
    if job.ended and not stored.ended:
        raise Conflict(f"job {job.id} can't become {job.status} without its reservation being ended")
    _check_revision(stored, job)
    if job.revision.reservation != stored.revision.reservation:
        raise Conflict(f"the reservation of job {job.id} can't change before it ends")


def check_end(stored: Job, job: Job) -> None:
    """Whether a job can replace the stored one, its latest revision and its reservation ending by it."""
    _check_newer(f"job {job.id}", stored, job)
    _check_owner(stored, job)
    if stored.ended:
        raise Conflict(f"revision {stored.revision.number} of job {job.id} has ended; it never changes")
    if not job.ended:
        raise Conflict(f"job {job.id} is {job.status}; that is no end")
    _check_revision(stored, job)
    _check_ended(stored.revision.reservation, job.revision.reservation)


def check_scene(stored: SceneState, scene: SceneState, *, revision_ended: bool) -> None:
    """Whether a scene's state can replace the stored one."""
    name = f"scene {scene.number} of job {scene.job_id}"
    _check_newer(name, stored, scene)
    if revision_ended:
        raise Conflict(f"revision {scene.revision} of job {scene.job_id} has ended; it never changes")
    _check_move(name, stored.status, scene.status, SCENE_MOVES[stored.status])


def check_take(stored: Take, take: Take) -> None:
    """Whether a take can replace the stored one."""
    _check_newer(f"take {take.id}", stored, take)
    _check_move(f"take {take.id}", stored.status, take.status, TAKE_MOVES[stored.status])
    if stored.prediction_id not in (None, take.prediction_id):
        raise Conflict(f"take {take.id} has prediction {stored.prediction_id}; it can't get another")


def _check_newer(name: str, stored: _Versioned, new: _Versioned) -> None:
    if stored.epoch > new.epoch:
        raise Superseded(f"{name} was written by leg {stored.epoch}; leg {new.epoch} must stop")
    if stored.version != new.version - 1:
        raise Conflict(f"{name} is at version {stored.version}; version {new.version} can't follow")


def _check_owner(stored: Job, job: Job) -> None:
    if stored.owner != job.owner:
        raise Conflict(f"job {job.id} can't change hands")


def _check_revision(stored: Job, job: Job) -> None:
    if job.revision.number != stored.revision.number:
        raise Conflict(f"revision {job.revision.number} isn't the latest of job {job.id}")
    _check_move(f"job {job.id}", stored.status, job.status, JOB_MOVES[stored.status])


def _check_move(name: str, before: str, after: str, allowed: Container[str]) -> None:
    if after != before and after not in allowed:
        raise Conflict(f"{name} is {before}; it cannot become {after}")


def _check_open(job: Job) -> None:
    reservation = job.revision.reservation
    if job.status is not JobStatus.QUEUED or reservation.status is not ReservationStatus.HELD:
        raise Conflict(f"job {job.id} begins {job.status} with a reservation {reservation.status}")
    if reservation.owner != job.owner:
        raise Conflict(f"job {job.id} of {job.owner} can't hold what is another's")


def _check_ended(before: Reservation, after: Reservation) -> None:
    """Only its end may differ: whoever settles another sum in another month has mixed up two jobs."""
    expected = (
        before.settle(after.settled_amount)
        if after.status is ReservationStatus.SETTLED
        else before.release(after.settled_amount)
    )
    if after != expected:
        raise Conflict(f"the reservation ends as {after}; it began as {before}")
