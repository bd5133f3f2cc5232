"""The operator's commands about jobs: `omnigen jobs inspect | resume | fail | refund`.

They work on the stores themselves, as the settings name them, so they help while the API is down too.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import click
import msgspec
from attrs import asdict

from omnigen.entrypoints.cli import dossier, show
from omnigen.entrypoints.cli.errors import CliError, WrongUsage
from omnigen.entrypoints.cli.options import DOLLARS, json_option, target_options
from omnigen.entrypoints.cli.stack import Local, Target
from omnigen.entrypoints.http.wire import Money
from omnigen.settings import Profile, Settings
from omnigen.usecases.app import Desk

T = TypeVar("T")


def settings_of(target: Target) -> Settings:
    """Those of the OmniGen that runs on the data folder; where none does, the environment's, on that folder.

    On AWS the stores are not on this machine: the environment alone names them, as it does for the API's tasks.
    """
    place = target.find() if target.api_url is None else None
    if isinstance(place, Local):
        return Settings.from_environment({**os.environ, **place.run["environment"]})
    settings = Settings.from_environment({**os.environ, "OMNIGEN_DATA_DIR": str(target.folder)})
    if settings.profile is Profile.AWS:
        return settings
    target.require_data()
    if not settings.database.exists():
        raise WrongUsage(f"there is no database at {settings.database}; --data names a data folder")
    return settings


def at_the_desk(target: Target, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do something as an operator."""
    # Imported here: it brings every adapter with it.
    from omnigen.container import operating  # noqa: PLC0415

    settings = settings_of(target)

    async def run() -> T:
        async with operating(settings) as desk:
            return await work(desk)

    return asyncio.run(run())


@click.command
@click.argument("job_id")
@json_option("All of it as one JSON object.")
@target_options
def inspect(*, target: Target, job_id: str, as_json: bool) -> None:
    """(operators) Show all that is known of a job: revisions, scenes, takes, ledger."""
    found = at_the_desk(target, lambda desk: desk.jobs.inspect(job_id))
    if as_json:
        show.print_json(msgspec.to_builtins(asdict(found)))
    else:
        dossier.show_dossier(show.console(), found)


@click.command
@click.argument("job_id")
@target_options
def resume(*, target: Target, job_id: str) -> None:
    """(operators) Drive a stuck job on, whoever drives it now."""
    leg = at_the_desk(target, lambda desk: desk.jobs.resume(job_id))
    click.echo(f"{job_id} goes on with leg {leg} as soon as a worker runs")


@click.command
@click.argument("job_id")
@click.option("--reason", default="ended by an operator", show_default=True, help="Told to the user.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@target_options
def fail(*, target: Target, job_id: str, reason: str, yes: bool) -> None:
    """(operators) End a job as failed; what it holds is released, what was spent stays spent."""
    _ask(f"End {job_id} as failed?", yes=yes)
    job = at_the_desk(target, lambda desk: desk.jobs.fail(job_id, reason))
    click.echo(f"{job.id} is {job.status.value}; ${Money.of(job.revision.cost).usd} was spent")


@click.command
@click.argument("job_id")
@click.option("--amount", type=DOLLARS, help="US dollars; all that was spent if missing.")
@click.option("--reason", default="refunded by an operator", show_default=True, help="Kept in the ledger.")
@click.option("-y", "--yes", is_flag=True, help="Don't ask.")
@target_options
def refund(*, target: Target, job_id: str, amount: int | None, reason: str, yes: bool) -> None:
    """(operators) Give the money that a job has spent back to its owner."""
    if amount == 0:
        raise WrongUsage("--amount: 0; more than 0 is allowed")
    asked = "all that was spent" if amount is None else f"${Money.of(amount).usd}"
    _ask(f"Refund {asked} on {job_id}?", yes=yes)
    entry = at_the_desk(target, lambda desk: desk.jobs.refund(job_id, amount, reason))
    click.echo(f"${Money.of(-entry.amount).usd} refunded on {job_id} ({entry.id})")


def _ask(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not os.isatty(0):
        raise CliError(f"{question} say so with --yes", code="not_confirmed", status=2)
    click.confirm(question, abort=True, err=True)


COMMANDS: Final[tuple[Any, ...]] = (inspect, resume, fail, refund)
