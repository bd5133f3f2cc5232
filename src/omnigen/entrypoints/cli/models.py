"""`omnigen models`: models to choose from."""

from typing import Final

import click
from rich.console import Console

from omnigen.domain.catalogue import TakeKind, Unit
from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.options import json_option, target_options
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.http.models import CatalogueView, ModelView

_UNITS: Final = {Unit.SECOND: "a second", Unit.RUN: "each", Unit.THOUSAND_CHARACTERS: "a 1000 characters"}


@click.command
@json_option("The catalogue as the API tells it.")
@target_options
def command(*, target: Target, as_json: bool) -> None:
    """Show the models, with the lengths and shapes that they can make and their prices."""
    with reached(target, working=False, fresh=True) as place, Api(place) as api:
        known = api.get("/api/v1/models", CatalogueView)
    if as_json:
        show.print_json(known)
    else:
        _print(show.console(), known)


def _print(out: Console, known: CatalogueView) -> None:
    shown = show.table("model", "makes", "seconds", "shapes", "sizes", "price", right=("price",))
    shown.columns[0].no_wrap = True  # an id is there to be copied
    for model in known.models:
        shown.add_row(
            f"{model.id}{' *' if model.default else ''}", model.kind.value, _seconds(model),
            " ".join(r.value for r in model.aspect_ratios) or "-",
            " ".join(r.value for r in model.resolutions) or "-", _price(model),
        )  # fmt: skip
    out.print(shown)
    out.print(f"* is taken where none is named; prices of {known.dated}")
    out.print(
        "a video is made by a model of videos, or, much cheaper, by one of stills, which are moved over"
    )


def _price(model: ModelView) -> str:
    return f"{show.dollars(model.price.amount)} {_UNITS[model.price.unit]}"


def _seconds(model: ModelView) -> str:
    return "any" if model.kind is TakeKind.STILL else _lengths(model.clip_seconds)


def _lengths(seconds: list[int]) -> str:
    """`4, 6, 8`, or `3 to 15` where none is left out."""
    if not seconds:
        return "-"
    if len(seconds) > 2 and seconds == list(range(seconds[0], seconds[-1] + 1)):
        return f"{seconds[0]} to {seconds[-1]}"
    return ", ".join(str(s) for s in seconds)
