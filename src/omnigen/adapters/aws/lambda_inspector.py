"""The `Inspector` of those who carry no decoder: has the composer's Lambda look into the file.

The file lies in the asset store for that long. What is left behind by a process that died is cleared with the
orphans.
"""

import asyncio
import hashlib
import json
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import ClientError

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.outage import is_outage
from omnigen.domain.errors import OmniGenError, Rejected, Transient
from omnigen.ports.assets import Assets
from omnigen.ports.inspector import INSPECTIONS, Footage, MediaKind
from omnigen.settings import AwsSettings

LARGEST: Final = 100_000_000
"""Bytes. Fifteen minutes of uncompressed sound are more; no model of ours makes so much."""
_CONFIG: Final = Config(read_timeout=45, retries={"mode": "standard", "total_max_attempts": 1})
"""Less than the caller's own life of 60 s; and the workflow repeats a step better than a client its call."""


class LambdaInspector:
    """Keeps the promises of `Inspector` by asking a function that keeps them (`usecases.inspect_object`)."""

    def __init__(self, settings: AwsSettings, clients: Clients, assets: Assets) -> None:
        self._function = settings.composer_function
        self._clients = clients
        self._assets = assets
        self._opened: Any = None

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
        try:
            if self._opened is None:
                self._opened = await self._clients.open("lambda", config=_CONFIG)
            told = await self._opened.invoke(FunctionName=self._function, Payload=json.dumps(request))
            payload = await told["Payload"].read()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise _failed(f"{self._function} can't be called ({code})") from error
        except Exception as error:
            if not is_outage(error):
                raise
            raise _failed(f"{self._function} can't be reached ({type(error).__name__})") from error
        if told.get("FunctionError"):
            raise _failed(f"{self._function} broke ({_why(payload)})")
        return _decoded(payload)


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _decoded(payload: bytes) -> Any:
    try:
        return json.loads(payload)
    except ValueError as error:
        raise _failed("a look into a file was answered by no JSON") from error


def _why(payload: bytes) -> str:
    """What Lambda tells of an error that the function has raised, without its stack."""
    told = _decoded(payload)
    known = told if isinstance(told, dict) else {}
    return f"{known.get('errorType', 'unknown')}: {str(known.get('errorMessage', ''))[:300]}"


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
    return Transient(why, code="inspector_failed")
