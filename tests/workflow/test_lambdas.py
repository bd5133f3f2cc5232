"""What the Lambdas make of what they are told: errors by name, quiet ends, whole seconds; and the sweeper's rounds."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import pytest
from dependency_injector import providers

from omnigen.domain.errors import Invalid, OmniGenError, Rejected, TooLarge, Transient
from omnigen.domain.job import JobStatus
from omnigen.entrypoints.lambdas import composer, function, generator, sweeper
from omnigen.entrypoints.lambdas.function import Function
from omnigen.ports.outbox import Message, MessageKind
from tests.builders import a_scene
from tests.fakes.world import World, board_of
from tests.promises import check_promises
from tests.workflow.machine import DEFINITION, MachineDriver, as_on_aws

LEG: Final = {
    "job_id": "job_000001", "revision": 1, "number": 1, "until": "2026-11-05T12:04:00Z", "seconds": 240
}  # fmt: skip


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with as_on_aws() as made:
        yield made


async def ask(world: World, handler: Function, step: str, **event: Any) -> dict[str, Any]:
    answer = await handler.answer(world.container, {"step": step, **event}, seconds=1e6)
    return dict(json.loads(json.dumps(answer)))


async def claimed(world: World) -> dict[str, Any]:
    """A leg in words, of a job that was just accepted."""
    job_id = (await world.submit(board_of(a_scene(1)))).job_id
    answer = await ask(world, generator.handler, "start_leg", input={"job_id": job_id, "leg": 1})
    return dict(answer["leg"])


# --- what can't be understood

NONSENSE: Final[dict[str, Any]] = {
    "no object": ["start_leg"],
    "no step": {"leg": LEG},
    "an unknown step": {"step": "make_coffee", "leg": LEG},
    "another function's step": {"step": "compose_video", "leg": LEG},
    "no leg": {"step": "finish_job"},
    "half a leg": {"step": "finish_job", "leg": {"job_id": "job_000001"}},
    "a leg of no number": {"step": "finish_job", "leg": {**LEG, "number": 0}},
    "a time that is none": {"step": "finish_job", "leg": {**LEG, "until": "tomorrow"}},
    "more than is known": {"step": "finish_job", "leg": LEG, "and": "more"},
    "scene 0": {"step": "generate_scene", "leg": LEG, "scene": 0},
    "a name without end": {"step": "start_leg", "input": {"job_id": "j" * 101, "leg": 1}},
    "no reason": {"step": "fail_job", "leg": LEG, "why": {"verdict": 7}},
}


@pytest.mark.parametrize("event", NONSENSE.values(), ids=NONSENSE)
async def test_an_event_that_can_not_be_understood_is_invalid(world: World, event: Any) -> None:
    with pytest.raises(Invalid) as caught:
        await generator.handler.answer(world.container, event, seconds=1e6)
    assert len(caught.value.message) < 500


async def test_an_event_of_more_than_six_megabytes_is_too_large(world: World) -> None:
    """Lambda refuses it before us; the emulator doesn't."""
    with pytest.raises(TooLarge, match="6000000"):
        await ask(world, generator.handler, "finish_job", leg=LEG, more="x" * 6_000_000)
    with pytest.raises(TooLarge, match="6000000"):
        await ask(
            world, generator.handler, "fail_job", leg=await claimed(world), why=told_at_length(7_000_000)
        )
    assert not (await world.job()).ended


async def test_a_job_fails_however_much_is_told_of_it(world: World) -> None:
    """Its item has room for 400 KB."""
    leg = await claimed(world)
    await ask(world, generator.handler, "fail_job", leg=leg, why=told_at_length(5_000_000))
    error = (await world.job()).revision.error
    assert error is not None
    assert error.message == "x" * 500


def told_at_length(signs: int) -> dict[str, Any]:
    """What a step has answered that can't go on."""
    return {"verdict": "stop", "failure": {"code": "rejected", "message": "x" * signs}}


@pytest.mark.parametrize(
    "given", [{}, {"job_id": "job_000001"}, {"job_id": "job_000001", "leg": "one"}, "nonsense"]
)
async def test_an_execution_with_nonsense_for_input_ends_by_name(world: World, given: Any) -> None:
    driver = MachineDriver(world)
    await world.submit()
    driver._start("nonsense", given)
    (job,) = await driver.settle()
    (execution,) = (execution for name, execution in driver.executions if name == "nonsense")
    assert execution.status == "FAILED"
    assert execution.error is not None
    # Where the input is no object, there is no place for the error to be put: the machine itself fails.
    assert execution.error.name == (
        "NotClaimed" if isinstance(given, dict) else "States.ResultPathMatchFailure"
    )
    assert job.status is JobStatus.SUCCEEDED
    await check_promises(world)


async def test_nonsense_in_the_middle_ends_the_job(world: World) -> None:
    """A step that is called with what it can't understand is a bug of ours: the job fails, and its hold is released."""
    driver = MachineDriver(world)

    async def spoilt(step: str, event: Any, call: Any) -> Any:
        if step == "plan_storyboard":
            return await generator.handler.answer(world.container, {**event, "and": "more"}, seconds=1e6)
        return await call()

    driver.meddle = spoilt
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert job.revision.error is not None
    assert job.revision.error.code == "internal"
    await check_promises(world)


# --- who comes too late, or for nothing


async def test_an_unknown_job_ends_quietly(world: World) -> None:
    answer = await ask(world, generator.handler, "start_leg", input={"job_id": "job_999999", "leg": 1})
    assert answer == {
        "verdict": "superseded", "phase": "generate", "leg": None, "next": None
    }  # fmt: skip


async def test_an_older_leg_ends_quietly_whatever_it_wants(world: World) -> None:
    """Each step tells it so, and none writes anything."""
    leg = await claimed(world)
    await world.next_leg(leg["job_id"])
    before = await world.job()
    for handler, step, more in (
        (generator.handler, "plan_storyboard", {}),
        (generator.handler, "generate_scene", {"scene": 1}),
        (generator.handler, "generate_music", {}),
        (generator.handler, "finish_job", {}),
        (generator.handler, "fail_job", {"why": {"verdict": "stop", "seconds": 0, "failure": None}}),
        (composer.handler, "render_segment", {"scene": 1}),
        (composer.handler, "compose_video", {}),
    ):
        answer = await ask(world, handler, step, leg=leg, **more)
        assert answer["verdict"] == "superseded", step
    assert await world.job() == before


async def test_a_leg_whose_time_is_up_hands_over_without_a_look(world: World) -> None:
    leg = await claimed(world)
    world.clock.advance(240)
    calls = len(world.faults.calls)
    answer = await ask(world, generator.handler, "generate_scene", leg=leg, scene=1)
    assert answer["verdict"] == "handover"
    assert len(world.faults.calls) == calls


async def test_composing_begins_with_half_a_leg_at_least(world: World) -> None:
    leg = await claimed(world)
    world.clock.advance(121)
    assert (await ask(world, composer.handler, "compose_video", leg=leg))["verdict"] == "handover"


async def test_no_step_of_a_leg_outlives_its_execution(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A render that begins in the last moment is broken off while there is time to hand over."""
    leg = await claimed(world)
    stuck = world.clock.sleep(3600)

    async def hang(*_: Any) -> Any:
        await stuck

    world.container.render_segment.override(providers.Object(hang))
    world.clock.advance(239.95)
    monkeypatch.setattr(function, "_OVERTIME", 0.0)
    monkeypatch.setattr(function, "_ENOUGH", 0.0)
    with pytest.raises(Transient, match="broken off"):
        await ask(world, composer.handler, "render_segment", leg=leg, scene=1)


async def test_there_is_time_to_hand_over_once_a_step_was_broken_off(world: World) -> None:
    longest = world.policy.leg.total_seconds() + function._OVERTIME + function._ENOUGH
    assert longest < DEFINITION["TimeoutSeconds"]


async def test_a_hint_to_compose_is_only_believed_where_all_scenes_are_ready(world: World) -> None:
    job_id = (await world.submit()).job_id
    given = {"job_id": job_id, "leg": 1, "compose": 1}
    answer = await ask(world, generator.handler, "start_leg", input=given)
    assert (answer["phase"], answer["next"]["compose"]) == ("generate", None)


# --- what they answer


async def test_waits_are_whole_seconds(world: World) -> None:
    """Less than one would be none, and the machine would run in circles."""
    leg = await claimed(world)
    answer = await ask(world, generator.handler, "generate_scene", leg=leg, scene=1)
    assert answer == {"verdict": "wait", "seconds": 4, "failure": None}
    object.__setattr__(world.policy, "poll", 0.01)
    answer = await ask(world, generator.handler, "generate_scene", leg=leg, scene=1)
    assert answer == {"verdict": "wait", "seconds": 1, "failure": None}


async def test_what_a_step_can_never_have_is_told_in_few_words(world: World) -> None:
    leg = await claimed(world)

    async def never(*_: Any) -> Any:
        raise Rejected("no " * 10_000, code="never")

    world.container.generate_music.override(providers.Object(never))
    answer = await ask(world, generator.handler, "generate_music", leg=leg)
    assert answer["failure"]["code"] == "never"
    assert len(json.dumps(answer)) < 700


async def test_a_step_that_takes_too_long_is_broken_off_in_time_to_say_so(world: World) -> None:
    leg = await claimed(world)
    event = {"step": "generate_scene", "leg": leg, "scene": 1}
    stuck = world.clock.sleep(3600)

    async def hang(*_: Any) -> Any:
        await stuck

    world.container.generate_scene.override(providers.Object(hang))
    with pytest.raises(Transient, match="broken off"):
        await generator.handler.answer(world.container, event, seconds=0.05)


# --- what is missing


async def test_a_secret_that_is_missing_keeps_the_job_until_it_is_there(world: World) -> None:
    """Somebody may yet put it there: nothing is sent meanwhile, and nothing charged."""
    driver = MachineDriver(world)
    back = world.clock.now() + timedelta(minutes=6)

    def locked(name: str, _: int, when: str) -> None:
        if name == "provider.create" and when == "before" and world.clock.now() < back:
            raise Transient("there is no secret 'omnigen/replicate-token'", code="secret_missing")

    world.faults.hook = locked
    await world.submit()
    (job,) = await driver.settle()
    assert job.status is JobStatus.SUCCEEDED
    await check_promises(world)


async def test_a_secret_that_never_comes_ends_the_job_at_its_deadline(world: World) -> None:
    driver = MachineDriver(world)

    def locked(name: str, _: int, when: str) -> None:
        if name == "provider.create" and when == "before":
            raise Transient("there is no secret 'omnigen/replicate-token'", code="secret_missing")

    world.faults.hook = locked
    await world.submit()
    (job,) = await driver.settle()
    assert (job.status, job.revision.cost) == (JobStatus.FAILED, 0)
    await check_promises(world)


# --- the sweeper


async def test_the_sweeper_starts_what_no_hint_has_started(world: World) -> None:
    job_id = (await world.submit()).job_id
    world.workflow.started.clear()
    told = await ask(world, sweeper.handler, "sweep")
    assert told["delivered"] == 1
    assert (job_id, 1) in world.workflow.started
    assert await world.stores.outbox.pending(limit=9) == []


async def test_the_sweeper_leaves_alone_what_is_driven(world: World) -> None:
    """The message of a leg that was claimed meanwhile is only taken out; nobody can be woken; who is gone is gone."""
    await claimed(world)
    world.workflow.started.clear()
    for kind, job_id in ((MessageKind.WAKE, "job_000001"), (MessageKind.START, "job_999999")):
        message = Message(id=f"{kind}:x", kind=kind, job_id=job_id, leg=1, at=world.clock.now())
        await world.stores.outbox.add(message)
    told = await ask(world, sweeper.handler, "sweep")
    assert told == {"delivered": 0, "started": 0, "purged": 0}
    assert world.workflow.started == []
    assert await world.stores.outbox.pending(limit=9) == []


async def test_a_message_that_can_not_be_acted_on_stays_and_keeps_no_other(world: World) -> None:
    first, second = [(await world.submit(board_of(a_scene(1, seed=n)))).job_id for n in (1, 2)]

    async def start(job_id: str, leg: int) -> None:
        if job_id == first:
            raise OmniGenError("not now")
        started.append(job_id)

    started: list[str] = []
    world.workflow.start = start  # type: ignore[method-assign]
    told = await ask(world, sweeper.handler, "sweep")
    assert told["delivered"] == 1
    assert second in started
    assert [m.job_id for m in await world.stores.outbox.pending(limit=9)] == [first]


async def test_the_sweeper_ends_what_is_past_its_deadline(world: World) -> None:
    """By a leg of its own, which ends the job as any other does."""
    driver = MachineDriver(world)
    await world.submit()
    driver.kill()
    world.clock.advance(3600)
    (job,) = await driver.settle()
    assert job.status is JobStatus.FAILED
    assert job.revision.error is not None
    assert job.revision.error.code == "deadline_exceeded"


async def test_orphans_are_cleared_on_demand(world: World) -> None:
    await world.assets.put_bytes("jobs/job_gone/x", b"x", content_type="text/plain")
    world.clock.advance(3 * 86_400)
    assert await ask(world, sweeper.handler, "clear_orphans") == {"removed": 1}
