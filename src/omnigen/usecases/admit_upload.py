"""Let a file out of quarantine, once it has been looked into: nothing uses it before."""

from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import evolve, frozen

from omnigen.domain.errors import Conflict, Invalid, NotFound, Rejected
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.inspector import Inspector, MediaKind
from omnigen.ports.uploads import Upload, Uploads, UploadStatus


@frozen(kw_only=True)
class AdmitUpload:
    """Probe an upload and keep it under a key of its own, or refuse it."""

    uploads: Uploads
    assets: Assets
    inspector: Inspector

    async def __call__(self, owner: str, storyboard: Storyboard) -> dict[str, StoredFile]:
        """The admitted files of all that a storyboard names, by id. Raises Invalid, naming the field."""
        wanted = {
            scene.reference: f"storyboard.scenes[{scene.number}].reference_image"
            for scene in storyboard.scenes
            if scene.reference is not None
        }
        if storyboard.watermark is not None:
            wanted |= {storyboard.watermark.image: "storyboard.watermark.image"}
        return {name: await self._image(owner, name, field) for name, field in wanted.items()}

    async def _image(self, owner: str, upload_id: str, field: str) -> StoredFile:
        try:
            upload = await self.uploads.get(upload_id, owner=owner)
        except NotFound as error:
            raise Invalid(
                f"{field.rpartition('.')[2]} is {upload_id[:60]!r}; there is no such upload", field=field
            ) from error
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

    async def _admit(self, upload: Upload) -> StoredFile:
        if upload.file is not None:
            return upload.file
        if upload.status is UploadStatus.REFUSED:
            raise Rejected(upload.error or "it was refused")
        with TemporaryDirectory(prefix="omnigen-upload-") as folder:
            file = await self._look_into(upload, Path(folder) / "upload")
        admitted = evolve(upload, status=UploadStatus.ADMITTED, file=file, version=upload.version + 1)
        await self._save(admitted)
        await self.assets.delete(upload.key)
        return file

    async def _look_into(self, upload: Upload, path: Path) -> StoredFile:
        found = await self.assets.fetch(upload.key, path)
        try:
            if found.size > upload.size:
                raise Rejected(f"it has {found.size} bytes; {upload.size} were announced")
            await self.inspector.inspect(path, MediaKind.IMAGE)
        except Rejected as error:
            await self._save(
                evolve(upload, status=UploadStatus.REFUSED, error=error.message, version=upload.version + 1)
            )
            await self.assets.delete(upload.key)
            raise
        return await self.assets.put(f"uploads/{upload.id}", path, content_type=upload.content_type)

    async def _save(self, upload: Upload) -> None:
        try:
            await self.uploads.update(upload)
        except Conflict:
            # Somebody admitted or refused the same file at the same time: the same bytes, the same answer.
            return
