"""What a mix knows of itself, kept in a box at the end of its file that players skip.

Loudness of all that was measured, under the names of what it was, and which packets belong to which stretch: so the
mix of the next revision measures and encodes only what is new. It holds nothing that is not decided by the mix.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import evolve, field, frozen

from omnigen.adapters.ffmpeg.levels import Measured

_BOX: Final = b"free"
_MARK: Final = b"omnigen-sound-1\0"
_HEADER: Final = 8
_LARGEST: Final = 16 << 20


@frozen(kw_only=True)
class Ledger:
    """Of one mix."""

    build: str
    """What made it: another build would give other bytes, and its ledger says nothing here."""
    path: Path | None = None
    """The file, which has the packets."""
    measured: Mapping[str, Measured] = field(factory=dict)
    """By the name of a stem, or the key of a stretch."""
    laid: Mapping[str, tuple[int, int]] = field(factory=dict)
    """By the key of a stretch: its first packet, and how many it has."""

    @classmethod
    def read(cls, path: Path | None, build: str) -> "Ledger":
        """What a file says of itself; nothing where it says nothing, or was made by another build."""
        told = _told(path) if path is not None else None
        if told is None or told["build"] != build:
            return cls(build=build)
        return cls(
            build=build,
            path=path,
            measured={name: Measured.of(one) for name, one in told["measured"].items()},
            laid={key: (first, count) for key, (first, count) in told["laid"].items()},
        )

    def also(self, measured: Mapping[str, Measured]) -> "Ledger":
        """The same, knowing more."""
        return evolve(self, measured={**self.measured, **measured})

    def append(self, path: Path, used: set[str], laid: Mapping[str, tuple[int, int]]) -> None:
        """Write down, at the end of a new file, what of this it `used`, and where its own stretches lie."""
        known = {
            n: {"blocks": m.blocks, "peak": m.peak} for n, m in sorted(self.measured.items()) if n in used
        }
        told = json.dumps({"build": self.build, "measured": known, "laid": laid}, sort_keys=True).encode()
        content = _MARK + zlib.compress(told, 6)
        with path.open("ab") as file:
            file.write(struct.pack(">I", _HEADER + len(content)) + _BOX + content)


def _told(path: Path) -> Any:
    with path.open("rb") as file:
        while len(header := file.read(_HEADER)) == _HEADER:
            size, kind = struct.unpack(">I4s", header)
            if kind == _BOX and _HEADER < size < _LARGEST:
                content = file.read(size - _HEADER)
                if content.startswith(_MARK):
                    return json.loads(zlib.decompress(content[len(_MARK) :]))
                continue
            if size < _HEADER:
                return None
            file.seek(size - _HEADER, 1)
    return None
