"""What keeps the promises, each taken out alone: a registry of safeguards and of their careless versions.

Each entry names the promise that it guards, says in words what goes wrong without it, and replaces one function or
one condition of the real program (of the stores, those in memory). `out()` is a context manager: while it is open
the safeguard is gone. `test_safeguards.py` shows that the simulation notices, by that very promise.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from omnigen.adapters.memory import jobs as memory_jobs
from omnigen.adapters.memory.jobs import MemoryJobs
from omnigen.adapters.memory.outbox import MemoryOutbox
from omnigen.adapters.memory.takes import MemoryTakes
from omnigen.adapters.replicate import webhooks
from omnigen.domain import succession
from omnigen.domain.errors import Conflict, Superseded, Transient
from omnigen.domain.job import Job, JobStatus
from omnigen.domain.quota import Quota, Reservation, Usage
from omnigen.domain.take import StoredFile
from omnigen.ports.jobs import Page
from omnigen.ports.workflow import Leg
from omnigen.usecases import submit_job, sweep
from omnigen.usecases.publish_video import PublishVideo
from omnigen.usecases.start_leg import KeepLeg
from omnigen.usecases.step import Scope
from omnigen.usecases.sweep import Sweep
from tests.simulation import paying
from tests.simulation.registry import SAFEGUARDS, Safeguard, add, guards, nothing, nothing_awaited

__all__ = ["SAFEGUARDS", "Safeguard", "paying"]

# --- what the stores demand of a write


def _newer(kind: str, *, version: bool = True, epoch: bool = True) -> Any:
    """The check of versions and epochs, without one of the two for items of a kind."""
    whole = succession._check_newer

    def check(name: str, stored: Any, new: Any) -> None:
        if not name.startswith(kind):
            whole(name, stored, new)
        elif epoch and stored.epoch > new.epoch:
            raise Superseded(name)
        elif version and stored.version != new.version - 1:
            raise Conflict(name)

    return check


add("a take's version", "P4", (succession, "_check_newer", _newer("take", version=False)))
add("a scene's version", "P4", (succession, "_check_newer", _newer("scene", version=False)))
add("a job's version", "P4", (succession, "_check_newer", _newer("job", version=False)))
add("a take's epoch", "P5", (succession, "_check_newer", _newer("take", epoch=False)))


@guards("P1", (Usage, "hold"))
def the_month_s_limits(self: Usage, reservation: Reservation, quota: Quota) -> Usage:
    """Whoever has used up his month is served nevertheless."""
    return evolve(
        self,
        held_videos=self.held_videos + reservation.videos,
        held_amount=self.held_amount + reservation.amount,
    )


@guards("P1", (memory_jobs, "held"))
def the_limit_of_jobs_at_once(usage: Usage, reservation: Reservation, quota: Quota, *, active: int) -> Usage:
    """Any number of jobs is on its way at once."""
    return usage.hold(reservation, quota)


@guards("P1", (memory_jobs, "held"))
def a_hold_is_written_with_its_job(usage: Usage, *_: Any, **__: Any) -> Usage:
    """The job is there, and nothing is held for it."""
    return usage


@guards("P1", (MemoryJobs, "end"))
async def a_settlement_is_written_with_the_end(self: MemoryJobs, job: Job) -> None:
    """The job has ended, and its books follow never."""
    succession.check_end(self._find(job.id), job)
    self._write(job)


_list = MemoryJobs.list


@guards("P8", (MemoryJobs, "list"))
async def a_listing_is_its_owner_s(self: MemoryJobs, owner: str, **given: Any) -> Page:
    """Everybody's jobs are listed to everybody."""
    pages = [await _list(self, job.owner, **given) for job in self._tables.jobs.values()]
    return Page(jobs=tuple(job for page in pages for job in page.jobs), cursor=None)


@guards("P8", (MemoryJobs, "get"))
async def a_job_is_its_owner_s(self: MemoryJobs, job_id: str, *, owner: str | None = None) -> Job:
    """Whoever knows its id has the job."""
    return self._find(job_id)


add(
    "a key is remembered",
    "P6",
    (memory_jobs, "replayed", nothing),
    (submit_job, "recall", nothing_awaited),
)


@guards("P10", (MemoryOutbox, "first_time"))
async def a_delivery_is_known_again(self: MemoryOutbox, delivery_id: str, *, at: datetime) -> bool:
    """A webhook that comes twice is acted on twice."""
    return True


@guards("P12", (MemoryJobs, "purgeable"))
async def what_is_deleted_waits_a_day(self: MemoryJobs, *, before: datetime, limit: int) -> list[Job]:
    """A deleted job is gone at the next sweep, though it may be restored for a day."""
    return [job for job in self._tables.jobs.values() if job.ended and job.deleted_at is not None]


# --- what a leg asks before it acts


async def _any_leg(jobs: Any, leg: Leg, clock: Any) -> Scope:
    job = await jobs.get(leg.job_id)
    late = clock.now() >= job.revision.deadline
    return Scope(job=job, closing=late or job.status is JobStatus.CANCELLING)


async def _never_late(jobs: Any, leg: Leg, clock: Any) -> Scope:
    job = await jobs.get(leg.job_id)
    if job.epoch != leg.number or job.revision.number != leg.revision or job.ended:
        raise Superseded("another drives it")
    return Scope(job=job, closing=job.status is JobStatus.CANCELLING)


add("a job has a deadline", "P3", (Scope, "read", staticmethod(_never_late)))


@guards("P5", (Job, "claim"))
def a_leg_is_claimed_once(
    self: Job, leg: int, *, at: datetime, lease: timedelta, by: str | None = None
) -> Job:
    """Two executions of a leg both take it for theirs."""
    return evolve(
        self,
        epoch=max(leg, self.epoch),
        driver=by,
        driven_until=at + lease,
        updated_at=at,
        version=self.version + 1,
    )


@guards("P3", (Sweep, "__call__"))
async def the_sweeper(self: Sweep, *, ignore_leases: bool = False) -> sweep.Swept:
    """A job whose leg has died is driven by nobody for ever."""
    return sweep.Swept(started=0, purged=0)


@guards("P3", (MemoryJobs, "undriven"))
async def a_lease_runs_out(self: MemoryJobs, *, at: datetime, limit: int) -> list[Job]:
    """Whoever has once begun is believed to be alive for ever."""
    return [job for job in self._tables.jobs.values() if not job.ended and job.driven_until is None]


# --- what is answered, and what is there


@guards("P6", (submit_job, "request_fingerprint"))
def a_key_stands_for_one_request(*_: Any) -> str:
    """Another request under the same key gets the first one's answer."""
    return "any"


_accept = submit_job.accept


@guards("P12", (submit_job, "accept"))
async def accepted_means_written(jobs: Any, workflow: Any, acceptance: Any, response: bytes) -> Any:
    """It is accepted, whether the store has heard of it or not."""
    with suppress(Transient):
        return await _accept(jobs, workflow, acceptance, response)
    job = acceptance.job
    return submit_job.Accepted(job_id=job.id, revision=job.revision.number, response=response, replayed=False)


_put = PublishVideo._put


@guards("P7", (PublishVideo, "_put"))
async def a_video_is_there_before_its_row(self: PublishVideo, job: Job, path: Any, *rest: Any) -> StoredFile:
    """Who can't store it says nothing of that."""
    with suppress(Transient):
        return await _put(self, job, path, *rest)
    return StoredFile(key=f"jobs/{job.id}/videos/missing", sha256="", size=1, content_type="video/mp4")


async def _any_webhook(self: Any, headers: Any, body: bytes) -> str:
    return str(headers["webhook-id"])


add("a webhook is signed", "P10", (webhooks.WebhookCheck, "__call__", _any_webhook))
add("a webhook is fresh", "P10", (webhooks, "_check_age", nothing))


# --- several roads to the same end: each alone is enough


async def _unannounced(self: MemoryJobs, acceptance: Any) -> Any:
    before = dict(self._tables.outbox)
    earlier = await _accepted(self, acceptance)
    self._tables.outbox = before
    return earlier


_accepted = MemoryJobs.accept


async def _kept_by_any(self: KeepLeg, leg: Leg) -> None:
    """It renews the lease, whoever has it by now."""
    with suppress(Conflict):
        job = await self.jobs.get(leg.job_id)
        await self.jobs.update(job.keep(at=self.clock.now(), lease=self.policy.lease))


async def _lost_by_look(self: Any, **_: Any) -> Any:
    return sweep.Swept(started=0, purged=0)


add(
    "a zombie is refused by the store, or sees that it is one",
    "P5",
    (succession, "_check_newer", _newer("scene", epoch=False)),
    (Scope, "read", staticmethod(_any_leg)),
    (KeepLeg, "__call__", _kept_by_any),
)
add(
    "a prediction belongs to one take, or is looked up",
    "P2",
    (MemoryTakes, "_check_prediction", nothing),
    (MemoryTakes, "by_prediction", nothing_awaited),
)
add(
    "an outbox entry, or a sweeper",
    "P3",
    (MemoryJobs, "accept", _unannounced),
    (Sweep, "__call__", _lost_by_look),
)
