"""Forgetting a job: more items than one transaction may have, so first a mark, then all that belongs to it, last itself.

From the mark on the job is gone for everybody but the sweeper, who takes up again what was cut off.
"""

from itertools import chain

from omnigen.adapters.aws.dynamodb import keys, outbox, takes
from omnigen.adapters.aws.dynamodb.attributes import Item
from omnigen.adapters.aws.dynamodb.changes import mark, remove
from omnigen.adapters.aws.dynamodb.job_items import JobItems, present
from omnigen.adapters.aws.dynamodb.keys import Key
from omnigen.adapters.aws.dynamodb.tables import Stretch
from omnigen.domain.errors import Conflict


async def purge(items: JobItems, job_id: str) -> None:
    """Forget it and all that belongs to it but its usage. Raises Conflict for one that must stay."""
    owner = await items.owner_of(job_id)
    if owner is None:
        return
    key = keys.job(owner, job_id)

    async def attempt(token: str) -> None:
        item = await items.tables.get(key)
        found = present(item)
        if found is None:
            return
        if not found.noun.ended or found.noun.deleted_at is None:
            raise Conflict(f"job {job_id} has not ended or is not deleted; it can't be purged")
        await items.tables.write(mark(key, {"purging": True, "token": token}, seen=found.item))

    await items.tables.decided(f"job {job_id}", attempt)
    await items.tables.delete(await _belongings(items, job_id))
    await items.tables.write(remove(key), remove(keys.pointer(job_id)))


async def _belongings(items: JobItems, job_id: str) -> list[Key]:
    inside = Stretch.beginning(keys.JOBS, keys.of_job(job_id), only="#pk, #sk, #prediction_id")
    found = await items.tables.query(inside)
    queued = [item for item in await outbox.messages(items.tables) if item["job_id"] == job_id]
    pointer = keys.pointer(job_id)
    own = [key for key in map(_key, [*found, *queued]) if key != pointer]
    outside = chain.from_iterable(takes.keys_of(i) for i in found if str(i["sk"]).startswith("TAKE#"))
    return [*outside, *own]


def _key(item: Item) -> Key:
    return Key(keys.JOBS, str(item["pk"]), str(item["sk"]))
