"""Makes the DynamoDB tables, as Terraform makes them on AWS."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from botocore.exceptions import ClientError

from emulator.aws.account import Index, Table
from emulator.aws.resources import Names, account_of, resources

_READY_WITHIN_S: Final = 60.0


def tables_of(prefix: str) -> dict[str, Table]:
    """The tables of infra/resources.json by the endings of their names, which begin as one likes."""
    return dict(account_of(resources(), Names(prefix=prefix)).tables)


async def create_tables(client: Any, tables: Iterable[Table], *, upkeep: bool = True) -> None:
    """Make all tables that aren't there yet, and wait until they can be used.

    `client` is one of DynamoDB whose calls are awaited. `upkeep` is the removal of expired items, backups, and
    the protection from being deleted: tests, whose time is not the server's, go without.
    """
    made = list(tables)
    for table in made:
        await _create(client, table, protected=upkeep)
    for table in made:
        await _active(client, table.name)
        if upkeep:
            await _keep_up(client, table)


async def _create(client: Any, table: Table, *, protected: bool) -> None:
    indexes = [
        {
            "IndexName": index_name,
            "KeySchema": _key_schema(index),
            "Projection": {"ProjectionType": index.projection},
        }
        for index_name, index in table.indexes.items()
    ]
    try:
        await client.create_table(
            TableName=table.name,
            BillingMode=table.billing_mode,
            KeySchema=_key_schema(table),
            AttributeDefinitions=[
                {"AttributeName": attribute, "AttributeType": kind}
                for attribute, kind in table.attributes.items()
            ],
            DeletionProtectionEnabled=protected and table.deletion_protection,
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceInUseException":
            raise


def _key_schema(keyed: Table | Index) -> list[dict[str, str]]:
    return [
        {"AttributeName": keyed.hash_key, "KeyType": "HASH"},
        {"AttributeName": keyed.range_key, "KeyType": "RANGE"},
    ]


async def _active(client: Any, name: str) -> None:
    async with asyncio.timeout(_READY_WITHIN_S):
        while (await client.describe_table(TableName=name))["Table"]["TableStatus"] != "ACTIVE":  # noqa: ASYNC110 - it is not here
            await asyncio.sleep(0.2)


async def _keep_up(client: Any, table: Table) -> None:
    expiry = (await client.describe_time_to_live(TableName=table.name))["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in {"ENABLED", "ENABLING"}:
        await client.update_time_to_live(
            TableName=table.name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": table.ttl_attribute},
        )
    await client.update_continuous_backups(
        TableName=table.name,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": table.point_in_time_recovery},
    )
