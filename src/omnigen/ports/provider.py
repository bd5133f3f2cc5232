"""The provider of models: it charges on acceptance, works in its own time, and forgets its outputs after an hour."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from omnigen.domain.take import Take


class PredictionStatus(StrEnum):
    """Where a prediction stands, in the provider's own words."""

    STARTING = "starting"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    ABORTED = "aborted"


@frozen(kw_only=True)
class Prediction:
    """The provider's side of a take."""

    id: str
    status: PredictionStatus
    model: str
    input: Mapping[str, Any]
    created_at: datetime
    progress: float = 0.0
    """Part that is done, as far as its log tells, 0 to 1."""
    output: str | None = None
    """Address of the file that was made, or the text of a language model."""
    error: str | None = None
    error_code: str | None = None
    """`sensitive` where the content was refused, `failed` otherwise."""


@frozen(kw_only=True)
class Ask:
    """What to ask a model for, before it is put into the model's own dialect."""

    prompt: str
    seed: int | None = None
    seconds: int = 0
    aspect_ratio: str = "16:9"
    resolution: str = "720p"
    image: str | None = None
    """Address of the picture to start from."""
    voice: str | None = None
    speed: float = 1.0
    system: str | None = None
    """Instructions to a language model."""


class Provider(Protocol):
    """Models behind an account that pays. It has no idempotency key: what was asked is found again by its input.

    Errors of `create`: Rejected if this can never be accepted (nothing charged); Transient if it was certainly
    not accepted (throttled, connection refused); Ambiguous for anything else. Errors of the others: Transient,
    NotFound, Rejected.
    """

    def dialect(self, model: str, ask: Ask) -> Mapping[str, Any]:
        """The input in the model's own terms. Raises Rejected where the model can't do what is asked."""
        ...

    async def create(self, take: Take) -> Prediction:
        """Ask for a take; charged from the moment it is accepted."""
        ...

    async def get(self, prediction_id: str) -> Prediction:
        """How a prediction stands. Raises NotFound once it has been forgotten."""
        ...

    async def created_since(self, at: datetime) -> Sequence[Prediction]:
        """All predictions of the account since an instant, oldest first.

        Since clocks differ, some of the minute before it may be among them.
        """
        ...

    async def cancel(self, prediction_id: str) -> None:
        """Ask it to stop. One that has ended is left as it is."""
        ...

    async def download(self, url: str, into: Path, *, max_size: int) -> str:
        """Fetch an output into a file and return its content type.

        Only from allowed hosts, without our token. Raises Rejected for what isn't allowed or too large,
        NotFound once it has expired, Transient otherwise.
        """
        ...

    @property
    def takes_urls(self) -> bool:
        """Whether it can read our signed URLs; where it can't, files are lent to it."""
        ...

    async def lend(self, path: Path, *, content_type: str) -> str:
        """Copy a file into the provider's own store and return its address there. Raises Transient."""
        ...
