"""Where every item is. The two tables have the same plain keys, a partition and a place in it.

jobs    OWNER#<owner>       JOB#<job>                       the job: whoever has another owner's id finds nothing
        JOB#<job>           POINTER                         its owner, which never changes
                            REVISION#<n>                    a revision that was followed by another
                            STORYBOARD#<n>
                            SCENE#<n>#<scene>               one item a scene: 40 workers never meet
                            EVENT#<n>#<scene>#<version>
                            TAKE#<take>
        TAKE#<take>         POINTER                         its job
        PREDICTION#<id>     PREDICTION                      the one take that it belongs to
        UPLOAD#<id>         UPLOAD
        OUTBOX#<shard>      MESSAGE#<id>
usage   OWNER#<owner>       PERIOD#<month>, ACTIVE, KEY#<idempotency key>
        JOB#<job>           ENTRY#<id>
        RATE#<window>#<key> SLOT#<number>
        DELIVERY#<id>       DELIVERY

The index `sweep` has the jobs that are open (by the end of their lease) and those that are deleted (by when),
each in one of several partitions, so that no partition takes all writes.
"""

import zlib
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from omnigen.domain.job import JobEvent, SceneState

JOBS: Final = "jobs"
USAGE: Final = "usage"
SWEEP: Final = "sweep"
"""The index, and the attribute that is its partition; `sweep_at` sorts it."""
OPEN: Final = "open"
DELETED: Final = "deleted"
SHARDS: Final = range(4)
_LONGEST_PARTITION, _LONGEST_PLACE = 2048, 1024  # bytes


@frozen
class Key:
    """One item's place."""

    table: str
    pk: str
    sk: str

    @property
    def possible(self) -> bool:
        """Whether an item can have it: DynamoDB refuses longer ones even in a question."""
        longest = (self.pk, _LONGEST_PARTITION), (self.sk, _LONGEST_PLACE)
        return all(len(part.encode(errors="replace")) <= limit for part, limit in longest)


def job(owner: str, job_id: str) -> Key:
    """The job itself."""
    return Key(JOBS, owned(owner), f"JOB#{job_id}")


def owned(owner: str) -> str:
    """The partition of an owner, in either table."""
    return f"OWNER#{owner}"


def of_job(job_id: str) -> str:
    """The partition of a job, in either table."""
    return f"JOB#{job_id}"


def pointer(job_id: str) -> Key:
    """Who owns a job."""
    return Key(JOBS, of_job(job_id), "POINTER")


def revision(job_id: str, number: int) -> Key:
    """A revision as it ended."""
    return Key(JOBS, of_job(job_id), f"REVISION#{number:04}")


def storyboard(job_id: str, number: int) -> Key:
    """The storyboard of a revision."""
    return Key(JOBS, of_job(job_id), f"STORYBOARD#{number:04}")


def scenes(number: int) -> str:
    """What the places of a revision's scenes begin with."""
    return f"SCENE#{number:04}#"


def scene(state: SceneState) -> Key:
    """A scene's state."""
    return Key(JOBS, of_job(state.job_id), f"{scenes(state.revision)}{state.number:03}")


def events(number: int) -> str:
    """What the places of a revision's events begin with."""
    return f"EVENT#{number:04}#"


def event(told: JobEvent) -> Key:
    """One event: a version of a scene, or of the job, has one."""
    return Key(JOBS, of_job(told.job_id), f"{events(told.revision)}{told.scene:03}#{told.version:08}")


def take(job_id: str, take_id: str) -> Key:
    """A take, among those of its job."""
    return Key(JOBS, of_job(job_id), f"TAKE#{take_id}")


def take_pointer(take_id: str) -> Key:
    """Which job a take belongs to."""
    return Key(JOBS, f"TAKE#{take_id}", "POINTER")


def prediction(prediction_id: str) -> Key:
    """Which take a prediction belongs to."""
    return Key(JOBS, f"PREDICTION#{prediction_id}", "PREDICTION")


def upload(upload_id: str) -> Key:
    """An upload."""
    return Key(JOBS, f"UPLOAD#{upload_id}", "UPLOAD")


def outbox(shard: int) -> str:
    """A partition of the outbox."""
    return f"OUTBOX#{shard}"


def message(message_id: str) -> Key:
    """A message, found by its id alone."""
    return Key(JOBS, outbox(shard_of(message_id)), f"MESSAGE#{message_id}")


def period(owner: str, month: str) -> Key:
    """What an owner has used in a month."""
    return Key(USAGE, owned(owner), f"PERIOD#{month}")


def active(owner: str) -> Key:
    """How many of an owner's jobs are on their way."""
    return Key(USAGE, owned(owner), "ACTIVE")


def record(owner: str, key: str) -> Key:
    """What was answered under an Idempotency-Key."""
    return Key(USAGE, owned(owner), f"KEY#{key}")


def entry(job_id: str, entry_id: str) -> Key:
    """A ledger entry."""
    return Key(USAGE, of_job(job_id), f"ENTRY#{entry_id}")


def rate(key: str, window: int, slot: int) -> Key:
    """The counter of one fixed window."""
    return Key(USAGE, f"RATE#{window}#{key}", f"SLOT#{slot}")


def delivery(delivery_id: str) -> Key:
    """A delivery from outside that was seen."""
    return Key(USAGE, f"DELIVERY#{delivery_id}", "DELIVERY")


def shard_of(name: str) -> int:
    """Which of the shards a name is in, always."""
    return zlib.crc32(name.encode()) % len(SHARDS)


def sweep(group: str, shard: int) -> str:
    """A partition of the index: of the jobs that are open, or of those that are deleted."""
    return f"{group}#{shard}"


def sweep_before(at: int) -> str:
    """What sorts behind all that are due before an instant, in microseconds, and before all others."""
    return f"{at:020}"


def sweep_place(group: str, job_id: str, at: int) -> Mapping[str, str]:
    """The attributes that put a job into the index."""
    return {"sweep": sweep(group, shard_of(job_id)), "sweep_at": f"{sweep_before(at)}#{job_id}"}
