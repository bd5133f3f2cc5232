"""What must hold of the whole state after anything at all has happened: P1, P2, P3, P4, P7, P9 and P10."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, JobStatus, Revision, SceneStatus
from omnigen.domain.quota import EntryKind, LedgerEntry, ReservationStatus
from omnigen.domain.take import Take, TakeStatus
from omnigen.usecases.take_costs import spent
from tests.fakes.provider import FakeProvider
from tests.fakes.world import World

_SLACK = timedelta(minutes=5)
"""After deadline and closing: the sweeper's interval, a lease, and the retries of a step."""


async def check_promises(world: World, *, ended: bool = True) -> None:
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
            assert [t.id for t in takes[job.id] if not t.ended] == [], f"open takes of {job.id}"
        if job.status is JobStatus.SUCCEEDED:
            await _p7_there(world, job)
    _p9_no_orphans(world, jobs)


async def _p1_usage(
    world: World,
    jobs: Sequence[Job],
    revisions: dict[str, Sequence[Revision]],
    entries: dict[str, Sequence[LedgerEntry]],
) -> None:
    """Usage is the sum of held and settled reservations, and of the entries beside them; none exceeds its hold."""
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for job in jobs:
        for reservation in (r.reservation for r in revisions[job.id]):
            books = expected[reservation.owner, reservation.period]
            if reservation.status is ReservationStatus.HELD:
                books[0] += reservation.videos
                books[1] += reservation.amount
            books[2] += reservation.settled_videos
            books[3] += reservation.settled_amount
            assert reservation.settled_amount <= reservation.amount, f"{job.id} cost more than was held"
        for entry in entries[job.id]:
            if entry.kind is not EntryKind.LOST:
                expected[entry.owner, entry.period][3] += entry.amount
    for (owner, period), books in expected.items():
        usage = await world.stores.usage.usage(owner, period)
        found = [usage.held_videos, usage.held_amount, usage.settled_videos, usage.settled_amount]
        assert found == books, f"usage of {owner} in {period} is {found}; its jobs say {books}"


def _p2_paid_once(provider: FakeProvider, takes: Sequence[Take]) -> None:
    """No take was accepted twice, no prediction has two takes, and none that is charged is in nobody's books."""
    twice = {take_id: n for take_id, n in provider.accepted.items() if n > 1}
    assert not twice, f"accepted more than once: {twice}"
    owners = [t.prediction_id for t in takes if t.prediction_id is not None]
    assert len(owners) == len(set(owners)), "a prediction belongs to two takes"
    # A take whose reply was never found again is lost, and stands for at most one prediction without a take.
    lost = sum(t.status is TakeStatus.LOST and t.prediction_id is None for t in takes)
    stray = [m.id for m in provider.charged() if m.id not in set(owners)]
    sent = sum(t.status is TakeStatus.INTENT and t.sent_at is not None for t in takes)
    assert len(stray) <= lost + sent, f"charged, and in nobody's books: {stray}"
    for take in takes:
        _p2_books_agree(provider, take)


def _p2_books_agree(provider: FakeProvider, take: Take) -> None:
    made = provider.made.get(take.prediction_id or "")
    if made is None:
        assert take.prediction_id is None, f"{take.id} has a prediction that was never made"
        assert take.cost == 0, f"{take.id} costs {take.cost} without a prediction"
    elif take.ended and take.status is not TakeStatus.LOST:
        assert take.charged == provider.charges(made), f"{take.id} is {take.status} at {take.cost}"


def _p3_ended(world: World, revision: Revision) -> None:
    assert revision.ended, f"revision {revision.number} is {revision.status}"
    assert revision.reservation.status is not ReservationStatus.HELD
    assert revision.ended_at is not None
    assert revision.ended_at <= revision.deadline + world.policy.closing + _SLACK


async def _p4_history(world: World, job: Job) -> None:
    """Versions only grow, every move is legal, and nothing moves once the revision has ended."""
    for number in range(1, job.revision.number + 1):
        events = await world.stores.jobs.events(job.id, number, after={})
        over = False
        seen: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for event in events:
            status = str(event.data["status"])
            assert not over or (event.scene == 0 and status == seen[0][-1][1]), f"{event} after the end"
            seen[event.scene].append((event.version, status))
            over = over or (event.scene == 0 and not JOB_MOVES[JobStatus(status)])
        for scene, moves in seen.items():
            for (old, before), (new, after) in pairwise(moves):
                assert new > old, f"scene {scene} of {job.id}: version {new} after {old}"
                assert after == before or _legal(scene, before, after), f"{scene}: {before} -> {after}"


def _legal(scene: int, before: str, after: str) -> bool:
    if scene == 0:
        return JobStatus(after) in JOB_MOVES[JobStatus(before)]
    return SceneStatus(after) in SCENE_MOVES[SceneStatus(before)]


async def _p7_there(world: World, job: Job) -> None:
    video = job.revision.video
    assert video is not None
    for file in (video.file, *(one.file for one in video.beside)):
        assert await world.assets.head(file.key) == file


def _p9_no_orphans(world: World, jobs: Sequence[Job]) -> None:
    known = {job.id for job in jobs}
    orphans = [k for k in world.object_keys() if k.startswith("jobs/") and k.split("/")[1] not in known]
    assert not orphans


def _p10_exact(revision: Revision, takes: Sequence[Take], entries: Sequence[LedgerEntry]) -> None:
    """What a revision cost is what its takes had cost when it ended; whatever came later is an entry of its own."""
    mine = {t.id for t in takes if t.revision == revision.number}
    later = sum(e.amount for e in entries if e.take_id in mine and e.kind is not EntryKind.LOST)
    assert revision.cost + later == spent(takes, revision.number)
    assert revision.cost == revision.reservation.settled_amount
    lost = {t.id for t in takes if t.status is TakeStatus.LOST and t.estimate}
    noted = {e.take_id for e in entries if e.kind is EntryKind.LOST or e.id.endswith(".late.lost")}
    assert lost & mine <= noted, "a lost take is in no book"
