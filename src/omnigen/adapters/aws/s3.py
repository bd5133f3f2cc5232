"""The asset store on any server that speaks S3: AWS itself, SeaweedFS, MinIO, an emulator.

An object's SHA-256 and length of play are kept as its metadata, so that a look at it tells the whole story.
"""

import asyncio
import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

from botocore.config import Config
from botocore.exceptions import ClientError

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.s3_errors import is_absent, is_taken, translated
from omnigen.adapters.aws.s3_upload import PART, Upload, send
from omnigen.domain.errors import NotFound, Transient
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import StoredObject, UploadForm
from omnigen.settings import AssetSettings

_CHUNK: Final = 256 * 1024
_STANDS_S: Final = 60
"""Seconds for which a bucket that was seen is known to be there."""
_LONGEST_S: Final = 7 * 86_400
"""The longest life of a URL that the signature allows, in seconds."""
_REMEMBERED: Final = 4_096
"""Signed URLs; to sign one takes a quarter of a millisecond."""


class S3Assets:
    """Keeps the promises of `Assets` on one bucket."""

    def __init__(self, bucket: str, *, client: Any, signer: Any) -> None:  # neither has types
        self._bucket = bucket
        self._client = client
        self._signer = signer
        """Signs for the host that browsers see; it never connects."""
        self._signed: dict[tuple[str, int, str | None], tuple[str, float]] = {}
        self._seen_at = -float(_STANDS_S)
        """When the bucket was last seen to be there, by the monotonic clock."""

    @classmethod
    async def open(cls, settings: AssetSettings, clients: Clients) -> Self:
        """Make its clients. Connects to nothing yet."""

        async def client_of(endpoint: str | None) -> Any:
            return await clients.open("s3", endpoint=endpoint, config=_config(endpoint))

        client = await client_of(settings.endpoint)
        public = settings.public_endpoint
        same = public is None or public == settings.endpoint
        return cls(settings.bucket, client=client, signer=client if same else await client_of(public))

    async def check(self) -> None:
        """Whether the bucket is there and ours. Raises Transient, saying what is wrong."""
        try:
            async with translated(f"bucket {self._bucket}"):
                await self._client.head_bucket(Bucket=self._bucket)
                self._seen_at = time.monotonic()
        except NotFound as error:
            raise Transient(f"bucket {self._bucket} does not exist", code="storage_no_bucket") from error

    async def put(
        self, key: str, path: Path, *, content_type: str, seconds: float = 0.0, once: bool = False
    ) -> StoredFile:
        """Store a file with its SHA-256. With `once`, an object that is there already stays as it is."""
        size, sha256 = await asyncio.to_thread(_measure, path)
        # What goes in one request is sent at once: its condition says whether something is there.
        if once and size > PART and (there := await self._look(key)):
            return there
        stored = StoredFile(key=key, sha256=sha256, size=size, content_type=content_type, seconds=seconds)
        upload = Upload(bucket=self._bucket, path=path, stored=stored, headers=_headers(stored), once=once)
        async with translated(key, size=size):
            try:
                await send(self._client, upload)
            except ClientError as error:
                if not (once and is_taken(error)):
                    raise
                return await self._winner(key)
        return stored

    async def put_bytes(self, key: str, data: bytes, *, content_type: str) -> StoredFile:
        """Store a small object."""
        sha256 = hashlib.sha256(data).hexdigest()
        stored = StoredFile(key=key, sha256=sha256, size=len(data), content_type=content_type)
        async with translated(key):
            await self._client.put_object(Bucket=self._bucket, Key=key, Body=data, **_headers(stored))
        return stored

    async def _winner(self, key: str) -> StoredFile:
        """What another writer has put there while we tried."""
        there = await self._look(key)
        if there is None:  # its write is still under way, or was undone
            raise Transient(f"{key} is being written by somebody else", code="storage_busy")
        return there

    async def head(self, key: str) -> StoredFile | None:
        """What is stored under a key, hash included; None where nothing is."""
        there = await self._look(key)
        if there is None and time.monotonic() - self._seen_at > _STANDS_S:
            await self.check()
        return there

    @asynccontextmanager
    async def _certain(self) -> AsyncIterator[None]:
        """Let NotFound through only where the bucket is there: HEAD, and some servers, confuse the two."""
        try:
            yield
        except NotFound:
            await self.check()
            raise

    async def _look(self, key: str) -> StoredFile | None:
        async with translated(key):
            try:
                found = await self._client.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if is_absent(error):
                    return None
                raise
        return _stored(key, found)

    async def fetch(self, key: str, into: Path) -> StoredFile:
        """Download into a file, whole or not at all. Raises NotFound, and Transient for a wrong hash."""
        part = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
        try:
            stored = await self._download(key, part)
            part.replace(into)
        finally:
            part.unlink(missing_ok=True)
        return stored

    async def _download(self, key: str, part: Path) -> StoredFile:
        async with self._certain(), translated(key):
            found = await self._client.get_object(Bucket=self._bucket, Key=key)
        body = found["Body"]
        async with translated(key, size=found["ContentLength"]), body:
            sha256, size = await _save(body, part)
        stored = _stored(key, found)
        if size != stored.size or sha256 != (stored.sha256 or sha256):
            raise Transient(f"{key} arrived damaged: {size} bytes of {stored.size}", code="storage_damaged")
        return StoredFile(
            key=key, sha256=sha256, size=size, content_type=stored.content_type, seconds=stored.seconds
        )

    async def copy(self, key: str, to: str) -> None:
        """Copy an object inside the store. Raises NotFound."""
        source = {"Bucket": self._bucket, "Key": key}
        async with self._certain(), translated(key):
            await self._client.copy_object(Bucket=self._bucket, Key=to, CopySource=source)

    async def read_url(self, key: str, *, expires_in: timedelta, download_as: str | None = None) -> str:
        """A signed URL that a browser can read from until it expires, ranges included.

        It may live a third longer than was asked for: URLs of one file, asked for soon after each other, are
        equal, so that a browser has the file in its cache, and nobody signs forty of them at every look.
        """
        life = _life(expires_in)
        asked, now = (key, life, download_as), time.monotonic()
        url, signed_at = self._signed.get(asked, ("", 0.0))
        if not url or now - signed_at > life / 3:
            url = await self._sign(key, min(life + life // 3, _LONGEST_S), download_as)
            while len(self._signed) >= _REMEMBERED:
                self._signed.pop(next(iter(self._signed)))
            self._signed[asked] = url, now
        return url

    async def _sign(self, key: str, life: int, download_as: str | None) -> str:
        asked = {"Bucket": self._bucket, "Key": key}
        if download_as is not None:
            asked["ResponseContentDisposition"] = attachment(download_as)
        async with translated(key):
            url: str = await self._signer.generate_presigned_url("get_object", Params=asked, ExpiresIn=life)
        return url

    async def upload_form(
        self, key: str, *, content_type: str, max_size: int, expires_in: timedelta
    ) -> UploadForm:
        """Permission to put one object of that type and at most that size under that key."""
        life = _life(expires_in)
        conditions = [{"Content-Type": content_type}, ["content-length-range", 1, max_size]]
        async with translated(key):
            form = await self._signer.generate_presigned_post(
                self._bucket,
                key,
                Fields={"Content-Type": content_type},
                Conditions=conditions,
                ExpiresIn=life,
            )
        expires_at = datetime.now(UTC) + timedelta(seconds=life)
        return UploadForm(url=form["url"], fields=form["fields"], expires_at=expires_at)

    async def delete(self, key: str) -> None:
        """Remove an object. Absent is fine."""
        with contextlib.suppress(NotFound):
            async with translated(key):
                await self._client.delete_object(Bucket=self._bucket, Key=key)

    async def list(self, prefix: str, *, after: str = "") -> AsyncIterator[StoredObject]:
        """All objects under a prefix whose key is greater than another one, in the order of their keys."""
        asked = {"Bucket": self._bucket, "Prefix": prefix} | ({"StartAfter": after} if after else {})
        pages = self._client.get_paginator("list_objects_v2").paginate(**asked)
        async with translated(prefix, size=None):  # what is done with each, in between, takes its own time
            async for page in pages:
                for found in page.get("Contents", ()):
                    yield StoredObject(
                        key=found["Key"], size=found["Size"], modified_at=found["LastModified"]
                    )


def _config(endpoint: str | None) -> Config:
    return Config(
        signature_version="s3v4",
        # A server at an address of its own has no DNS name for each bucket.
        s3={"addressing_style": "path" if endpoint else "virtual"},
        # We send the SHA-256 ourselves; the SDK's own default, a CRC32 trailer, not every server understands.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


def _headers(stored: StoredFile) -> dict[str, Any]:
    return {
        "ContentType": stored.content_type,
        "Metadata": {"sha256": stored.sha256, "seconds": repr(stored.seconds)},
        "CacheControl": "private, max-age=31536000, immutable",
    }


def _stored(key: str, found: Mapping[str, Any]) -> StoredFile:
    told = found.get("Metadata", {})
    return StoredFile(
        key=key,
        sha256=told.get("sha256", ""),
        size=found["ContentLength"],
        content_type=found.get("ContentType", "application/octet-stream"),
        seconds=float(told.get("seconds", 0)),
    )


def _life(expires_in: timedelta) -> int:
    return max(1, min(_LONGEST_S, int(expires_in.total_seconds())))


def attachment(name: str) -> str:
    """A download's name, in the plain form for old browsers and in the full one (RFC 6266)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return os.fstat(file.fileno()).st_size, digest


async def _save(body: Any, path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    # Written from the event loop: a write to the page cache is shorter than a change of thread.
    with path.open("wb") as file:
        while chunk := await body.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return digest.hexdigest(), size
