"""Look into an object for somebody who carries no decoder: the other half of `LambdaInspector`."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from attrs import frozen

from omnigen.domain.errors import Invalid, Rejected
from omnigen.ports.assets import Assets
from omnigen.ports.inspector import INSPECTIONS, Inspector, MediaKind


class _Request(msgspec.Struct, frozen=True):
    key: str
    kind: MediaKind
    sampled: bool = False


@frozen(kw_only=True)
class InspectObject:
    """Fetch what lies under `inspections/` and inspect it; whoever put it there removes it."""

    assets: Assets
    inspector: Inspector

    async def __call__(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """`{"footage": {...}}`, or `{"rejected": {"message", "code"}}`: what can't be used is an answer too.

        `request` is `{"key", "kind", "sampled"}`. Raises Invalid for another one, NotFound, Transient.
        """
        asked = _read(request)
        with TemporaryDirectory(prefix="omnigen-inspect-") as folder:
            path = Path(folder) / "file"
            await self.assets.fetch(asked.key, path)
            try:
                footage = await self.inspector.inspect(path, asked.kind, sampled=asked.sampled)
            except Rejected as error:
                return {"rejected": {"message": error.message, "code": error.reason}}
        return {"footage": footage.as_data()}


def _read(request: Mapping[str, Any]) -> _Request:
    try:
        asked = msgspec.convert(request, _Request)
    except msgspec.ValidationError as error:
        raise Invalid(f"not a request to inspect: {error}") from error
    if not asked.key.startswith(INSPECTIONS):
        raise Invalid(f"key is {asked.key[:80]!r}; only what lies under {INSPECTIONS} is inspected")
    return asked
