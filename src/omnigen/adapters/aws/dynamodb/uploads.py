"""Uploads in DynamoDB."""

from math import ceil

from omnigen.adapters.aws.dynamodb import keys
from omnigen.adapters.aws.dynamodb.attributes import Value, document
from omnigen.adapters.aws.dynamodb.changes import put
from omnigen.adapters.aws.dynamodb.found import Found
from omnigen.adapters.aws.dynamodb.tables import Tables
from omnigen.adapters.documents import UPLOADS
from omnigen.domain.errors import Conflict, NotFound
from omnigen.ports.uploads import Upload


class DynamoUploads:
    """`omnigen.ports.uploads.Uploads` in DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, upload: Upload) -> None:
        """Expect a file. Raises Conflict where the id is there already."""

        async def attempt(token: str) -> None:
            there = await self._tables.get(keys.upload(upload.id))
            if there is None:
                await self._tables.write(put(keys.upload(upload.id), _values(upload, token), seen=None))
            elif there["token"] != token:
                raise Conflict(f"upload {upload.id} is there already")

        await self._tables.decided(f"upload {upload.id}", attempt)

    async def get(self, upload_id: str, *, owner: str) -> Upload:
        """The upload. Raises NotFound, for a foreign one too."""
        return (await self._find(upload_id, owner)).noun

    async def update(self, upload: Upload) -> None:
        """Replace it, if the stored one is the version before. Raises Conflict."""

        async def attempt(token: str) -> None:
            stored = await self._find(upload.id, upload.owner)
            if stored.written_by(token):
                return
            version = stored.noun.version
            if version != upload.version - 1:
                raise Conflict(f"upload {upload.id} is at version {version}, not {upload.version - 1}")
            await self._tables.write(put(keys.upload(upload.id), _values(upload, token), seen=stored.item))

        await self._tables.decided(f"upload {upload.id}", attempt)

    async def _find(self, upload_id: str, owner: str) -> Found[Upload]:
        item = await self._tables.get(keys.upload(upload_id))
        found = None if item is None else Found.of(UPLOADS, item)
        if found is None or found.noun.owner != owner:
            raise NotFound(f"upload {upload_id} was not found")
        return found


def _values(upload: Upload, token: str) -> dict[str, Value]:
    return {
        "token": token,
        "document": document(upload),
        "expires_at": ceil(upload.expires_at.timestamp()),
    }
