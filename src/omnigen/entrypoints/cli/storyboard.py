"""`omnigen storyboard`: the plan and its price, before anything is spent."""

from typing import Any

import click

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.options import PROMPT, brief_options, json_option, target_options
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.cli.wish import Wish


@click.command
@click.argument("prompt", type=PROMPT)
@brief_options
@json_option("Print the storyboard as `omnigen render --storyboard FILE` reads it.")
@target_options
def command(*, target: Target, prompt: str, as_json: bool, **options: Any) -> None:
    """Plan a video of a PROMPT, and price it. Spends nothing."""
    wish = Wish.of(prompt, None, options)
    with reached(target, working=False) as place, Api(place) as api:
        draft = wish.draft(api)
    if as_json:
        show.print_json(draft.storyboard)
    else:
        show.storyboard(show.console(), draft.storyboard, draft.estimate)
