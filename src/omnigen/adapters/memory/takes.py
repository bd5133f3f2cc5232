"""Takes in memory."""

from collections.abc import Sequence

from omnigen.adapters.memory.store import Tables
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.quota import LedgerEntry
from omnigen.domain.succession import check_take
from omnigen.domain.take import Take


class MemoryTakes:
    """`omnigen.ports.takes.Takes` in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def intend(self, take: Take) -> Take:
        """Write the intent, unless that id is there already. Returns what is stored."""
        if take.id not in self._tables.takes:
            self._check_prediction(take)
        return self._tables.takes.setdefault(take.id, take)

    async def get(self, take_id: str) -> Take:
        """The take. Raises NotFound."""
        if take_id not in self._tables.takes:
            raise NotFound(f"take {take_id} was not found")
        return self._tables.takes[take_id]

    async def update(self, take: Take, *, entry: LedgerEntry | None = None) -> None:
        """Replace a take, and write a ledger entry with it."""
        check_take(await self.get(take.id), take)
        self._check_prediction(take)
        self._tables.takes[take.id] = take
        if entry is not None:
            self._tables.enter(entry)

    async def of_job(self, job_id: str) -> Sequence[Take]:
        """All takes of a job, in the order in which they were intended."""
        found = [take for take in self._tables.takes.values() if take.job_id == job_id]
        return sorted(found, key=lambda take: (take.intended_at, take.id))

    async def by_prediction(self, prediction_id: str) -> Take | None:
        """The take that a prediction belongs to."""
        return next((t for t in self._tables.takes.values() if t.prediction_id == prediction_id), None)

    def _check_prediction(self, take: Take) -> None:
        others = (t.prediction_id for t in self._tables.takes.values() if t.id != take.id)
        if take.prediction_id is not None and take.prediction_id in others:
            raise Conflict(
                f"prediction {take.prediction_id} belongs to another take", code="prediction_taken"
            )
