"""`omnigen storyboard`: the plan and its price, before anything is spent."""

from pathlib import Path
from typing import Any

import click

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.options import PROMPT, brief_options, json_option, target_options
from omnigen.entrypoints.cli.saving import check_output
from omnigen.entrypoints.cli.sketches import ANIMATIC, PLAN, draw_animatic, planned, print_plan, say_drawn
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.cli.wish import Wish


@click.command
@click.argument("prompt", type=PROMPT)
@brief_options
@ANIMATIC
@PLAN
@click.option("--force", is_flag=True, help="Overwrite the animatic's file if it is there.")
@json_option("Print the storyboard as `omnigen render --storyboard FILE` reads it.")
@target_options
def command(
    *,
    target: Target,
    prompt: str,
    animatic: Path | None,
    as_plan: bool,
    force: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Plan a video of a PROMPT, and price it. Spends nothing."""
    wish = Wish.of(prompt, None, options)
    path = check_output(animatic, force=force) if animatic else None
    with reached(target, working=False, fresh=True) as place, Api(place) as api:
        draft = wish.draft(api)
        sketch = draw_animatic(api, wish, path, force=force) if path else None
        rendering = planned(api, wish) if as_plan else None
    if as_json:
        show.print_json(rendering or draft.storyboard)
        return
    show.storyboard(show.console(), draft.storyboard, draft.estimate)
    if rendering is not None:
        print_plan(show.console(), rendering, commands=False)
    if sketch is not None and path is not None:
        say_drawn(sketch, path, as_json=False)
