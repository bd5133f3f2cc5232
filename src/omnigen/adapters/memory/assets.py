"""The asset store in memory, for tests of use cases.

It keeps every promise of `Assets` but two: nothing serves its URLs, and its upload forms are filled in by
`receive` instead of a browser.
"""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from attrs import evolve, frozen

from omnigen.domain.errors import NotFound
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import StoredObject, UploadForm


def _utc_now() -> datetime:
    return datetime.now(UTC)


@frozen
class _Object:
    file: StoredFile
    data: bytes
    modified_at: datetime


class MemoryAssets:
    """Objects in a dictionary. `now` tells when an object was written."""

    def __init__(self, *, now: Callable[[], datetime] = _utc_now) -> None:
        self._objects: dict[str, _Object] = {}
        self._now = now

    async def put(
        self, key: str, path: Path, *, content_type: str, seconds: float = 0.0, once: bool = False
    ) -> StoredFile:
        """Store a file with its SHA-256. With `once`, an object that is there already stays as it is."""
        data = await asyncio.to_thread(path.read_bytes)
        if once and key in self._objects:
            return self._objects[key].file
        return self._write(key, data, content_type, seconds)

    async def put_bytes(self, key: str, data: bytes, *, content_type: str) -> StoredFile:
        """Store a small object."""
        return self._write(key, data, content_type, 0.0)

    def _write(self, key: str, data: bytes, content_type: str, seconds: float) -> StoredFile:
        sha256 = hashlib.sha256(data).hexdigest()
        file = StoredFile(key=key, sha256=sha256, size=len(data), content_type=content_type, seconds=seconds)
        self._objects[key] = _Object(file, data, self._now())
        return file

    async def head(self, key: str) -> StoredFile | None:
        """What is stored under a key, hash included; None where nothing is."""
        found = self._objects.get(key)
        return found.file if found else None

    async def fetch(self, key: str, into: Path) -> StoredFile:
        """Write an object's content into a file. Raises NotFound."""
        found = self._find(key)
        await asyncio.to_thread(_write_whole, into, found.data)
        return evolve(found.file, sha256=hashlib.sha256(found.data).hexdigest())

    def _find(self, key: str) -> _Object:
        try:
            return self._objects[key]
        except KeyError:
            raise NotFound(f"{key}: no such object") from None

    async def copy(self, key: str, to: str) -> None:
        """Copy an object inside the store. Raises NotFound."""
        found = self._find(key)
        self._objects[to] = evolve(found, file=evolve(found.file, key=to), modified_at=self._now())

    async def read_url(self, key: str, *, expires_in: timedelta, download_as: str | None = None) -> str:
        """A URL that says what was asked for; nothing answers it."""
        name = f"&as={quote(download_as)}" if download_as else ""
        return f"memory:///{quote(key)}?expires={(self._now() + expires_in).timestamp():.0f}{name}"

    async def upload_form(
        self, key: str, *, content_type: str, max_size: int, expires_in: timedelta
    ) -> UploadForm:
        """A form that only `receive` can be given."""
        fields = {"key": key, "Content-Type": content_type, "max_size": str(max_size)}
        expires_at = self._now() + expires_in
        return UploadForm(url="memory:///", fields=fields, expires_at=expires_at)

    def receive(self, form: UploadForm, data: bytes) -> None:
        """What a browser does with a form. Raises ValueError where the store would refuse it."""
        if not 1 <= len(data) <= int(form.fields["max_size"]) or form.expires_at <= self._now():
            raise ValueError("the form allows less, or not any more")
        key = form.fields["key"]
        file = StoredFile(key=key, sha256="", size=len(data), content_type=form.fields["Content-Type"])
        self._objects[key] = _Object(file, data, self._now())

    async def delete(self, key: str) -> None:
        """Remove an object. Absent is fine."""
        self._objects.pop(key, None)

    async def list(self, prefix: str, *, after: str = "") -> AsyncIterator[StoredObject]:
        """All objects under a prefix whose key is greater than another one, in the order of their keys."""
        for key in sorted(k for k in self._objects if k.startswith(prefix) and k > after):
            found = self._objects[key]
            yield StoredObject(key=key, size=found.file.size, modified_at=found.modified_at)


def _write_whole(path: Path, data: bytes) -> None:
    """Under its own name only once it is whole: whoever was cancelled leaves no half of it."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    part.write_bytes(data)
    part.replace(path)
