"""`omnigen jobs`: the user's jobs; those that make next revisions are in revisions.py, the operator's in desk.py."""

from pathlib import Path

import click

from omnigen.domain.job import JobStatus, SidecarKind
from omnigen.entrypoints.cli import desk, revisions, show, sketches
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import WrongUsage
from omnigen.entrypoints.cli.folders import check_folder, export, save_all, save_one, say_saved
from omnigen.entrypoints.cli.following import has_ended
from omnigen.entrypoints.cli.interrupts import Interrupts
from omnigen.entrypoints.cli.options import is_for_subcommand, json_option, target_options
from omnigen.entrypoints.cli.outcome import cancelled, require_success, say_ended, summary, watch
from omnigen.entrypoints.cli.saving import check_output, file_name, save
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.http.views import JobView


@click.group(invoke_without_command=True)
@click.option("--status", type=click.Choice([s.value for s in JobStatus]), help="Only those.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="The newest ones.")
@json_option("The jobs as the API tells them.")
@target_options
def command(*, target: Target, status: str | None, limit: int, as_json: bool) -> None:
    """List your jobs, newest first; or do something about one of them."""
    if is_for_subcommand("status", "limit", "as_json"):
        return
    with reached(target, working=False) as place, Api(place) as api:
        found = list(api.jobs(status=status, limit=limit))
    if as_json:
        show.print_json(found)
    elif found:
        _print_list(found)
    else:
        click.echo("no jobs" if status is None else f"no jobs are {status}")


def _print_list(found: list[JobView]) -> None:
    listed = show.table(
        "job",
        "status",
        "done",
        "title",
        "length",
        "cost",
        "age",
        right=("done", "length", "cost"),
        flexible="title",
    )
    for job in found:
        listed.add_row(
            job.id, show.status(job), f"{job.progress:.0%}", show.plain(job.title), show.seconds(job.duration),
            show.dollars(job.cost), show.age(job.created_at),
        )  # fmt: skip
    show.console().print(listed)


@command.command("show")
@click.argument("job_id")
@json_option("The job as the API tells it.")
@target_options
def show_one(*, target: Target, job_id: str, as_json: bool) -> None:
    """Show one job: its scenes, what they cost, and what came of it."""
    with reached(target, working=False) as place, Api(place) as api:
        job = api.job(job_id)
    if as_json:
        show.print_json(job)
    else:
        _print_job(job)


@command.command
@click.argument("job_id")
@json_option("Tell the outcome as one JSON object.")
@target_options
def cancel(*, target: Target, job_id: str, as_json: bool) -> None:
    """Stop a job, wait until it has stopped, and say what it cost."""
    with reached(target, working=True) as place, Api(place) as api, Interrupts() as interrupts:
        job = cancelled(api, api.cancel(job_id), interrupts)
    if as_json:
        show.print_json(summary(job))
    else:
        click.echo(f"{job.id} is {job.status.value}; it cost {show.dollars(job.cost)}")


@command.command("watch")
@click.argument("job_id")
@json_option("Tell the outcome as one JSON object.")
@target_options
def watch_one(*, target: Target, job_id: str, as_json: bool) -> None:
    """Follow a job to its end. Ctrl-C leaves it alone."""
    out = show.console(as_json=as_json)
    with reached(target, working=True) as place, Api(place) as api, Interrupts() as interrupts:
        job = watch(api, api.job(job_id), out, interrupts, cancels=False)
    require_success(job)
    say_ended(job, None, as_json=as_json)


@command.command
@click.argument("job_id")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to; named by the title if missing."
)
@click.option(
    "--file",
    "kind",
    type=click.Choice(list(SidecarKind)),
    help="Only this file beside the video, not the video.",
)
@click.option(
    "--all",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="The video and every file beside it, into this folder.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@json_option("Tell the outcome as one JSON object.")
@target_options
def download(
    *,
    target: Target,
    job_id: str,
    output: Path | None,
    kind: str | None,
    folder: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Save the finished video of a job here, or what lies beside it."""
    if folder and (output or kind):
        raise WrongUsage("--all does not go with --output or --file; it takes everything")
    path = check_output(output, force=force) if output else None
    into = check_folder(folder, "--all") if folder else None
    with reached(target, working=False) as place, Api(place) as api:
        job = api.job(job_id)
        if into:
            return say_saved(job.id, save_all(api, job, into, force=force), as_json=as_json)
        if kind:
            return say_saved(job.id, [save_one(api, job, kind, path, force=force)], as_json=as_json)
        path = path or check_output(file_name(job.title), force=force)
        save(api, job, path, force=force)
    return say_ended(job, path, as_json=as_json)


@command.command
@click.argument("job_id")
@target_options
def delete(*, target: Target, job_id: str) -> None:
    """Hide a job at once; it is purged, with its files, after a day."""
    with reached(target, working=False) as place, Api(place) as api:
        api.delete(job_id)
    click.echo(f"{job_id} is deleted; within a day `omnigen jobs restore {job_id}` brings it back")


@command.command
@click.argument("job_id")
@target_options
def restore(*, target: Target, job_id: str) -> None:
    """Bring a deleted job back."""
    with reached(target, working=False) as place, Api(place) as api:
        job = api.restore(job_id)
    click.echo(f"{job.id} is back ({job.status.value})")


for others in (export, *revisions.COMMANDS, *sketches.COMMANDS, *desk.COMMANDS):
    command.add_command(others)


def _print_job(job: JobView) -> None:
    out = show.console()
    out.print(f"{show.plain(job.title)}", style="bold")
    facts = [job.id, f"revision {job.revision}", job.status.value, job.stage, f"{job.progress:.0%}"]
    out.print(", ".join(facts), soft_wrap=True)
    shape = f"{show.seconds(job.duration)}, {job.aspect_ratio.value}, {job.resolution.value}, {job.model}"
    out.print(f"{shape}; {show.price(job.estimate)}; cost so far {show.dollars(job.cost)}", soft_wrap=True)
    scenes = show.table(
        "#",
        "status",
        "done",
        "seconds",
        "cost",
        "takes",
        "what it shows",
        right=("#", "done", "seconds", "cost", "takes"),
        flexible="what it shows",
    )
    for s in job.scenes:
        scenes.add_row(
            str(s.number), s.status.value, f"{s.progress:.0%}", f"{s.duration:g}", show.dollars(s.cost),
            str(len(s.takes)), show.plain(s.error.message if s.error else s.prompt or ""),
        )  # fmt: skip
    out.print(scenes)
    for take in job.takes:
        out.print(f"{take.kind.value}: {take.model}, {take.status.value}, {show.dollars(take.cost)}")
    _print_ending(job)


def _print_ending(job: JobView) -> None:
    out = show.console()
    if job.note:
        out.print(f"note: {show.plain(job.note)}", soft_wrap=True)
    if job.error:
        out.print(f"failed: {show.plain(job.error.message)} ({job.error.code})", style="red", soft_wrap=True)
    if job.video:
        v = job.video
        out.print(
            f"video: {v.width}x{v.height}, {v.frames} frames, {show.size(v.size)}, sha256 {v.sha256}",
            soft_wrap=True,
        )
        out.print(f"beside it: {', '.join(one.name for one in v.files)}", soft_wrap=True)
    if not has_ended(job):
        out.print(f"it ends by {job.deadline:%Y-%m-%d %H:%M} UTC, whatever happens")
