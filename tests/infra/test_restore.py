"""The restore runbook, rehearsed as far as an AWS without Docker can: its steps, on tables of our shape, and a bucket.

ministack restores a table as it is now, whatever time is asked for: that AWS goes back in time is AWS's to show.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aioboto3
import boto3
import pytest

from emulator.aws.tables import create_tables, tables_of
from scripts import restore
from tests.fixtures.aws import ministack

NAME = "omnigen-test"
JOB = {"pk": {"S": "OWNER#a"}, "sk": {"S": "JOB#1"}, "sweep": {"S": "open#1"}, "sweep_at": {"S": "1"}}


@pytest.fixture
async def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Two tables with an item each, a bucket with versions; the shell's variables lead there."""
    with ministack(tmp_path, SERVICES="dynamodb,s3") as url:
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "123456789012",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(restore, "_LOOK_S", 0.1)
        async with aioboto3.Session().client("dynamodb") as client:
            await create_tables(client, tables_of(f"{NAME}-").values())
            for ending in restore.TABLES:
                await client.put_item(TableName=f"{NAME}-{ending}", Item=JOB)
        store = boto3.client("s3")
        store.create_bucket(Bucket=NAME)
        store.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
        yield url


async def test_tables_come_back_beside_the_damaged_ones_and_take_their_place(account: str) -> None:
    database = boto3.client("dynamodb")
    at = datetime.now(UTC).isoformat()
    assert restore.main(["tables", NAME, "--to", at]) == 0
    for ending in restore.TABLES:
        database.delete_item(
            TableName=f"{NAME}-{ending}", Key={"pk": JOB["pk"], "sk": JOB["sk"]}
        )  # the damage
        assert items(database, f"{NAME}-{ending}-restored") == [JOB]
    assert restore.main(["swap", NAME, "--yes"]) == 0
    for ending in restore.TABLES:
        assert items(database, f"{NAME}-{ending}") == [JOB]
    kept = {summary["BackupName"] for summary in database.list_backups()["BackupSummaries"]}
    assert {name.rsplit("-", 1)[0] for name in kept} >= {f"{NAME}-jobs-damaged", f"{NAME}-usage-damaged"}
    found = database.query(
        TableName=f"{NAME}-jobs",
        IndexName="sweep",
        KeyConditionExpression="sweep = :open",
        ExpressionAttributeValues={":open": {"S": "open#1"}},
    )
    assert found["Count"] == 1  # the sweeper finds what is open


def items(database: Any, table: str) -> Any:
    return database.scan(TableName=table, ConsistentRead=True)["Items"]


async def test_only_what_was_deleted_since_comes_back(account: str) -> None:
    store = boto3.client("s3")
    for key in ("jobs/1/clip", "jobs/2/clip", "other/clip"):
        store.put_object(Bucket=NAME, Key=key, Body=key.encode())
        store.delete_object(Bucket=NAME, Key=key)
    store.put_object(Bucket=NAME, Key="jobs/2/clip", Body=b"made anew")
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert restore.main(["objects", NAME, "--prefix", "jobs/", "--since", later]) == 0
    assert keys(store) == ["jobs/2/clip"]
    since = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    assert restore.main(["objects", NAME, "--prefix", "jobs/", "--since", since]) == 0
    assert keys(store) == ["jobs/1/clip", "jobs/2/clip"]
    assert store.get_object(Bucket=NAME, Key="jobs/1/clip")["Body"].read() == b"jobs/1/clip"
    assert store.get_object(Bucket=NAME, Key="jobs/2/clip")["Body"].read() == b"made anew"


class Counting:
    """A store whose listing goes on by number, two at a time, and so jumps over what moves up meanwhile."""

    def __init__(self, names: list[str], *, keeps: str = "") -> None:
        self.marks, self.keeps = names, keeps

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: str) -> Iterator[dict[str, Any]]:
        told = {"IsLatest": True, "LastModified": datetime.now(UTC), "VersionId": "1"}
        for first in range(0, len(self.marks), 2):
            yield {"DeleteMarkers": [{"Key": key, **told} for key in self.marks[first : first + 2]]}

    def delete_objects(self, *, Bucket: str, Delete: Any) -> dict[str, Any]:  # noqa: N803  boto3's words
        wanted = {told["Key"] for told in Delete["Objects"]} - {self.keeps}
        self.marks = [key for key in self.marks if key not in wanted]
        return {"Errors": [{"Key": key} for key in self.marks]} if self.marks else {}


def test_nothing_is_left_out_between_two_pages() -> None:
    store = Counting([f"jobs/{n}" for n in range(7)])
    assert restore.undelete(store, NAME, prefix="", since=datetime.now(UTC) - timedelta(minutes=1)) == 7
    assert store.marks == []


def test_what_stays_deleted_is_told() -> None:
    store = Counting(["jobs/1", "jobs/2"], keeps="jobs/2")
    with pytest.raises(RuntimeError, match=r"1 marks stay, .*jobs/2"):
        restore.undelete(store, NAME, prefix="", since=datetime.now(UTC) - timedelta(minutes=1))


def keys(store: Any) -> list[str]:
    return [found["Key"] for found in store.list_objects_v2(Bucket=NAME).get("Contents", ())]


@pytest.mark.parametrize(
    ("argv", "said"),
    [(["swap", NAME], "--yes"), (["tables", NAME, "--to", "2026-11-23T12:00:00"], "names no zone")],
)
def test_what_is_not_meant_is_refused(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A swap that nobody has confirmed, a time without a zone."""
    with pytest.raises(SystemExit):
        restore.main(argv)
    assert said in capsys.readouterr().err
