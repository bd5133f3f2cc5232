"""What a store of jobs must do, said once more and as plainly as can be, for the machine to compare with."""

from datetime import datetime
from typing import Final

from attrs import evolve

from omnigen.domain.idempotency import IdempotencyRecord
from omnigen.domain.job import Job, SceneState
from omnigen.domain.quota import EntryKind, LedgerEntry, Reservation, ReservationStatus, Usage, period_of
from omnigen.domain.take import Take
from omnigen.ports.outbox import REMEMBERED
from omnigen.ports.uploads import Upload
from tests.builders import NOW, PLENTY

QUOTA: Final = evolve(PLENTY, videos=4, spend=1000, concurrent=3)
PERIOD: Final = period_of(NOW)


class Model:
    """All that is stored. Each write answers "ok", "replay" or the name of an error."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.ended: list[Reservation] = []
        self.scenes: dict[tuple[str, int, int], SceneState] = {}
        self.records: dict[tuple[str, str], IdempotencyRecord] = {}
        self.takes: dict[str, Take] = {}
        self.entries: dict[str, LedgerEntry] = {}
        self.uploads: dict[str, Upload] = {}
        self.deliveries: dict[str, datetime] = {}

    def active(self, owner: str) -> int:
        return sum(j.owner == owner and not j.ended for j in self.jobs.values())

    def usage(self, owner: str) -> Usage:
        held = [j.revision.reservation for j in self.jobs.values() if not j.ended and j.owner == owner]
        over = [r for r in self.ended if r.owner == owner]
        return Usage(
            owner=owner,
            period=PERIOD,
            held_videos=sum(r.videos for r in held),
            held_amount=sum(r.amount for r in held),
            settled_videos=sum(r.videos for r in over if r.status is ReservationStatus.SETTLED),
            settled_amount=sum(r.settled_amount for r in over) + self.beside(owner),
        )

    def beside(self, owner: str) -> int:
        """What moved besides the reservations; our own losses are only written down."""
        own = (e for e in self.entries.values() if e.owner == owner)
        return sum(e.amount for e in own if e.kind is not EntryKind.LOST)

    def accept(self, job: Job, scenes: tuple[SceneState, ...], record: IdempotencyRecord | None) -> str:
        if record is not None:
            known = self.records.get((job.owner, record.key))
            if known is not None and known.expires_at > job.updated_at:
                return "replay" if known.fingerprint == record.fingerprint else "KeyReused"
        if refusal := self._follows(job) or self._room(job):
            return refusal
        self.jobs[job.id] = job
        self.scenes |= {(s.job_id, s.revision, s.number): s for s in scenes}
        if record is not None:
            self.records[job.owner, record.key] = record
        return "ok"

    def _follows(self, job: Job) -> str | None:
        stored = self.jobs.get(job.id)
        if job.version == 1:
            return None if stored is None else "Conflict"
        if stored is None:
            return "NotFound"
        if refusal := _stale(stored, job):
            return refusal
        return None if stored.ended and stored.deleted_at is None else "Conflict"

    def _room(self, job: Job) -> str | None:
        usage, hold = self.usage(job.owner), job.revision.reservation
        videos = usage.held_videos + usage.settled_videos + hold.videos
        left = max(0, QUOTA.spend - usage.held_amount - usage.settled_amount)
        full = hold.videos and videos > QUOTA.videos
        if full or hold.amount > left or self.active(job.owner) >= QUOTA.concurrent:
            return "QuotaExceeded"
        return None

    def update(self, job: Job) -> str:
        stored = self.jobs.get(job.id)
        if stored is None:
            return "NotFound"
        if refusal := _stale(stored, job):
            return refusal
        if stored.ended and stored.revision != job.revision:
            return "Conflict"
        self.jobs[job.id] = job
        return "ok"

    def end(self, job: Job) -> str:
        stored = self.jobs.get(job.id)
        if stored is None:
            return "NotFound"
        if refusal := _stale(stored, job):
            return refusal
        self.jobs[job.id] = job
        self.ended.append(job.revision.reservation)
        return "ok"

    def update_scene(self, scene: SceneState) -> str:
        key = (scene.job_id, scene.revision, scene.number)
        job = self.jobs.get(scene.job_id)
        if job is None:
            return "NotFound"
        if refusal := _stale(self.scenes[key], scene):
            return refusal
        if job.ended or job.revision.number != scene.revision:
            return "Conflict"
        self.scenes[key] = scene
        return "ok"

    def purge(self, job_id: str) -> str:
        job = self.jobs.get(job_id)
        if job is not None and not (job.ended and job.deleted_at):
            return "Conflict"
        self.jobs.pop(job_id, None)
        self.takes = {name: take for name, take in self.takes.items() if take.job_id != job_id}
        return "ok"

    def update_take(self, take: Take, entry: LedgerEntry | None) -> str:
        stored = self.takes.get(take.id)
        if stored is None:
            return "NotFound"
        if refusal := _stale(stored, take):
            return refusal
        rivals = [t for t in self.takes.values() if t.id != take.id and t.prediction_id is not None]
        if any(t.prediction_id == take.prediction_id for t in rivals):
            return "Conflict"
        self.takes[take.id] = take
        if entry is not None:
            self.entries.setdefault(entry.id, entry)
        return "ok"

    def first_time(self, delivery: str, at: datetime) -> bool:
        seen = self.deliveries.get(delivery)
        if seen is not None and seen > at - REMEMBERED:
            return False
        self.deliveries[delivery] = at
        return True

    def update_upload(self, upload: Upload) -> str:
        stored = self.uploads.get(upload.id)
        if stored is None or stored.owner != upload.owner:
            return "NotFound"
        if stored.version != upload.version - 1:
            return "Conflict"
        self.uploads[upload.id] = upload
        return "ok"

    def listed(self, owner: str) -> list[str]:
        own = [j.id for j in self.jobs.values() if j.owner == owner and j.deleted_at is None]
        return sorted(own, reverse=True)


def _stale(stored: Job | SceneState | Take, new: Job | SceneState | Take) -> str | None:
    if new.epoch < stored.epoch:
        return "Superseded"
    return None if new.version == stored.version + 1 else "Conflict"
