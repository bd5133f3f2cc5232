"""Keeping jobs, their revisions, storyboards, scenes and events, and the holds on quota that go with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, JobStatus, Revision, SceneState
from omnigen.domain.quota import Quota
from omnigen.domain.storyboard import Storyboard


@frozen(kw_only=True)
class Acceptance:
    """All that has to be written before a submission may be answered with 202."""

    job: Job
    """Version 1 of a new job, or the next version of one whose next revision this is."""
    storyboard: Storyboard | None
    """None while a paid planner has still to write it."""
    scenes: tuple[SceneState, ...]
    quota: Quota
    """The owner's limits, held against in the same transaction."""
    record: IdempotencyRecord | None = None


@frozen(kw_only=True)
class Page:
    """A stretch of a listing. `cursor` leads on from it, None at the end; it is opaque and bound to its owner."""

    jobs: tuple[Job, ...]
    cursor: str | None


Cursor = Mapping[int, int]
"""Position in a revision's events: the newest version seen of each scene (0 is the job itself)."""


class Jobs(Protocol):
    """The record of all jobs. A call that returns has made its change durable; one that raises has changed nothing.

    Every write is conditional: on the version before (optimistic), and for scenes on the epoch of the leg that
    wrote the item last. Losing such a race is Conflict, losing it to a newer leg is Superseded. An outage is
    Transient, never NotFound. Each write adds its JobEvent in the same transaction. A revision that has ended
    never changes, nor do its scenes, and no write makes a move that isn't legal: both are Conflict.
    """

    async def accept(self, acceptance: Acceptance) -> IdempotencyRecord | None:
        """Take a job in: idempotency record, reservation, job, storyboard, scenes and outbox entry, or nothing.

        Returns None when it was accepted now, the stored record when the same key and fingerprint was
        accepted before. Raises KeyReused for another fingerprint, QuotaExceeded (videos, spend or concurrent
        jobs), Conflict where the job has meanwhile changed.
        """
        ...

    async def recall(self, owner: str, key: str, *, at: datetime) -> IdempotencyRecord | None:
        """The record under a key, None where there is none or it has expired."""
        ...

    async def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """The job, deleted ones too. With an owner, a foreign job is NotFound. None is for workers."""
        ...

    async def list(
        self, owner: str, *, limit: int, cursor: str | None = None, status: JobStatus | None = None
    ) -> Page:
        """Own jobs that aren't deleted, newest first, including every job accepted before the call.

        Raises Invalid for a cursor that is malformed or another owner's.
        """
        ...

    async def revisions(self, job_id: str) -> Sequence[Revision]:
        """All revisions, oldest first; the last is the job's latest."""
        ...

    async def storyboard(self, job_id: str, revision: int) -> Storyboard | None:
        """The storyboard of a revision; None while it is still being planned."""
        ...

    async def update(self, job: Job) -> None:
        """Replace the job, if the stored one is the version before. It ends by `end` alone."""
        ...

    async def plan(self, job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...]) -> None:
        """Replace the job and add the storyboard that a paid planner has written, with its scenes."""
        ...

    async def end(self, job: Job) -> None:
        """Replace the job by one that has ended, and settle or release its reservation in the same transaction."""
        ...

    async def scenes(self, job_id: str, revision: int) -> tuple[SceneState, ...]:
        """States of all scenes of a revision, in order."""
        ...

    async def update_scene(self, scene: SceneState) -> None:
        """Replace a scene's state, if the stored one is the version before and of no newer epoch."""
        ...

    async def events(self, job_id: str, revision: int, *, after: Cursor) -> Sequence[JobEvent]:
        """Events newer than a position, oldest first and ordered within each scene."""
        ...

    async def undriven(self, *, at: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have not ended and that no living leg drives at that instant."""
        ...

    async def purgeable(self, *, before: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have ended and were deleted before an instant."""
        ...

    async def purge(self, job_id: str) -> None:
        """Forget a job and its takes wholly; its usage stays, and a record under its key until that expires.

        Absent is fine. Raises Conflict for a job that is on its way, or not deleted (any more).
        """
        ...
