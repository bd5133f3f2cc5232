"""Permission to bring a reference picture or sound: it arrives in quarantine, straight in the object store."""

from datetime import timedelta
from typing import Final

from attrs import frozen

from omnigen.domain.errors import Invalid, TooLarge
from omnigen.ports.assets import Assets, UploadForm
from omnigen.ports.clock import Clock, Ids
from omnigen.ports.identity import Caller
from omnigen.ports.uploads import QUARANTINE, Upload, Uploads
from omnigen.usecases.policy import Policy

ALLOWED: Final = ("image/jpeg", "image/png", "image/webp", "audio/mpeg", "audio/wav")
_EXPIRES: Final = timedelta(minutes=15)


@frozen(kw_only=True)
class RequestUpload:
    """Expect a file and say where it goes."""

    uploads: Uploads
    assets: Assets
    clock: Clock
    ids: Ids
    policy: Policy

    async def __call__(self, caller: Caller, *, content_type: str, size: int) -> tuple[Upload, UploadForm]:
        """The upload and the form to send it with. Raises Invalid, TooLarge."""
        if content_type not in ALLOWED:
            raise Invalid(
                f"content_type is {content_type[:60]!r}; allowed are {', '.join(ALLOWED)}",
                field="content_type",
            )
        if size < 1:
            raise Invalid(f"size is {size} bytes; at least 1 is allowed", field="size")
        if size > self.policy.max_upload:
            raise TooLarge(f"size is {size} bytes; at most {self.policy.max_upload} is allowed", field="size")
        upload_id = self.ids.new("upl")
        upload = Upload(
            id=upload_id,
            owner=caller.id,
            content_type=content_type,
            size=size,
            key=f"{QUARANTINE}{upload_id}",
            created_at=self.clock.now(),
        )
        await self.uploads.add(upload)
        form = await self.assets.upload_form(
            upload.key, content_type=content_type, max_size=size, expires_in=_EXPIRES
        )
        return upload, form
