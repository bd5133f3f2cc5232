"""The files that an input names: data URIs, uploads of our own, and URLs on this machine."""

from __future__ import annotations

import base64
import binascii
import hashlib
import ipaddress
import mimetypes
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp

from emulator.replicate.catalogue import Model

LARGEST = 100 * 1024 * 1024
"""Bytes. Replicate's own bound of an upload."""
PATIENCE = aiohttp.ClientTimeout(total=30)
Local = Callable[[str], Path | None]
"""Where a URL of the emulator itself lies on disk."""


class UnreachableError(Exception):
    """An input file can't be had; the prediction fails with this."""


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine, by address or as localhost."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Inputs:
    """Fetches input files into a folder, each under the hash of what it was named by."""

    def __init__(self, folder: Path, session: aiohttp.ClientSession, local: Local) -> None:
        self._folder = folder
        self._session = session
        self._local = local

    async def fetch(self, model: Model, given: Mapping[str, Any]) -> dict[str, list[Path]]:
        """The files of an input by field. Raises UnreachableError."""
        return {
            f.name: [await self._one(str(uri)) for uri in _listed(given[f.name])]
            for f in model.fields
            if f.uri and given.get(f.name)
        }

    async def _one(self, uri: str) -> Path:
        if uri.startswith("data:"):
            content, media_type = _decode(uri)
            return self._keep(content, mimetypes.guess_extension(media_type) or ".bin")
        if (own := self._local(uri)) is not None:
            return own
        if not uri.startswith("http://") or not is_loopback(uri):
            raise UnreachableError(
                f"The emulator fetches inputs from this machine only, over http: {_bare(uri)}"
            )
        return self._keep(await self._download(uri), Path(urlsplit(uri).path).suffix[:8] or ".bin")

    async def _download(self, uri: str) -> bytes:
        try:
            async with self._session.get(uri, timeout=PATIENCE, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise UnreachableError(
                        f"{answer.status} Client Error: {answer.reason} for url: {_bare(uri)}"
                    )
                content = await answer.content.read(LARGEST + 1)
                while len(content) <= LARGEST and (
                    more := await answer.content.read(LARGEST + 1 - len(content))
                ):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as wrong:
            raise UnreachableError(f"Failed to download {_bare(uri)}: {type(wrong).__name__}") from wrong
        if len(content) > LARGEST:
            raise UnreachableError(f"Input is larger than {LARGEST} bytes: {_bare(uri)}")
        return content

    def _keep(self, content: bytes, suffix: str) -> Path:
        path = self._folder / f"{hashlib.sha256(content).hexdigest()}{suffix}"
        if not path.exists():
            path.write_bytes(content)
        return path


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _bare(uri: str) -> str:
    """Without the query, which may hold a signature."""
    return uri.split("?", maxsplit=1)[0]


def _decode(uri: str) -> tuple[bytes, str]:
    head, comma, body = uri.partition(",")
    if not comma:
        raise UnreachableError("Invalid data URI")
    try:
        content = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
    except binascii.Error as wrong:
        raise UnreachableError("Invalid data URI") from wrong
    return content, head.removeprefix("data:").split(";")[0]
