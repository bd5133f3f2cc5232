"""Items of a job and of what belongs to it: finding them, and the changes that write them."""

from collections.abc import Mapping

from attrs import frozen

from omnigen.adapters.aws.dynamodb import keys
from omnigen.adapters.aws.dynamodb.attributes import Item, Value, document
from omnigen.adapters.aws.dynamodb.changes import Change, overwrite, put
from omnigen.adapters.aws.dynamodb.found import Found, Remembered
from omnigen.adapters.aws.dynamodb.tables import Tables
from omnigen.adapters.documents import JOBS, micros
from omnigen.domain.errors import NotFound
from omnigen.domain.events import job_event, scene_event
from omnigen.domain.job import Job, JobEvent, SceneState
from omnigen.domain.storyboard import Storyboard


@frozen
class JobItems:
    """Finds jobs, by their ids alone or among an owner's."""

    tables: Tables
    owners: Remembered
    """The owner of each job."""

    async def find(self, job_id: str, owner: str | None = None) -> Found[Job]:
        """The job. Raises NotFound; with an owner, for a foreign one too."""
        found = present(await self.item(job_id, owner))
        if found is None:
            raise NotFound(f"job {job_id} was not found")
        return found

    async def item(self, job_id: str, owner: str | None = None) -> Item | None:
        """The job's item, even of one that is being purged."""
        owner = owner if owner is not None else await self.owner_of(job_id)
        return None if owner is None else await self.tables.get(keys.job(owner, job_id))

    async def owner_of(self, job_id: str) -> str | None:
        """Whose job it is; None where there is none."""
        owner = self.owners.get(job_id)
        if owner is not None:
            return owner
        pointer = await self.tables.get(keys.pointer(job_id))
        return None if pointer is None else self.owners.keep(job_id, str(pointer["owner"]))


def present(item: Item | None) -> Found[Job] | None:
    """The job of an item; None where there is none, or it is being purged: then it is gone for everybody."""
    return None if item is None or "purging" in item else Found.of(JOBS, item)


def written(job: Job, token: str, *, seen: Item | None) -> tuple[Change, Change]:
    """The job in the place of the one that was seen, or new, and its event."""
    change = put(keys.job(job.owner, job.id), _values(job, token), seen=seen)
    return change, _told(job_event(job))


def written_scene(scene: SceneState, token: str, *, seen: Item | None) -> tuple[Change, Change]:
    """The scene's state in the place of the one that was seen, and its event."""
    return _scene(scene, token, seen), _told(scene_event(scene))


def planned(job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...], token: str) -> list[Change]:
    """The storyboard of the latest revision, which has none yet, and its scenes."""
    board = put(
        keys.storyboard(job.id, job.revision.number),
        {"token": token, "document": document(storyboard)},
        seen=None,
    )
    return [board, *(_scene(scene, token, None) for scene in scenes)]


def archived(job: Job) -> Change:
    """The latest revision as it is, since another is about to take its place."""
    return overwrite(keys.revision(job.id, job.revision.number), {"document": document(job.revision)})


def _scene(scene: SceneState, token: str, seen: Item | None) -> Change:
    values: dict[str, Value] = {
        "token": token,
        "document": document(scene),
        "status": scene.status.value,
        "epoch": scene.epoch,
    }
    return put(keys.scene(scene), values, seen=seen)


def _told(event: JobEvent) -> Change:
    return overwrite(keys.event(event), {"document": document(event)})


def _values(job: Job, token: str) -> dict[str, Value]:
    values: dict[str, Value] = {
        "token": token,
        "document": document(job),
        "status": job.status.value,
        "version": job.version,
        "epoch": job.epoch,
    }
    if job.deleted_at is not None:
        values["deleted_at"] = micros(job.deleted_at)
    return {**values, **_swept(job)}


def _swept(job: Job) -> Mapping[str, Value]:
    """Its place in the sweeper's index, if it has one."""
    if not job.ended:
        at = 0 if job.driven_until is None else micros(job.driven_until)
        return keys.sweep_place(keys.OPEN, job.id, at)
    if job.deleted_at is not None:
        return keys.sweep_place(keys.DELETED, job.id, micros(job.deleted_at))
    return {}
