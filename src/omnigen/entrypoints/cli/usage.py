"""`omnigen usage`: the tier, and what has been used of it, month by month."""

import click
from rich.console import Console
from rich.text import Text

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.options import json_option, target_options
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.http.usage import MonthView, UsageView

_BAR = 20


@click.command
@click.option("--periods", type=click.IntRange(1, 36), default=6, show_default=True, help="Months.")
@json_option("As the API tells it.")
@target_options
def command(*, target: Target, periods: int, as_json: bool) -> None:
    """Show your tier, its limits, and your videos and money by month."""
    with reached(target, working=False) as place, Api(place) as api:
        usage = api.get("/api/v1/usage", UsageView, periods=periods)
    if as_json:
        show.print_json(usage)
    else:
        _print(show.console(), usage)


def _print(out: Console, usage: UsageView) -> None:
    limits = usage.limits
    out.print(
        f"tier {usage.tier.value}: {limits.videos} videos and {show.dollars(limits.spend)} a month, "
        f"up to {limits.seconds} s each, {limits.concurrent} at once, {limits.requests} requests a minute",
        soft_wrap=True,
    )
    shown = show.table("month", "videos", "", "money", "", "held", right=("held",))
    for month in usage.months:
        videos, spent = month.held_videos + month.settled_videos, month.held.micros + month.settled.micros
        shown.add_row(
            month.period,
            bar(videos, limits.videos), f"{videos} of {limits.videos}",
            bar(spent, limits.spend.micros), f"${spent / 1e6:.2f} of {show.dollars(limits.spend)}",
            _held(month),
        )  # fmt: skip
    out.print(shown)
    out.print(f"jobs on their way: {usage.active} of {limits.concurrent}")


def bar(used: int, limit: int) -> Text:
    """How much of a limit is used."""
    share = min(1.0, max(0.0, used / limit)) if limit else 1.0
    full = max(round(share * _BAR), 1 if used > 0 else 0)
    style = "red" if share >= 0.9 else "yellow" if share >= 0.7 else "green"
    return Text("█" * full, style).append("░" * (_BAR - full), "dim")


def _held(month: MonthView) -> str:
    return (
        f"{month.held_videos}, {show.dollars(month.held)}" if month.held_videos or month.held.micros else "-"
    )
