"""Brings tables and objects back, step by step: docs/DEPLOY.md, "When data is lost", says when and in which order.

    python scripts/restore.py tables omnigen-prod --to 2026-11-23T12:00:00Z     beside the damaged ones, as ...-restored
    python scripts/restore.py swap omnigen-prod --yes                           puts these in the damaged ones' place
    python scripts/restore.py objects BUCKET [--prefix jobs/J/] --since TIME    takes back what was deleted since

Region and rights are those of the shell. Nothing is deleted but by `swap`, which first makes backups of the damaged tables.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

import boto3

TABLES: Final = ("jobs", "usage")
_LOOK_S: Final = 5.0
_MOST_AT_ONCE: Final = 1_000
"""Of S3's own."""


def main(argv: list[str] | None = None) -> int:
    """Do one step."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    steps = parser.add_subparsers(dest="step", required=True)
    tables = steps.add_parser("tables")
    tables.add_argument("name", help="what the tables' names begin with, such as omnigen-prod")
    tables.add_argument("--to", type=moment, required=True)
    swap = steps.add_parser("swap")
    swap.add_argument("name")
    swap.add_argument("--yes", action="store_true", required=True, help="nobody writes any more")
    objects = steps.add_parser("objects")
    objects.add_argument("bucket")
    objects.add_argument("--prefix", default="")
    objects.add_argument("--since", type=moment, required=True)
    given = parser.parse_args(argv)
    if given.step == "objects":
        back = undelete(boto3.client("s3"), given.bucket, prefix=given.prefix, since=given.since)
        print(f"restore: {back} objects are back")
        return 0
    database = boto3.client("dynamodb")
    for table in (f"{given.name}-{ending}" for ending in TABLES):
        if given.step == "tables":
            beside(database, table, to=given.to)
        else:
            replace(database, table)
    return 0


def moment(text: str) -> datetime:
    """A time with its zone."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} names no zone; end it with Z")
    return at.astimezone(UTC)


def beside(database: Any, table: str, *, to: datetime) -> None:
    """The table as it was then, under another name."""
    database.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName=f"{table}-restored", RestoreDateTime=to
    )
    wait(database, f"{table}-restored")
    print(f"restore: {table}-restored is {table} of {to.isoformat()}")


def replace(database: Any, table: str) -> None:
    """The restored table under the damaged one's name, which DynamoDB gives away only once that is gone."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kept = backup(database, table, f"{table}-damaged-{stamp}")
    good = backup(database, f"{table}-restored", f"{table}-restored-{stamp}")
    database.update_table(TableName=table, DeletionProtectionEnabled=False)
    wait(database, table)
    database.delete_table(TableName=table)
    database.get_waiter("table_not_exists").wait(TableName=table)
    database.restore_table_from_backup(TargetTableName=table, BackupArn=good)
    wait(database, table)
    print(f"restore: {table} is what {table}-restored was; the damaged one is in {kept}. Now terraform apply")


def backup(database: Any, table: str, name: str) -> str:
    """Its ARN, once it is whole."""
    arn: str = database.create_backup(TableName=table, BackupName=name)["BackupDetails"]["BackupArn"]
    while True:
        told = database.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
        if told["BackupStatus"] != "CREATING":
            return arn
        time.sleep(_LOOK_S)


def wait(database: Any, table: str) -> None:
    """Until it can be used: minutes for a restored one, however small."""
    while database.describe_table(TableName=table)["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(_LOOK_S)


def undelete(store: Any, bucket: str, *, prefix: str, since: datetime) -> int:
    """Take away the marks that hide what was deleted since then: what was below each of them is there again.

    All are found before the first one goes: a listing whose last entry has vanished may not go on where it was.
    """
    hiding = [
        {"Key": mark["Key"], "VersionId": mark["VersionId"]}
        for mark in marks(store, bucket, prefix)
        if mark["IsLatest"] and mark["LastModified"] >= since
    ]
    for first in range(0, len(hiding), _MOST_AT_ONCE):
        few = hiding[first : first + _MOST_AT_ONCE]
        told = store.delete_objects(Bucket=bucket, Delete={"Objects": few, "Quiet": True})
        if failed := told.get("Errors"):
            raise RuntimeError(f"{len(failed)} marks stay, the first one for {failed[0]}; try again")
    return len(hiding)


def marks(store: Any, bucket: str, prefix: str) -> Iterator[Any]:
    """Every deletion that a bucket remembers."""
    for page in store.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        yield from page.get("DeleteMarkers", ())


if __name__ == "__main__":
    sys.exit(main())
