"""Deleting, restoring, forgetting; sweeping up what was lost; objects that belong to nobody (P9)."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from attrs import evolve

from omnigen.domain.editing import Edit
from omnigen.domain.errors import Invalid, NotFound, QuotaExceeded, Transient
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Storyboard, Watermark
from omnigen.ports.jobs import Page
from omnigen.usecases.admit_upload import input_key
from tests.builders import a_scene
from tests.fakes.world import ADA, BOB, World, board_of, rendered
from tests.promises import check_promises

DAY = 24 * 3600.0


async def an_upload(world: World) -> str:
    """The id of a picture that has arrived."""
    upload, form = await world.app.request_upload(ADA, content_type="image/png", size=1000)
    world.assets.receive(form, b'{"kind": "image"}')
    return upload.id


async def _listed(world: World) -> list[str]:
    page: Page = await world.stores.jobs.list("ada", limit=10)
    return [job.id for job in page.jobs]


async def test_a_deleted_job_is_hidden_at_once_and_can_come_back_for_a_day(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    await world.app.delete_job(ADA, leg.job_id)
    assert await _listed(world) == []
    for gone in (world.app.get_job, world.app.delete_job, world.app.video_url, world.app.cancel_job):
        with pytest.raises(NotFound):
            await gone(ADA, leg.job_id)
    world.clock.advance(DAY - 1)
    detail = await world.app.restore_job(ADA, leg.job_id)
    assert detail.job.status is JobStatus.SUCCEEDED
    assert await _listed(world) == [leg.job_id]
    assert await world.app.video_url(ADA, leg.job_id)
    await check_promises(world)


async def test_after_a_day_it_is_gone_with_its_objects_and_its_usage_stays(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    await world.app.preview_job(ADA, leg.job_id)
    await world.app.delete_job(ADA, leg.job_id)
    used = await world.stores.usage.usage("ada", "2026-11")
    world.clock.advance(DAY + 1)
    with pytest.raises(NotFound):  # its objects may be going at this moment
        await world.app.restore_job(ADA, leg.job_id)
    swept = await world.steps.sweep()
    assert swept.purged == 1
    assert world.object_keys() == []
    with pytest.raises(NotFound):
        await world.stores.jobs.get(leg.job_id)
    assert await world.stores.usage.usage("ada", "2026-11") == used


async def test_a_purge_that_is_cut_off_is_done_again(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    await world.app.delete_job(ADA, leg.job_id)
    world.clock.advance(DAY + 1)

    def outage(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.purge", "before"):
            raise Transient("away")

    world.faults.hook = outage
    with pytest.raises(Transient):
        await world.steps.sweep()
    world.faults.hook = None
    assert (await world.steps.sweep()).purged == 1


async def test_deleting_a_running_job_cancels_it_first(world: World) -> None:
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    await world.app.delete_job(ADA, leg.job_id)
    job = await world.job()
    assert (job.status, job.deleted_at is not None) == (JobStatus.CANCELLING, True)
    assert world.workflow.woken == [leg.job_id]
    world.clock.advance(2 * DAY)
    assert (await world.steps.sweep()).purged == 0  # not while it is on its way
    assert (await world.walked(await world.next_leg(leg.job_id))).status is JobStatus.CANCELLED
    assert (await world.steps.sweep()).purged == 1


async def test_a_job_that_ends_just_while_it_is_deleted_is_deleted(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    await world.clock.run(world.steps.compose_video(leg))

    async def finish(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.get", "after"):
            world.faults.hook = None
            await world.steps.finish_job(leg)

    world.faults.hook = finish
    await world.app.delete_job(ADA, leg.job_id)
    job = await world.job()
    assert (job.status, job.deleted_at is not None) == (JobStatus.SUCCEEDED, True)


@pytest.mark.parametrize(
    "verb", ["delete_job", "restore_job", "cancel_job", "get_job", "video_url", "watch_job"]
)
async def test_a_foreign_job_is_as_absent_as_none(world: World, verb: str) -> None:
    job_id = (await world.submit()).job_id
    messages = []
    for asked in (job_id, "job_nothing"):
        given: dict[str, object] = {"after": {}} if verb == "watch_job" else {}
        with pytest.raises(NotFound) as refused:
            await getattr(world.app, verb)(BOB, asked, **given)
        messages.append(refused.value.message.replace(asked, "it"))
    assert messages[0] == messages[1]


# --- the sweeper


async def test_a_job_without_a_living_leg_gets_the_next_one(world: World) -> None:
    leg = await world.begun()
    world.workflow.started.clear()
    world.clock.advance(world.policy.lease.total_seconds() - 1)
    await world.steps.sweep()
    assert world.workflow.started == []
    await world.steps.keep_leg(leg)
    world.clock.advance(world.policy.lease.total_seconds() - 1)
    await world.steps.sweep()
    assert world.workflow.started == []
    world.clock.advance(1)
    assert (await world.steps.sweep()).started == 1
    assert world.workflow.started == [(leg.job_id, 2)]


async def test_a_worker_that_starts_waits_for_no_lease(world: World) -> None:
    leg = await world.begun()
    await world.steps.sweep(ignore_leases=True)
    assert world.workflow.started[-1] == (leg.job_id, 2)


async def test_one_leg_that_can_not_be_started_does_not_keep_the_others(world: World) -> None:
    ids = [(await world.submit()).job_id for _ in range(3)]
    started: list[str] = []

    async def start(job_id: str, leg: int) -> None:
        if job_id == ids[0]:
            raise Transient("throttled")
        started.append(job_id)

    world.workflow.start = start  # type: ignore[method-assign]
    await world.steps.sweep()
    assert started == ids[1:]


async def test_an_ended_job_is_not_swept(world: World) -> None:
    await world.walked(await world.begun())
    world.clock.advance(DAY)
    assert (await world.steps.sweep()).started == 0


async def test_orphans_go_after_their_grace_and_nothing_else_does(world: World) -> None:
    leg = await world.begun()
    await world.walked(leg)
    kept = world.object_keys()
    for key in ("jobs/job_gone/takes/one.mp4", "quarantine/upl_left", "inspections/abc/1"):
        await world.assets.put_bytes(key, b"left over", content_type="video/mp4")
    assert await world.steps.clear_orphans() == 0
    world.clock.advance(2 * DAY + 1)
    await world.assets.put_bytes("jobs/job_young/takes/one.mp4", b"young", content_type="video/mp4")
    assert await world.steps.clear_orphans() == 3
    assert world.object_keys() == sorted([*kept, "jobs/job_young/takes/one.mp4"])


async def test_a_round_goes_on_where_the_last_one_has_stopped(world: World) -> None:
    """However much there is before it, each object has its turn; after the last one it is the first one's again."""
    job_id = (await world.begun()).job_id
    for number in range(150):
        await world.assets.put_bytes(f"jobs/{job_id}/takes/{number:03}", b"kept", content_type="video/mp4")
    kept = world.object_keys()
    await world.assets.put_bytes("uploads/upl_last", b"left over", content_type="image/png")
    world.clock.advance(10 * DAY)

    def slow(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.get", "before"):
            world.clock.advance(60)

    world.faults.hook = slow
    assert [await world.steps.clear_orphans() for _ in range(3)] == [0, 1, 0]
    assert world.object_keys() == kept
    await world.assets.put_bytes("animatics/first", b"left over", content_type="video/mp4")
    world.clock.advance(2 * DAY)
    assert await world.steps.clear_orphans() == 1


async def test_objects_that_are_none_of_ours_are_left_alone(world: World) -> None:
    await world.assets.put_bytes("backups/one", b"not ours", content_type="text/plain")
    world.clock.advance(400 * DAY)
    assert await world.steps.clear_orphans() == 0
    assert world.object_keys() == ["backups/one"]


async def test_a_job_outlives_the_upload_that_it_was_given(world: World) -> None:
    """Nobody can name it after a week; the job that did is made anew, and edited, from its own copy."""
    upload = await an_upload(world)
    scenes = board_of(a_scene(1, reference=upload), a_scene(2, reference=upload))
    board = evolve(scenes, watermark=Watermark(image=upload))
    leg = await world.begun(board)
    mine = input_key(leg.job_id, upload)
    await world.app.cancel_job(ADA, leg.job_id)
    await world.walked(leg)
    world.clock.advance(7 * DAY + 1)
    await world.app.request_upload(ADA, content_type="image/png", size=1)
    with pytest.raises(Invalid, match="there is no such upload, and one is kept for 7 days"):
        await world.submit(board)
    world.clock.advance(2 * DAY)
    await world.steps.clear_orphans()
    assert world.object_keys() == [mine]
    await world.retry(leg.job_id)
    assert (await world.walked(await world.next_leg(leg.job_id))).status is JobStatus.SUCCEEDED
    assert all(mine in take.input["image"] for take in await world.takes())
    assert all(render.mark is not None for render in world.composer.segments)
    await world.app.regenerate_scene(ADA, leg.job_id, 2, render=rendered, key="another")
    assert (await world.walked(await world.next_leg(leg.job_id))).status is JobStatus.SUCCEEDED
    await check_promises(world)
    await world.app.delete_job(ADA, leg.job_id)
    world.clock.advance(DAY + 1)
    await world.steps.sweep()
    assert world.object_keys() == []


async def test_a_picture_that_an_edit_brings_is_the_job_s_own_from_then_on(world: World) -> None:
    board = board_of(a_scene(1), a_scene(2))
    leg = await world.begun(board)
    await world.walked(leg)
    upload = await an_upload(world)
    mine = input_key(leg.job_id, upload)

    def named(before: Storyboard) -> Edit:
        return Edit.same(evolve(before, watermark=Watermark(image=upload)))

    await world.app.edit_storyboard.foretell(ADA, leg.job_id, named)
    assert mine not in world.object_keys()
    await world.app.edit_storyboard(ADA, leg.job_id, named, body="logo", render=rendered, key="logo")
    assert mine in world.object_keys()


async def test_what_a_refused_submission_was_given_goes_with_the_upload(world: World) -> None:
    upload = await an_upload(world)

    def full(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.accept", "before"):
            raise QuotaExceeded("no more")

    world.faults.hook = full
    with pytest.raises(QuotaExceeded):
        await world.submit(board_of(a_scene(1, reference=upload)))
    world.faults.hook = None
    assert len(world.object_keys()) == 2
    for days, left in ((2, 1), (7, 0)):
        world.clock.advance(days * DAY + 1)
        await world.steps.clear_orphans()
        assert len(world.object_keys()) == left


async def test_an_outage_is_never_taken_for_absence(world: World) -> None:
    await world.walked(await world.begun())
    world.clock.advance(10 * DAY)
    kept = world.object_keys()

    def outage(name: str, _: int, when: str) -> None:
        if (name, when) == ("jobs.get", "before"):
            raise Transient("away")

    world.faults.hook = outage
    with pytest.raises(Transient):
        await world.steps.clear_orphans()
    assert world.object_keys() == kept


async def test_the_desk_is_cleared_once_a_job_has_ended(world: World, tmp_path: Path) -> None:
    leg = await world.begun()
    work_dir = world.container.settings().work_dir
    await world.scene_done(leg)
    await world.steps.render_segment(leg, 1)
    assert list(work_dir.iterdir())
    await world.app.cancel_job(ADA, leg.job_id)
    await world.walked(leg)
    assert list(work_dir.iterdir()) == []


async def test_what_a_killed_worker_has_left_on_the_desk_goes_at_the_next_start(world: World) -> None:
    """Killed behind the end of a job: its folder goes, and that of the one that is under way stays."""
    ended, open_ = await world.begun(), await world.begun()
    await world.walked(ended)
    work_dir = world.container.settings().work_dir
    for name in (ended.job_id, open_.job_id, "job_gone", "compose-abc"):
        (work_dir / name).mkdir(parents=True, exist_ok=True)
    assert await world.steps.clear_desk() == 2
    assert {path.name for path in work_dir.iterdir()} == {open_.job_id, "compose-abc"}


async def test_a_video_that_storage_has_let_go_of_says_so(world: World) -> None:
    leg = await world.begun()
    job = await world.walked(leg)
    assert job.revision.video is not None
    await world.assets.delete(job.revision.video.file.key)
    with pytest.raises(NotFound) as refused:
        await world.app.video_url(ADA, leg.job_id)
    assert refused.value.reason == "video_expired"


async def test_usage_is_told_by_month_newest_first(world: World) -> None:
    await world.walked(await world.begun())
    world.clock.advance(timedelta(days=60).total_seconds())
    await world.begun()
    report = await world.app.get_usage(ADA, periods=3)
    assert [m.period for m in report.months] == ["2027-01", "2026-12", "2026-11"]
    assert [(m.held_videos, m.settled_videos) for m in report.months] == [(1, 0), (0, 0), (0, 1)]
    assert [m.amount for m in report.months] == [1_800_000, 0, 1_800_000]
    assert report.active == 1


async def test_a_job_settles_in_the_month_in_which_it_was_held(world: World) -> None:
    world.clock.advance(timedelta(days=25, hours=11, minutes=55).total_seconds())
    leg = await world.begun()
    world.clock.advance(600)
    await world.walked(await world.next_leg(leg.job_id))
    report = await world.app.get_usage(ADA, periods=2)
    assert [(m.period, m.settled_videos) for m in report.months] == [("2026-12", 0), ("2026-11", 1)]
    await check_promises(world)


async def test_a_lease_that_is_renewed_is_no_news(world: World) -> None:
    """Each renewal is a write of the job; who follows it hears of what has changed."""
    leg = await world.begun()
    for _ in range(3):
        await world.steps.keep_leg(leg)
    await world.walked(leg)
    told = [e async for e in await world.app.watch_job(ADA, leg.job_id, after={})]
    written = await world.stores.jobs.events(leg.job_id, 1, after={})
    assert len(told) <= len(written) - 3
    of_the_job = [e.data for e in told if e.scene == 0]
    assert all(before != after for before, after in pairwise(of_the_job))
    assert of_the_job[-1]["status"] == "succeeded"
