"""What keeps the promises, each taken out alone: a registry of safeguards and of their careless versions.

Each entry names the promise that it guards, says in words what goes wrong without it, and replaces one function or
one condition of the real program (of the stores, those in memory). `out()` is a context manager: while it is open
the safeguard is gone. `test_safeguards.py` shows that the simulation notices, by that very promise.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve, frozen

from omnigen.adapters.memory import jobs as memory_jobs
from omnigen.adapters.memory.jobs import MemoryJobs
from omnigen.adapters.memory.outbox import MemoryOutbox
from omnigen.adapters.memory.takes import MemoryTakes
from omnigen.adapters.replicate import webhooks
from omnigen.domain import succession
from omnigen.domain.errors import Ambiguous, Conflict, Rejected, Superseded, Transient
from omnigen.domain.job import Job, JobStatus
from omnigen.domain.quota import Quota, Reservation, Usage
from omnigen.domain.take import StoredFile, Take, TakeStatus
from omnigen.ports.jobs import Page
from omnigen.ports.workflow import Leg
from omnigen.usecases import end_job, make_take, submit_job, sweep
from omnigen.usecases.make_take import MakeTake
from omnigen.usecases.publish_video import PublishVideo
from omnigen.usecases.step import Scope
from omnigen.usecases.sweep import Sweep
from omnigen.usecases.wish import Progress


@frozen(kw_only=True)
class Safeguard:
    """Something that a promise rests on."""

    name: str
    promise: str
    """Which one is broken without it, as in `P2`."""
    careless: tuple[tuple[Any, str, Any], ...]
    """Where it is, what it is called, and what takes its place."""

    @contextmanager
    def out(self) -> Iterator[None]:
        """Do without it for a while."""
        before = [(place, name, vars(place)[name]) for place, name, _ in self.careless]
        try:
            for place, name, instead in self.careless:
                setattr(place, name, instead)
            yield
        finally:
            for place, name, was in before:
                setattr(place, name, was)


SAFEGUARDS: Final[dict[str, Safeguard]] = {}


def guards(promise: str, *places: tuple[Any, str]) -> Callable[[Any], Any]:
    """Register a careless version of what stands at some places; its docstring is what goes wrong."""

    def register(careless: Any) -> Any:
        name = re.sub(r"_s(?=_|$)", "'s", careless.__name__).replace("_", " ")
        replaced = tuple((place, attribute, careless) for place, attribute in places)
        SAFEGUARDS[name] = Safeguard(name=name, promise=promise, careless=replaced)
        return careless

    return register


def _nothing(*_: Any, **__: Any) -> None:
    """No check at all."""


async def _nothing_awaited(*_: Any, **__: Any) -> None:
    """No check at all, of those that are awaited."""


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


def _add(name: str, promise: str, *careless: tuple[Any, str, Any]) -> None:
    SAFEGUARDS[name] = Safeguard(name=name, promise=promise, careless=careless)


_add("a take's version", "P4", (succession, "_check_newer", _newer("take", version=False)))
_add("a scene's version", "P4", (succession, "_check_newer", _newer("scene", version=False)))
_add("a job's version", "P4", (succession, "_check_newer", _newer("job", version=False)))
_add("a take's epoch", "P5", (succession, "_check_newer", _newer("take", epoch=False)))


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


_add(
    "a key is remembered",
    "P6",
    (memory_jobs, "replayed", _nothing),
    (submit_job, "recall", _nothing_awaited),
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


_add("a job has a deadline", "P3", (Scope, "read", staticmethod(_never_late)))


@guards("P5", (Job, "claim"))
def a_leg_is_claimed_once(self: Job, leg: int, *, at: datetime, lease: timedelta) -> Job:
    """Two executions of a leg both take it for theirs."""
    return evolve(
        self,
        epoch=max(leg, self.epoch),
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


# --- what is paid


async def _refused_first(self: MakeTake, leg: Leg, take: Take) -> Progress | None:
    """What comes before a sending, and stays."""
    await self._check_sendable(leg, take)
    full = await self._full(take)
    return None if full is None else Progress(take=take, wait=max(0.05, full))


async def _sent_first(self: MakeTake, leg: Leg, take: Take) -> Progress:
    if refused := await _refused_first(self, leg, take):
        return refused
    prediction = await self.provider.create(take.revise(sends=take.sends + 1))
    return await self._submitted(leg, take, prediction)


async def _answered(self: MakeTake, leg: Leg, sending: Take) -> Progress:
    """Send it, and act on the answer as is right."""
    try:
        return await self._submitted(leg, sending, await self.provider.create(sending))
    except Transient as error:
        return await self._later(sending, error)
    except Ambiguous:
        return Progress(take=sending, wait=1.0)
    except Rejected as error:
        return await self._finish(leg, sending, TakeStatus.REFUSED, error=error.message)


async def _sent_uncounted(self: MakeTake, leg: Leg, take: Take) -> Progress:
    if refused := await _refused_first(self, leg, take):
        return refused
    sending = take.revise(sent_at=self.clock.now(), next_at=None, epoch=leg.number)
    await self.takes.update(sending)
    return await _answered(self, leg, sending)


class _Hopeful:
    """A provider of whom it is believed that what isn't answered has not arrived."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    async def create(self, take: Take) -> Any:
        try:
            return await self._provider.create(take)
        except Ambiguous as error:
            raise Transient("it can't have arrived") from error


_send = MakeTake._send


async def _sent_again(self: MakeTake, leg: Leg, take: Take) -> Progress:
    return await _send(evolve(self, provider=_Hopeful(self.provider)), leg, take)


async def _given_up_at_once(self: MakeTake, leg: Leg, take: Take) -> Progress:
    return await _adopt(evolve(self, policy=evolve(self.policy, adoption=timedelta(0))), leg, take)


_adopt = MakeTake._adopt


_add("an intent is written before it is sent", "P2", (MakeTake, "_send", _sent_first))
_add("a sending is counted", "P11", (MakeTake, "_send", _sent_uncounted))
_add("a lost reply is not a refusal", "P2", (MakeTake, "_send", _sent_again))
_add("a lost reply is looked for in good time", "P2", (MakeTake, "_adopt", _given_up_at_once))
_add("what is spent was held", "P1", (make_take, "_check_covered", _nothing))


async def _full_never(self: MakeTake, take: Take) -> None:
    return None


async def _no_retry_budget(self: MakeTake, take: Take) -> float | None:
    limit = self.policy.creations_a_minute
    room = await self.rates.hit("provider:create", limit=limit, window=60, at=self.clock.now())
    return None if room.allowed else room.reset


_add("a limit of creations", "P11", (MakeTake, "_full", _full_never))
_add("a budget of retries", "P11", (MakeTake, "_full", _no_retry_budget))


@guards("P11", (MakeTake, "_later"))
async def a_provider_s_wish_to_wait(self: MakeTake, take: Take, error: Transient) -> Progress:
    """Who is throttled asks again in no time."""
    waiting = take.revise(sent_at=None, next_at=self.clock.now())
    await self.takes.update(waiting)
    return Progress(take=waiting, wait=0.1)


@guards("P11", (MakeTake, "_early"))
def nobody_asks_too_early(self: MakeTake, take: Take) -> float:
    """The next leg doesn't heed what the one before was told."""
    return 0.0


@guards("P2", (MakeTake, "_candidates"))
async def a_prediction_is_of_the_same_input(self: MakeTake, take: Take, since: datetime, *_: Any) -> Any:
    """Another's prediction is adopted."""
    return [p for p in await self.provider.created_since(since) if p.model == take.model]


_intent = MakeTake._intent


@guards("P2", (MakeTake, "_intent"))
def a_take_is_named_by_its_purpose(self: MakeTake, *args: Any, **kwargs: Any) -> Take:
    """Two workers with the same intent write two, and pay for both."""
    return evolve(_intent(self, *args, **kwargs), id=self.ids.new("take"))


_finish = MakeTake._finish


@guards("P2", (MakeTake, "_finish"))
async def what_failed_costs_nothing(
    self: MakeTake, leg: Leg, take: Take, status: TakeStatus, **changes: Any
) -> Progress:
    """A failure is on the bill."""
    if status in (TakeStatus.FAILED, TakeStatus.ABORTED):
        changes["cost"] = take.cost
    return await _finish(self, leg, take, status, **changes)


@guards("P10", (make_take, "entry_for"), (end_job, "entry_for"))
def losses_are_entered(*_: Any, **__: Any) -> None:
    """What was charged, perhaps, and never found is in no book."""


@guards("P10", (end_job, "spent"))
def a_failed_job_costs_what_it_spent(*_: Any) -> int:
    """What was made before the failure is given away."""
    return 0


@guards("P3", (end_job, "_closed"))
async def takes_are_closed_with_their_job(takes: Any, leg: Leg, take: Take, at: datetime) -> Take:
    """What still runs at the end is left open for ever."""
    return take


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


_add("a webhook is signed", "P10", (webhooks.WebhookCheck, "__call__", _any_webhook))
_add("a webhook is fresh", "P10", (webhooks, "_check_age", _nothing))


# --- two roads to the same end: either alone is enough


async def _unannounced(self: MemoryJobs, acceptance: Any) -> Any:
    before = dict(self._tables.outbox)
    earlier = await _accepted(self, acceptance)
    self._tables.outbox = before
    return earlier


_accepted = MemoryJobs.accept


async def _lost_by_look(self: Any, **_: Any) -> Any:
    return sweep.Swept(started=0, purged=0)


_add(
    "a zombie is refused by the store, or sees that it is one",
    "P5",
    (succession, "_check_newer", _newer("scene", epoch=False)),
    (Scope, "read", staticmethod(_any_leg)),
)
_add(
    "a prediction belongs to one take, or is looked up",
    "P2",
    (MemoryTakes, "_check_prediction", _nothing),
    (MemoryTakes, "by_prediction", _nothing_awaited),
)
_add(
    "an outbox entry, or a sweeper",
    "P3",
    (MemoryJobs, "accept", _unannounced),
    (Sweep, "__call__", _lost_by_look),
)
