"""Brings the account of a run to what infra/resources.json says: tables, bucket, secrets, functions, pipeline."""

import json
from contextlib import suppress
from typing import Any

from emulator.aws.functions import create_functions
from emulator.aws.machine import create_machines
from emulator.aws.part import PREFIX, TOKEN_SECRET, WEBHOOK_SECRET
from emulator.aws.resources import resources
from emulator.aws.schedules import create_schedules
from emulator.aws.tables import create_tables
from emulator.stack import BUCKET, Stack
from omnigen.adapters.aws.clients import AioClients
from omnigen.settings import Settings


async def provision(stack: Stack) -> None:
    """Make what isn't there yet, and bring the rest up to date."""
    async with AioClients(Settings.from_environment(stack.environment()).aws) as clients:
        await create_tables(await clients.open("dynamodb"), PREFIX)
        await _create_bucket(await clients.open("s3"), stack.origins)
        secrets = await clients.open("secretsmanager")
        await _put_secret(secrets, TOKEN_SECRET, stack.replicate_token)
        await _put_secret(secrets, WEBHOOK_SECRET, stack.secrets.webhook_secret)
        told, iam = resources(), await clients.open("iam")
        functions = await clients.open("lambda")
        await create_functions(functions, iam, told["functions"], _environment(stack))
        await create_machines(await clients.open("stepfunctions"), iam, told["state_machines"])
        await create_schedules(await clients.open("events"), told["schedules"])
        await _go_on(functions)


def _environment(stack: Stack) -> dict[str, str]:
    """What Lambdas are told; their scratch folders are as much the run's as everything else."""
    return {**stack.environment(), "OMNIGEN_WORK_DIR": str(stack.folder.path / "aws" / "work")}


async def _go_on(client: Any) -> None:
    """Start legs for all jobs on their way: what drove them ended with the account's last run."""
    payload = json.dumps({"step": "sweep", "ignore_leases": True})
    await client.invoke(FunctionName=f"{PREFIX}sweeper", InvocationType="Event", Payload=payload)


async def _create_bucket(s3: Any, origins: tuple[str, ...]) -> None:
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        await s3.create_bucket(Bucket=BUCKET)
    rule = {
        "AllowedOrigins": list(origins),
        "AllowedMethods": ["GET", "HEAD", "PUT", "POST"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
    }
    await s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": [rule]})


async def _put_secret(client: Any, name: str, text: str) -> None:
    try:
        await client.create_secret(Name=name, SecretString=text)
    except client.exceptions.ResourceExistsException:
        await client.put_secret_value(SecretId=name, SecretString=text)
