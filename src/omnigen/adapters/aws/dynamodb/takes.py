"""Takes in DynamoDB: each among those of its job, with a pointer from its id and a guard for its prediction."""

from collections.abc import Sequence

from omnigen.adapters.aws.dynamodb import keys, usage
from omnigen.adapters.aws.dynamodb.attributes import Item, Value, document
from omnigen.adapters.aws.dynamodb.changes import Change, put
from omnigen.adapters.aws.dynamodb.found import Found, Remembered, nouns_of
from omnigen.adapters.aws.dynamodb.keys import Key
from omnigen.adapters.aws.dynamodb.tables import Stretch, Tables
from omnigen.adapters.documents import TAKES
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.quota import LedgerEntry
from omnigen.domain.succession import check_take
from omnigen.domain.take import Take


def keys_of(item: Item) -> tuple[Key, ...]:
    """All items of the take that an item of its job is, for whoever removes it."""
    take_id = str(item["sk"]).removeprefix("TAKE#")
    guard = (keys.prediction(str(item["prediction_id"])),) if "prediction_id" in item else ()
    return (keys.take_pointer(take_id), *guard)


class DynamoTakes:
    """`omnigen.ports.takes.Takes` in DynamoDB."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._jobs = Remembered()
        """The job of each take."""

    async def intend(self, take: Take) -> Take:
        """Write the intent, unless that id is there already. Returns what is stored."""

        async def attempt(token: str) -> Take:
            stored = await self._lookup(take.id)
            if stored is not None:
                return stored.noun
            pointer = put(keys.take_pointer(take.id), {"token": token, "job_id": take.job_id}, seen=None)
            await self._tables.write(_put(take, token, None), pointer, *await self._guard(take, token))
            return take

        return await self._tables.decided(f"take {take.id}", attempt)

    async def get(self, take_id: str) -> Take:
        """The take. Raises NotFound."""
        found = await self._lookup(take_id)
        if found is None:
            raise NotFound(f"take {take_id} was not found")
        return found.noun

    async def update(self, take: Take, *, entry: LedgerEntry | None = None) -> None:
        """Replace a take, and write a ledger entry with it."""

        async def attempt(token: str) -> None:
            stored = await self._at(keys.take(take.job_id, take.id))
            if stored is None:
                raise NotFound(f"take {take.id} was not found")
            if stored.written_by(token):
                return
            check_take(stored.noun, take)
            guard = [] if stored.noun.prediction_id else await self._guard(take, token)
            beside = [] if entry is None else await self._entry(entry, token)
            await self._tables.write(_put(take, token, stored.item), *guard, *beside)

        await self._tables.decided(f"take {take.id}", attempt)

    async def of_job(self, job_id: str) -> Sequence[Take]:
        """All takes of a job, in the order in which they were intended."""
        items = await self._tables.query(Stretch.beginning(keys.JOBS, keys.of_job(job_id), "TAKE#"))
        return sorted(nouns_of(TAKES, items), key=lambda take: (take.intended_at, take.id))

    async def by_prediction(self, prediction_id: str) -> Take | None:
        """The take that a prediction belongs to."""
        guard = await self._tables.get(keys.prediction(prediction_id))
        if guard is None:
            return None
        found = await self._at(keys.take(str(guard["job_id"]), str(guard["take_id"])))
        return None if found is None else found.noun

    async def _lookup(self, take_id: str) -> Found[Take] | None:
        job_id = self._jobs.get(take_id)
        if job_id is None:
            pointer = await self._tables.get(keys.take_pointer(take_id))
            if pointer is None:
                return None
            job_id = self._jobs.keep(take_id, str(pointer["job_id"]))
        return await self._at(keys.take(job_id, take_id))

    async def _at(self, key: Key) -> Found[Take] | None:
        item = await self._tables.get(key)
        return None if item is None else Found.of(TAKES, item)

    async def _guard(self, take: Take, token: str) -> list[Change]:
        """What makes a take's prediction its own; nothing where it is already. Raises Conflict."""
        if take.prediction_id is None:
            return []
        key = keys.prediction(take.prediction_id)
        there = await self._tables.get(key)
        if there is None:
            belongs: dict[str, Value] = {"token": token, "job_id": take.job_id, "take_id": take.id}
            return [put(key, belongs, seen=None)]
        if there["take_id"] == take.id:
            return []
        raise Conflict(f"prediction {take.prediction_id} belongs to another take", code="prediction_taken")

    async def _entry(self, entry: LedgerEntry, token: str) -> list[Change]:
        there = await self._tables.get(keys.entry(entry.job_id, entry.id))
        return [] if there is not None else usage.enter(entry, token)


def _put(take: Take, token: str, seen: Item | None) -> Change:
    values: dict[str, Value] = {"token": token, "document": document(take), "status": take.status.value}
    if take.prediction_id is not None:
        values["prediction_id"] = take.prediction_id
    return put(keys.take(take.job_id, take.id), values, seen=seen)
