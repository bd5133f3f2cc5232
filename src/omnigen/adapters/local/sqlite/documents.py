"""Nouns as JSON text and back. Decoding runs the nouns' own validators, so that nonsense never comes out."""

from collections.abc import Iterable
from typing import Any, Final, Generic, TypeVar

import apsw
import msgspec

from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, Revision, SceneState
from omnigen.domain.quota import LedgerEntry
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import Take
from omnigen.ports.outbox import Message
from omnigen.ports.uploads import Upload

N = TypeVar("N")


class Shelf(Generic[N]):
    """Reads one kind of noun out of the first column of a query's rows."""

    def __init__(self, kind: type[N]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode

    def first(self, db: apsw.Connection, query: str, *values: Any) -> N | None:
        """The first row's noun; None where there is no row, or nothing in it."""
        text = db.execute(query, values).get
        return None if text is None else self._decode(text)

    def all(self, db: apsw.Connection, query: str, *values: Any) -> tuple[N, ...]:
        """All rows' nouns."""
        return self.of(text for (text,) in db.execute(query, values))

    def of(self, texts: Iterable[str]) -> tuple[N, ...]:
        """The nouns that some texts are."""
        return tuple(self._decode(text) for text in texts)


JOBS: Final = Shelf(Job)
REVISIONS: Final = Shelf(Revision)
STORYBOARDS: Final = Shelf(Storyboard)
SCENES: Final = Shelf(SceneState)
EVENTS: Final = Shelf(JobEvent)
RECORDS: Final = Shelf(IdempotencyRecord)
ENTRIES: Final = Shelf(LedgerEntry)
TAKES: Final = Shelf(Take)
MESSAGES: Final = Shelf(Message)
UPLOADS: Final = Shelf(Upload)

_encode = msgspec.json.Encoder().encode


def text(noun: Any) -> str:
    """A noun, or a tuple of them, as its document."""
    return _encode(noun).decode()
