"""The cut as an editor's program knows it: media, the stretches of them on tracks, the passages between."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Protocol

from attrs import field, frozen

from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import Canvas


@frozen(kw_only=True)
class Media:
    """A file that is cut from. `name` is where it lies in the folder that holds the timeline."""

    name: str
    file: StoredFile
    frames: int
    """Its length as far as it is known, at the programme's rate; of a still, as long as it is shown."""


@frozen(kw_only=True)
class Piece:
    """A stretch of a track, `frames` long: of some media from its frame `start` on, or empty."""

    frames: int
    media: Media | None = None
    start: int = 0
    name: str = ""
    tempo: Fraction = Fraction(1)
    """How much faster it is played."""
    notes: Mapping[str, Any] = field(factory=dict)
    """What else is to be known of it, as JSON has it."""


@frozen(kw_only=True)
class Passage:
    """A transition at the cut between two pieces: it takes in so many frames before the cut, and so many behind it."""

    name: str
    before: int
    after: int
    dissolves: bool
    """Whether it is a plain dissolve, which every program knows."""


@frozen(kw_only=True)
class Track:
    """What is seen, or heard, one after another."""

    name: str
    heard: bool
    items: tuple[Piece | Passage, ...]


@frozen(kw_only=True)
class Mark:
    """A named stretch of the programme."""

    name: str
    text: str
    start: int
    frames: int


@frozen(kw_only=True)
class CutList:
    """A whole programme as its parts."""

    title: str
    canvas: Canvas
    tracks: tuple[Track, ...]
    marks: tuple[Mark, ...] = ()
    notes: Mapping[str, Any] = field(factory=dict)

    @property
    def media(self) -> tuple[Media, ...]:
        """Every file that is cut from, once."""
        used = (i.media for t in self.tracks for i in t.items if isinstance(i, Piece) and i.media)
        return tuple({media.name: media for media in used}.values())


class EditorFormat(Protocol):
    """Writes a cut for editing programs. Same cut, same bytes."""

    def written(self, cut: CutList) -> bytes:
        """The whole file. Raises Transient where it can't be written here."""
        ...
