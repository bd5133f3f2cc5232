"""Keeping every paid request to a model: the memory that stops anything from being paid for twice."""

from collections.abc import Sequence
from typing import Protocol

from omnigen.domain.quota import LedgerEntry
from omnigen.domain.take import Take


class Takes(Protocol):
    """The record of all takes. A call that returns has made its change durable; one that raises has changed nothing.

    Ids are made of job, revision, kind, fingerprint and attempt, so that two workers, or two scenes, with the
    same intent meet in the same item. A prediction id belongs to one take, whoever comes first.
    """

    async def intend(self, take: Take) -> Take:
        """Write the intent, unless that id is there already: then nothing changes. Returns what is stored."""
        ...

    async def get(self, take_id: str) -> Take:
        """The take. Raises NotFound."""
        ...

    async def update(self, take: Take, *, entry: LedgerEntry | None = None) -> None:
        """Replace a take, if the stored one is the version before and of no newer epoch.

        A ledger entry is written in the same transaction, once for its id. Raises Conflict, Superseded, and
        Conflict with code `prediction_taken` where the prediction id belongs to another take.
        """
        ...

    async def of_job(self, job_id: str) -> Sequence[Take]:
        """All takes of a job, in the order in which they were intended."""
        ...

    async def by_prediction(self, prediction_id: str) -> Take | None:
        """The take that a prediction belongs to."""
        ...
