"""Bringing reference pictures and sounds: the file goes straight to the object store."""

from datetime import datetime
from typing import Annotated, Literal

from litestar import post
from litestar.params import JSONBody
from msgspec import Meta

from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.wire import Request as Body
from omnigen.entrypoints.http.wire import View
from omnigen.ports.uploads import UploadStatus


class UploadRequest(Body, frozen=True):
    """A file that is to be brought."""

    content_type: Annotated[str, Meta(min_length=3, max_length=100, examples=["image/png"])]
    size: Annotated[int, Meta(ge=1, le=1_000_000_000, description="Bytes.", extra={"unit": "bytes"})]


class UploadView(View, frozen=True):
    """Where to send the file, and the id to name it by."""

    id: str
    status: UploadStatus
    url: str
    method: Literal["POST"]
    fields: Annotated[dict[str, str], Meta(description="Of a multipart form; the file comes last.")]
    expires_at: datetime


@post("/uploads", status_code=201, responses=guarded(400, 413, 415), tags=["uploads"])
async def request_upload(data: JSONBody[UploadRequest], request: SignedIn, app: AppDep) -> UploadView:
    """Ask for permission to upload a reference image or sound; scenes name it by its id, for seven days.

    A job that names it keeps a copy of its own.
    """
    upload, form = await app.request_upload(request.user, content_type=data.content_type, size=data.size)
    return UploadView(
        id=upload.id,
        status=upload.status,
        url=form.url,
        method="POST",
        fields=dict(form.fields),
        expires_at=form.expires_at,
    )


HANDLERS = [request_upload]
