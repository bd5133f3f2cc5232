"""The asset store: every clip, segment and video, under keys that never change their content."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from attrs import frozen

from omnigen.domain.take import StoredFile


@frozen(kw_only=True)
class UploadForm:
    """What a browser needs to put a file into the store itself: by POST, since a presigned PUT bounds no size."""

    url: str
    fields: Mapping[str, str]
    """Of a multipart form; the file comes last."""
    expires_at: datetime


@frozen(kw_only=True)
class StoredObject:
    """An object as a listing shows it."""

    key: str
    size: int
    modified_at: datetime


class Assets(Protocol):
    """Objects by key. Raises Transient when the store can't be reached; absence is None or NotFound, never an outage."""

    async def put(
        self, key: str, path: Path, *, content_type: str, seconds: float = 0.0, once: bool = False
    ) -> StoredFile:
        """Store a file with its SHA-256. With `once`, an object that is there already stays as it is."""
        ...

    async def put_bytes(self, key: str, data: bytes, *, content_type: str) -> StoredFile:
        """Store a small object."""
        ...

    async def head(self, key: str) -> StoredFile | None:
        """What is stored under a key; None where nothing is.

        The hash is there for all that was put; it is empty for what came by an upload form, until it is fetched.
        """
        ...

    async def fetch(self, key: str, into: Path) -> StoredFile:
        """Download into a file, whole or not at all. Raises NotFound; Transient where the hash doesn't match."""
        ...

    async def copy(self, key: str, to: str) -> None:
        """Copy an object inside the store. Raises NotFound."""
        ...

    async def read_url(self, key: str, *, expires_in: timedelta, download_as: str | None = None) -> str:
        """A signed URL that a browser can read from until it expires, ranges included."""
        ...

    async def upload_form(
        self, key: str, *, content_type: str, max_size: int, expires_in: timedelta
    ) -> UploadForm:
        """Permission to put one object of that type and at most that size under that key."""
        ...

    async def delete(self, key: str) -> None:
        """Remove an object. Absent is fine."""
        ...

    def list(self, prefix: str, *, after: str = "") -> AsyncIterator[StoredObject]:
        """All objects under a prefix whose key is greater than another one, in the order of their keys."""
        ...
