"""Legal moves are those of the tables; what has ended never changes; a zombie is told to stop."""

import runpy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.errors import Conflict, Superseded
from omnigen.domain.job import JOB_MOVES, SCENE_MOVES, Job, JobStatus, SceneState, SceneStatus
from omnigen.domain.take import TAKE_MOVES, Take, TakeStatus
from tests.builders import NOW, a_job, a_revision, a_storyboard, a_take, ended, later

LEASE = timedelta(seconds=30)
TABLES: dict[Any, Any] = {JobStatus: JOB_MOVES, SceneStatus: SCENE_MOVES, TakeStatus: TAKE_MOVES}
PAGE = Path(__file__).parents[2] / "docs" / "states.md"


def a_scene_state(**changes: Any) -> SceneState:
    return SceneState(
        **{"job_id": "job", "revision": 1, "number": 1, "frames": 120, "updated_at": NOW} | changes
    )


def things(status: Any) -> Job | SceneState | Take:
    """A thing that stands at `status`."""
    match status:
        case JobStatus():
            return a_job(revision=a_revision(status=status))
        case SceneStatus():
            return a_scene_state(status=status)
        case _:
            return a_take(status=status)


MOVES = [(before, after) for table in TABLES.values() for before in table for after in table]


@pytest.mark.parametrize(("before", "after"), MOVES, ids=lambda status: f"{type(status).__name__}.{status}")
def test_become_does_what_the_table_says(before: Any, after: Any) -> None:
    """A move in the table gives the next version; any other is a Conflict."""
    table = TABLES[type(before)]
    thing = things(before)
    if after in table[before]:
        moved = thing.become(after, at=later())
        assert (moved.status, moved.version, moved.ended) == (after, thing.version + 1, not table[after])
    else:
        with pytest.raises(Conflict):
            thing.become(after, at=later())


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_state_is_reached_and_leads_to_an_end(table: Any) -> None:
    """No state hangs in the air, and from each something final can be reached."""
    reached = {next(iter(table))}
    for _ in table:
        reached |= {after for before in reached for after in table[before]}
    assert reached == set(table)
    final = {status for status in table if not table[status]}
    for _ in table:
        final |= {status for status in table if table[status] & final}
    assert final == set(table)


@pytest.mark.parametrize("status", [s for s in JobStatus if not JOB_MOVES[s]])
def test_an_ended_revision_never_changes(status: JobStatus) -> None:
    """Neither its fields nor its leg; only a next revision may begin."""
    job: Any = things(status)
    with pytest.raises(Conflict):
        job.revise(at=later(), progress=0.5)
    with pytest.raises(Superseded):
        job.claim(job.epoch + 1, at=later(), lease=LEASE)
    assert job.next_revision(a_revision(2), at=later()).status is JobStatus.QUEUED


def test_an_end_is_dated() -> None:
    """Moves that end it write down when; others don't."""
    job = a_job().become(JobStatus.GENERATING, at=later())
    assert job.revision.ended_at is None
    assert job.become(JobStatus.FAILED, at=later(2)).revision.ended_at == later(2)
    assert a_take().become(TakeStatus.REFUSED, at=later()).ended_at == later()


def test_a_running_job_begins_no_other_revision() -> None:
    """Nor does one that is deleted."""
    with pytest.raises(Conflict) as error:
        a_job().next_revision(a_revision(2), at=later())
    assert error.value.reason == "job_queued"
    with pytest.raises(Conflict) as error:
        ended(a_job(deleted_at=NOW)).next_revision(a_revision(2), at=later())
    assert error.value.reason == "job_deleted"


@given(st.lists(st.integers(0, 6), max_size=20))
def test_legs_are_claimed_in_order_and_once(legs: list[int]) -> None:
    """Whatever legs turn up, in any order and number, each wins at most once and only after the one before."""
    job, won = a_job(), []
    for leg in legs:
        try:
            job = job.claim(leg, at=later(), lease=LEASE)
        except Superseded:
            assert leg != job.epoch + 1
        else:
            won.append(leg)
    assert won == list(range(1, len(won) + 1))
    assert job.epoch == len(won)


def test_a_claim_lasts_for_its_lease() -> None:
    """Until then the leg is taken to be alive."""
    job = a_job().claim(1, at=NOW, lease=LEASE)
    assert job.driven_until == NOW + LEASE
    assert job.version == 2


def test_fresh_scenes_are_pending_and_numbered() -> None:
    """One state for each scene of the storyboard, with its frames."""
    states = SceneState.of("job", 2, a_storyboard(3), NOW)
    assert [(s.number, s.revision, s.frames, s.status) for s in states] == [
        (n, 2, 120, SceneStatus.PENDING) for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("status", TakeStatus)
def test_nobody_pays_for_what_was_refused_aborted_or_lost(status: TakeStatus) -> None:
    """Everything else that has a cost is charged."""
    free = {TakeStatus.INTENT, TakeStatus.REFUSED, TakeStatus.ABORTED, TakeStatus.LOST}
    assert a_take(status=status, cost=5).charged is (status not in free)
    assert not a_take(status=status, cost=0).charged


def test_the_page_of_states_is_up_to_date() -> None:
    """docs/states.md is what docs/generate_states.py writes."""
    generator = runpy.run_path(str(PAGE.with_name("generate_states.py")))
    assert PAGE.read_text(encoding="utf-8") == generator["page"]()
