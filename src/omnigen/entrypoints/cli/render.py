"""`omnigen render`: from a prompt to an MP4 on this disk."""

import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from rich.console import Console

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import Refused, WrongUsage
from omnigen.entrypoints.cli.folders import check_folder, save_beside
from omnigen.entrypoints.cli.interrupts import Interrupts
from omnigen.entrypoints.cli.logo import Logo, logo_options
from omnigen.entrypoints.cli.options import (
    BRIEF_OPTIONS,
    DOLLARS,
    KEY,
    PROMPT,
    brief_options,
    json_option,
    target_options,
    typed,
)
from omnigen.entrypoints.cli.outcome import require_success, say_made, summary, watch
from omnigen.entrypoints.cli.saving import check_output, file_name, save
from omnigen.entrypoints.cli.sketches import ANIMATIC, PLAN, draw_animatic, planned, print_plan, say_drawn
from omnigen.entrypoints.cli.stack import Place, Target, reached
from omnigen.entrypoints.cli.wish import Wish, named
from omnigen.entrypoints.http.views import EstimateView, JobView
from omnigen.entrypoints.http.wire import dollars


@click.command
@click.argument("prompt", type=PROMPT, required=False)
@brief_options
@click.option(
    "--storyboard",
    "storyboard_file",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="A storyboard in JSON instead of a prompt.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Where to; named by the title if missing."
)
@click.option(
    "--files",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Save what lies beside the video too: poster, captions, sprites, timeline, manifest.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@logo_options
@click.option("--max-cost", type=DOLLARS, help="Refuse what may cost more, US dollars.")
@click.option("-y", "--yes", is_flag=True, help="Spend real money without asking; needs --max-cost.")
@click.option("--key", type=KEY, help="Idempotency key: the same again makes no second video.")
@ANIMATIC
@PLAN
@json_option("Tell the outcome as one JSON object; progress goes to standard error.")
@target_options
def command(
    *,
    target: Target,
    prompt: str | None,
    storyboard_file: Path | None,
    output: Path | None,
    folder: Path | None,
    force: bool,
    max_cost: int | None,
    yes: bool,
    key: str | None,
    animatic: Path | None,
    as_plan: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Make a video of a PROMPT ("-" reads it from standard input), or of a storyboard.

    Shows the plan and its price, then how far it is. Ctrl-C cancels the job and says what it has cost.
    """
    if storyboard_file and (idle := typed(click.get_current_context(), BRIEF_OPTIONS)):
        raise WrongUsage(f"{idle[0]} does not go with --storyboard; write it into the file")
    logo = Logo.of(options)
    wish = Wish.of(prompt, storyboard_file, options)
    if animatic or as_plan:
        _foreseen(target, wish, animatic, as_plan=as_plan, force=force, as_json=as_json)
        return
    path = check_output(output, force=force) if output else None
    into = check_folder(folder, "--files") if folder else None
    out = show.console(as_json=as_json)
    with reached(target, working=True, fresh=True) as place, Api(place) as api:
        draft = wish.draft(api)
        show.storyboard(out, draft.storyboard, draft.estimate)
        if options["planner"] == "llm":
            out.print("the paid planner may write another storyboard, at this price at most")
        path = path or check_output(file_name(draft.storyboard.title or ""), force=force)
        limit = agree(place, draft.estimate, max_cost, yes=yes)
        wish = wish.marked(logo.uploaded(api)) if logo is not None else wish
        job = _made(api, wish.request(limit), key or f"cli-{uuid4()}", out)
        require_success(job)
        save(api, job, path, force=force)
        if into:
            save_beside(api, job, into, force=force)
    say_made(out, job, path)
    if as_json:
        show.print_json(summary(job, path))


def _foreseen(
    target: Target, wish: Wish, animatic: Path | None, *, as_plan: bool, force: bool, as_json: bool
) -> None:
    """What it would be, instead of making it."""
    path = check_output(animatic, force=force) if animatic else None
    with reached(target, working=False, fresh=True) as place, Api(place) as api:
        sketch = draw_animatic(api, wish, path, force=force) if path else None
        rendering = planned(api, wish) if as_plan else None
    if sketch is not None and path is not None:
        say_drawn(sketch, path, as_json=as_json)
    if rendering is not None and as_json:
        show.print_json(rendering)
    elif rendering is not None:
        print_plan(show.console(), rendering, commands=True)


def agree(place: Place, estimate: EstimateView, max_cost: int | None, *, yes: bool) -> int | None:
    """The most that may be spent, micro-dollars. Real money is asked for. Raises WrongUsage, Abort."""
    at_most = estimate.at_most.micros
    if max_cost is not None and at_most > max_cost:
        raise WrongUsage(
            f"--max-cost is ${dollars(max_cost)}; this may cost ${dollars(at_most)}", code="max_cost_exceeded"
        )
    if not place.real_money:
        return max_cost
    if yes:
        if max_cost is None:
            raise WrongUsage(f"--max-cost is missing: --yes needs it (this may cost ${dollars(at_most)})")
        return max_cost
    if not sys.stdin.isatty():
        raise WrongUsage(
            f"this may cost ${dollars(at_most)} of real money; --yes with --max-cost says that it may"
        )
    click.confirm(f"This costs real money, ${dollars(at_most)} at most. Go on?", abort=True, err=True)
    return at_most if max_cost is None else max_cost


def _made(api: Api, body: bytes, key: str, out: Console) -> JobView:
    """From here on Ctrl-C means cancelling, not leaving: what is asked for may already be on its way."""
    with Interrupts() as interrupts:
        try:
            job = api.submit(body, key)
        except Refused as error:
            raise named(error) from error
        out.print(f"job {job.id}")
        return watch(api, job, out, interrupts, cancels=True)
