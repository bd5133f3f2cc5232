"""Puts one local file into a bucket: in one request, or in parts where it is large."""

import asyncio
import base64
import contextlib
import hashlib
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from omnigen.domain.take import StoredFile

PART: Final = 16 * 1024 * 1024
"""Bytes of a part, and of the largest file that is held in memory whole."""
_LARGEST_REQUEST: Final = 5 * 1024**3
"""Bytes that S3 takes in one request."""
_AT_ONCE: Final = 3
"""Parts under way at a time: what a part holds in memory, times this, is the most an upload takes."""


@frozen(kw_only=True)
class Upload:
    """What to write, and where."""

    bucket: str
    path: Path
    stored: StoredFile
    """What the object will be: key, size and hash are those of the file."""
    headers: dict[str, Any]
    """Type, metadata and cache control as put_object's own arguments."""
    once: bool
    """Only if nothing is there yet."""

    @property
    def target(self) -> dict[str, str]:
        """Bucket and key, as every call wants them."""
        return {"Bucket": self.bucket, "Key": self.stored.key}

    @property
    def condition(self) -> dict[str, str]:
        """The condition of the request that makes the object visible."""
        return {"IfNoneMatch": "*"} if self.once else {}


async def send(client: Any, upload: Upload) -> None:  # aioboto3 ships no types
    """Write the object; servers that can check its hash on arrival. Raises the client's errors."""
    size = upload.stored.size
    # A condition is atomic on one request; on the joining of parts, AWS keeps it; SeaweedFS 4.48 does not:
    # there, two of three writers at once were told that they had won.
    if size <= PART or (upload.once and size <= _LARGEST_REQUEST):
        await _send_whole(client, upload)
    else:
        await _send_parts(client, upload)


async def _send_whole(client: Any, upload: Upload) -> None:
    checksum = base64.b64encode(bytes.fromhex(upload.stored.sha256)).decode()
    with upload.path.open("rb") as file:
        body = await asyncio.to_thread(file.read) if upload.stored.size <= PART else file
        await client.put_object(
            **upload.target, **upload.headers, **upload.condition, Body=body, ChecksumSHA256=checksum
        )


async def _send_parts(client: Any, upload: Upload) -> None:
    begun = await client.create_multipart_upload(
        **upload.target, **upload.headers, ChecksumAlgorithm="SHA256"
    )
    ticket = {**upload.target, "UploadId": begun["UploadId"]}
    try:
        parts = await _all_parts(client, upload, ticket)
        await client.complete_multipart_upload(**ticket, **upload.condition, MultipartUpload={"Parts": parts})
    except BaseException:
        # Parts of an upload that nobody completes or aborts are stored, and paid for, unseen.
        with contextlib.suppress(Exception):
            await asyncio.shield(client.abort_multipart_upload(**ticket))
        raise


async def _all_parts(client: Any, upload: Upload, ticket: dict[str, str]) -> list[dict[str, Any]]:
    gate = asyncio.Semaphore(_AT_ONCE)
    numbers = range(1, -(-upload.stored.size // PART) + 1)

    async def one(number: int) -> dict[str, Any]:
        async with gate:
            return await _send_part(client, upload.path, ticket, number)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(number)) for number in numbers]
    except* Exception as errors:
        first: Exception | ExceptionGroup[Exception] = errors
        while isinstance(first, ExceptionGroup):
            first = first.exceptions[0]
        raise first from errors
    return [task.result() for task in tasks]


async def _send_part(client: Any, path: Path, ticket: dict[str, str], number: int) -> dict[str, Any]:
    data, checksum = await asyncio.to_thread(_read_part, path, number)
    sent = await client.upload_part(**ticket, PartNumber=number, Body=data, ChecksumSHA256=checksum)
    return {"PartNumber": number, "ETag": sent["ETag"], "ChecksumSHA256": checksum}


def _read_part(path: Path, number: int) -> tuple[bytes, str]:
    with path.open("rb") as file:
        file.seek((number - 1) * PART)
        data = file.read(PART)
    return data, base64.b64encode(hashlib.sha256(data).digest()).decode()
