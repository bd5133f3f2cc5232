"""`omnigen users`: accounts and their tiers, for operators."""

import click
from attrs import asdict

from omnigen.domain.quota import Tier
from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.desk import at_the_desk
from omnigen.entrypoints.cli.errors import NothingRuns
from omnigen.entrypoints.cli.options import is_for_subcommand, json_option, target_options
from omnigen.entrypoints.cli.stack import Target
from omnigen.ports.identity import User


@click.group(invoke_without_command=True)
@json_option("The accounts as a list.")
@target_options
def command(*, target: Target, as_json: bool) -> None:
    """(operators) List the accounts, or move one to another tier."""
    if is_for_subcommand("as_json"):
        return
    _require_running(target)
    found = at_the_desk(target, lambda desk: desk.directory.users())
    if as_json:
        show.print_json([asdict(user) for user in found])
    else:
        _print(found)


def _print(found: list[User]) -> None:
    listed = show.table("address", "tier", "enabled", "id", flexible="address")
    for user in sorted(found, key=lambda u: u.email):
        listed.add_row(show.plain(user.email), user.tier.value, "yes" if user.enabled else "no", user.id)
    show.console().print(listed)


@command.command("tier")
@click.argument("email")
@click.argument("tier", type=click.Choice([t.value for t in Tier]))
@target_options
def set_tier(*, target: Target, email: str, tier: str) -> None:
    """Move the account EMAIL to a TIER. It holds from the user's next token on."""
    _require_running(target)
    user = at_the_desk(target, lambda desk: desk.directory.set_tier(email, Tier(tier)))
    click.echo(f"{user.email} is {user.tier.value} from the next token on")


def _require_running(target: Target) -> None:
    """The sign-in stand-in has the accounts, and it runs with the rest."""
    if target.find() is None:
        raise NothingRuns(f"nothing runs on {target.folder}; `make emulate` starts OmniGen")
