"""Keeping what users bring: reference pictures and sounds, in quarantine until they have been looked into."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from attrs import frozen

from omnigen.domain.take import StoredFile

QUARANTINE: Final = "quarantine/"
"""Where a file arrives in the asset store, out of reach of everything but `admit_upload`."""
UPLOADS: Final = "uploads/"
"""Where an admitted file lies in the asset store, for the jobs to come that name it."""
UPLOAD_KEPT: Final = timedelta(days=7)
"""For how long an upload can be named: a job that does so has a copy of its own."""


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

    @property
    def expires_at(self) -> datetime:
        """When it can no longer be named."""
        return self.created_at + UPLOAD_KEPT


class Uploads(Protocol):
    """The record of uploads; conditional writes, as with jobs. One that has expired goes sooner or later."""

    async def add(self, upload: Upload) -> None:
        """Expect a file. Raises Conflict where the id is there already."""
        ...

    async def get(self, upload_id: str, *, owner: str) -> Upload:
        """The upload. Raises NotFound, for a foreign one too."""
        ...

    async def update(self, upload: Upload) -> None:
        """Replace it, if the stored one is the version before. Raises Conflict."""
        ...
