"""The state machine, exhaustively: cut in every state, every Lambda called twice, and its bounds."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Transient
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Planner, Soundtrack, Storyboard
from omnigen.ports.provider import PredictionStatus
from tests.builders import a_brief, a_scene
from tests.fakes.catalogue import ANIMATED
from tests.fakes.provider import Fate
from tests.fakes.world import World, board_of
from tests.promises import check_promises
from tests.workflow.asl import LARGEST
from tests.workflow.machine import DEFINITION, MachineDriver, as_on_aws, states_of

VIDEO: Final = TakeKind.VIDEO


def everything() -> Storyboard:
    """Two scenes with speech, still and clip, and music beside them."""
    scenes = (a_scene(n, narration=f"this is scene {n}") for n in (1, 2))
    return evolve(board_of(*scenes), model=ANIMATED, soundtrack=Soundtrack(music="slow and dark"))


# --- cut at any state


class Axe:
    """Cuts every execution as the state of that number is entered."""

    def __init__(self, driver: MachineDriver, at: int) -> None:
        self.entered: list[str] = []
        self._driver, self._at = driver, at

    def __call__(self, name: str) -> None:
        self.entered.append(name)
        if len(self.entered) == self._at:
            self._driver.kill()


async def _cut(walk: str, at: int) -> list[str]:
    """The states that were entered, those of the legs after the cut included."""
    async with as_on_aws() as world:
        driver = MachineDriver(world)
        axe = driver.entered = Axe(driver, at)
        end = WALKS[walk](world, driver)
        await world.submit(**WISHES.get(walk, {"storyboard": everything()}))
        (job,) = await driver.settle()
        await driver.cut()
        name = axe.entered[at - 1] if at else ""
        assert job.status is end, f"{at} {name}: {job.revision.error}"
        assert job.revision.note is None, f"{at} {name}: the paid plan was not used"
        assert len(world.provider.charged()) <= 7, f"{at} {name}"
        await check_promises(world)
        return axe.entered


def _well(world: World, driver: MachineDriver) -> JobStatus:
    return JobStatus.SUCCEEDED


def _llm(world: World, driver: MachineDriver) -> JobStatus:
    scenes = [{"prompt": f"a shot of the sea, number {n}", "seconds": 5} for n in (1, 2)]
    world.provider.usual[TakeKind.PLAN] = Fate(text=json.dumps({"title": "The plan", "scenes": scenes}))
    return JobStatus.SUCCEEDED


def _sensitive(world: World, driver: MachineDriver) -> JobStatus:
    refused = Fate(ends=PredictionStatus.FAILED, error_code="sensitive")
    world.provider.will(VIDEO, refused, scene=2)
    return JobStatus.FAILED


def _away(world: World, driver: MachineDriver) -> JobStatus:
    """Every step is away for so long that its leg gives it up, once; and the claim for two minutes."""
    tries: Counter[tuple[str, int | None]] = Counter()
    back = world.clock.now() + timedelta(minutes=2)

    async def away(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
        what = (step, event.get("scene"))
        tries[what] += 1
        if world.clock.now() < back if step == "start_leg" else tries[what] <= 9:
            raise Transient("away")
        return await call()

    driver.meddle = away
    return JobStatus.SUCCEEDED


def _broken(world: World, driver: MachineDriver) -> JobStatus:
    return _bug_in(driver, "render_segment", "generate_music")


def _broken_at_the_end(world: World, driver: MachineDriver) -> JobStatus:
    return _bug_in(driver, "finish_job")


def _bug_in(driver: MachineDriver, *steps: str) -> JobStatus:
    async def bug(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
        if step in steps:
            raise KeyError("a bug")
        return await call()

    driver.meddle = bug
    return JobStatus.FAILED


WALKS: Final[dict[str, Callable[[World, MachineDriver], JobStatus]]] = {
    "well": _well,
    "llm": _llm,
    "sensitive": _sensitive,
    "away": _away,
    "broken": _broken,
    "broken at the end": _broken_at_the_end,
}
WISHES: Final = {"llm": {"brief": a_brief(planner=Planner.LLM, frames=240)}}
"""Where it isn't `everything()` that is wished for."""
_SHARES: Final = 4


@pytest.mark.parametrize("share", range(_SHARES))
@pytest.mark.parametrize("walk", ["well", "llm", "sensitive"])
async def test_a_leg_cut_at_any_state(walk: str, share: int) -> None:
    """The Lambdas that it has called go on, as zombies; the next leg finds everything that they do."""
    states = await _cut(walk, 0)
    for at in range(1 + share, len(states) + 1, _SHARES):
        await _cut(walk, at)


@pytest.mark.parametrize("walk", ["away", "broken", "broken at the end"])
async def test_a_leg_cut_where_a_step_can_not_be_had(walk: str) -> None:
    """The first time that each state is entered."""
    states = await _cut(walk, 0)
    for name in dict.fromkeys(states):
        await _cut(walk, 1 + states.index(name))


async def test_the_walks_enter_every_state_there_is() -> None:
    """Else the cuts would miss some. Nobody waits for a renderer: it ends within its step."""
    entered = {name for walk in WALKS for name in await _cut(walk, 0)}
    assert set(states_of(DEFINITION)) - entered == {"SegmentWait", "ComposeWait"}


# --- doubled


async def _twice(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
    first, second = await asyncio.gather(call(), call(), return_exceptions=True)
    return _heard(first, second)


async def _again(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
    first = await asyncio.gather(call(), return_exceptions=True)
    await asyncio.gather(call(), return_exceptions=True)
    return _heard(first[0], first[0])


def _heard(first: Any, second: Any) -> Any:
    for answer in (first, second):
        if isinstance(answer, BaseException):
            raise answer
    return next((a for a in (first, second) if a["verdict"] != "superseded"), first)


@pytest.mark.parametrize("meddle", [_twice, _again], ids=["at once", "one after another"])
async def test_every_lambda_invoked_twice(meddle: Any) -> None:
    async with as_on_aws() as world:
        driver = MachineDriver(world)
        driver.meddle = meddle
        await world.submit(everything())
        (job,) = await driver.settle()
        assert job.status is JobStatus.SUCCEEDED
        assert len(world.provider.made) == 7
        await check_promises(world)


async def test_every_execution_started_twice() -> None:
    """Express takes the same name twice: the claims sort them out."""
    async with as_on_aws() as world:
        driver = MachineDriver(world)
        start = driver._start

        def both(name: str, given: Any) -> None:
            start(name, given)
            start(name, given)

        driver._start = both  # type: ignore[method-assign]
        await world.submit(everything())
        (job,) = await driver.settle()
        assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, 2)
        assert len(world.provider.made) == 7
        await check_promises(world)


async def test_a_claim_whose_answer_is_lost_is_found_again() -> None:
    """It took effect, and the machine was not told: its retry knows it for its own, and the leg goes on."""
    async with as_on_aws() as world:
        driver = MachineDriver(world)
        lost = False

        async def deaf(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
            nonlocal lost
            answer = await call()
            if step == "start_leg" and not lost:
                lost = True
                raise Transient("the answer was lost")
            return answer

        driver.meddle = deaf
        await world.submit()
        (job,) = await driver.settle()
        # One for the scenes, one to compose: as ever.
        assert (job.status, job.epoch) == (JobStatus.SUCCEEDED, 2)
        await check_promises(world)


# --- bounds


async def test_a_state_stays_small_whatever_the_storyboard() -> None:
    """Forty scenes that all break, with messages as long as they get."""
    async with as_on_aws() as world:
        driver = MachineDriver(world)

        async def broken(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
            if step == "generate_scene":
                raise RuntimeError("a long story " * 5000)
            return await call()

        driver.meddle = broken
        await world.submit(board_of(*(a_scene(n, frames=100) for n in range(1, 41))))
        (job,) = await driver.settle()
        assert job.revision.error is not None
        assert job.revision.error.code == "internal"
        largest = max(execution.largest for _, execution in driver.executions)
        # The cause of an error that was caught is part of its state until the next one; Express cuts it at 32 KiB.
        assert largest < LARGEST / 2
        await check_promises(world)


async def test_no_execution_outlives_five_minutes() -> None:
    """Whatever is slow: legs hand over in time."""
    async with as_on_aws() as world:
        driver = MachineDriver(world)

        async def slow(step: str, event: Any, call: Callable[[], Awaitable[Any]]) -> Any:
            await world.clock.sleep(20 if step == "generate_scene" else 1)
            return await call()

        driver.meddle = slow
        world.provider.usual[VIDEO] = Fate(seconds=500)
        await world.submit()
        (job,) = await driver.settle()
        assert job.status is JobStatus.SUCCEEDED
        assert {execution.status for _, execution in driver.executions} == {"SUCCEEDED"}
        await check_promises(world)
