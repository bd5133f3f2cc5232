"""Messages that were written together with a change, to be acted on afterwards, at least once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from attrs import frozen

from omnigen.domain.job import Job

REMEMBERED: Final = timedelta(days=1)
"""How long a delivery is known again."""


class MessageKind(StrEnum):
    """What is to be done."""

    START = "start"
    """Start a leg of the workflow."""
    WAKE = "wake"
    """Something has happened outside (a webhook, a cancel): look now instead of later."""


@frozen(kw_only=True)
class Message:
    """One thing to be done about a job."""

    id: str
    kind: MessageKind
    job_id: str
    leg: int = 0
    at: datetime

    @classmethod
    def to_start(cls, job: Job) -> "Message":
        """What starts the leg after the newest one of a job; the same one however often it is made."""
        leg = job.epoch + 1
        return cls(
            id=f"start:{job.id}:{leg}", kind=MessageKind.START, job_id=job.id, leg=leg, at=job.updated_at
        )


class Outbox(Protocol):
    """The queue. `Jobs.accept` adds to it in its own transaction."""

    async def add(self, message: Message) -> None:
        """Add a message; the same id twice is one message."""
        ...

    async def pending(self, *, limit: int) -> Sequence[Message]:
        """The oldest messages that nobody has finished with."""
        ...

    async def done(self, message_ids: Sequence[str]) -> None:
        """Take messages out. Absent is fine."""
        ...

    async def first_time(self, delivery_id: str, *, at: datetime) -> bool:
        """Whether a delivery from outside is seen for the first time within a day."""
        ...
