"""Brings the account of a run to what infra/resources.json says: tables, bucket, secrets, functions, pipeline."""

from typing import Any

from botocore.exceptions import ClientError

from emulator.aws.part import PREFIX, TOKEN_SECRET, WEBHOOK_SECRET
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


async def _create_bucket(s3: Any, origins: tuple[str, ...]) -> None:
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
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise
        await client.put_secret_value(SecretId=name, SecretString=text)
