"""Nouns as JSON documents and back. Decoding runs the nouns' own validators, so that nonsense never comes out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

import msgspec

from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, JobEvent, Revision, SceneState
from omnigen.domain.quota import LedgerEntry
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import Take
from omnigen.ports.outbox import Message
from omnigen.ports.uploads import Upload

N = TypeVar("N")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Shelf(Generic[N]):
    """Reads one kind of noun."""

    def __init__(self, kind: type[N]) -> None:
        self._decode = msgspec.json.Decoder(kind).decode

    def one(self, document: str | bytes) -> N:
        """The noun that a document is."""
        return self._decode(document)

    def of(self, documents: Iterable[str | bytes]) -> tuple[N, ...]:
        """The nouns that some documents are."""
        return tuple(self._decode(document) for document in documents)


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


def raw(noun: Any) -> bytes:
    """The same, as bytes."""
    return _encode(noun)


def micros(at: datetime) -> int:
    """An instant as it is kept beside a document, to be compared: whole microseconds since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
