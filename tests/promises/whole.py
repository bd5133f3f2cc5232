"""What must hold of the whole state after anything at all has happened: P1, P2, P3, P4, P7, P9, P10 and P12."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, JobStatus, Revision, SceneStatus
from omnigen.domain.quota import EntryKind, LedgerEntry, ReservationStatus
from omnigen.domain.take import Take, TakeStatus
from omnigen.usecases.sweep import PASSING
from omnigen.usecases.take_costs import spent
from tests.fakes.provider import FakeProvider
from tests.promises.broken import Broken, promise

if TYPE_CHECKING:
    from tests.fakes.world import World

_SLACK = timedelta(minutes=5)
"""After deadline and closing: the sweeper's interval, a lease, and the retries of a step."""


async def check_promises(world: "World", *, ended: bool = True) -> None:
    """Check them all. `ended` is false while jobs may still be on their way."""
    jobs = [await world.stores.jobs.get(job_id) for job_id in world.jobs]
    revisions = {job.id: await world.stores.jobs.revisions(job.id) for job in jobs}
    takes = {job.id: list(await world.stores.takes.of_job(job.id)) for job in jobs}
    entries = {job.id: await world.stores.usage.entries(job.id) for job in jobs}
    await _p1_usage(world, jobs, revisions, entries)
    _p2_paid_once(world.provider, [t for of_job in takes.values() for t in of_job])
    for job in jobs:
        await _p4_history(world, job)
        for revision in revisions[job.id]:
            if ended or revision is not revisions[job.id][-1]:
                _p3_ended(world, revision)
            if revision.ended:
                _p10_exact(revision, takes[job.id], entries[job.id])
        if ended:
            # What was intended by a zombie, which died before it could send or cancel it, will never be sent.
            open_ = [t.id for t in takes[job.id] if not t.ended and t.sent_at is not None]
            promise("P3", not open_, f"{job.id} has open takes: {open_}")
        if job.status is JobStatus.SUCCEEDED:
            await _p7_there(world, job)
    _p9_no_orphans(world, jobs)


async def _p1_usage(
    world: "World",
    jobs: Sequence[Job],
    revisions: dict[str, Sequence[Revision]],
    entries: dict[str, Sequence[LedgerEntry]],
) -> None:
    """Usage is the sum of held and settled reservations, and of the entries beside them; none exceeds its hold."""
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for key, used in world.before.items():
        expected[key] = [used.held_videos, used.held_amount, used.settled_videos, used.settled_amount]
    for job in jobs:
        for reservation in (r.reservation for r in revisions[job.id]):
            books = expected[reservation.owner, reservation.period]
            if reservation.status is ReservationStatus.HELD:
                books[0] += reservation.videos
                books[1] += reservation.amount
            books[2] += reservation.settled_videos
            books[3] += reservation.settled_amount
            within = reservation.settled_amount <= reservation.amount
            promise(
                "P1", within, f"{job.id} cost {reservation.settled_amount}; {reservation.amount} was held"
            )
        for entry in entries[job.id]:
            if entry.kind is not EntryKind.LOST:
                expected[entry.owner, entry.period][3] += entry.amount
    for (owner, period), books in expected.items():
        usage = await world.stores.usage.usage(owner, period)
        found = [usage.held_videos, usage.held_amount, usage.settled_videos, usage.settled_amount]
        promise("P1", found == books, f"usage of {owner} in {period} is {found}; its jobs say {books}")


def _p2_paid_once(provider: FakeProvider, takes: Sequence[Take]) -> None:
    """No take was accepted twice, no prediction has two takes, and none that is charged is in nobody's books."""
    twice = {take_id: n for take_id, n in provider.accepted.items() if n > 1}
    promise("P2", not twice, f"accepted more than once: {twice}")
    owners = [t.prediction_id for t in takes if t.prediction_id is not None]
    promise("P2", len(owners) == len(set(owners)), "a prediction belongs to two takes")
    # A take whose reply was never found again is lost, and stands for at most one prediction without a take.
    lost = sum(t.status is TakeStatus.LOST and t.prediction_id is None for t in takes)
    stray = [m.id for m in provider.charged() if m.id not in set(owners)]
    sent = sum(t.status is TakeStatus.INTENT and t.sent_at is not None for t in takes)
    promise("P2", len(stray) <= lost + sent, f"charged, and in nobody's books: {stray}")
    for take in takes:
        _p2_books_agree(provider, take)


def _p2_books_agree(provider: FakeProvider, take: Take) -> None:
    made = provider.made.get(take.prediction_id or "")
    if made is None:
        promise("P2", take.prediction_id is None, f"{take.id} has a prediction that was never made")
        promise("P2", take.cost == 0, f"{take.id} costs {take.cost} without a prediction")
        return
    same = (made.take.model, made.take.input) == (take.model, take.input)
    promise("P2", same, f"{take.id} has {made.id}, which was asked for something else")
    if take.ended and take.status is not TakeStatus.LOST:
        agreed = take.charged == provider.charges(made)
        promise("P2", agreed, f"{take.id} is {take.status} at {take.cost}; {made.id} {provider.status(made)}")


def _p3_ended(world: "World", revision: Revision) -> None:
    promise("P3", revision.ended, f"revision {revision.number} is {revision.status}")
    held = revision.reservation.status is ReservationStatus.HELD
    promise("P3", not held, f"the reservation of revision {revision.number} is held for ever")
    ended_at = revision.ended_at
    assert ended_at is not None
    # Where faults went on for longer, from when they ended.
    due = max(revision.deadline + world.policy.closing, world.healed_at)
    promise("P3", ended_at <= due + _SLACK, f"revision {revision.number} ended {ended_at}; due was {due}")


async def _p4_history(world: "World", job: Job) -> None:
    """Versions only grow, every move is legal, and nothing moves once the revision has ended."""
    for number in range(1, job.revision.number + 1):
        events = await world.stores.jobs.events(job.id, number, after={})
        over = False
        seen: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for event in events:
            status = str(event.data["status"])
            same = event.scene == 0 and seen[0] and status == seen[0][-1][1]
            promise("P4", not over or same, f"{event} after the end")
            seen[event.scene].append((event.version, status))
            over = over or (event.scene == 0 and not JOB_MOVES[JobStatus(status)])
        for scene, moves in seen.items():
            for (old, before), (new, after) in pairwise(moves):
                promise("P4", new > old, f"scene {scene} of {job.id}: version {new} after {old}")
                legal = after == before or _legal(scene, before, after)
                promise("P4", legal, f"scene {scene} of {job.id}: {before} -> {after}")


def _legal(scene: int, before: str, after: str) -> bool:
    if scene == 0:
        return JobStatus(after) in JOB_MOVES[JobStatus(before)]
    return SceneStatus(after) in SCENE_MOVES[SceneStatus(before)]


async def _p7_there(world: "World", job: Job) -> None:
    video = job.revision.video
    if video is None:
        raise Broken("P7", f"{job.id} has succeeded without a video")
    for file in (video.file, *(one.file for one in video.beside)):
        found = await world.assets.head(file.key)
        promise("P7", found == file, f"{job.id} has succeeded; {file.key} is {found}")


def _p9_no_orphans(world: "World", jobs: Sequence[Job]) -> None:
    """All is a job's or swept by its age; so are copies of uploads that were made for a submission that was refused."""
    known = (*(f"jobs/{job.id}/" for job in jobs), *PASSING)
    orphans = [key for key in world.object_keys() if not key.startswith(known) and "/inputs/" not in key]
    promise("P9", not orphans, f"objects of nobody: {orphans}")


def _p10_exact(revision: Revision, takes: Sequence[Take], entries: Sequence[LedgerEntry]) -> None:
    """What a revision cost is what its takes had cost when it ended; whatever came later is an entry of its own."""
    mine = {t.id for t in takes if t.revision == revision.number}
    later = sum(e.amount for e in entries if e.take_id in mine and e.kind is not EntryKind.LOST)
    total = spent(takes, revision.number)
    number = revision.number
    promise(
        "P10", revision.cost + later == total, f"r{number}: {revision.cost} + {later} late; {total} spent"
    )
    settled = revision.reservation.settled_amount
    promise("P10", revision.cost == settled, f"r{number} cost {revision.cost}; {settled} was settled")
    lost = {t.id for t in takes if t.status is TakeStatus.LOST and t.estimate}
    noted = {e.take_id for e in entries if e.kind is EntryKind.LOST or e.id.endswith(".late.lost")}
    promise("P10", lost & mine <= noted, f"lost takes in no book: {sorted(lost & mine - noted)}")
