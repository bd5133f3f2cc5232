"""Legs are started as executions, by a name that says which; whatever keeps them from starting is Transient."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from attrs import evolve

from emulator.aws.machine import create_machines
from emulator.aws.resources import Names, account_of, resources
from omnigen.adapters.aws.clients import AioClients, ThreadedClients
from omnigen.adapters.aws.stepfunctions import StepFunctionsWorkflow
from omnigen.container import policy_of
from omnigen.domain.errors import Transient
from omnigen.settings import AwsSettings, Settings
from tests.fixtures.cloud import Cloud

pytestmark = pytest.mark.slow

NOWHERE = "arn:aws:states:us-east-1:000000000000:stateMachine:nowhere"


@pytest.fixture
async def settings(cloud: Cloud) -> AwsSettings:
    """With an Express machine that does nothing."""
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    pipeline = account_of(resources(), Names(prefix=f"{uuid4().hex[:8]}-")).machines["pipeline"]
    machine = replace(pipeline, definition=json.dumps(definition))
    async with cloud.client("stepfunctions") as client, cloud.client("iam") as iam:
        await create_machines(client, iam, [machine])
    return evolve(cloud.settings, state_machine=machine.arn)


async def _executions(cloud: Cloud, settings: AwsSettings) -> list[dict[str, Any]]:
    async with cloud.client("stepfunctions") as client:
        told = await client.list_executions(stateMachineArn=settings.state_machine)
        return sorted(told["executions"], key=lambda one: str(one["name"]))


@pytest.mark.parametrize("kind", [AioClients, ThreadedClients])
async def test_an_execution_is_named_after_its_leg(cloud: Cloud, settings: AwsSettings, kind: Any) -> None:
    async with kind(settings) as clients:
        await StepFunctionsWorkflow(settings, clients).start("job_1", 3)
        (execution,) = await _executions(cloud, settings)
        assert execution["name"] == "job_1-3"
        client = await clients.open("stepfunctions")
        told = await client.describe_execution(executionArn=execution["executionArn"])
        assert json.loads(told["input"]) == {"job_id": "job_1", "leg": 3}


async def test_a_name_that_is_taken_starts_another(cloud: Cloud, settings: AwsSettings) -> None:
    """The first may be dead: on Express nobody can ask. The claim sorts them out."""
    async with AioClients(settings) as clients:
        workflow = StepFunctionsWorkflow(settings, clients)
        for _ in range(3):
            await workflow.start("job_1", 1)
    names = [execution["name"] for execution in await _executions(cloud, settings)]
    assert len(names) == len(set(names)) == 3
    assert all(name.startswith("job_1-1") for name in names)


async def test_a_machine_that_is_not_there_is_transient(cloud: Cloud) -> None:
    settings = evolve(cloud.settings, state_machine=NOWHERE)
    async with AioClients(settings) as clients:
        with pytest.raises(Transient, match="StateMachineDoesNotExist"):
            await StepFunctionsWorkflow(settings, clients).start("job_1", 1)


@pytest.mark.parametrize("kind", [AioClients, ThreadedClients])
async def test_an_outage_is_transient(cloud: Cloud, kind: Any) -> None:
    settings = evolve(cloud.settings, endpoint="http://127.0.0.1:9", state_machine=NOWHERE)
    async with kind(settings) as clients:
        with pytest.raises(Transient, match="can't be reached"):
            await StepFunctionsWorkflow(settings, clients).start("job_1", 1)


async def test_a_wake_asks_nobody_for_anything(cloud: Cloud) -> None:
    """Nobody could shorten the wait; it is no error either."""
    settings = evolve(cloud.settings, endpoint="http://127.0.0.1:9")
    async with AioClients(settings) as clients:
        await StepFunctionsWorkflow(settings, clients).wake("job_1")


def test_a_lease_outlives_an_execution_and_not_by_much() -> None:
    """Nobody renews it while the machine waits; and a dead leg is noticed soon after it must be dead."""
    policy = policy_of(Settings.from_environment({"OMNIGEN_PROFILE": "aws"}))
    assert 300 < policy.lease.total_seconds() <= 320
    assert policy.leg.total_seconds() == 240
    assert policy.poll == 4
    local = policy_of(Settings.from_environment({}))
    assert (local.lease.total_seconds(), local.poll) == (20, 2)
