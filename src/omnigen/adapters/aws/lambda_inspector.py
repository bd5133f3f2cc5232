"""The `Inspector` of those who carry no decoder: has the composer's Lambda look into the file.

The file lies in the asset store for that long. What is left behind by a process that died is cleared with the
orphans.
"""

import asyncio
import hashlib
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.composer_function import ComposerFunction
from omnigen.domain.errors import OmniGenError, Rejected, Transient
from omnigen.ports.assets import Assets
from omnigen.ports.inspector import INSPECTIONS, Footage, MediaKind
from omnigen.settings import AwsSettings

LARGEST: Final = 100_000_000
"""Bytes. Fifteen minutes of uncompressed sound are more; no model of ours makes so much."""
_SECONDS: Final = 45
"""Less than the caller's own life of 60 s."""
_CODE: Final = "inspector_failed"


class LambdaInspector:
    """Keeps the promises of `Inspector` by asking a function that keeps them (`usecases.inspect_object`)."""

    def __init__(self, settings: AwsSettings, clients: Clients, assets: Assets) -> None:
        self._composer = ComposerFunction(settings, clients, seconds=_SECONDS, code=_CODE)
        self._assets = assets

    async def inspect(self, path: Path, kind: MediaKind, *, sampled: bool = False) -> Footage:
        """Say what is in the file; see the port for the errors."""
        size, sha256 = await asyncio.to_thread(_measure, path)
        if size > LARGEST:
            raise Rejected(f"the file has {size} bytes; at most {LARGEST} are looked into")
        # A key of its own each time: of two that look into equal bytes, one would remove the other's.
        key = f"{INSPECTIONS}{sha256}/{secrets.token_hex(8)}"
        await self._assets.put(key, path, content_type="application/octet-stream")
        try:
            answer = await self._ask(key, kind, sampled)
        finally:
            with suppress(OmniGenError):
                await self._assets.delete(key)
        return _read(answer)

    async def _ask(self, key: str, kind: MediaKind, sampled: bool) -> Any:
        request = {"step": "inspect", "key": key, "kind": kind.value, "sampled": sampled}
        return await self._composer.ask(request)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _read(answer: Any) -> Footage:
    """Raises Rejected where that is the answer, Transient for nonsense."""
    match answer:
        case {"footage": dict(footage)}:
            try:
                return Footage.of_data(footage)
            except (KeyError, TypeError, ValueError) as error:
                raise _failed("a look into a file was answered by nonsense") from error
        case {"rejected": {"message": str(message), "code": str(code)}}:
            raise Rejected(message, code=code)
    raise _failed("a look into a file was answered by nonsense")


def _failed(why: str) -> Transient:
    return Transient(why, code=_CODE)
