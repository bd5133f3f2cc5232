"""One job from its acceptance to its video, step by step."""

from omnigen.domain.job import JobStatus, SceneStatus
from tests.fakes.world import World
from tests.promises import check_promises


async def test_all_steps_in_order_make_a_video_at_the_price_of_its_takes(world: World) -> None:
    leg = await world.begun()
    job = await world.walked(leg)
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.cost == 3 * 600_000
    scenes = await world.stores.jobs.scenes(job.id, 1)
    assert [s.status for s in scenes] == [SceneStatus.READY] * 3
    assert world.composer.rendered == {1: 1, 2: 1, 3: 1}
    await check_promises(world)
