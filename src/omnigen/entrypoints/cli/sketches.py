"""What can be seen before there is a video: the animatic of a wish, the preview of a job, and render plans."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click
import msgspec
from rich.console import Console

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import Refused
from omnigen.entrypoints.cli.options import json_option, target_options
from omnigen.entrypoints.cli.saving import check_output, put
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.cli.wish import Wish, named
from omnigen.entrypoints.http.plans import PlanView, SegmentView
from omnigen.entrypoints.http.requests import WishRequest
from omnigen.entrypoints.http.sketches import SketchView

T = TypeVar("T")

_AGAIN: Final = "asked for again, it is the same"

ANIMATIC = click.option(
    "--animatic",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw it there as timed cards, with transitions and captions; nothing is spent.",
)
PLAN = click.option(
    "--plan", "as_plan", is_flag=True, help="Print how it would be rendered; nothing is rendered or spent."
)


@click.command
@click.argument("job_id")
@click.option("-o", "--output", type=click.Path(path_type=Path), required=True, help="Where to.")
@click.option("--force", is_flag=True, help="Overwrite the file if it is there.")
@json_option("Tell what was saved as one JSON object.")
@target_options
def preview(*, target: Target, job_id: str, output: Path, force: bool, as_json: bool) -> None:
    """Save a small preview of a job: its clips as far as they are there, and cards where they aren't."""
    path = check_output(output, force=force)
    with reached(target, working=False) as place, Api(place) as api:
        sketch = api.preview(job_id)
        _saved(api, sketch, path, force=force)
    say_drawn(sketch, path, as_json=as_json)


@click.command
@click.argument("job_id")
@click.option("--commands", is_flag=True, help="With every command that is run.")
@json_option("The plan as the API tells it.")
@target_options
def plan(*, target: Target, job_id: str, commands: bool, as_json: bool) -> None:
    """Show how a job is rendered: what is copied, what is encoded and why, and what is there already."""
    with reached(target, working=False) as place, Api(place) as api:
        found = api.plan_of(job_id)
    if as_json:
        show.print_json(found)
    else:
        print_plan(show.console(), found, commands=commands)


COMMANDS: Final = (preview, plan)


def draw_animatic(api: Api, wish: Wish, path: Path, *, force: bool) -> SketchView:
    """Draw a wish and save it. Raises CliError."""
    sketch = _asked(lambda: api.animatic(_body(wish)))
    _saved(api, sketch, path, force=force)
    return sketch


def planned(api: Api, wish: Wish) -> PlanView:
    """How a wish would be rendered. Raises CliError."""
    return _asked(lambda: api.plan(_body(wish)))


def print_plan(out: Console, found: PlanView, *, commands: bool) -> None:
    """A line for each segment; below it, if they are wanted, its commands."""
    shown = show.table(
        "#",
        "from",
        "frames",
        "comes in by",
        "state",
        "copied",
        "why not",
        right=("#", "from", "frames"),
        flexible="why not",
    )
    for s in found.segments:
        comes = f"{s.transition.value} {s.overlap}" if s.overlap else s.transition.value
        copied = f"{s.copied.start}-{s.copied.end - 1}" if s.copied else "none"
        row = (
            str(s.number),
            str(s.start),
            str(s.frames),
            comes,
            _state(s),
            copied,
            show.plain(s.reason or ""),
        )
        shown.add_row(*row)
    out.print(shown)
    sizes = f"{found.width}x{found.height}, {found.frames} frames, {found.rate} a second"
    done = sum(s.stored for s in found.segments)
    out.print(f"{sizes}; {done} of {len(found.segments)} segments are there; {found.build}", soft_wrap=True)
    if commands:
        for s in found.segments:
            for command in s.commands:
                out.print(f"\n{show.plain(command.step)}", style="bold")
                out.print(show.plain(" ".join(map(shlex.quote, command.args))), soft_wrap=True)


def _state(segment: SegmentView) -> str:
    if segment.stored:
        return "there"
    return "expected" if segment.expected else "to do"


def _body(wish: Wish) -> bytes:
    return msgspec.json.encode(WishRequest(brief=wish.brief, storyboard=wish.storyboard))


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Refused as error:
        raise named(error) from error


def _saved(api: Api, sketch: SketchView, path: Path, *, force: bool) -> None:
    put(path, lambda file: api.fetch_sketch(sketch, file), _AGAIN, force=force)


def say_drawn(sketch: SketchView, path: Path, *, as_json: bool) -> None:
    """What was saved."""
    if as_json:
        show.print_json({**msgspec.to_builtins(sketch), "path": str(path)})
        return
    sizes = f"{sketch.width}x{sketch.height}, {show.seconds(sketch.duration)}, {show.size(sketch.size)}"
    click.echo(f"{path}: {sizes}")
