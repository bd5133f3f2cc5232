"""Brings the account of a run to what its description says: tables, buckets, secrets, functions, pipeline."""

import json
from typing import Any

from emulator.aws.account import Account
from emulator.aws.buckets import create_buckets
from emulator.aws.functions import create_functions
from emulator.aws.machine import create_machines
from emulator.aws.part import owner
from emulator.aws.roles import create_role
from emulator.aws.schedules import create_schedules
from emulator.aws.tables import create_tables
from emulator.stack import Stack
from omnigen.adapters.aws.clients import AioClients
from omnigen.settings import Settings


async def provision(stack: Stack, account: Account) -> None:
    """Make what isn't there yet, and bring the rest up to date."""
    theirs = stack.environment() | {"AWS_SESSION_TOKEN": ""} | owner(account)
    async with AioClients(Settings.from_environment(theirs).aws) as clients:
        iam, functions = await clients.open("iam"), await clients.open("lambda")
        await create_tables(await clients.open("dynamodb"), account.tables.values())
        await create_buckets(await clients.open("s3"), account.buckets.values(), stack.origins)
        secrets = await clients.open("secretsmanager")
        await _put_secret(secrets, account.secrets["replicate-token"], stack.replicate_token)
        await _put_secret(secrets, account.secrets["replicate-webhook"], stack.secrets.webhook_secret)
        for service in account.services.values():
            await create_role(iam, service.role)
        over = stack.function_environment()
        await create_functions(functions, iam, account.functions.values(), over)
        await create_machines(await clients.open("stepfunctions"), iam, account.machines.values())
        await create_schedules(await clients.open("scheduler"), iam, account.schedules.values())
        await _go_on(functions, account)


async def _go_on(client: Any, account: Account) -> None:
    """Start legs for all jobs on their way: what drove them ended with the account's last run."""
    sweeper, payload = account.functions["sweeper"], json.dumps({"step": "sweep", "ignore_leases": True})
    await client.invoke(FunctionName=sweeper.name, InvocationType="Event", Payload=payload)


async def _put_secret(client: Any, name: str, text: str) -> None:
    try:
        await client.create_secret(Name=name, SecretString=text)
    except client.exceptions.ResourceExistsException:
        await client.put_secret_value(SecretId=name, SecretString=text)
