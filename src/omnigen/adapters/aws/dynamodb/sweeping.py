"""What the sweeper looks for, by an index that follows the table a moment later: whatever it says is read again."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from omnigen.adapters.aws.dynamodb import keys
from omnigen.adapters.aws.dynamodb.attributes import noun_of
from omnigen.adapters.aws.dynamodb.keys import Key
from omnigen.adapters.aws.dynamodb.tables import Stretch, Tables, all_of
from omnigen.adapters.documents import JOBS, micros
from omnigen.domain.job import Job

_READ_AT_ONCE: Final = 100


async def undriven(tables: Tables, *, at: datetime, limit: int) -> list[Job]:
    """Jobs that have not ended and that no living leg drives, the longest abandoned first."""

    def since(job: Job) -> int | None:
        until = 0 if job.driven_until is None else micros(job.driven_until)
        return until if not job.ended and until <= micros(at) else None

    return await _due(tables, keys.OPEN, micros(at) + 1, limit, since)


async def purgeable(tables: Tables, *, before: datetime, limit: int) -> list[Job]:
    """Jobs that have ended and were deleted before an instant, the longest deleted first."""

    def since(job: Job) -> int | None:
        deleted = None if job.deleted_at is None else micros(job.deleted_at)
        return deleted if job.ended and deleted is not None and deleted < micros(before) else None

    return await _due(tables, keys.DELETED, micros(before), limit, since)


async def _due(
    tables: Tables, group: str, before: int, limit: int, since: Callable[[Job], int | None]
) -> list[Job]:
    """Jobs that the index has before an instant and that really are due; `since` says since when."""
    places = await _places(tables, group, before, limit)
    found: list[tuple[int, str, Job]] = []
    for begin in range(0, len(places), _READ_AT_ONCE):
        for item in await tables.several(places[begin : begin + _READ_AT_ONCE]):
            job = noun_of(JOBS, item)
            if (due := since(job)) is not None:
                found.append((due, job.id, job))
        if len(found) >= limit:
            break
    return [job for _, _, job in sorted(found, key=lambda each: each[:2])][:limit]


async def _places(tables: Tables, group: str, before: int, limit: int) -> list[Key]:
    """The first places of all partitions, in their common order."""
    stretches = (
        Stretch(
            table=keys.JOBS,
            index=keys.SWEEP,
            pk=keys.sweep(group, shard),
            condition="#sweep_at < :before",
            values={"before": keys.sweep_before(before)},
        )
        for shard in keys.SHARDS
    )
    answers = await all_of(*(tables.query(stretch, limit=limit) for stretch in stretches))
    items = sorted((item for answer in answers for item in answer), key=lambda item: str(item["sweep_at"]))
    return [Key(keys.JOBS, str(item["pk"]), str(item["sk"])) for item in items]
