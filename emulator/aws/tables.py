"""Makes the DynamoDB tables of infra/resources.json, as Terraform makes them on AWS."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from emulator.aws.resources import resources

_READY_WITHIN_S: Final = 60.0


def table_definitions() -> dict[str, dict[str, Any]]:
    """What the tables are, by the endings of their names."""
    tables: dict[str, dict[str, Any]] = resources()["tables"]
    return tables


async def create_tables(client: Any, prefix: str, *, upkeep: bool = True) -> dict[str, str]:
    """Make all tables that aren't there yet, and wait until they can be used; their names by their endings.

    `client` is one of DynamoDB whose calls are awaited. `upkeep` is the removal of expired items, backups, and
    the protection from being deleted: tests, whose time is not the server's, go without.
    """
    tables = table_definitions()
    names = {ending: f"{prefix}{ending}" for ending in tables}
    for ending, table in tables.items():
        await _create(client, names[ending], table, protected=upkeep)
    for ending, table in tables.items():
        await _active(client, names[ending])
        if upkeep:
            await _keep_up(client, names[ending], table)
    return names


async def _create(client: Any, name: str, table: Mapping[str, Any], *, protected: bool) -> None:
    indexes = [
        {
            "IndexName": index_name,
            "KeySchema": _key_schema(index),
            "Projection": {"ProjectionType": index["projection_type"]},
        }
        for index_name, index in table["global_secondary_indexes"].items()
    ]
    try:
        await client.create_table(
            TableName=name,
            BillingMode=table["billing_mode"],
            KeySchema=_key_schema(table),
            AttributeDefinitions=[
                {"AttributeName": attribute, "AttributeType": kind}
                for attribute, kind in table["attributes"].items()
            ],
            DeletionProtectionEnabled=protected and table["deletion_protection"],
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise


def _key_schema(table: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"AttributeName": table["hash_key"], "KeyType": "HASH"},
        {"AttributeName": table["range_key"], "KeyType": "RANGE"},
    ]


async def _active(client: Any, name: str) -> None:
    async with asyncio.timeout(_READY_WITHIN_S):
        while (await client.describe_table(TableName=name))["Table"]["TableStatus"] != "ACTIVE":  # noqa: ASYNC110 - it is not here
            await asyncio.sleep(0.2)


async def _keep_up(client: Any, name: str, table: Mapping[str, Any]) -> None:
    expiry = (await client.describe_time_to_live(TableName=name))["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        await client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": table["ttl_attribute"]},
        )
    await client.update_continuous_backups(
        TableName=name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": table["point_in_time_recovery"]},
    )
