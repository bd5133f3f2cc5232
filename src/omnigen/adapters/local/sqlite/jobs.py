"""Jobs in SQLite: each call is one transaction, whose steps are the functions of `rows`."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from omnigen.adapters.cursor import seal, unseal
from omnigen.adapters.documents import EVENTS, JOBS, RECORDS, REVISIONS, SCENES, STORYBOARDS, micros
from omnigen.adapters.local.sqlite import rows, usage
from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.local.sqlite.reading import every, first
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.events import job_event, scene_event
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, JobStatus, Revision, SceneState
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.succession import (
    check_end,
    check_first,
    check_next_revision,
    check_scene,
    check_update,
    replayed,
)
from omnigen.ports.jobs import Acceptance, Cursor, Page

_REVISIONS = """
SELECT document FROM revisions WHERE job_id = ?1 AND document IS NOT NULL
UNION ALL SELECT document -> '$.revision' FROM jobs WHERE id = ?1
"""
_UNDRIVEN = """
SELECT document FROM jobs WHERE NOT ended AND driven_until <= ? ORDER BY driven_until, id LIMIT ?
"""
_PURGEABLE = """
SELECT document FROM jobs WHERE ended AND deleted_at < ? ORDER BY deleted_at, id LIMIT ?
"""


class SqliteJobs:
    """`omnigen.ports.jobs.Jobs` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(self, acceptance: Acceptance) -> IdempotencyRecord | None:
        """Take a job in, or say what the same key brought before."""
        return await self._database.write(lambda db: _accept(db, acceptance))

    async def recall(self, owner: str, key: str, *, at: datetime) -> IdempotencyRecord | None:
        """The record under a key that has not expired."""
        query = "SELECT document FROM requests WHERE owner = ? AND key = ? AND expires_at > ?"
        return await self._database.read(lambda db: first(RECORDS, db, query, owner, key, micros(at)))

    async def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """The job; with an owner, only his."""
        job = await self._database.read(lambda db: rows.find(db, job_id))
        if owner is not None and job.owner != owner:
            raise NotFound(f"job {job_id} was not found")
        return job

    async def list(
        self, owner: str, *, limit: int, cursor: str | None = None, status: JobStatus | None = None
    ) -> Page:
        """Own jobs that aren't deleted, newest first."""
        query = "SELECT document FROM jobs WHERE owner = ? AND deleted_at IS NULL"
        values: list[str | int] = [owner]
        if cursor is not None:
            query += " AND id < ?"
            values.append(unseal(owner, cursor))
        if status is not None:
            query += " AND status = ?"
            values.append(status.value)
        query += " ORDER BY id DESC LIMIT ?"
        found = await self._database.read(lambda db: every(JOBS, db, query, *values, limit + 1))
        shown = found[:limit]
        return Page(jobs=shown, cursor=seal(owner, shown[-1].id) if len(found) > limit else None)

    async def revisions(self, job_id: str) -> Sequence[Revision]:
        """All revisions, oldest first."""
        found = await self._database.read(lambda db: every(REVISIONS, db, _REVISIONS, job_id))
        if not found:
            raise NotFound(f"job {job_id} was not found")
        return sorted(found, key=lambda revision: revision.number)

    async def storyboard(self, job_id: str, revision: int) -> Storyboard | None:
        """The storyboard of a revision; None while it is still being planned."""
        query = "SELECT storyboard FROM revisions WHERE job_id = ? AND number = ?"
        return await self._database.read(lambda db: first(STORYBOARDS, db, query, job_id, revision))

    async def update(self, job: Job) -> None:
        """Replace the job, if the stored one is the version before."""

        def change(db: apsw.Connection) -> None:
            check_update(rows.find(db, job.id), job)
            _replace(db, job)

        await self._database.write(change)

    async def plan(self, job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...]) -> None:
        """Replace the job and add its storyboard with its scenes."""

        def change(db: apsw.Connection) -> None:
            check_update(rows.find(db, job.id), job)
            if not rows.add_storyboard(db, job, storyboard):
                raise Conflict(f"revision {job.revision.number} of job {job.id} has a storyboard already")
            rows.add_scenes(db, scenes)
            _replace(db, job)

        await self._database.write(change)

    async def end(self, job: Job) -> None:
        """Replace the job by one that has ended, and end its reservation."""

        def change(db: apsw.Connection) -> None:
            check_end(rows.find(db, job.id), job)
            usage.end(db, job.revision.reservation)
            _replace(db, job)

        await self._database.write(change)

    async def scenes(self, job_id: str, revision: int) -> tuple[SceneState, ...]:
        """States of all scenes of a revision, in order."""
        query = "SELECT document FROM scenes WHERE job_id = ? AND revision = ? ORDER BY number"
        return await self._database.read(lambda db: every(SCENES, db, query, job_id, revision))

    async def update_scene(self, scene: SceneState) -> None:
        """Replace a scene's state, if the stored one is the version before and of no newer epoch."""

        def change(db: apsw.Connection) -> None:
            stored, ended = rows.find_scene(db, scene)
            check_scene(stored, scene, revision_ended=ended)
            rows.replace_scene(db, scene)
            rows.add_event(db, scene_event(scene))

        await self._database.write(change)

    async def events(self, job_id: str, revision: int, *, after: Cursor) -> Sequence[JobEvent]:
        """Events newer than a position, in the order in which they happened."""
        query = "SELECT scene, version, document FROM events WHERE job_id = ? AND revision = ? ORDER BY seq"

        def newer(db: apsw.Connection) -> Sequence[JobEvent]:
            found = db.execute(query, (job_id, revision))
            return EVENTS.of(text for scene, version, text in found if version > after.get(scene, 0))

        return await self._database.read(newer)

    async def undriven(self, *, at: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have not ended and that no living leg drives, the longest abandoned first."""
        return await self._database.read(lambda db: every(JOBS, db, _UNDRIVEN, micros(at), limit))

    async def purgeable(self, *, before: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have ended and were deleted before an instant."""
        return await self._database.read(lambda db: every(JOBS, db, _PURGEABLE, micros(before), limit))

    async def purge(self, job_id: str) -> None:
        """Forget a job wholly; its usage stays. Absent is fine."""
        await self._database.write(lambda db: rows.purge(db, job_id))


def _accept(db: apsw.Connection, acceptance: Acceptance) -> IdempotencyRecord | None:
    job, record = acceptance.job, acceptance.record
    if record is not None:
        before = replayed(rows.find_record(db, record), record, at=job.updated_at)
        if before is not None:
            return before
    _check_acceptable(db, job)
    usage.hold(db, job.revision.reservation, acceptance.quota)
    if record is not None:
        rows.keep_record(db, record, at=job.updated_at)
    rows.write_acceptance(db, acceptance)
    rows.add_event(db, job_event(job))
    return None


def _check_acceptable(db: apsw.Connection, job: Job) -> None:
    if job.version == 1:
        check_first(job)  # that it isn't there yet is seen when it is written
        return
    stored = rows.find(db, job.id)
    check_next_revision(stored, job)
    rows.archive(db, stored)


def _replace(db: apsw.Connection, job: Job) -> None:
    rows.replace(db, job)
    rows.add_event(db, job_event(job))
