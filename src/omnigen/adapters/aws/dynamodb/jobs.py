"""Jobs in DynamoDB: look, judge by the domain's rules, write under the condition that nothing has changed meanwhile."""

from collections.abc import Sequence
from datetime import datetime

from omnigen.adapters.aws.dynamodb import keys, purging, sweeping, usage
from omnigen.adapters.aws.dynamodb.accepting import Standing, record_of
from omnigen.adapters.aws.dynamodb.attributes import Value, noun_of
from omnigen.adapters.aws.dynamodb.changes import mark
from omnigen.adapters.aws.dynamodb.events import in_order
from omnigen.adapters.aws.dynamodb.found import Found, Remembered, nouns_of
from omnigen.adapters.aws.dynamodb.job_items import JobItems, planned, written, written_scene
from omnigen.adapters.aws.dynamodb.keys import Key
from omnigen.adapters.aws.dynamodb.tables import Stretch, Tables
from omnigen.adapters.cursor import seal, unseal
from omnigen.adapters.documents import EVENTS, JOBS, REVISIONS, SCENES, STORYBOARDS
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, JobStatus, Revision, SceneState
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.succession import check_end, check_scene, check_update
from omnigen.ports.jobs import Acceptance, Cursor, Page


class DynamoJobs:
    """`omnigen.ports.jobs.Jobs` in DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._items = JobItems(tables, Remembered())

    async def accept(self, acceptance: Acceptance) -> IdempotencyRecord | None:
        """Take a job in, or say what the same key brought before."""

        async def attempt(token: str) -> IdempotencyRecord | None:
            standing = await Standing.look(self._tables, acceptance)
            if standing.written_by(token):
                return None
            before = standing.check(acceptance)
            if before is None:
                await self._tables.write(*standing.changes(acceptance, token))
            return before

        return await self._tables.decided(f"job {acceptance.job.id}", attempt)

    async def recall(self, owner: str, key: str, *, at: datetime) -> IdempotencyRecord | None:
        """The record under a key that has not expired."""
        item = await self._tables.get(keys.record(owner, key))
        record = None if item is None else record_of(item)
        return record if record is not None and record.expires_at > at else None

    async def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """The job; with an owner, only his."""
        return (await self._items.find(job_id, owner)).noun

    async def list(
        self, owner: str, *, limit: int, cursor: str | None = None, status: JobStatus | None = None
    ) -> Page:
        """Own jobs that aren't deleted, newest first."""
        where, values = "attribute_not_exists(#deleted_at)", dict[str, Value]()
        if status is not None:
            where, values = f"{where} AND #status = :status", {"status": status.value}
        if cursor is not None:
            # Cut short where somebody has forged a longer one than DynamoDB compares with.
            values["before"] = f"JOB#{unseal(owner, cursor)[:200]}"
        stretch = Stretch(
            table=keys.JOBS,
            pk=keys.owned(owner),
            condition="" if cursor is None else "#sk < :before",
            values=values,
            where=where,
            backwards=True,
        )
        found = nouns_of(JOBS, await self._tables.query(stretch, limit=limit + 1))
        shown = found[:limit]
        return Page(jobs=shown, cursor=seal(owner, shown[-1].id) if len(found) > limit else None)

    async def revisions(self, job_id: str) -> Sequence[Revision]:
        """All revisions, oldest first."""
        latest = (await self._items.find(job_id)).noun.revision
        archive = Stretch.beginning(keys.JOBS, keys.of_job(job_id), "REVISION#")
        former = nouns_of(REVISIONS, await self._tables.query(archive))
        # Another one may have begun since the job was read.
        return [*(revision for revision in former if revision.number < latest.number), latest]

    async def storyboard(self, job_id: str, revision: int) -> Storyboard | None:
        """The storyboard of a revision; None while it is still being planned."""
        item = await self._tables.get(keys.storyboard(job_id, revision))
        return None if item is None else noun_of(STORYBOARDS, item)

    async def update(self, job: Job) -> None:
        """Replace the job, if the stored one is the version before."""

        async def attempt(token: str) -> None:
            stored = await self._items.find(job.id)
            if not stored.written_by(token):
                check_update(stored.noun, job)
                await self._tables.write(*written(job, token, seen=stored.item))

        await self._tables.decided(f"job {job.id}", attempt)

    async def plan(self, job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...]) -> None:
        """Replace the job and add its storyboard with its scenes."""

        async def attempt(token: str) -> None:
            stored = await self._items.find(job.id)
            if stored.written_by(token):
                return
            check_update(stored.noun, job)
            number = job.revision.number
            if await self._tables.get(keys.storyboard(job.id, number)) is not None:
                raise Conflict(f"revision {number} of job {job.id} has a storyboard already")
            added = planned(job, storyboard, scenes, token)
            await self._tables.write(*written(job, token, seen=stored.item), *added)

        await self._tables.decided(f"job {job.id}", attempt)

    async def end(self, job: Job) -> None:
        """Replace the job by one that has ended, end its reservation, and close its scenes."""

        async def attempt(token: str) -> None:
            stored = await self._items.find(job.id)
            if stored.written_by(token):
                return
            check_end(stored.noun, job)
            closed = [
                # A worker that has looked at a scene before this finds it changed, and looks again.
                mark(scene, {"closed": True, "token": token})
                for scene in await self._scene_keys(job.id, job.revision.number)
            ]
            books = usage.end(job.revision.reservation)
            await self._tables.write(*written(job, token, seen=stored.item), *books, *closed)

        await self._tables.decided(f"job {job.id}", attempt)

    async def scenes(self, job_id: str, revision: int) -> tuple[SceneState, ...]:
        """States of all scenes of a revision, in order."""
        stretch = Stretch.beginning(keys.JOBS, keys.of_job(job_id), keys.scenes(revision))
        return nouns_of(SCENES, await self._tables.query(stretch))

    async def update_scene(self, scene: SceneState) -> None:
        """Replace a scene's state, if the stored one is the version before and of no newer epoch.

        The job's item is not touched: the end of its revision has closed each scene in its own item.
        """
        name = f"scene {scene.number} of job {scene.job_id}"

        async def attempt(token: str) -> None:
            item = await self._tables.get(keys.scene(scene))
            if item is None:
                raise NotFound(f"{name} was not found")
            stored = Found.of(SCENES, item)
            if not stored.written_by(token):
                check_scene(stored.noun, scene, revision_ended="closed" in item)
                await self._tables.write(*written_scene(scene, token, seen=item))

        await self._tables.decided(name, attempt)

    async def events(self, job_id: str, revision: int, *, after: Cursor) -> Sequence[JobEvent]:
        """Events newer than a position, in the order in which they happened."""
        stretch = Stretch.beginning(keys.JOBS, keys.of_job(job_id), keys.events(revision))
        told = nouns_of(EVENTS, await self._tables.query(stretch))
        return in_order(event for event in told if event.version > after.get(event.scene, 0))

    async def undriven(self, *, at: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have not ended and that no living leg drives, the longest abandoned first."""
        return await sweeping.undriven(self._tables, at=at, limit=limit)

    async def purgeable(self, *, before: datetime, limit: int) -> Sequence[Job]:
        """Jobs that have ended and were deleted before an instant."""
        return await sweeping.purgeable(self._tables, before=before, limit=limit)

    async def purge(self, job_id: str) -> None:
        """Forget a job wholly; its usage stays. Absent is fine."""
        await purging.purge(self._items, job_id)

    async def _scene_keys(self, job_id: str, revision: int) -> Sequence[Key]:
        partition = keys.of_job(job_id)
        stretch = Stretch.beginning(keys.JOBS, partition, keys.scenes(revision), only="#sk")
        return [Key(keys.JOBS, partition, str(item["sk"])) for item in await self._tables.query(stretch)]
