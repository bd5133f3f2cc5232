"""Translates what S3 servers and their client say: absence only where it was said for certain."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from botocore.exceptions import ClientError

from omnigen.adapters.aws.outage import is_outage
from omnigen.domain.errors import NotFound, OmniGenError, TooLarge, Transient

PATIENCE_S: Final = 90.0
"""Longest call, its repetitions included, beside the time that its bytes may take."""
_SLOWEST: Final = 256 * 1024
"""Bytes a second below which a line is taken to be broken: single bytes that come in time would hold a job for ever."""
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_TOO_LARGE = frozenset({"EntityTooLarge", "MaxMessageLengthExceeded"})
_TAKEN = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


@asynccontextmanager
async def translated(what: str, *, size: int | None = 0) -> AsyncIterator[None]:
    """Turn any trouble of the block into NotFound, TooLarge or Transient about `what`.

    The block takes no longer than `size` bytes may; None lets it take any time.
    """
    longest = None if size is None else PATIENCE_S + size / _SLOWEST
    try:
        async with asyncio.timeout(longest):
            yield
    except ClientError as error:
        raise _told(error, what) from error
    except Exception as error:
        if not is_outage(error):
            raise
        raise Transient(f"{what}: the asset store can't be reached", code="storage_unreachable") from error


def is_absent(error: ClientError) -> bool:
    """Whether the server said that there is no such object. A missing bucket is not a missing object."""
    return error.response.get("Error", {}).get("Code") in _ABSENT


def is_taken(error: ClientError) -> bool:
    """Whether a write that was for a free key only has found it taken, or being taken at this moment."""
    return error.response.get("Error", {}).get("Code") in _TAKEN


def _told(error: ClientError, what: str) -> OmniGenError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if is_absent(error):
        return NotFound(f"{what}: no such object")
    if code in _TOO_LARGE:
        return TooLarge(f"{what}: too large for the asset store")
    # Without the right to list, S3 answers 403 for what is not there as well: it proves neither.
    if status in {401, 403}:
        return Transient(f"{what}: the asset store refuses our key ({code})", code="storage_forbidden")
    return Transient(f"{what}: the asset store answered {status} {code}", code="storage_failed")
