"""The account of the made-up apply on ministack, and the walk of a job on it: from a brief to an MP4 that plays.

The functions run this checkout, the composer's image too; sign-in, Replicate and the site are stand-ins. All else
that parts are told is what Terraform says (OVERRIDES in emulator/aws/part.py).
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emulator.aws import task
from emulator.aws.account import Account
from emulator.aws.part import OVERRIDES, owner
from emulator.aws.terraform import account_in
from tests.e2e.stage import CHEAP_MODEL, Stage, brief_of, newcomer, staged
from tests.e2e.test_brief_to_video import test_a_brief_becomes_a_video
from tests.e2e.test_sketches import test_cards_first_then_clips
from tests.terraform.account import made_up

__all__ = ["test_a_brief_becomes_a_video", "test_cards_first_then_clips"]  # the AWS side's own
pytestmark = [pytest.mark.terraform, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def applied() -> Account:
    return account_in(made_up("prod"))


@pytest.fixture(scope="module")
def shared(applied: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everything of profile `aws`, its account made from what Terraform has left."""
    data = tmp_path_factory.mktemp("account") / "data"
    flags = ("--profile", "aws", "--account", str(made_up("prod")), "--replicate-seconds", "0.5")
    with staged(data, *flags) as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    with newcomer(shared) as user:
        yield shared.handed_to(user)


def client(shared: Stage, service: str, key: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=shared.run["environment"]["AWS_ENDPOINT_URL"],
        region_name=shared.run["environment"]["AWS_REGION"],
        aws_access_key_id=key["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=key["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=key.get("AWS_SESSION_TOKEN"),
    )


def test_functions_are_what_terraform_says(shared: Stage, applied: Account) -> None:
    """Sizes, times, roles; of their variables only those with a reason differ."""
    lambdas = client(shared, "lambda", owner(applied))
    for function in applied.functions.values():
        made = lambdas.get_function_configuration(FunctionName=function.name)
        assert (made["Handler"], made["Timeout"], made["MemorySize"]) == (
            function.handler,
            function.timeout_s,
            function.memory_mb,
        )
        assert made["EphemeralStorage"]["Size"] == function.ephemeral_storage_mb
        assert made["Role"] == f"arn:aws:iam::{applied.id}:role/{function.role.name}"
        assert differing(made["Environment"]["Variables"], function.environment) <= OVERRIDES.keys()


def test_the_api_is_told_what_terraform_says(shared: Stage, applied: Account) -> None:
    """Its process, of which only our own variables count, and AWS's."""
    pid = shared.run["children"]["api"]["pid"]
    lines = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").rstrip("\0").split("\0")
    told = {
        name: value
        for name, _, value in (line.partition("=") for line in lines)
        if name.startswith(("OMNIGEN_", "AWS_", "REPLICATE_")) and name not in os.environ
    }
    assert differing(told, applied.services["api"].environment) <= OVERRIDES.keys()
    assert told["OMNIGEN_STATE_MACHINE_ARN"] == applied.machines["pipeline"].arn


def differing(told: dict[str, str], said: Any) -> set[str]:
    """Variables that are only in one of them, or another in each."""
    return {name for name in told.keys() | said.keys() if told.get(name) != said.get(name)}


def test_tables_and_buckets_are_what_terraform_says(shared: Stage, applied: Account) -> None:
    database, store = (client(shared, service, owner(applied)) for service in ("dynamodb", "s3"))
    assert set(database.list_tables()["TableNames"]) == {table.name for table in applied.tables.values()}
    for table in applied.tables.values():
        made = database.describe_table(TableName=table.name)["Table"]
        assert made["DeletionProtectionEnabled"] is table.deletion_protection
        assert {one["IndexName"] for one in made.get("GlobalSecondaryIndexes", ())} == set(table.indexes)
    assert {one["Name"] for one in store.list_buckets()["Buckets"]} == {
        bucket.name for bucket in applied.buckets.values()
    }
    for bucket in applied.buckets.values():
        assert store.get_bucket_versioning(Bucket=bucket.name)["Status"] == "Enabled"
        made = store.get_bucket_lifecycle_configuration(Bucket=bucket.name)["Rules"]
        assert [rule["ID"] for rule in made] == [rule["ID"] for rule in bucket.lifecycle]


def test_pipeline_schedules_and_rights_are_what_terraform_says(shared: Stage, applied: Account) -> None:
    machine = applied.machines["pipeline"]
    made = client(shared, "stepfunctions", owner(applied)).describe_state_machine(stateMachineArn=machine.arn)
    assert (made["definition"], made["type"]) == (machine.definition, machine.kind)
    clock = client(shared, "scheduler", owner(applied))
    for schedule in applied.schedules.values():
        made = clock.get_schedule(Name=schedule.name)
        assert (made["ScheduleExpression"], made["Target"]["Arn"]) == (schedule.rate, schedule.target)
        assert json.loads(made["Target"]["Input"]) == json.loads(schedule.payload)
    iam = client(shared, "iam", owner(applied))
    for user in (*applied.functions.values(), machine, *applied.services.values()):
        made = iam.get_role_policy(RoleName=user.role.name, PolicyName="rights")
        assert made["PolicyDocument"] == user.role.policy


def test_the_api_may_do_no_more_than_its_task(shared: Stage, applied: Account) -> None:
    """Its key is its role's: Replicate's token is the generator's alone, and so are its calls."""
    secrets, lambdas = (client(shared, service, task.KEY) for service in ("secretsmanager", "lambda"))
    read = secrets.get_secret_value(SecretId=applied.secrets["replicate-webhook"])
    assert read["SecretString"].startswith("whsec_")
    with pytest.raises(ClientError, match="AccessDenied"):
        secrets.get_secret_value(SecretId=applied.secrets["replicate-token"])
    with pytest.raises(ClientError, match="AccessDenied"):
        lambdas.invoke(FunctionName=applied.functions["generator"].name, Payload=b"{}")


def test_a_job_is_cancelled_and_tried_again(stage: Stage) -> None:
    """Nothing stays held, and nothing is paid for twice."""
    brief = {"prompt": "A harbour at night.", "duration": 5, "resolution": "480p", "model": CHEAP_MODEL}
    job = stage.demo.submit({"brief": brief})
    assert stage.demo.ask("POST", f"/jobs/{job['id']}/cancel").status_code == 202
    assert stage.demo.wait(job["id"])["status"] == "cancelled"
    again = stage.demo.ask("POST", f"/jobs/{job['id']}/retry", headers={"Idempotency-Key": "again"})
    assert again.status_code == 202, again.text
    done = stage.demo.wait(job["id"])
    assert done["status"] == "succeeded", brief_of(done)
    month = stage.demo.month()
    assert (month["held_videos"], month["held"]["micros"]) == (0, 0)
    assert not stage.ledger()["repeated"]
