"""What must hold after every single write: P1, P4 and P5, looked at as soon as it has taken effect.

Only stores in memory can be looked into so closely; what is checked costs as little as the write itself.
"""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, SceneState
from omnigen.domain.quota import QUOTAS, EntryKind, Reservation, ReservationStatus
from omnigen.domain.take import TAKE_MOVES, Take, TakeStatus
from tests.promises.broken import promise

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

_JOBS: Final = frozenset({"accept", "update", "plan", "end", "update_scene", "purge"})
_SKEW: Final = timedelta(seconds=10)
"""The most that clocks differ by, and a request's way."""
_TAKES: Final = frozenset({"intend", "update"})


class Watch:
    """Remembers every item as it was after the last write."""

    def __init__(self, world: "SimWorld") -> None:
        self._world, self._tables = world, world.tables
        self._jobs: dict[str, Job] = {}
        self._scenes: dict[tuple[str, int, int], SceneState] = {}
        self._takes: dict[str, Take] = {}
        self._deliveries: set[str] = set()
        """Webhooks that were taken for new."""
        self.allowed: Counter[str] = Counter()
        """Requests that the shared counters have let through."""
        self._reservations: dict[tuple[str, int], Reservation] = {}
        """Of every revision that ever was: books outlive their jobs."""

    def after(self, port: str, method: str, args: Any, result: Any) -> None:
        """Look at what a call may have written. Raises Broken."""
        if isinstance(result, Exception):
            return
        if port == "jobs" and method in _JOBS:
            self._look_at_jobs(method, args)
        elif port == "takes" and method in _TAKES:
            self._look_at_takes()
        elif port == "ledger" and method == "enter":
            self._p1(args[0].owner)
        elif port == "rates" and result.allowed:
            self.allowed[args[0]] += 1
        elif method == "first_time" and result:
            promise("P10", args[0] not in self._deliveries, f"{args[0]} was taken for new twice")
            self._deliveries.add(args[0])

    def a_day_later(self) -> None:
        """Deliveries are remembered for a day; one that was being heard as it passed is new again."""
        self._deliveries.clear()

    def job(self, job_id: str) -> Job | None:
        """A job as it was after the last write but one, while its present write is being looked at."""
        return self._jobs.get(job_id)

    def _look_at_jobs(self, method: str, args: Any) -> None:
        if method == "purge":
            self._forget(args[0])
            return
        for key, job in self._tables.jobs.items():
            before = self._jobs.get(key)
            if job is not before:
                self._jobs[key] = job
                self._job(before, job)
        for place, scene in self._tables.scenes.items():
            former = self._scenes.get(place)
            if scene is not former:
                self._scenes[place] = scene
                self._scene(former, scene)

    def _job(self, before: Job | None, job: Job) -> None:
        self._reservations[job.id, job.revision.number] = job.revision.reservation
        if before is None or before.revision.reservation != job.revision.reservation:
            self._p1(job.owner)
        if before is None or before.revision.number != job.revision.number:
            self._p1_within_limits(job)
        if before is None:
            return
        name = f"{job.id} r{job.revision.number}"
        promise("P4", job.version == before.version + 1, f"{name}: version {job.version}, {before.version}")
        promise("P5", job.epoch >= before.epoch, f"{name}: epoch {job.epoch} after {before.epoch}")
        claimed = job.driven_until not in (None, before.driven_until) and job.updated_at != before.updated_at
        promise(
            "P5", not claimed or job.epoch == before.epoch + 1, f"{name}: leg {job.epoch} is claimed twice"
        )
        if job.revision.number != before.revision.number:
            promise("P4", before.ended, f"{name} began while the one before was {before.status}")
            promise("P4", job.revision.number == before.revision.number + 1, f"{name} is not the next")
        elif before.ended:
            promise("P4", job.revision == before.revision, f"{name} has changed after its end")
        else:
            legal = job.status is before.status or job.status in JOB_MOVES[before.status]
            promise("P4", legal, f"{name}: {before.status} -> {job.status}")

    def _scene(self, before: SceneState | None, scene: SceneState) -> None:
        if before is None:
            return
        name = f"scene {scene.number} of {scene.job_id} r{scene.revision}"
        promise("P4", scene.version == before.version + 1, f"{name}: version {scene.version}")
        promise("P5", scene.epoch >= before.epoch, f"{name}: epoch {scene.epoch} after {before.epoch}")
        job = self._tables.jobs[scene.job_id]
        over = job.revision.number > scene.revision or job.ended
        promise("P4", not over, f"{name} has changed after the revision's end")
        legal = scene.status is before.status or scene.status in SCENE_MOVES[before.status]
        promise("P4", legal, f"{name}: {before.status} -> {scene.status}")

    def _look_at_takes(self) -> None:
        for key, take in self._tables.takes.items():
            before = self._takes.get(key)
            if take is not before:
                self._takes[key] = take
                self._take(before, take)

    def _take(self, before: Take | None, take: Take) -> None:
        if before is None:
            alike = [t.id for t in self._tables.takes.values() if _purpose(t) == _purpose(take)]
            promise("P2", len(alike) == 1, f"intended twice: {alike}")
            return
        promise("P4", take.version == before.version + 1, f"{take.id}: version {take.version}")
        promise("P5", take.epoch >= before.epoch, f"{take.id}: epoch {take.epoch} after {before.epoch}")
        legal = take.status is before.status or take.status in TAKE_MOVES[before.status]
        promise("P4", legal, f"{take.id}: {before.status} -> {take.status}")
        kept = before.prediction_id in (None, take.prediction_id)
        promise("P2", kept, f"{take.id} had {before.prediction_id}; it has {take.prediction_id}")
        if take.prediction_id is not None and before.prediction_id is None:
            same = [t.id for t in self._tables.takes.values() if t.prediction_id == take.prediction_id]
            promise("P2", len(same) == 1, f"{take.prediction_id} belongs to {same}")
        if take.status is TakeStatus.LOST and take.prediction_id is None:
            self._p2_searched(take)
        if take.cost != before.cost:
            self._p1(take.owner)

    def _p2_searched(self, take: Take) -> None:
        """A lost reply is searched for as long as there is hope, and found where there is something to be found."""
        world, sent = self._world, take.sent_at
        if sent is None or take.error == "it was given up":
            return  # it was given up, since its job had to end
        now, adoption = world.true_clock.now(), world.policy.adoption
        searched = now >= sent + adoption - _SKEW
        promise("P2", searched, f"{take.id}, sent {sent}, was given up at {now}")
        made = [m for m in world.provider.made.values() if m.take.id == take.id]
        others = {t.prediction_id for t in self._tables.takes.values()}  # equal inputs are interchangeable
        there = [m.id for m in made if m.created_at < now - _SKEW and m.id not in others]
        promise("P2", not there, f"{take.id} was given up, and is there: {there}")

    # --- P1

    def _p1(self, owner: str) -> None:
        """The use of every month is the sum of what is held, what was settled, and the entries beside."""
        sums: dict[str, list[int]] = {}
        for (whose, period), used in self._world.before.items():
            if whose == owner:
                sums[period] = [used.held_videos, used.held_amount, used.settled_videos, used.settled_amount]
        for held in self._reservations.values():
            if held.owner != owner:
                continue
            books = sums.setdefault(held.period, [0, 0, 0, 0])
            if held.status is ReservationStatus.HELD:
                books[0] += held.videos
                books[1] += held.amount
            books[2] += held.settled_videos
            books[3] += held.settled_amount
        for entry in self._tables.entries.values():
            if entry.owner == owner and entry.kind is not EntryKind.LOST:
                sums.setdefault(entry.period, [0, 0, 0, 0])[3] += entry.amount
        for period, expected in sums.items():
            used = self._tables.usage_of(owner, period)
            found = [used.held_videos, used.held_amount, used.settled_videos, used.settled_amount]
            promise("P1", found == expected, f"usage of {owner} in {period}: {found}, not {expected}")

    def _p1_within_limits(self, job: Job) -> None:
        quota, reservation = QUOTAS[job.tier], job.revision.reservation
        used = self._tables.usage_of(job.owner, reservation.period)
        promise("P1", used.videos <= quota.videos, f"{job.owner} has {used.videos} of {quota.videos} videos")
        if reservation.amount:
            promise("P1", used.amount <= quota.spend, f"{job.owner} has spent {used.amount}")
        active = self._tables.active(job.owner)
        promise("P1", active <= quota.concurrent, f"{job.owner} has {active} jobs on their way")

    def _forget(self, job_id: str) -> None:
        if job_id in self._tables.jobs:
            return
        self._jobs.pop(job_id, None)
        self._scenes = {place: s for place, s in self._scenes.items() if place[0] != job_id}
        self._takes = {key: take for key, take in self._takes.items() if take.job_id != job_id}


def _purpose(take: Take) -> tuple[object, ...]:
    """What a take is for: two with the same one would be paid twice."""
    return take.job_id, take.revision, take.kind, take.fingerprint, take.attempt
