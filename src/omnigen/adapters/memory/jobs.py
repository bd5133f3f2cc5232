"""Jobs in memory."""

from collections.abc import Sequence
from datetime import datetime

from omnigen.adapters.cursor import seal, unseal
from omnigen.adapters.memory.store import Tables
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
    held,
    replayed,
)
from omnigen.ports.jobs import Acceptance, Cursor, Page
from omnigen.ports.outbox import Message


class MemoryJobs:
    """`omnigen.ports.jobs.Jobs` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def accept(self, acceptance: Acceptance) -> IdempotencyRecord | None:
        """Take a job in, or say what the same key brought before."""
        tables, job, record = self._tables, acceptance.job, acceptance.record
        if record is not None:
            stored = tables.records.get((record.owner, record.key))
            if before := replayed(stored, record, at=job.updated_at):
                return before
        former = self._former(job)
        held_by, active = job.revision.reservation, tables.active(job.owner)
        usage = held(tables.usage_of(held_by.owner, held_by.period), held_by, acceptance.quota, active=active)
        if record is not None:
            tables.records[record.owner, record.key] = record
        if former is not None:
            tables.revisions[job.id, former.number] = former
        tables.keep(usage)
        self._write(job)
        self._add(job, acceptance.storyboard, acceptance.scenes)
        message = Message.to_start(job)
        tables.outbox.setdefault(message.id, message)
        return None

    async def recall(self, owner: str, key: str, *, at: datetime) -> IdempotencyRecord | None:
        """The record under a key that has not expired."""
        record = self._tables.records.get((owner, key))
        return record if record is not None and record.expires_at > at else None

    async def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """The job; with an owner, only his."""
        job = self._find(job_id)
        if owner is not None and job.owner != owner:
            raise NotFound(f"job {job_id} was not found")
        return job

    async def list(
        self, owner: str, *, limit: int, cursor: str | None = None, status: JobStatus | None = None
    ) -> Page:
        """Own jobs that aren't deleted, newest first."""
        before = None if cursor is None else unseal(owner, cursor)
        found = [
            job
            for job in sorted(self._tables.jobs.values(), key=lambda job: job.id, reverse=True)
            if job.owner == owner
            and job.deleted_at is None
            and (before is None or job.id < before)
            and (status is None or job.status is status)
        ]
        shown = tuple(found[:limit])
        return Page(jobs=shown, cursor=seal(owner, shown[-1].id) if len(found) > limit else None)

    async def revisions(self, job_id: str) -> Sequence[Revision]:
        """All revisions, oldest first."""
        latest = self._find(job_id).revision
        return [*(self._tables.revisions[job_id, n] for n in range(1, latest.number)), latest]

    async def storyboard(self, job_id: str, revision: int) -> Storyboard | None:
        """The storyboard of a revision; None while it is still being planned."""
        return self._tables.storyboards.get((job_id, revision))

    async def update(self, job: Job) -> None:
        """Replace the job, if the stored one is the version before."""
        check_update(self._find(job.id), job)
        self._write(job)

    async def plan(self, job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...]) -> None:
        """Replace the job and add its storyboard with its scenes."""
        check_update(self._find(job.id), job)
        if (job.id, job.revision.number) in self._tables.storyboards:
            raise Conflict(f"revision {job.revision.number} of job {job.id} has a storyboard already")
        self._write(job)
        self._add(job, storyboard, scenes)

    async def end(self, job: Job) -> None:
        """Replace the job by one that has ended, and end its reservation."""
        check_end(self._find(job.id), job)
        ended = job.revision.reservation
        self._tables.keep(self._tables.usage_of(ended.owner, ended.period).end(ended))
        self._write(job)

    async def scenes(self, job_id: str, revision: int) -> tuple[SceneState, ...]:
        """States of all scenes of a revision, in order."""
        found = [s for key, s in self._tables.scenes.items() if key[:2] == (job_id, revision)]
        return tuple(sorted(found, key=lambda scene: scene.number))

    async def update_scene(self, scene: SceneState) -> None:
        """Replace a scene's state, if the stored one is the version before and of no newer epoch."""
        key = (scene.job_id, scene.revision, scene.number)
        stored, job = self._tables.scenes.get(key), self._tables.jobs.get(scene.job_id)
        if stored is None or job is None:
            raise NotFound(f"scene {scene.number} of job {scene.job_id} was not found")
        ended = job.ended or job.revision.number != scene.revision
        check_scene(stored, scene, revision_ended=ended)
        self._tables.scenes[key] = scene
        self._tables.events.append(scene_event(scene))

    async def events(self, job_id: str, revision: int, *, after: Cursor) -> Sequence[JobEvent]:
        """Events newer than a position, in the order in which they happened."""
        return [
            event
            for event in self._tables.events
            if (event.job_id, event.revision) == (job_id, revision)
            and event.version > after.get(event.scene, 0)
        ]

    async def undriven(self, *, at: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have not ended and that no living leg drives, the longest abandoned first."""
        jobs = [j for j in self._tables.jobs.values() if not j.ended]
        found = [(j.driven_until.timestamp() if j.driven_until else 0, j.id, j) for j in jobs]
        return [j for until, _, j in sorted(found, key=lambda f: f[:2]) if until <= at.timestamp()][:limit]

    async def purgeable(self, *, before: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have ended and were deleted before an instant."""
        found = [
            (job.deleted_at, job.id, job)
            for job in self._tables.jobs.values()
            if job.ended and job.deleted_at is not None and job.deleted_at < before
        ]
        return [job for _, _, job in sorted(found, key=lambda f: f[:2])][:limit]

    async def purge(self, job_id: str) -> None:
        """Forget a job wholly; its usage stays. Absent is fine."""
        tables, job = self._tables, self._tables.jobs.get(job_id)
        if job is None:
            return
        if not job.ended or job.deleted_at is None:
            raise Conflict(f"job {job_id} has not ended or is not deleted; it can't be purged")
        del tables.jobs[job_id]
        tables.revisions = {key: r for key, r in tables.revisions.items() if key[0] != job_id}
        tables.storyboards = {key: s for key, s in tables.storyboards.items() if key[0] != job_id}
        tables.scenes = {key: s for key, s in tables.scenes.items() if key[0] != job_id}
        tables.events = [event for event in tables.events if event.job_id != job_id]
        tables.takes = {key: take for key, take in tables.takes.items() if take.job_id != job_id}
        tables.outbox = {key: m for key, m in tables.outbox.items() if m.job_id != job_id}

    def _find(self, job_id: str) -> Job:
        job = self._tables.jobs.get(job_id)
        if job is None:
            raise NotFound(f"job {job_id} was not found")
        return job

    def _former(self, job: Job) -> Revision | None:
        """The revision that this job's latest one follows. Raises Conflict or NotFound if it can't."""
        if job.version > 1:
            stored = self._find(job.id)
            check_next_revision(stored, job)
            return stored.revision
        check_first(job)
        if job.id in self._tables.jobs:
            raise Conflict(f"job {job.id} is there already")
        return None

    def _write(self, job: Job) -> None:
        self._tables.jobs[job.id] = job
        self._tables.events.append(job_event(job))

    def _add(self, job: Job, storyboard: Storyboard | None, scenes: tuple[SceneState, ...]) -> None:
        if storyboard is not None:
            self._tables.storyboards[job.id, job.revision.number] = storyboard
        for scene in scenes:
            self._tables.scenes[scene.job_id, scene.revision, scene.number] = scene
