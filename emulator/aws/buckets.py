"""Makes the buckets of S3."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from emulator.aws.account import Bucket


async def create_buckets(client: Any, buckets: Iterable[Bucket], origins: Iterable[str]) -> None:
    """Make all buckets, or bring those that are there up to date. `origins` are the sites whose scripts may read."""
    for bucket in buckets:
        with suppress(client.exceptions.BucketAlreadyOwnedByYou):
            await client.create_bucket(Bucket=bucket.name)
        if bucket.versioned:
            await client.put_bucket_versioning(
                Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"}
            )
        if bucket.cors:
            rules = [{**rule, "AllowedOrigins": list(origins)} for rule in bucket.cors]
            await client.put_bucket_cors(Bucket=bucket.name, CORSConfiguration={"CORSRules": rules})
        if bucket.lifecycle:
            await client.put_bucket_lifecycle_configuration(
                Bucket=bucket.name, LifecycleConfiguration={"Rules": list(bucket.lifecycle)}
            )
