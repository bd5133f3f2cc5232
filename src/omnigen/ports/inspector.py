"""Looking into a media file that somebody else made, before anything trusts it."""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import asdict, frozen

INSPECTIONS: Final = "inspections/"
"""Where a file lies in the asset store while somebody else looks into it."""


class MediaKind(StrEnum):
    """What a file is meant to be."""

    VIDEO = "video"
    IMAGE = "image"
    SOUND = "sound"


@frozen(kw_only=True)
class Footage:
    """What was found in a file. Sizes are as displayed, after rotation and sample aspect."""

    kind: MediaKind
    seconds: float
    """Length of the longest stream; 0 for an image."""
    width: int = 0
    height: int = 0
    frames: int = 0
    """Pictures that really decode, or that are there to be decoded if only sampled; 0 for sound."""
    rate: Fraction | None = None
    """Average frames a second."""
    codec: str = ""
    pixel_format: str = ""
    has_sound: bool = False

    def as_data(self) -> dict[str, Any]:
        """The same as JSON can carry it."""
        return {**asdict(self), "rate": None if self.rate is None else str(self.rate)}

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> "Footage":
        """What `as_data` made. Raises KeyError, TypeError or ValueError for anything else."""
        rate = data["rate"]
        return cls(
            **{**data, "kind": MediaKind(data["kind"]), "rate": None if rate is None else Fraction(rate)}
        )


class Inspector(Protocol):
    """Probes foreign files in a process of their own, bounded in time and memory, with no network.

    A file is foreign until it has been inspected: playlists, scripts and bombs in disguise are refused.
    """

    async def inspect(self, path: Path, kind: MediaKind, *, sampled: bool = False) -> Footage:
        """Say what is in the file, all of it decoded.

        `sampled` is for a video that will be rendered, and so decoded, anyway: it is read to its end, but only
        its first pictures are decoded, and damage further on is left for the renderer to find.

        Raises Rejected, in words that a user understands, if it isn't what `kind` says, can't be
        decoded, or is larger than we work with. Raises Transient if the probe itself could not run.
        """
        ...
