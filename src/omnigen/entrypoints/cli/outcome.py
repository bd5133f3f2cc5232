"""Watches a job to its end, and says how it ended: to people, to programs and to the shell."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console

from omnigen.domain.job import JobStatus
from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import CANCELLED, CliError, Refused
from omnigen.entrypoints.cli.following import follow, has_ended
from omnigen.entrypoints.cli.interrupts import Interrupts, Left
from omnigen.entrypoints.cli.progress import display
from omnigen.entrypoints.http.views import JobView


def watch(api: Api, first: JobView, out: Console, interrupts: Interrupts, *, cancels: bool) -> JobView:
    """Show it until it has ended. Where the end is asked for, `cancels` has the job cancelled first."""
    job = first
    try:
        with display(out) as shown:
            for job in follow(api, first, interrupts):
                shown.show(job)
        if interrupts.asked and cancels and not has_ended(job):
            job = _cancelled(api, job, out, interrupts)
    except Left:
        raise _left(job) from None
    return job


def _cancelled(api: Api, job: JobView, out: Console, interrupts: Interrupts) -> JobView:
    out.print(f"cancelling {job.id} (Ctrl-C again leaves at once)")
    with suppress(Refused):  # it has just ended by itself
        job = api.cancel(job.id)
    return cancelled(api, job, interrupts)


def cancelled(api: Api, job: JobView, interrupts: Interrupts) -> JobView:
    """Wait until a job that is being cancelled has ended. Raises Left if the user has no patience."""
    *_, last = follow(api, job, _OnlySecond(interrupts))
    return last


class _OnlySecond(Interrupts):
    """The first request is being acted upon already; the second raises Left by itself."""

    def __init__(self, outer: Interrupts) -> None:
        super().__init__()
        self.changed = outer.changed


def require_success(job: JobView) -> None:
    """Raise CliError, with what it cost, unless the job has succeeded."""
    if job.status is JobStatus.SUCCEEDED:
        return
    told = {"job": summary(job)}
    if job.status is JobStatus.CANCELLED:
        raise CliError(
            f"{job.id} was cancelled; it cost {show.dollars(job.cost)}",
            code="cancelled",
            status=CANCELLED,
            told=told,
        )
    if job.status is JobStatus.FAILED:
        error = job.error
        code = error.code if error else "failed"
        raise CliError(_failure(job), code=code, told=told)
    raise _left(job)


def _failure(job: JobView) -> str:
    error = job.error
    what = show.plain(error.message).rstrip(".") if error else "nobody knows why"
    where = f"scene {error.scene}: " if error and error.scene else ""
    code = f" ({error.code})" if error else ""
    charged = f"{show.dollars(job.cost)} was charged" if job.cost.micros else "nothing was charged"
    retry = f"; `omnigen jobs retry {job.id}` may succeed" if error and error.retryable else ""
    return f"{job.id} failed: {where}{what}{code}; {charged}{retry}"


def _left(job: JobView) -> CliError:
    return CliError(
        f"{job.id} is {job.status.value}; look after it with `omnigen jobs watch {job.id}`",
        code="left",
        status=CANCELLED,
        told={"job": summary(job)},
    )


def summary(job: JobView, path: Path | None = None) -> Mapping[str, Any]:
    """A job as `--json` tells it."""
    video = job.video
    return {
        "id": job.id,
        "revision": job.revision,
        "status": job.status.value,
        "title": job.title,
        "path": str(path) if path else None,
        "duration": video.duration if video else None,
        "frames": video.frames if video else None,
        "width": video.width if video else None,
        "height": video.height if video else None,
        "size": video.size if video else None,
        "sha256": video.sha256 if video else None,
        "cost": msgspec.to_builtins(job.cost),
        "error": msgspec.to_builtins(job.error),
        "note": job.note,
    }


def say_made(out: Console, job: JobView, path: Path) -> None:
    """What came of it, in three lines."""
    video = job.video
    assert video is not None, "a job that has succeeded has a video"
    if job.note:
        out.print(f"note: {show.plain(job.note)}", soft_wrap=True)
    out.print(
        f"{path}  {video.duration:g} s  {video.width}x{video.height}  {show.size(video.size)}  "
        f"{show.dollars(job.cost)}",
        style="bold green",
        soft_wrap=True,
    )
    out.print(f"sha256 {video.sha256}", soft_wrap=True)
    out.print(f"job {job.id}", soft_wrap=True)


def say_ended(job: JobView, path: Path | None, *, as_json: bool) -> None:
    """How a job ended that has succeeded: to programs, or to people."""
    if as_json:
        show.print_json(summary(job, path))
    elif path:
        say_made(show.console(), job, path)
    else:
        cost = show.dollars(job.cost)
        click.echo(f"{job.id} has succeeded; it cost {cost}; `omnigen jobs download {job.id}` saves it")
