"""Let a file out of quarantine, once it has been looked into, and make it a job's own: nothing uses it before."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.errors import Conflict, Invalid, NotFound, Rejected
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.inspector import Inspector, MediaKind
from omnigen.ports.uploads import UPLOAD_KEPT, UPLOADS, Upload, Uploads, UploadStatus

_TYPES: Final = {"png": "image/png", "mjpeg": "image/jpeg", "webp": "image/webp"}
"""Of images, by their codec."""


def input_key(job_id: str, upload_id: str) -> str:
    """Where a job's own copy of an upload lies. A user may ask for it by any word: it is told by its hash."""
    return f"jobs/{job_id}/inputs/{hashlib.sha256(upload_id.encode()).hexdigest()[:32]}"


async def given(assets: Assets, job_id: str, upload_id: str) -> StoredFile:
    """A job's own copy of an upload. Raises NotFound, Transient."""
    key = input_key(job_id, upload_id)
    if (file := await assets.head(key)) is None:
        raise NotFound(f"{key}: no such object")
    return file


@frozen(kw_only=True)
class AdmitUpload:
    """Probe an upload and keep it under a key of its own, or refuse it."""

    uploads: Uploads
    assets: Assets
    inspector: Inspector
    clock: Clock

    async def keep(self, owner: str, storyboard: Storyboard, job_id: str) -> None:
        """Give a job of that owner its own copies of all that a storyboard names, before it is accepted.

        It needs no upload any more, however late it is edited. Raises Invalid, naming the field.
        """
        for name, file in (await self(owner, storyboard, job_id)).items():
            if file.key != (mine := input_key(job_id, name)):
                await self.assets.copy(file.key, mine)

    async def __call__(self, owner: str, storyboard: Storyboard, job_id: str) -> dict[str, StoredFile]:
        """The admitted files of all that a storyboard names, by id: the job's own where an upload has expired.

        Raises Invalid, naming the field.
        """
        wanted = {
            scene.reference: f"storyboard.scenes[{scene.number}].reference_image"
            for scene in storyboard.scenes
            if scene.reference is not None
        }
        if storyboard.watermark is not None:
            wanted |= {storyboard.watermark.image: "storyboard.watermark.image"}
        return {name: await self._image(owner, name, job_id, field) for name, field in wanted.items()}

    async def _image(self, owner: str, upload_id: str, job_id: str, field: str) -> StoredFile:
        upload = await self._known(owner, upload_id)
        if upload is None:
            if (mine := await self.assets.head(input_key(job_id, upload_id))) is not None:
                return mine
            raise Invalid(
                f"{field.rpartition('.')[2]} is {upload_id[:60]!r}; there is no such upload, "
                f"and one is kept for {UPLOAD_KEPT.days} days",
                field=field,
            )
        if not upload.content_type.startswith("image/"):
            raise Invalid(f"upload {upload.id} is {upload.content_type}; an image is allowed", field=field)
        try:
            return await self._admit(upload)
        except Rejected as error:
            raise Invalid(f"upload {upload.id} can't be used: {error.message}", field=field) from error
        except NotFound as error:
            # Gone from quarantine: it has not come, or another submission admitted it at this very moment.
            admitted = (await self.uploads.get(upload_id, owner=owner)).file
            if admitted is not None:
                return admitted
            raise Invalid(f"upload {upload.id} has not arrived yet", field=field) from error

    async def _known(self, owner: str, upload_id: str) -> Upload | None:
        """None for one that has expired, too: its file may be going at this very moment."""
        try:
            upload = await self.uploads.get(upload_id, owner=owner)
        except NotFound:
            return None
        return upload if self.clock.now() < upload.expires_at else None

    async def _admit(self, upload: Upload) -> StoredFile:
        if upload.status is UploadStatus.AWAITED:
            upload = await self._decided(upload)
            await self.assets.delete(upload.key)
        if upload.file is None:
            raise Rejected(upload.error or "it was refused")
        return upload.file

    async def _decided(self, upload: Upload) -> Upload:
        """The upload with what becomes of it, written; what others have written, where they were faster.

        Its owner may exchange the file until somebody has decided: two who look may see two files, and one of them
        counts for both.
        """
        with TemporaryDirectory(prefix="omnigen-upload-") as folder:
            try:
                file = await self._look_into(upload, Path(folder) / "upload")
                decided = evolve(upload, status=UploadStatus.ADMITTED, file=file, version=upload.version + 1)
            except Rejected as error:
                decided = evolve(
                    upload, status=UploadStatus.REFUSED, error=error.message, version=upload.version + 1
                )
        try:
            await self.uploads.update(decided)
        except Conflict:
            decided = await self.uploads.get(upload.id, owner=upload.owner)
            if decided.file is None:
                await self.assets.delete(_key(upload))
        return decided

    async def _look_into(self, upload: Upload, path: Path) -> StoredFile:
        """The file under its own key, where no form reaches, with the type that it has, whatever was announced."""
        found = await self.assets.fetch(upload.key, path)
        if found.size > upload.size:
            raise Rejected(f"it has {found.size} bytes; {upload.size} were announced")
        footage = await self.inspector.inspect(path, MediaKind.IMAGE)
        content_type = _TYPES.get(footage.codec, upload.content_type)
        return await self.assets.put(_key(upload), path, content_type=content_type, once=True)


def _key(upload: Upload) -> str:
    return f"{UPLOADS}{upload.id}"
