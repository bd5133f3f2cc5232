"""Rows of a job and of what belongs to it. Every function runs inside a transaction of its caller."""

from datetime import datetime
from functools import cache

import apsw

from omnigen.adapters.documents import JOBS, RECORDS, SCENES, micros, text
from omnigen.adapters.local.sqlite import outbox
from omnigen.adapters.local.sqlite.reading import first
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, SceneState
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.jobs import Acceptance
from omnigen.ports.outbox import Message

_INSERT = "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_UPDATE = """
UPDATE jobs SET owner = ?2, revision = ?3, status = ?4, ended = ?5, version = ?6, driven_until = ?7,
    deleted_at = ?8, document = ?9 WHERE id = ?1
"""
_SCENE = """
SELECT s.document, j.ended OR j.revision <> s.revision FROM scenes s JOIN jobs j ON j.id = s.job_id
WHERE s.job_id = ? AND s.revision = ? AND s.number = ?
"""
_EVENT = "INSERT INTO events (job_id, revision, scene, version, document) VALUES (?, ?, ?, ?, ?)"


def lookup(db: apsw.Connection, job_id: str) -> Job | None:
    """The job, None where there is none."""
    return first(JOBS, db, "SELECT document FROM jobs WHERE id = ?", job_id)


def find(db: apsw.Connection, job_id: str) -> Job:
    """The job. Raises NotFound."""
    job = lookup(db, job_id)
    if job is None:
        raise NotFound(f"job {job_id} was not found")
    return job


def replace(db: apsw.Connection, job: Job) -> None:
    """Put a job in its former version's place."""
    db.execute(_UPDATE, _row(job))


def write_acceptance(db: apsw.Connection, acceptance: Acceptance) -> None:
    """The job or its next revision, with storyboard, scenes and the message that starts its first leg.

    Raises Conflict where a new job is there already.
    """
    job, storyboard = acceptance.job, acceptance.storyboard
    if job.version == 1:
        _add(db, job)
    else:
        replace(db, job)
    row = (job.id, job.revision.number, None if storyboard is None else text(storyboard))
    db.execute("INSERT INTO revisions (job_id, number, storyboard) VALUES (?, ?, ?)", row)
    add_scenes(db, acceptance.scenes)
    outbox.add(db, Message.to_start(job))


def _add(db: apsw.Connection, job: Job) -> None:
    try:
        db.execute(_INSERT, _row(job))
    except apsw.ConstraintError:
        raise Conflict(f"job {job.id} is there already") from None


def archive(db: apsw.Connection, job: Job) -> None:
    """Keep the latest revision as it is, since another is about to take its place."""
    row = (text(job.revision), job.id, job.revision.number)
    db.execute("UPDATE revisions SET document = ? WHERE job_id = ? AND number = ?", row)


def add_storyboard(db: apsw.Connection, job: Job, storyboard: Storyboard) -> bool:
    """Give the latest revision its storyboard. False where it has one."""
    row = (text(storyboard), job.id, job.revision.number)
    db.execute(
        "UPDATE revisions SET storyboard = ? WHERE job_id = ? AND number = ? AND storyboard IS NULL", row
    )
    return bool(db.changes())


def add_scenes(db: apsw.Connection, scenes: tuple[SceneState, ...]) -> None:
    """Write all scenes in one statement: forty of them would cost forty trips into SQLite."""
    if scenes:
        db.execute(_insert_scenes(len(scenes)), [value for scene in scenes for value in _scene_row(scene)])


@cache
def _insert_scenes(count: int) -> str:
    return f"INSERT INTO scenes VALUES {', '.join(['(?, ?, ?, ?)'] * count)}"  # noqa: S608 - nothing from outside


def _scene_row(scene: SceneState) -> tuple[str | int, ...]:
    return (scene.job_id, scene.revision, scene.number, text(scene))


def find_scene(db: apsw.Connection, scene: SceneState) -> tuple[SceneState, bool]:
    """What is stored of a scene, and whether its revision has ended. Raises NotFound."""
    row = db.execute(_SCENE, (scene.job_id, scene.revision, scene.number)).fetchone()
    if row is None:
        raise NotFound(f"scene {scene.number} of job {scene.job_id} was not found")
    return SCENES.one(row[0]), bool(row[1])


def replace_scene(db: apsw.Connection, scene: SceneState) -> None:
    """Put a scene's state in its former version's place."""
    query = "UPDATE scenes SET document = ? WHERE job_id = ? AND revision = ? AND number = ?"
    db.execute(query, (text(scene), scene.job_id, scene.revision, scene.number))


def add_event(db: apsw.Connection, event: JobEvent) -> None:
    """Tell what a change was."""
    db.execute(_EVENT, (event.job_id, event.revision, event.scene, event.version, text(event)))


def find_record(db: apsw.Connection, record: IdempotencyRecord) -> IdempotencyRecord | None:
    """What is stored under a record's key, expired or not."""
    query = "SELECT document FROM requests WHERE owner = ? AND key = ?"
    return first(RECORDS, db, query, record.owner, record.key)


def keep_record(db: apsw.Connection, record: IdempotencyRecord, *, at: datetime) -> None:
    """Keep a record in the place of any that has expired, and forget all others that have."""
    db.execute("DELETE FROM requests WHERE expires_at <= ?", (micros(at),))
    row = (record.owner, record.key, micros(record.expires_at), text(record))
    db.execute("INSERT INTO requests VALUES (?, ?, ?, ?)", row)


def purge(db: apsw.Connection, job_id: str) -> None:
    """Remove a job and all that belongs to it but its usage. Raises Conflict for one that must stay."""
    row = db.execute("SELECT ended AND deleted_at IS NOT NULL FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if row == (0,):
        raise Conflict(f"job {job_id} has not ended or is not deleted; it can't be purged")
    for table, column in (("takes", "job_id"), ("outbox", "job_id"), ("jobs", "id")):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (job_id,))  # noqa: S608 - our own names


def _row(job: Job) -> tuple[str | int | None, ...]:
    return (
        job.id,
        job.owner,
        job.revision.number,
        job.status.value,
        int(job.ended),
        job.version,
        0 if job.driven_until is None else micros(job.driven_until),
        None if job.deleted_at is None else micros(job.deleted_at),
        text(job),
    )
