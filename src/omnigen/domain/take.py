"""Take: one paid request to a model, from the intent that is written before it is sent to the file that comes of it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from attrs import evolve, field, frozen
from attrs.validators import ge

from omnigen.domain.catalogue import Micros, TakeKind
from omnigen.domain.errors import Conflict


class TakeStatus(StrEnum):
    """Where a request to a model stands."""

    INTENT = "intent"
    """Written down, perhaps sent, perhaps not: from here on it may have been charged."""
    SUBMITTED = "submitted"
    STORED = "stored"
    REFUSED = "refused"
    """Never accepted: nothing was charged."""
    FAILED = "failed"
    ABORTED = "aborted"
    """Ended by the provider before it ran: nothing was charged."""
    CANCELLED = "cancelled"
    """Stopped while it ran: charged."""
    LOST = "lost"
    """Nobody can say what became of it: counted at its estimate, refunded to the user."""


TAKE_MOVES: Final[Mapping[TakeStatus, frozenset[TakeStatus]]] = {
    TakeStatus.INTENT: frozenset(
        {TakeStatus.SUBMITTED, TakeStatus.REFUSED, TakeStatus.CANCELLED, TakeStatus.LOST}
    ),
    TakeStatus.SUBMITTED: frozenset(
        {
            TakeStatus.STORED,
            TakeStatus.REFUSED,
            TakeStatus.FAILED,
            TakeStatus.ABORTED,
            TakeStatus.CANCELLED,
            TakeStatus.LOST,
        }
    ),
    TakeStatus.STORED: frozenset(),
    TakeStatus.REFUSED: frozenset(),
    TakeStatus.FAILED: frozenset(),
    TakeStatus.ABORTED: frozenset(),
    TakeStatus.CANCELLED: frozenset(),
    TakeStatus.LOST: frozenset(),
}

_UNCHARGED: Final = frozenset({TakeStatus.REFUSED, TakeStatus.ABORTED, TakeStatus.LOST, TakeStatus.INTENT})


@frozen(kw_only=True)
class StoredFile:
    """An object in the asset store."""

    key: str
    sha256: str
    size: int
    """Bytes."""
    content_type: str
    seconds: float = 0.0
    """Length where it plays; 0 for a picture or a text."""

    @property
    def is_picture(self) -> bool:
        """Whether it doesn't play."""
        return self.content_type.startswith("image/")


def fingerprint(
    *,
    kind: TakeKind,
    model: str,
    version: str | None,
    prompt: str,
    seed: int | None,
    settings: Mapping[str, Any],
    inputs: tuple[str, ...],
) -> str:
    """SHA-256 (hex) of all that decides what a model makes. `inputs` are the hashes of the files it is given.

    Takes of one job with equal fingerprints are interchangeable, so the second is never paid for.
    """
    told = [kind, model, version, prompt, seed, dict(settings), list(inputs)]
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@frozen(kw_only=True)
class Take:
    """One paid request. It belongs to its job; revisions share it where its fingerprint is the same."""

    id: str
    job_id: str
    owner: str
    revision: int = field(validator=ge(1))
    """The revision that asked for it, and pays for it."""
    scene: int | None
    """Number that its scene had; None for the job's own (plan, music)."""
    origin: int = 0
    """Who that scene is within the job (`Scene.shot`); 0 is the one that began with the number."""
    kind: TakeKind
    model: str
    model_version: str | None = None
    fingerprint: str
    subject: str | None = None
    """The fingerprint but for the length: a longer take of the same subject will do where a shorter one is wanted."""
    prompt: str
    seed: int | None = None
    input: Mapping[str, Any]
    """The very input that is posted: a lost reply is found again by it."""
    seconds: int = 0
    """Length that is asked and paid for, where the model charges by the second."""
    status: TakeStatus = TakeStatus.INTENT
    prediction_id: str | None = None
    estimate: Micros = field(validator=ge(0))
    cost: Micros = 0
    """What it cost: the price table's word, once it has been charged."""
    progress: float = 0.0
    file: StoredFile | None = None
    error: str | None = None
    error_code: str | None = None
    attempt: int = field(default=1, validator=ge(1))
    """Which try at the same thing this is; a try that failed is a take of its own."""
    sends: int = 0
    """How often the request was sent off: counted before it is sent."""
    intended_at: datetime
    sent_at: datetime | None = None
    """Beginning of the newest sending whose fate may be unknown."""
    next_at: datetime | None = None
    """Not before this instant may it be sent or asked for again."""
    submitted_at: datetime | None = None
    ended_at: datetime | None = None
    epoch: int = 0
    version: int = 1

    @property
    def ended(self) -> bool:
        """Whether nothing more can happen to it."""
        return not TAKE_MOVES[self.status]

    @property
    def shot(self) -> int | None:
        """Who its scene is within the job; None for the job's own."""
        return None if self.scene is None else self.origin or self.scene

    @property
    def charged(self) -> bool:
        """Whether the user pays for it."""
        return self.status not in _UNCHARGED and self.cost > 0

    def become(self, status: TakeStatus, *, at: datetime, **changes: Any) -> "Take":
        """Move on to `status`. Raises Conflict for a move that isn't legal."""
        if status not in TAKE_MOVES[self.status]:
            raise Conflict(f"take {self.id} is {self.status}; it cannot become {status}")
        ended = at if not TAKE_MOVES[status] else None
        return self.revise(status=status, ended_at=ended, **changes)

    def revise(self, **changes: Any) -> "Take":
        """The next version, with some fields changed."""
        return evolve(self, version=self.version + 1, **changes)
