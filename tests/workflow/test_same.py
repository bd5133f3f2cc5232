"""The state machine and the local workflow: the same stories, the same order, the same retries and pauses."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from dependency_injector import providers

from omnigen.adapters.local import workflow as local
from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Rejected, Transient
from omnigen.domain.job import INTERNAL
from omnigen.domain.storyboard import Soundtrack
from omnigen.ports.provider import PredictionStatus
from tests.builders import a_scene
from tests.fakes.provider import NEVER, Fate
from tests.fakes.world import ADA, World, board_of, three_scenes
from tests.promises import check_promises
from tests.workflow.driver import Driver, LocalDriver
from tests.workflow.machine import DEFINITION, MachineDriver, as_on_aws, states_of

VIDEO: Final = TakeKind.VIDEO
Prepare = Callable[[World], None]


def _well(world: World) -> None:
    pass


def _fails_twice(world: World) -> None:
    failed = Fate(ends=PredictionStatus.FAILED)
    world.provider.will(VIDEO, failed, failed, scene=2)


def _sensitive(world: World) -> None:
    world.provider.will(VIDEO, Fate(ends=PredictionStatus.FAILED, error_code="sensitive"), scene=2)


def _never(world: World) -> None:
    world.provider.will(VIDEO, Fate(seconds=NEVER), scene=2)


def _longer_than_a_leg(world: World) -> None:
    world.provider.usual[VIDEO] = Fate(seconds=600)


def _bug(world: World) -> None:
    world.composer.refuses += [KeyError("a bug")] * 9  # type: ignore[list-item]


def _refused_footage(world: World) -> None:
    async def compose(*args: Any, **kwargs: Any) -> Any:
        raise Rejected("the footage has no pictures", code="no_pictures")

    world.composer.compose = compose  # type: ignore[method-assign]


SCENARIOS: Final[dict[str, Prepare]] = {
    "all well": _well,
    "a scene fails twice, then succeeds": _fails_twice,
    "a scene is refused as sensitive": _sensitive,
    "the provider never finishes": _never,
    "generation longer than a leg": _longer_than_a_leg,
    "a bug in a step": _bug,
    "footage that can't be composed": _refused_footage,
}


async def _story(world: World, driver: Driver) -> dict[str, Any]:
    """What users and books can tell of the only job."""
    (job,) = await driver.settle()
    await driver.cut()
    await check_promises(world)
    events = await world.stores.jobs.events(job.id, job.revision.number, after={})
    entries = await world.stores.usage.entries(job.id)
    moves: dict[int, list[str]] = {}
    for event in events:
        status = str(event.data["status"])
        if moves.setdefault(event.scene, [])[-1:] != [status]:
            moves[event.scene].append(status)
    scenes = await world.stores.jobs.scenes(job.id, job.revision.number)
    error = job.revision.error
    return {
        "end": (
            job.status,
            error and (error.code, error.message.split(" UTC")[0][:24], error.scene, error.charged),
        ),
        "books": (
            job.revision.cost,
            job.revision.reservation.status,
            job.revision.reservation.settled_videos,
        ),
        "entries": sorted((e.kind, e.amount) for e in entries),
        "takes": sorted((t.kind, t.scene or 0, t.status, t.attempt, t.cost) for t in await world.takes()),
        "moves": moves,
        "scenes": [(s.number, s.status) for s in scenes],
        "usage": await world.stores.usage.usage("ada", "2026-11"),
    }


@pytest.mark.parametrize("name", SCENARIOS)
async def test_both_workflows_tell_the_same_story(name: str) -> None:
    """Events, end states, takes and books."""
    stories = []
    for kind in (LocalDriver, MachineDriver):
        async with as_on_aws() as world:
            driver = kind(world)
            SCENARIOS[name](world)
            await world.submit(three_scenes(soundtrack=Soundtrack(music="slow and dark")))
            stories.append(await _story(world, driver))
    assert stories[0] == stories[1]


async def test_both_tell_the_same_of_a_cancel_in_the_middle_of_the_map() -> None:
    stories = []
    for kind in (LocalDriver, MachineDriver):
        async with as_on_aws() as world:
            driver: Driver = kind(world)
            accepted = await world.submit()

            async def under_way(world: World = world) -> bool:
                return len(world.provider.made) == 3

            await driver.until(under_way)
            await world.app.cancel_job(ADA, accepted.job_id)
            stories.append(await _story(world, driver))
    assert stories[0] == stories[1]


# --- the same order, retries and back-off


LAMBDAS: Final = {
    name: state
    for name, state in states_of(DEFINITION).items()
    if state.get("Resource", "").endswith(":lambda:invoke")
}


@pytest.mark.parametrize("name", LAMBDAS)
def test_retries_are_those_of_the_local_workflow(name: str) -> None:
    ours = next(rule for rule in LAMBDAS[name]["Retry"] if "Transient" in rule["ErrorEquals"])
    assert ours["MaxAttempts"] == local.RETRIES
    assert ours["IntervalSeconds"] == local.RETRY_FIRST
    assert ours["BackoffRate"] == local.RETRY_RATE
    assert ours["MaxDelaySeconds"] == local.RETRY_CAP
    assert ours["JitterStrategy"] == "FULL"


async def test_pauses_are_those_of_the_local_workflow() -> None:
    """A step that is never to be had: the same instants of all tries, the same hand-over."""
    tries: list[list[float]] = []
    for kind in (LocalDriver, MachineDriver):
        async with as_on_aws() as world:
            driver: Driver = kind(world)
            seen: list[float] = []

            def away(name: str, _: int, when: str, world: World = world, seen: list[float] = seen) -> None:
                if (name, when) == ("takes.of_job", "before") and len(seen) < 9:
                    seen.append(world.clock.now().timestamp())
                    raise Transient("away")

            world.faults.hook = away
            await world.submit(board_of(a_scene(1)))
            await driver.settle()
            await driver.cut()
            tries.append([later - seen[0] for later in seen])
    assert tries[0] == tries[1]
    assert tries[0][1:4] == [0.5, 1.5, 3.5]


STEPS: Final = (
    "plan_storyboard",
    "generate_scene",
    "generate_music",
    "render_segment",
    "compose_video",
    "finish_job",
)


async def test_the_order_is_that_of_the_local_workflow() -> None:
    orders = []
    for kind in (LocalDriver, MachineDriver):
        async with as_on_aws() as world:
            steps: list[str] = []
            made = {name: getattr(world.container, name)() for name in STEPS}
            for name, step in made.items():
                getattr(world.container, name).override(_noted(name, step, steps))
            driver: Driver = kind(world)
            await world.submit(board_of(a_scene(1)))
            await driver.settle()
            await driver.cut()
            # The music goes on beside the scenes, in no order with them.
            assert (
                steps.index("plan_storyboard") < steps.index("generate_music") < steps.index("compose_video")
            )
            scene = [name for name in steps if name != "generate_music"]
            orders.append(list(dict.fromkeys(scene)))
    assert orders[0] == orders[1]
    assert orders[0] == [name for name in STEPS if name != "generate_music"]


def _noted(name: str, step: Any, steps: list[str]) -> Any:
    async def call(*args: Any) -> Any:
        steps.append(name)
        return await step(*args)

    return providers.Object(call)


def test_what_the_machine_says_of_a_bug_is_what_we_say() -> None:
    said = [
        s["Result"]["failure"]
        for s in states_of(DEFINITION).values()
        if (s.get("Result") or {}).get("failure")
    ]
    assert len(said) == 3
    ours = {"code": INTERNAL.code, "message": INTERNAL.message, "retryable": INTERNAL.retryable}
    assert all(failure == ours for failure in said)
