"""Uploads in SQLite."""

import apsw

from omnigen.adapters.documents import UPLOADS, micros, text
from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.local.sqlite.reading import first
from omnigen.domain.errors import Conflict, NotFound
from omnigen.ports.uploads import Upload


class SqliteUploads:
    """`omnigen.ports.uploads.Uploads` in SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, upload: Upload) -> None:
        """Expect a file, and forget all that have expired. Raises Conflict where the id is there already."""

        def change(db: apsw.Connection) -> None:
            db.execute("DELETE FROM uploads WHERE expires_at <= ?", (micros(upload.created_at),))
            row = (upload.id, upload.owner, text(upload), micros(upload.expires_at))
            db.execute("INSERT OR IGNORE INTO uploads VALUES (?, ?, ?, ?)", row)
            if not db.changes():
                raise Conflict(f"upload {upload.id} is there already")

        await self._database.write(change)

    async def get(self, upload_id: str, *, owner: str) -> Upload:
        """The upload. Raises NotFound, for a foreign one too."""
        return await self._database.read(lambda db: _get(db, upload_id, owner))

    async def update(self, upload: Upload) -> None:
        """Replace it, if the stored one is the version before. Raises Conflict."""

        def change(db: apsw.Connection) -> None:
            stored = _get(db, upload.id, upload.owner)
            if stored.version != upload.version - 1:
                raise Conflict(f"upload {upload.id} is at version {stored.version}, not {upload.version - 1}")
            db.execute("UPDATE uploads SET document = ? WHERE id = ?", (text(upload), upload.id))

        await self._database.write(change)


def _get(db: apsw.Connection, upload_id: str, owner: str) -> Upload:
    query = "SELECT document FROM uploads WHERE id = ? AND owner = ?"
    upload = first(UPLOADS, db, query, upload_id, owner)
    if upload is None:
        raise NotFound(f"upload {upload_id} was not found")
    return upload
