"""All that is known of a job, for operators."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Console

from omnigen.domain.job import Job, Revision, SceneState
from omnigen.domain.quota import LedgerEntry
from omnigen.domain.take import Take
from omnigen.entrypoints.cli import show
from omnigen.entrypoints.http.wire import dollars
from omnigen.usecases.operate import Dossier


def show_dossier(out: Console, found: Dossier) -> None:
    """Job, revisions, scenes, takes and ledger entries, as tables."""
    _job(out, found.job)
    _revisions(out, found.revisions)
    _scenes(out, found.scenes)
    _takes(out, found.takes)
    _entries(out, found.entries)


def _job(out: Console, job: Job) -> None:
    out.print(show.plain(job.title), style="bold")
    facts = {
        "job": job.id, "owner": f"{job.owner} ({job.tier.value})", "status": job.status.value,
        "model": f"{job.model}, {job.aspect_ratio.value}, {job.resolution.value}",
        "leg": f"{job.epoch}, taken to be alive until {_at(job.driven_until)}",
        "version": job.version, "created": _at(job.created_at), "updated": _at(job.updated_at),
        "deadline": _at(job.revision.deadline), "deleted": _at(job.deleted_at),
    }  # fmt: skip
    for name, value in facts.items():
        out.print(f"{name:>9}  {value}", soft_wrap=True)


def _revisions(out: Console, revisions: Sequence[Revision]) -> None:
    shown = show.table(
        "revision", "why", "status", "held", "at most", "cost", "ended", "said",
        right=("revision", "at most", "cost"), flexible="said",
    )  # fmt: skip
    for r in revisions:
        held = f"{r.reservation.status.value} {_usd(r.reservation.amount)}"
        said = f"{r.error.code}: {r.error.message}" if r.error else r.note or ""
        shown.add_row(
            str(r.number), r.reason.value, r.status.value, held, _usd(r.estimate.at_most), _usd(r.cost),
            _at(r.ended_at), show.plain(said),
        )  # fmt: skip
    out.print(shown)


def _scenes(out: Console, scenes: Sequence[SceneState]) -> None:
    shown = show.table(
        "scene", "status", "done", "frames", "leg", "version", "updated", "take of the video",
        right=("scene", "done", "frames", "leg", "version"), flexible="take of the video",
    )  # fmt: skip
    for s in scenes:
        take = s.error.message if s.error else s.video_take or "-"
        shown.add_row(
            str(s.number), s.status.value, f"{s.progress:.0%}", str(s.frames), str(s.epoch), str(s.version),
            _at(s.updated_at), show.plain(take),
        )  # fmt: skip
    out.print(shown)


def _takes(out: Console, takes: Sequence[Take]) -> None:
    shown = show.table(
        "of", "kind", "status", "prediction", "model", "try", "sends", "estimate", "cost", "said",
        right=("of", "try", "sends", "estimate", "cost"), flexible="said",
    )  # fmt: skip
    for t in takes:
        of = f"r{t.revision}" + (f".s{t.scene}" if t.scene is not None else "")
        said = f"{t.error_code or ''} {t.error or ''}".strip()
        shown.add_row(
            of, t.kind.value, t.status.value, t.prediction_id or "-", t.model.rpartition("/")[2], str(t.attempt),
            str(t.sends), _usd(t.estimate), _usd(t.cost), show.plain(said),
        )  # fmt: skip
    out.print(shown)


def _entries(out: Console, entries: Sequence[LedgerEntry]) -> None:
    if not entries:
        out.print("no ledger entries beside the reservations")
        return
    shown = show.table("entry", "kind", "amount", "when", "month", "note", right=("amount",), flexible="note")
    for e in entries:
        shown.add_row(e.id, e.kind.value, _usd(e.amount), _at(e.at), e.period, show.plain(e.note))
    out.print(shown)


def _usd(micros: int) -> str:
    return f"-${dollars(-micros)}" if micros < 0 else f"${dollars(micros)}"


def _at(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S}" if when else "-"
