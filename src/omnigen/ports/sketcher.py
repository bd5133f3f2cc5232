"""Drawing a sketch while somebody waits for it: here, or by somebody who has FFmpeg."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import msgspec

from omnigen.domain.errors import Invalid
from omnigen.domain.sketch import Sketch
from omnigen.domain.take import StoredFile

ANIMATICS: Final = "animatics/"
"""Where sketches of storyboards lie in the asset store, for a day."""
PREVIEWS: Final = "previews/"
"""Where sketches of jobs lie, and their small clips, for a day."""


class Sketcher(Protocol):
    """Draws sketches."""

    async def __call__(self, sketch: Sketch, folder: str) -> StoredFile:
        """An MP4 of exactly the sketch's frames, without sound, in `folder` (which begins with one of the above).

        The same sketch is drawn only once. A clip that can't be shown is replaced by a card that says so. Raises
        Transient, with `retry_after`, where too many are being drawn already or it takes too long.
        """
        ...


class _Request(msgspec.Struct, frozen=True):
    sketch: Sketch
    folder: str


def sketch_request(sketch: Sketch, folder: str) -> dict[str, Any]:
    """A call as JSON can carry it."""
    told: dict[str, Any] = msgspec.to_builtins(_Request(sketch, folder))
    return told


def sketch_asked(request: Mapping[str, Any]) -> tuple[Sketch, str]:
    """What `sketch_request` made. Raises Invalid for anything else."""
    try:
        found = msgspec.convert(request, _Request)
    except msgspec.ValidationError as error:
        raise Invalid(f"not a request to draw a sketch: {error}") from error
    return found.sketch, found.folder
