"""`omnigen jobs retry | edit | regenerate | takes`: what makes a job's next revision, and what there is to choose from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import uuid4

import click
import msgspec

from omnigen.domain.storyboard import MAX_SEED
from omnigen.domain.take import TakeStatus
from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.changes import change_options, changes
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import Refused
from omnigen.entrypoints.cli.interrupts import Interrupts
from omnigen.entrypoints.cli.options import DOLLARS, json_option, target_options
from omnigen.entrypoints.cli.outcome import require_success, say_ended, watch
from omnigen.entrypoints.cli.render import agree
from omnigen.entrypoints.cli.saving import check_output, save
from omnigen.entrypoints.cli.stack import Place, Target, reached
from omnigen.entrypoints.cli.wish import named, read_as
from omnigen.entrypoints.http.edits import RegenerateRequest, RetryRequest, SceneEdit, StoryboardEdit
from omnigen.entrypoints.http.forecasts import ForecastView, SceneForecastView
from omnigen.entrypoints.http.views import EstimateView, JobView, TakeView
from omnigen.entrypoints.http.wire import dollars
from omnigen.usecases.prospects import Outlook

T = TypeVar("T")

_SAVING: Final = (
    click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="Save the video here once it is made."
    ),
    click.option("--force", is_flag=True, help="Overwrite the file if it is there."),
    click.option("--max-cost", type=DOLLARS, help="Refuse what may cost more, US dollars."),
    click.option("-y", "--yes", is_flag=True, help="Spend real money without asking; needs --max-cost."),
    json_option("Tell the outcome as one JSON object."),
    target_options,
)


def making(command: Callable[..., Any]) -> Callable[..., Any]:
    """What all of them are asked that have something made."""
    for option in reversed(_SAVING):
        command = option(command)
    return command


@click.command
@click.argument("job_id")
@click.option("--placeholders", is_flag=True, help="Have cards stand in for the scenes that failed.")
@making
def retry(
    *,
    target: Target,
    job_id: str,
    placeholders: bool,
    output: Path | None,
    force: bool,
    max_cost: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Try a failed or cancelled job again. Finished takes are kept; only the others are paid for."""
    path = check_output(output, force=force) if output else None
    with reached(target, working=True) as place, Api(place) as api:
        before = api.job(job_id)
        limit = _agreed(place, before.estimate, max_cost, yes=yes)
        body = _body(RetryRequest(placeholders=placeholders, max_cost=limit))
        job = _made(api, lambda key: api.retry(job_id, key, body), as_json=as_json)
        if path:
            save(api, job, path, force=force)
    say_ended(job, path, as_json=as_json)


@click.command
@click.argument("job_id")
@click.option(
    "--storyboard",
    "file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="The storyboard that is wanted, or changes of it, in JSON, as `omnigen jobs show --json` has it.",
)
@change_options
@click.option("--dry-run", is_flag=True, help="Only say what would be made anew, and its price.")
@making
def edit(
    *,
    target: Target,
    job_id: str,
    file: Path | None,
    dry_run: bool,
    output: Path | None,
    force: bool,
    max_cost: int | None,
    yes: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Change the storyboard of a job that has ended. Only what has changed is made and paid for.

    In a FILE, `scenes` are all scenes that are wanted, in order; each says `from` which present one it is, and
    keeps whatever it leaves out.
    """
    path = check_output(output, force=force) if output else None
    read = read_as(StoryboardEdit, file) if file is not None else None
    with reached(target, working=not dry_run) as place, Api(place) as api:
        count = len(api.job(job_id).scenes)
        given["take"] = _full(given["take"], job_id)
        wanted = changes(given, count, None if max_cost is None else dollars(max_cost), read)
        promised = _answered(lambda: api.foretell(job_id, _body(wanted)), file)
        if dry_run and as_json:
            return show.print_json(promised)
        _print_forecast(promised, as_json=as_json)
        if dry_run:
            return None
        limit = _agreed(place, promised.estimate, max_cost, yes=yes)
        body = _body(msgspec.structs.replace(wanted, max_cost=limit))
        job = _made(api, lambda key: _answered(lambda: api.edit(job_id, key, body), file), as_json=as_json)
        if path:
            save(api, job, path, force=force)
    return say_ended(job, path, as_json=as_json)


@click.command
@click.argument("job_id")
@click.argument("scene", type=click.IntRange(1))
@click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Of the new take; another one if missing.")
@click.option("--take", metavar="ID", help="An earlier one, from `omnigen jobs takes`: it costs nothing.")
@making
def regenerate(
    *,
    target: Target,
    job_id: str,
    scene: int,
    seed: int | None,
    take: str | None,
    output: Path | None,
    force: bool,
    max_cost: int | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Have another take of a SCENE made, or choose an earlier one again. Earlier takes are kept."""
    if seed is not None and take is not None:
        raise click.UsageError("--seed and --take are both given; a take has its seed already")
    path = check_output(output, force=force) if output else None
    with reached(target, working=True) as place, Api(place) as api:
        limit = None if max_cost is None else dollars(max_cost)
        if place.real_money and take is None:
            limit = _agreed(place, _price_of_another(api, job_id, scene, seed), max_cost, yes=yes)
        body = _body(RegenerateRequest(seed=seed, take=_full(take, job_id), max_cost=limit))
        job = _made(api, lambda key: api.regenerate(job_id, scene, key, body), as_json=as_json)
        if path:
            save(api, job, path, force=force)
    say_ended(job, path, as_json=as_json)


@click.command
@click.argument("job_id")
@json_option("Takes by scene, as the API tells them.")
@target_options
def takes(*, target: Target, job_id: str, as_json: bool) -> None:
    """List all takes of a job, scene by scene; clips can be chosen again by the names shown here."""
    with reached(target, working=False) as place, Api(place) as api:
        job = api.job(job_id)
    if as_json:
        show.print_json([{"scene": s.number, "takes": s.takes} for s in job.scenes])
        return
    listed = show.table(
        "scene", "take", "kind", "status", "in use", "seed", "seconds", "cost",
        right=("scene", "seed", "seconds", "cost"),
    )  # fmt: skip
    for scene in job.scenes:
        for take in scene.takes:
            listed.add_row(str(scene.number), *_told(take, job_id))
    show.console().print(listed)


def _told(take: TakeView, job_id: str) -> tuple[str, ...]:
    used = "yes" if take.in_use and take.status is TakeStatus.STORED else ""
    seed = "" if take.seed is None else str(take.seed)
    name = take.id.removeprefix(f"{job_id}.")
    return name, take.kind.value, take.status.value, used, seed, str(take.seconds), show.dollars(take.cost)


def _full(take: str | None, job_id: str) -> str | None:
    """A take's id is its job's with a few words behind it: those will do."""
    return take if take is None or take.startswith(job_id) else f"{job_id}.{take}"


def _body(request: msgspec.Struct) -> bytes:
    return msgspec.json.encode(request)


def _agreed(place: Place, estimate: EstimateView, max_cost: int | None, *, yes: bool) -> str | None:
    """The most that it may cost, as the API is told it."""
    limit = agree(place, estimate, max_cost, yes=yes) if place.real_money else max_cost
    return None if limit is None else dollars(limit)


def _price_of_another(api: Api, job_id: str, scene: int, seed: int | None) -> EstimateView:
    """A seed costs what any other does."""
    numbers = range(1, len(api.job(job_id).scenes) + 1)
    other = seed if seed is not None else uuid4().int & MAX_SEED
    wanted = [SceneEdit(source=n, seed=other) if n == scene else SceneEdit(source=n) for n in numbers]
    return api.foretell(job_id, _body(StoryboardEdit(scenes=wanted))).estimate


def _made(api: Api, ask: Callable[[str], JobView], *, as_json: bool) -> JobView:
    """Have it made, and watch it to its end. Ctrl-C cancels it. Raises CliError unless it succeeds."""
    out = show.console(as_json=as_json)
    with Interrupts() as interrupts:
        job = ask(f"cli-{uuid4()}")
        out.print(f"{job.id}, revision {job.revision}: {show.price(job.estimate)}", soft_wrap=True)
        job = watch(api, job, out, interrupts, cancels=True)
    require_success(job)
    return job


def _answered(ask: Callable[[], T], file: Path | None) -> T:
    """The answer. Raises Refused, with the place in the file, or the option, at fault."""
    try:
        return ask()
    except Refused as error:
        if not error.field:
            raise
        if file is None and not error.field.startswith("scenes"):
            raise named(error) from error
        given = "" if file is None or error.field == "max_cost" else "--storyboard: "
        raise Refused(
            f"{given}{error.field}: {error.message}",
            http_status=error.http_status,
            code=error.code,
            field=error.field,
        ) from error


def _print_forecast(promised: ForecastView, *, as_json: bool) -> None:
    out = show.console(as_json=as_json)
    listed = show.table(
        "#", "from", "made", "why", "rendered", "what it shows", right=("#", "from"), flexible="what it shows"
    )
    for scene, board in zip(promised.scenes, promised.storyboard.scenes, strict=True):
        source = "new" if scene.source is None else str(scene.source)
        listed.add_row(
            str(scene.number), source, _makes(scene), ", ".join(scene.why), _again(scene.segment),
            show.plain(board.prompt),
        )  # fmt: skip
    out.print(listed)
    if promised.music is not None and promised.music.outlook is not Outlook.KEPT:
        out.print("music is made anew")
    out.print(show.price(promised.estimate), style="bold", soft_wrap=True)


def _makes(scene: SceneForecastView) -> str:
    made = [
        f"{take.kind.value}{'?' if take.outlook is Outlook.PERHAPS else ''}"
        for take in scene.takes
        if take.outlook is not Outlook.KEPT
    ]
    return ", ".join(made) or ("card" if scene.placeholder else "-")


def _again(outlook: Outlook) -> str:
    return {Outlook.KEPT: "-", Outlook.NEW: "anew", Outlook.PERHAPS: "perhaps"}[outlook]


COMMANDS: Final = (retry, edit, regenerate, takes)
