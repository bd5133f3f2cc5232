"""A segment says itself how it was made: in a box behind its media, which no player looks into.

Rendering and joining may be days and machines apart, and a segment that is there is never planned again.
"""

import json
from pathlib import Path
from typing import Final

from omnigen.adapters.ffmpeg.copying import Stretch
from omnigen.ports.composer import SegmentMade

_BOX: Final = b"free"
"""Type of a box that the MP4 standard has everybody skip."""
_SIGN: Final = b"omnigen:"
_LONGEST: Final = 1024


def label(segment: Path, copied: Stretch | str) -> None:
    """Write it down, behind what is there."""
    told = {"why": copied} if isinstance(copied, str) else {"copied": [copied.start, copied.end]}
    text = _SIGN + json.dumps(told).encode()[: _LONGEST - 64]
    with segment.open("ab") as file:
        file.write((len(text) + 8).to_bytes(4, "big") + _BOX + text)


def labelled(segment: Path) -> SegmentMade:
    """What was written down; of a segment without a label nothing is known."""
    with segment.open("rb") as file:
        file.seek(max(0, segment.stat().st_size - _LONGEST))
        _, sign, text = file.read().rpartition(_BOX + _SIGN)
    try:
        told = json.loads(text) if sign else {}
    except ValueError:
        told = {}
    copied = told.get("copied")
    return SegmentMade(copied=(copied[0], copied[1]) if copied else None, why=told.get("why"))
