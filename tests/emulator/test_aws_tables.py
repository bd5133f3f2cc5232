"""The tables here are those that Terraform makes: both read infra/resources.json, and this holds them to it."""

from pathlib import Path

import pytest

from emulator.aws.resources import resources
from emulator.aws.tables import create_tables, tables_of
from tests.fixtures.aws import dynamodb_client

pytestmark = pytest.mark.slow


async def test_every_field_of_the_definition_is_made(tmp_path: Path) -> None:
    """Keys, indexes, billing, expiry, backups, protection; making them again changes nothing."""
    async with dynamodb_client() as client:
        prefix = f"omnigen-{tmp_path.parent.name[-8:]}-"
        for _ in range(2):
            await create_tables(client, tables_of(prefix).values())
        for ending, asked in resources()["tables"].items():
            name = f"{prefix}{ending}"
            made = (await client.describe_table(TableName=name))["Table"]
            assert made["BillingModeSummary"]["BillingMode"] == asked["billing_mode"]
            assert _keys(made) == (asked["hash_key"], asked["range_key"])
            kinds = {a["AttributeName"]: a["AttributeType"] for a in made["AttributeDefinitions"]}
            assert kinds == asked["attributes"]
            indexes = {i["IndexName"]: i for i in made.get("GlobalSecondaryIndexes", [])}
            assert set(indexes) == set(asked["global_secondary_indexes"])
            for index_name, index in asked["global_secondary_indexes"].items():
                assert _keys(indexes[index_name]) == (index["hash_key"], index["range_key"])
                assert indexes[index_name]["Projection"]["ProjectionType"] == index["projection_type"]
            assert made["DeletionProtectionEnabled"] is asked["deletion_protection"]
            expiry = (await client.describe_time_to_live(TableName=name))["TimeToLiveDescription"]
            assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == (
                "ENABLED",
                asked["ttl_attribute"],
            )
            backups = (await client.describe_continuous_backups(TableName=name))[
                "ContinuousBackupsDescription"
            ]
            status = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
            assert (status == "ENABLED") is asked["point_in_time_recovery"]


def _keys(schema: dict) -> tuple[str, str]:
    keys = {key["KeyType"]: key["AttributeName"] for key in schema["KeySchema"]}
    return keys["HASH"], keys["RANGE"]
