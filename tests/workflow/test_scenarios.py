"""Whatever happens on the way: every job ends as it should, and the books are exact."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Transient
from omnigen.domain.job import JobStatus, SceneStatus
from omnigen.domain.storyboard import Planner, Soundtrack
from omnigen.domain.take import TakeStatus
from omnigen.ports.provider import PredictionStatus
from tests.builders import a_brief, a_scene
from tests.fakes.provider import NEVER, Fate
from tests.fakes.world import ADA, World, board_of, spoken, three_scenes
from tests.promises import check_promises
from tests.workflow.driver import LENGTHY, Driver

VIDEO = TakeKind.VIDEO
PRICE = 600_000


async def test_all_well(world: World, driver: Driver) -> None:
    """Speech, music and three clips: paid once each, one video."""
    await world.submit(evolve(spoken(scenes=3), soundtrack=Soundtrack(music="slow and dark")))
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    assert len(world.provider.made) == 3 + 3 + 1
    assert job.revision.note is None
    assert world.composer.rendered == {1: 1, 2: 1, 3: 1}
    await check_promises(world)


async def test_a_video_of_stills_is_paid_by_the_still(world: World, driver: Driver) -> None:
    """One still a scene, one of them made at the second try; narration is spoken over them all the same."""
    world.provider.will(TakeKind.STILL, Fate(ends=PredictionStatus.FAILED), scene=2)
    await world.submit(evolve(spoken(scenes=3), model="some/still"))
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    stills = [m for m in world.provider.charged() if m.take.kind is TakeKind.STILL]
    assert len(stills) == 3
    assert not [m for m in world.provider.made.values() if m.take.kind is VIDEO]
    assert world.composer.rendered == {1: 1, 2: 1, 3: 1}
    await check_promises(world)


async def test_a_language_model_plans_first(world: World, driver: Driver) -> None:
    await world.submit(brief=a_brief(planner=Planner.LLM))
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.note is not None  # the fake's answer is no plan: the free one was taken
    await check_promises(world)


async def test_a_scene_that_fails_twice_is_made_at_the_third_try(world: World, driver: Driver) -> None:
    failed = Fate(ends=PredictionStatus.FAILED)
    world.provider.will(VIDEO, failed, failed, scene=2)
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.cost == 3 * PRICE
    assert len(world.provider.made) == 5
    await check_promises(world)


async def test_a_sensitive_scene_ends_the_job_and_the_rest_is_kept(world: World, driver: Driver) -> None:
    """The failed scene is to blame; what ran beside it is paid, stored, and used by a retry."""
    refusal = Fate(seconds=5, ends=PredictionStatus.FAILED, error_code="sensitive")
    world.provider.will(VIDEO, refusal, scene=2)
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert job.revision.error is not None
    assert (job.revision.error.code, job.revision.error.scene) == ("take_sensitive", 2)
    assert job.revision.cost == job.revision.error.charged == 2 * PRICE
    await world.retry(job.id)
    (again,) = await driver.settle()
    assert again.status is JobStatus.SUCCEEDED
    assert again.revision.cost == PRICE
    await check_promises(world)


@LENGTHY
async def test_a_provider_that_never_finishes_meets_the_deadline(world: World, driver: Driver) -> None:
    world.provider.will(VIDEO, Fate(seconds=NEVER), scene=2)
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert job.revision.error is not None
    assert job.revision.error.code == "deadline_exceeded"
    assert job.revision.cost == 3 * PRICE  # stopped while it ran: charged
    assert job.epoch > 3
    await check_promises(world)


@LENGTHY
async def test_a_provider_that_stays_away_can_not_keep_a_job_for_ever(world: World, driver: Driver) -> None:
    """Its takes are lost then: in our books at their estimate, free for the owner."""
    await world.submit()
    await driver.until(lambda: _asked(world, 3))
    world.provider.down = Transient("nobody answers")
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert job.revision.cost == 0
    assert {t.status for t in await world.takes()} == {TakeStatus.LOST}
    await check_promises(world)


@pytest.mark.parametrize("seconds", [0.0, 1.0, 7.0, 11.0, 13.0])
async def test_cancel_in_the_middle(world: World, driver: Driver, seconds: float) -> None:
    """Whenever it comes: what ran is paid, nothing else, and no video is counted."""
    world.composer.seconds = 20
    accepted = await world.submit()
    end = world.clock.now() + timedelta(seconds=seconds)

    async def due() -> bool:
        return world.clock.now() >= end

    await driver.until(due)
    await world.app.cancel_job(ADA, accepted.job_id)
    asked = world.clock.now()
    (job,) = await driver.settle()
    assert job.status is JobStatus.CANCELLED
    assert job.revision.ended_at is not None
    assert job.revision.ended_at - asked < timedelta(seconds=10)
    assert (await world.stores.usage.usage("ada", "2026-11")).videos == 0
    await check_promises(world)


async def test_cancel_before_any_worker_is_there(world: World, driver: Driver) -> None:
    accepted = await world.submit()
    await world.app.cancel_job(ADA, accepted.job_id)
    (job,) = await driver.settle()
    assert job.status is JobStatus.CANCELLED
    assert world.provider.asked == []
    await check_promises(world)


async def test_delete_in_the_middle_ends_the_job_and_frees_its_hold(world: World, driver: Driver) -> None:
    accepted = await world.submit()
    await driver.until(lambda: _asked(world, 1))
    await world.app.delete_job(ADA, accepted.job_id)
    (job,) = await driver.settle()
    assert job.status is JobStatus.CANCELLED
    assert job.deleted_at is not None
    await check_promises(world)


async def test_the_same_leg_started_twice_is_driven_once(world: World, driver: Driver) -> None:
    accepted = await world.submit()
    other = type(driver)(world)  # type: ignore[call-arg]
    await asyncio.gather(driver.start(accepted.job_id, 1), other.start(accepted.job_id, 1))
    (job,) = await driver.settle()
    await other.cut()
    assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, 1 + driver.composes_apart)
    await check_promises(world)


@LENGTHY
async def test_generation_longer_than_a_leg_is_handed_over(world: World, driver: Driver) -> None:
    world.provider.usual[VIDEO] = Fate(seconds=600)
    await world.submit()
    (job,) = await driver.settle()
    assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, 3 + driver.composes_apart)
    assert len(world.provider.made) == 3
    await check_promises(world)


@LENGTHY
async def test_a_provider_that_asks_for_ten_minutes_gets_them(world: World, driver: Driver) -> None:
    """Longer than a leg, and never asked before: legs don't chase each other meanwhile."""
    world.provider.will(VIDEO, Fate(reply="throttled", retry_after=600), scene=1)
    await world.submit()
    (job,) = await driver.settle()
    assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, 3 + driver.composes_apart)
    first, second = (t.sent_at for t in world.provider.asked if t.scene == 1)
    assert first is not None
    assert second is not None
    assert second - first >= timedelta(seconds=600)
    await check_promises(world)


async def test_every_step_called_twice_at_once_does_nothing_twice(world: World, driver: Driver) -> None:
    await world.submit(evolve(spoken(scenes=2), soundtrack=Soundtrack(music="slow and dark")))
    _double_steps(world)
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.cost == sum(t.estimate for t in await world.takes())
    assert len(world.provider.made) == 2 + 2 + 1
    await check_promises(world)


async def test_forty_scenes(world: World, driver: Driver) -> None:
    await world.submit(board_of(*(a_scene(n, frames=100) for n in range(1, 41))))
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    assert world.composer.rendered == dict.fromkeys(range(1, 41), 1)
    await check_promises(world)


@LENGTHY
async def test_a_hundred_jobs_at_once(world: World, driver: Driver) -> None:
    """Nothing lost, nothing twice. Half of them have a mishap each: whoever met three would fail by right."""
    lost, unheard, failing = (
        Fate(reply="lost"),
        Fate(reply="unheard"),
        Fate(ends=PredictionStatus.FAILED),
    )
    mishaps = [lost] * 30 + [unheard] * 10 + [failing] * 10
    for n in range(100):
        accepted = await world.submit(board_of(a_scene(1, seed=n)))
        world.provider.will(VIDEO, *mishaps[n : n + 1], job_id=accepted.job_id)
    jobs = await driver.settle()
    assert {j.status for j in jobs} == {JobStatus.SUCCEEDED}
    assert len(world.provider.charged()) == 100
    await check_promises(world)


async def test_a_store_that_is_away_for_a_while(world: World, driver: Driver) -> None:
    """Five minutes without any store, in the middle of everything: nothing lost, nothing twice."""
    await world.submit()
    await world.submit(spoken(scenes=2))
    away = world.clock.now() + timedelta(seconds=4)
    back = away + timedelta(minutes=5)

    def outage(name: str, _: int, when: str) -> None:
        if when == "before" and away <= world.clock.now() < back and not name.startswith("provider"):
            raise Transient("the store is away")

    world.faults.hook = outage
    jobs = await driver.settle()
    assert {j.status for j in jobs} == {JobStatus.SUCCEEDED}
    assert all(j.revision.ended_at and j.revision.ended_at > back for j in jobs)
    await check_promises(world)


async def test_a_store_that_loses_a_fifth_of_its_replies(world: World, driver: Driver) -> None:
    """Each change has been made, but its maker is told that it has not."""
    await world.submit(spoken(scenes=2))

    chance = Random(1)

    def forgetful(name: str, _: int, when: str) -> None:
        if when == "after" and chance.random() < 0.2 and not name.startswith("provider"):
            raise Transient("the reply was lost")

    world.faults.hook = forgetful
    (job,) = await driver.settle()
    assert job.status in (JobStatus.SUCCEEDED, JobStatus.FAILED)
    await check_promises(world)


async def test_a_bug_in_one_step_ends_the_job_and_wastes_nothing_that_runs(
    world: World, driver: Driver
) -> None:
    def broken(name: str, _: int, when: str) -> None:
        if name == "inspector.inspect" and when == "before":
            raise KeyError("a bug")

    world.faults.hook = broken
    world.provider.will(VIDEO, Fate(seconds=60), scene=3)
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert job.revision.error is not None
    assert job.revision.error.code == "internal"
    assert {t.status for t in await world.takes()} == {TakeStatus.STORED}
    await check_promises(world)


async def test_a_clip_that_can_not_be_used_names_its_scene(world: World, driver: Driver) -> None:
    world.provider.will(VIDEO, Fate(media={"seconds": 2}), scene=3)
    await world.submit()
    (job,) = await driver.settle()
    assert job.revision.error is not None
    assert (job.revision.error.code, job.revision.error.scene) == ("clip_rejected", 3)
    await world.retry(job.id)
    (again,) = await driver.settle()
    assert again.status is JobStatus.SUCCEEDED
    seeds = {t.seed for t in await world.takes() if t.scene == 3}
    assert len(seeds) == 2  # the same seed would have brought the same clip
    await check_promises(world)


async def test_music_that_fails_is_said_and_the_video_is_there(world: World, driver: Driver) -> None:
    failed = Fate(ends=PredictionStatus.FAILED)
    world.provider.will(TakeKind.MUSIC, failed, failed, failed)
    await world.submit(three_scenes(soundtrack=Soundtrack(music="slow and dark")))
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.note is not None
    assert "music" in job.revision.note
    await check_promises(world)


async def test_scenes_of_a_failed_job_have_all_ended_or_are_kept(world: World, driver: Driver) -> None:
    world.provider.will(VIDEO, Fate(reply="refused"), scene=1)
    world.provider.usual[VIDEO] = Fate(seconds=30)
    await world.submit()
    (job,) = await driver.settle()
    scenes = await world.stores.jobs.scenes(job.id, 1)
    assert scenes[0].status is SceneStatus.FAILED
    assert {s.status for s in scenes[1:]} <= {SceneStatus.READY, SceneStatus.CANCELLED}
    await check_promises(world)


async def _asked(world: World, count: int) -> bool:
    return len(world.provider.asked) >= count


def _double_steps(world: World) -> None:
    steps = world.steps
    for name in ("plan_storyboard", "generate_scene", "generate_music", "render_segment", "compose_video"):
        object.__setattr__(steps, name, _twice(getattr(steps, name)))  # it is frozen


def _twice(step: Callable[..., object]) -> Callable[..., object]:
    async def both(*args: object) -> object:
        first, second = await asyncio.gather(step(*args), step(*args), return_exceptions=True)  # type: ignore[call-overload]
        for answer in (second, first):
            if isinstance(answer, BaseException):
                raise answer
        return first

    return both


@LENGTHY
async def test_what_outlives_the_leg_in_which_a_scene_failed_still_comes_home(
    world: World, driver: Driver
) -> None:
    """Another leg waits for it: it is paid for, and a retry has use for it."""
    world.provider.usual[VIDEO] = Fate(seconds=600)
    world.provider.will(VIDEO, Fate(seconds=1, ends=PredictionStatus.FAILED, error_code="sensitive"), scene=1)
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert [t.status for t in await world.takes()].count(TakeStatus.STORED) == 2
    assert job.revision.cost == 2 * PRICE
    await check_promises(world)
