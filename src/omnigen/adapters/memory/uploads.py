"""Uploads in memory."""

from omnigen.adapters.memory.store import Tables
from omnigen.domain.errors import Conflict, NotFound
from omnigen.ports.uploads import Upload


class MemoryUploads:
    """`omnigen.ports.uploads.Uploads` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, upload: Upload) -> None:
        """Expect a file, and forget all that have expired. Raises Conflict where the id is there already."""
        for known in list(self._tables.uploads.values()):
            if known.expires_at <= upload.created_at:
                del self._tables.uploads[known.id]
        if upload.id in self._tables.uploads:
            raise Conflict(f"upload {upload.id} is there already")
        self._tables.uploads[upload.id] = upload

    async def get(self, upload_id: str, *, owner: str) -> Upload:
        """The upload. Raises NotFound, for a foreign one too."""
        upload = self._tables.uploads.get(upload_id)
        if upload is None or upload.owner != owner:
            raise NotFound(f"upload {upload_id} was not found")
        return upload

    async def update(self, upload: Upload) -> None:
        """Replace it, if the stored one is the version before. Raises Conflict."""
        stored = await self.get(upload.id, owner=upload.owner)
        if stored.version != upload.version - 1:
            raise Conflict(f"upload {upload.id} is at version {stored.version}, not {upload.version - 1}")
        self._tables.uploads[upload.id] = upload
