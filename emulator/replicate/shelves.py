"""Where the emulator's own files lie: uploads, outputs, fetched inputs; and their end."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from emulator.replicate.clock import Clock
from emulator.replicate.delivery import PREFIX
from emulator.replicate.records import RETENTION
from emulator.replicate.store import Store

_FILES = "/v1/files/"


class Shelves:
    """The folders beside the store."""

    def __init__(self, folder: Path, store: Store, clock: Clock, base: str) -> None:
        self.inputs = folder / "inputs"
        self.spoiled = folder / "spoiled"
        self._uploads = folder / "files"
        self._store = store
        self._clock = clock
        self._base = base
        for each in (self.inputs, self.spoiled, self._uploads):
            each.mkdir(parents=True, exist_ok=True)

    def upload(self, upload_id: str) -> Path:
        """The content of an uploaded file."""
        return self._uploads / upload_id

    def find(self, url: str) -> Path | None:
        """The file behind one of our own addresses, while it lasts."""
        if not url.startswith(self._base + "/"):
            return None
        path, now = urlsplit(url.removeprefix(self._base)).path, self._clock.now()
        if path.startswith(PREFIX):
            output = self._store.output(path.removeprefix(PREFIX).partition("/")[0])
            return Path(output.path) if output and output.expires_at > now else None
        if path.startswith(_FILES):
            upload = self._store.upload(path.removeprefix(_FILES).partition("/")[0])
            return self.upload(upload.id) if upload and upload.expires_at > now else None
        return None

    def sweep(self) -> None:
        """Throw away what has expired. Rendered media stay: they are the cache's."""
        now = self._clock.now()
        for output in self._store.expired_outputs(now):
            if Path(output.path).parent == self.spoiled.resolve():
                Path(output.path).unlink(missing_ok=True)
            self._store.forget_output(output.key)
        for upload in self._store.uploads():
            if upload.expires_at <= now:
                self.upload(upload.id).unlink(missing_ok=True)
                self._store.forget_upload(upload.id)
        for path in self.inputs.iterdir():
            if path.stat().st_mtime + RETENTION <= now:
                path.unlink(missing_ok=True)
