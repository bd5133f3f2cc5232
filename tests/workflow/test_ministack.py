"""The same scenarios for real: Step Functions, Lambda, DynamoDB and S3 of ministack, and the local worker beside them.

Lambdas are processes with Lambda's own runtime client, Replicate is its stand-in, and the clock is the wall's. What is
rendered are the stand-ins of tests/fakes. Both sides must tell the same story. What the real thing can't be made to do
on demand (a cut in each state, each Lambda twice) is in test_machine.py.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve, field, frozen
from botocore.exceptions import ClientError
from dependency_injector import providers

from emulator.aws.resources import HERE
from omnigen.adapters.aws.clients import AioClients
from omnigen.adapters.local.clock import SystemClock
from omnigen.container import Container
from omnigen.domain.job import Job, JobStatus, SceneStatus
from omnigen.domain.quota import Tier, period_of
from omnigen.domain.storyboard import Soundtrack, Storyboard
from omnigen.ports.identity import Caller
from tests.builders import a_scene
from tests.fakes.media import FakeComposer, FakeInspector
from tests.fakes.world import board_of
from tests.fixtures.pipeline import Deployed, deployed
from tests.workflow.sides import Side, here, on_aws, swept

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


# --- the scenarios

Act = Callable[[Side, str], Awaitable[None]]


async def _nothing(side: Side, job_id: str) -> None:
    pass


async def _cancel_in_the_map(side: Side, job_id: str) -> None:
    """Once the provider works on all of them: what is cancelled before costs nothing, and after it all."""
    await _until(lambda: _running(side, job_id))
    takes = await side.container.takes().of_job(job_id)

    async def worked_on() -> bool:
        told = [
            await asyncio.to_thread(side.deployed.replicate, f"/v1/predictions/{take.prediction_id}")
            for take in takes
        ]
        return {one["status"] for one in told} == {"processing"}

    await _until(worked_on)
    job = await side.job(job_id)
    await side.container.cancel_job()(_caller(job.owner), job_id)


async def _start_twice_more(side: Side, job_id: str) -> None:
    for _ in range(2):
        await side.container.workflow().start(job_id, 1)


async def _cut(side: Side, job_id: str) -> None:
    """Stop the execution in the middle of the map: nobody hands over."""
    if side.name == "here":
        return
    async with AioClients(side.settings.aws) as clients:
        client = await clients.open("stepfunctions")
        await _until(lambda: _running(side, job_id))

        async def stopped() -> bool:
            job = await side.job(job_id)
            assert not job.ended, f"It ended before it could be cut: {job}"
            # Where the sweeper was faster than a leg of six seconds, the job has gone on in the usual machine.
            machines = {side.settings.aws.state_machine, HERE.machine_arn("pipeline")}
            return any([await _stopped(client, machine, job_id) for machine in machines])

        await _until(stopped)


async def _wait_for_the_others(side: Side, job_id: str) -> None:
    """Until all but scene 2 are ready: how soon that is depends on what else the machine is doing."""

    async def ready() -> bool:
        scenes = await side.container.jobs().scenes(job_id, 1)
        return {s.number for s in scenes if s.status is SceneStatus.READY} == {1, 3}

    await _until(ready)


async def _stopped(client: Any, machine: str, job_id: str) -> bool:
    """Whether the job's newest execution could be stopped: it may have handed over meanwhile."""
    told = await client.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
    for execution in told["executions"]:
        if execution["name"].startswith(job_id):
            with suppress(ClientError):
                await client.stop_execution(executionArn=execution["executionArn"])
                return True
    return False


async def _running(side: Side, job_id: str) -> bool:
    takes = await side.container.takes().of_job(job_id)
    return len([t for t in takes if t.prediction_id is not None]) == 3


async def _until(seen: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(120):
        while not await seen():  # noqa: ASYNC110  it happens in another process
            await asyncio.sleep(0.3)


@frozen(kw_only=True)
class Scenario:
    """What goes wrong, and what is done while it runs."""

    name: str
    ends: JobStatus = JobStatus.SUCCEEDED
    faults: tuple[dict[str, Any], ...] = ()
    """Of all scenes, or of one, where `scene` says so."""
    board: Storyboard = field(factory=lambda: board_of(*(a_scene(n) for n in (1, 2, 3))))
    act: Act = _nothing
    short: bool = False
    """Whether legs are six seconds long."""
    hasty: bool = False
    """Whether its deadline is after a minute."""


_SLOW: Final = {"action": "slow", "factor": 15}
SCENARIOS: Final = (
    Scenario(
        name="all well",
        board=evolve(
            board_of(*(a_scene(n) for n in (1, 2, 3))), soundtrack=Soundtrack(music="slow and dark")
        ),
    ),
    Scenario(name="fails twice", faults=({"scene": 2, "answers": [{"action": "fail"}, {"action": "fail"}]},)),
    Scenario(name="sensitive", faults=({"scene": 2, "action": "sensitive"},), ends=JobStatus.FAILED),
    Scenario(
        name="never finishes",
        faults=({"scene": 2, "action": "never_finish"},),
        ends=JobStatus.FAILED,
        act=_wait_for_the_others,
        hasty=True,
    ),
    Scenario(
        name="cancelled in the map",
        faults=({**_SLOW, "factor": 300},),
        ends=JobStatus.CANCELLED,
        act=_cancel_in_the_map,
    ),
    Scenario(name="started twice more", act=_start_twice_more),
    Scenario(name="longer than a leg", faults=(_SLOW,), short=True),
    Scenario(name="cut in the map", faults=({**_SLOW, "factor": 60},), short=True, act=_cut),
    Scenario(name="forty scenes", board=board_of(*(a_scene(n, frames=100) for n in range(1, 41)))),
)


def _caller(owner: str) -> Caller:
    return Caller(id=owner, tier=Tier.ENTERPRISE, expires_at=2**40)


async def _play(scenario: Scenario, side: Side) -> None:
    for fault in scenario.faults:
        rule = {key: value for key, value in fault.items() if key != "scene"}
        part = f"{scenario.name} {side.name} scene" + (f" {fault['scene']}." if "scene" in fault else "")
        await asyncio.to_thread(
            side.deployed.replicate, "/_emulator/faults", {"faults": [{"match": {"prompt": part}, **rule}]}
        )
    job_id = await side.submit(_caller(scenario.name), scenario.board, as_=scenario.name)
    await scenario.act(side, job_id)


async def _story(side: Side, job: Job) -> dict[str, Any]:
    """What users and books can tell of a job."""
    jobs, number = side.container.jobs(), job.revision.number
    moves: dict[int, list[str]] = {}
    for event in await jobs.events(job.id, number, after={}):
        status = str(event.data["status"])
        if moves.setdefault(event.scene, [])[-1:] != [status]:
            moves[event.scene].append(status)
    error, takes = job.revision.error, await side.container.takes().of_job(job.id)
    usage = await side.container.ledger().usage(job.owner, period_of(job.created_at))
    entries = await side.container.ledger().entries(job.id)
    return {
        "end": (job.status, error and (error.code, error.scene, error.charged)),
        "books": (job.revision.cost, job.revision.reservation.status),
        "usage": (usage.held_videos, usage.held_amount, usage.settled_videos, usage.settled_amount),
        "entries": sorted((entry.kind, entry.amount) for entry in entries),
        "takes": sorted((t.kind, t.scene or 0, t.status, t.attempt, t.cost) for t in takes),
        "moves": moves,
        "scenes": [(scene.number, scene.status) for scene in await jobs.scenes(job.id, number)],
    }


async def _warmed(cloud: Deployed) -> None:
    """Sandboxes start now, and not while a scenario races with its clock."""
    async with AioClients(cloud.settings().aws) as clients:
        client = await clients.open("lambda")
        calls = (
            client.invoke(FunctionName=f"{HERE.prefix}{name}", Payload=json.dumps({"step": "none"}))
            for name in ("generator", "short-generator", "composer")
            for _ in range(4)
        )
        assert {"FunctionError" in answer for answer in await asyncio.gather(*calls)} == {True}


async def test_both_workflows_tell_the_same_stories(tmp_path: Path) -> None:
    """All scenarios side by side, there and here."""
    with (
        Container.inspector.override(providers.Object(FakeInspector())),
        Container.composer.override(providers.Object(FakeComposer(SystemClock()))),
    ):
        async with deployed(tmp_path / "aws") as cloud, swept(cloud, 3):
            await _warmed(cloud)
            stories = await asyncio.gather(_told_on_aws(cloud), _told_here(cloud, tmp_path / "here"))
    assert stories[0].keys() == stories[1].keys() == {scenario.name for scenario in SCENARIOS}
    for scenario in SCENARIOS:
        there, local = (story[scenario.name] for story in stories)
        assert there["end"][0] is scenario.ends, f"{scenario.name}: {there}"
        assert there == local, scenario.name


Opened = Callable[..., AbstractAsyncContextManager[Side]]


async def _told_on_aws(cloud: Deployed) -> dict[str, Any]:
    return await _told(
        partial(on_aws, cloud, OMNIGEN_JOB_DEADLINE="60"),
        {False: partial(on_aws, cloud), True: partial(on_aws, cloud, "short-pipeline")},
    )


async def _told_here(cloud: Deployed, folder: Path) -> dict[str, Any]:
    return await _told(
        partial(here, cloud, folder / "hasty", OMNIGEN_JOB_DEADLINE="60"),
        {False: partial(here, cloud, folder / "usual"), True: partial(here, cloud, folder / "short")},
    )


async def _told(hasty: Opened, others: dict[bool, Opened]) -> dict[str, Any]:
    """What is a race with the clock goes first: the crowd comes once it has been cut, or waits for its deadline."""

    async def first(opened: Opened, scenarios: list[Scenario], acted: asyncio.Event) -> dict[str, Any]:
        async with opened() as side:
            await _play_all(side, scenarios)
            acted.set()
            return await _stories(side)

    async def then() -> dict[str, Any]:
        async with others[False]() as side:
            await asyncio.gather(*(acted.wait() for acted in under_way))
            await _play_all(side, [s for s in SCENARIOS if not s.hasty and not s.short])
            return await _stories(side)

    under_way = asyncio.Event(), asyncio.Event()
    one, two, three = await asyncio.gather(
        first(hasty, [s for s in SCENARIOS if s.hasty], under_way[0]),
        first(others[True], [s for s in SCENARIOS if s.short], under_way[1]),
        then(),
    )
    return one | two | three


async def _play_all(side: Side, scenarios: list[Scenario]) -> None:
    await asyncio.gather(*(_play(scenario, side) for scenario in scenarios))


async def _stories(side: Side) -> dict[str, Any]:
    jobs = {job.id: job for job in await side.settled(within_s=240)}
    await side.check()
    return {name: await _story(side, jobs[job_id]) for name, job_id in side.jobs.items()}


async def test_two_hundred_jobs_at_once(tmp_path: Path) -> None:
    """Nothing lost, nothing twice, the ledger exact, though replies of the provider get lost on the way."""
    async with deployed(tmp_path) as cloud:
        lost = {"match": {"prompt": "7 on AWS"}, "answers": [{"action": "drop_reply"}]}
        failed = {"match": {"prompt": "3 on AWS"}, "answers": [{"action": "fail"}]}
        cloud.replicate("/_emulator/faults", {"faults": [lost, failed]})
        async with on_aws(cloud) as side, swept(cloud, 5):
            for n in range(200):
                board = board_of(a_scene(1, seed=n))
                await side.submit(_caller(f"owner {n % 4}"), board, as_=f"crowd {n}")
            jobs = await side.settled(within_s=500)
            await side.check()
    assert {job.status for job in jobs} == {JobStatus.SUCCEEDED}
    assert len(jobs) == 200
