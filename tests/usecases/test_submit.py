"""Taking a job in: all or nothing, once for a key, within every limit."""

import asyncio
from collections.abc import Awaitable

import pytest

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid, KeyReused, QuotaExceeded, Transient
from omnigen.domain.job import JobStatus
from omnigen.domain.pricing import estimate
from omnigen.domain.quota import QUOTAS, Tier
from omnigen.domain.storyboard import Planner, Storyboard
from omnigen.ports.uploads import Upload, UploadStatus
from omnigen.usecases.admit_upload import input_key
from omnigen.usecases.job_detail import Accepted
from tests.builders import a_brief, a_scene
from tests.fakes.catalogue import CATALOGUE
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, BOB, World, board_of, three_scenes
from tests.promises import check_promises

FREE = QUOTAS[Tier.FREE]


async def test_the_same_key_and_request_gets_the_same_bytes_later(world: World) -> None:
    first = await world.submit(key="k")
    world.clock.advance(3600)
    again = await world.submit(key="k")
    assert (again.response, again.job_id, again.replayed) == (first.response, first.job_id, True)
    assert (await world.stores.usage.usage("ada", "2026-11")).held_videos == 1
    assert world.workflow.started == [(first.job_id, 1)]


async def test_of_many_at_once_with_one_key_one_is_accepted(world: World) -> None:
    answers = await world.clock.run(_all(*(world.submit(key="k") for _ in range(10))))
    assert len({a.job_id for a in answers}) == 1
    assert len({a.response for a in answers}) == 1
    assert sum(not a.replayed for a in answers) == 1
    await check_promises(world, ended=False)


@pytest.mark.parametrize("other", [{"max_cost": 10**9}, {"storyboard": board_of(a_scene(1, seed=7))}])
async def test_the_same_key_for_another_request_is_refused(world: World, other: dict[str, object]) -> None:
    await world.submit(key="k")
    with pytest.raises(KeyReused):
        await world.submit(**({"key": "k", "storyboard": three_scenes()} | other))  # type: ignore[arg-type]


async def test_a_key_is_an_owner_s_own_and_is_forgotten_after_a_day(world: World) -> None:
    mine = await world.submit(key="k")
    other = await world.submit(key="k", caller=BOB)
    world.clock.advance(24 * 3600)
    later = await world.submit(key="k")
    assert len({mine.job_id, other.job_id, later.job_id}) == 3


async def test_nothing_is_written_when_the_store_is_away(world: World) -> None:
    world.faults.break_at(0, "before", lambda: Transient("away"))
    with pytest.raises(Transient):
        await world.submit()
    assert (await world.stores.jobs.list("ada", limit=5)).jobs == ()
    assert world.workflow.started == []


async def test_concurrent_jobs_are_limited(world: World) -> None:
    for _ in range(FREE.concurrent):
        await world.submit(caller=BOB)
    with pytest.raises(QuotaExceeded, match="concurrent") as refused:
        await world.submit(caller=BOB)
    assert refused.value.reason == "quota_concurrent"


async def test_videos_of_a_month_are_limited_and_failed_ones_are_given_back(world: World) -> None:
    for number in range(FREE.videos + 3):
        leg = await world.begun(caller=BOB)
        if number < 3:
            world.provider.will(TakeKind.VIDEO, Fate(reply="refused"))
        job = await world.walked(leg)
        assert job.status is (JobStatus.FAILED if number < 3 else JobStatus.SUCCEEDED)
    with pytest.raises(QuotaExceeded) as refused:
        await world.submit(caller=BOB)
    assert refused.value.reason == "quota_videos"
    await check_promises(world)


async def test_money_of_a_month_is_limited_by_what_a_job_may_cost(world: World) -> None:
    """$50 a month, and jobs of $5.60: there is no room for a ninth, though two videos are left."""
    dear = board_of(*(a_scene(n, frames=190) for n in range(1, 8)))
    for _ in range(7):
        await world.walked(await world.begun(dear, caller=BOB))
    await world.submit(dear, caller=BOB)
    with pytest.raises(QuotaExceeded) as refused:
        await world.submit(dear, caller=BOB)
    assert refused.value.reason == "quota_spend"


async def test_a_programme_longer_than_the_tier_allows_is_refused(world: World) -> None:
    with pytest.raises(QuotaExceeded) as refused:
        await world.submit(board_of(*(a_scene(n, frames=190) for n in range(1, 10))), caller=BOB)
    assert refused.value.reason == "quota_duration"


async def test_a_job_that_may_cost_more_than_the_caller_will_pay_is_refused(world: World) -> None:
    bound = estimate(three_scenes(), CATALOGUE, rate=24).at_most
    with pytest.raises(Invalid) as refused:
        await world.submit(max_cost=bound - 1)
    assert refused.value.reason == "max_cost_exceeded"
    await world.submit(max_cost=bound)


async def test_a_paid_planner_holds_its_own_price_and_room_for_a_dearer_plan(world: World) -> None:
    free = await world.submit(brief=a_brief())
    paid = await world.submit(brief=a_brief(planner=Planner.LLM))
    held = [(await world.job(a.job_id)).revision.reservation.amount for a in (free, paid)]
    assert held[1] == (held[0] + 20_000) * 5 // 4
    assert await world.stores.jobs.storyboard(paid.job_id, 1) is None
    assert await world.stores.jobs.scenes(paid.job_id, 1) == ()


async def test_neither_brief_nor_storyboard_is_invalid(world: World) -> None:
    with pytest.raises(Invalid, match="neither"):
        await world.app.submit_job(ADA, render=lambda _: b"")


# --- reference pictures


async def _upload(world: World, data: bytes | None, content_type: str = "image/png") -> Upload:
    upload, form = await world.app.request_upload(ADA, content_type=content_type, size=1000)
    if data is not None:
        world.assets.receive(form, data)
    return upload


def _with(upload_id: str) -> Storyboard:
    return board_of(a_scene(1, reference=upload_id))


async def test_a_reference_is_looked_into_and_leaves_quarantine(world: World) -> None:
    upload = await _upload(world, b'{"kind": "image"}')
    leg = await world.begun(_with(upload.id))
    mine = input_key(leg.job_id, upload.id)
    assert world.object_keys() == [mine, f"uploads/{upload.id}"]
    await world.scene_done(leg)
    (take,) = await world.takes()
    assert mine in take.input["image"]


async def test_two_submissions_may_admit_the_same_reference_at_once(world: World) -> None:
    upload = await _upload(world, b'{"kind": "image"}')
    await world.clock.run(_all(*(world.submit(_with(upload.id)) for _ in range(4))))
    assert (await world.stores.uploads.get(upload.id, owner="ada")).status is UploadStatus.ADMITTED


@pytest.mark.parametrize(
    ("data", "content_type", "why"),
    [
        (None, "image/png", "has not arrived"),
        (b"#EXTM3U", "image/png", "can't be used"),
        (b'{"kind": "video"}', "image/png", "can't be used"),
        (b'{"kind": "sound"}', "audio/wav", "an image is allowed"),
    ],
)
async def test_a_reference_that_is_not_a_picture_is_refused(
    world: World, data: bytes | None, content_type: str, why: str
) -> None:
    upload = await _upload(world, data, content_type)
    for _ in range(2):
        with pytest.raises(Invalid, match=why) as refused:
            await world.submit(_with(upload.id))
        assert refused.value.field == "storyboard.scenes[1].reference_image"
    assert world.jobs == []


async def test_another_owner_s_reference_is_as_absent_as_none(world: World) -> None:
    upload = await _upload(world, b'{"kind": "image"}')
    messages = []
    for upload_id in (upload.id, "upl_nothing"):
        with pytest.raises(Invalid) as refused:
            await world.submit(_with(upload_id), caller=BOB)
        messages.append(refused.value.message.replace(upload_id, "it"))
    assert messages[0] == messages[1]


async def _all(*works: Awaitable[Accepted]) -> list[Accepted]:
    return list(await asyncio.gather(*works))
