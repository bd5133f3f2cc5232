"""The files API, and the outputs of predictions as the delivery host serves them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from aiohttp import BodyPartReader, web

from emulator.replicate.answers import reply
from emulator.replicate.clock import iso
from emulator.replicate.context import ENGINE, SHELVES
from emulator.replicate.engine import Engine
from emulator.replicate.inputs import LARGEST
from emulator.replicate.problems import InvalidField, Problem, bad_request, invalid_input, not_found
from emulator.replicate.records import new_id
from emulator.replicate.store import Upload

LIFETIME = 24 * 3600.0
_CHUNK = 1 << 20
_TYPES = {
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
}


def show(upload: Upload, base: str) -> dict[str, Any]:
    """The file object of the API."""
    return {
        "id": upload.id,
        "name": upload.name,
        "content_type": upload.content_type,
        "size": upload.size,
        "etag": upload.md5,
        "checksums": {"sha256": upload.sha256, "md5": upload.md5},
        "metadata": upload.metadata,
        "created_at": iso(upload.created_at),
        "expires_at": iso(upload.expires_at),
        "urls": {"get": f"{base}/v1/files/{upload.id}"},
    }


async def create(request: web.Request) -> web.StreamResponse:
    """POST /v1/files: multipart, the file under `content`."""
    engine = request.app[ENGINE]
    if not request.content_type.startswith("multipart/"):
        raise bad_request("The request must be multipart/form-data")
    upload_id, sent = new_id(40), _Sent()
    path = request.app[SHELVES].upload(upload_id)
    try:
        await _receive(request, sent, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    upload = sent.as_upload(upload_id, engine.clock.now())
    engine.store.add_upload(upload)
    return reply(show(upload, engine.base), status=201)


class _Sent:
    """The parts of an upload, gathered as they arrive."""

    def __init__(self) -> None:
        self.name = "file"
        self.content_type = "application/octet-stream"
        self.metadata: dict[str, Any] = {}
        self.size = -1
        self.sha256 = hashlib.sha256()
        self.md5 = hashlib.md5(usedforsecurity=False)

    async def take_content(self, part: BodyPartReader, path: Path) -> None:
        self.name = part.filename or self.name
        self.content_type = part.headers.get("Content-Type", self.content_type)
        self.size = 0
        with path.open("wb") as file:
            while chunk := await part.read_chunk(_CHUNK):
                self.size += len(chunk)
                if self.size > LARGEST:
                    raise Problem(413, "Request entity too large", f"A file may have up to {LARGEST} bytes.")
                self.sha256.update(chunk)
                self.md5.update(chunk)
                file.write(chunk)

    def take_field(self, name: str | None, text: str) -> None:
        if name == "filename" and text:
            self.name = text
        elif name == "type" and text:
            self.content_type = text
        elif name == "metadata" and text:
            try:
                metadata = json.loads(text)
            except ValueError as wrong:
                raise invalid_input(
                    [InvalidField("format", "metadata", "Does not match format 'json'")]
                ) from wrong
            self.metadata = metadata if isinstance(metadata, dict) else {}

    def as_upload(self, upload_id: str, now: float) -> Upload:
        return Upload(
            id=upload_id,
            name=self.name,
            content_type=self.content_type,
            size=self.size,
            sha256=self.sha256.hexdigest(),
            md5=self.md5.hexdigest(),
            metadata=self.metadata,
            created_at=now,
            expires_at=now + LIFETIME,
        )


async def _receive(request: web.Request, sent: _Sent, path: Path) -> None:
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise bad_request("Nested multipart is not accepted")
        if part.name == "content":
            await sent.take_content(part, path)
        else:
            sent.take_field(part.name, await part.text())
    if sent.size < 0:
        raise invalid_input([InvalidField("required", "", "content is required")])


def _find(request: web.Request) -> Upload:
    engine = request.app[ENGINE]
    upload = engine.store.upload(request.match_info["id"])
    if upload is None or upload.expires_at <= engine.clock.now():
        raise not_found()
    return upload


async def get(request: web.Request) -> web.StreamResponse:
    """GET /v1/files/{id}"""
    return reply(show(_find(request), request.app[ENGINE].base))


async def listing(request: web.Request) -> web.StreamResponse:
    """GET /v1/files"""
    engine = request.app[ENGINE]
    now = engine.clock.now()
    found = [show(upload, engine.base) for upload in engine.store.uploads() if upload.expires_at > now]
    return reply({"next": None, "previous": None, "results": found})


async def delete(request: web.Request) -> web.StreamResponse:
    """DELETE /v1/files/{id}"""
    engine = request.app[ENGINE]
    upload = _find(request)
    engine.store.forget_upload(upload.id)
    request.app[SHELVES].upload(upload.id).unlink(missing_ok=True)
    return web.Response(status=204)


async def download(request: web.Request) -> web.StreamResponse:
    """GET /v1/files/{id}/download?owner&expiry&signature, without a token: whoever has the link may read."""
    engine = request.app[ENGINE]
    owner, expiry = request.query.get("owner", ""), request.query.get("expiry", "")
    expected = signature(engine, owner, request.match_info["id"], expiry)
    if not expiry.isdigit() or not hmac.compare_digest(expected, request.query.get("signature", "")):
        raise Problem(403, "Forbidden", "The signature is not valid.")
    if int(expiry) <= engine.clock.now():
        raise Problem(403, "Forbidden", "The link has expired.")
    upload = _find(request)
    headers = {"Content-Type": upload.content_type, "Content-Disposition": "attachment"}
    return web.FileResponse(request.app[SHELVES].upload(upload.id), headers=headers)


def signature(engine: Engine, owner: str, upload_id: str, expiry: str) -> str:
    """Base64 of HMAC-SHA256 over "owner id expiry", keyed by the webhook secret, as documented."""
    digest = hmac.new(
        engine.postman.secret.encode(), f"{owner} {upload_id} {expiry}".encode(), hashlib.sha256
    )
    return base64.b64encode(digest.digest()).decode()


async def output(request: web.Request) -> web.StreamResponse:
    """GET /outputs/...: public, with ranges; gone after an hour, as if it had never been."""
    engine = request.app[ENGINE]
    found = engine.store.output(request.match_info["key"])
    if found is None or found.name != request.match_info["name"] or found.expires_at <= engine.clock.now():
        raise not_found()
    path = Path(found.path)
    kind = _TYPES.get(path.suffix, "application/octet-stream")
    headers = {
        "Content-Type": kind,
        "Cache-Control": "public, max-age=31536000",
        "Access-Control-Allow-Origin": "*",
    }
    return web.FileResponse(path, headers=headers, chunk_size=_CHUNK)
