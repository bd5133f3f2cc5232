"""Keeping what users bring: reference pictures and sounds, in quarantine until they have been looked into."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from attrs import frozen

from omnigen.domain.take import StoredFile


class UploadStatus(StrEnum):
    """How far an upload has come."""

    AWAITED = "awaited"
    ADMITTED = "admitted"
    REFUSED = "refused"


@frozen(kw_only=True)
class Upload:
    """A file that an owner may put into quarantine, and what became of it."""

    id: str
    owner: str
    content_type: str
    size: int
    """Largest number of bytes that may arrive."""
    key: str
    """Where it arrives, out of reach of everything but `admit_upload`."""
    status: UploadStatus = UploadStatus.AWAITED
    file: StoredFile | None = None
    """Where it is kept once it was admitted."""
    error: str | None = None
    created_at: datetime
    version: int = 1


class Uploads(Protocol):
    """The record of uploads; conditional writes, as with jobs."""

    async def add(self, upload: Upload) -> None:
        """Expect a file."""
        ...

    async def get(self, upload_id: str, *, owner: str) -> Upload:
        """The upload. Raises NotFound, for a foreign one too."""
        ...

    async def update(self, upload: Upload) -> None:
        """Replace it, if the stored one is the version before. Raises Conflict."""
        ...
