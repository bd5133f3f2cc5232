"""The command line: `omnigen render | jobs | storyboard | usage | models | users | status | doctor`.

One module a noun, loaded when it is asked for. Everything but the operator's commands goes through the REST
API, so what works here works for every other client. Whatever goes wrong is one line on standard error and
an exit status: 0 done, 1 failed, 2 wrong usage, 130 cancelled.
"""

import importlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, NoReturn

import click
from attrs import define

from omnigen.entrypoints.cli.errors import CANCELLED, FAILED, OK, WRONG_USAGE, CliError

_COMMANDS: Final = {
    "render": "make a video and save it here",
    "storyboard": "plan a video and price it, without making it",
    "jobs": "list, watch, change, save and delete jobs; for operators: inspect, resume, fail, refund",
    "usage": "your tier, and what you have used of it",
    "models": "models to choose from, with their limits and prices",
    "users": "list accounts and set their tier (for operators)",
    "status": "what runs, and where",
    "doctor": "find out why something doesn't work",
}

_EPILOG: Final = """\
OmniGen is found by .omnigen/run.json, here or in the checkout (--data or OMNIGEN_DATA_DIR name another data
folder); OMNIGEN_API_URL and OMNIGEN_ACCESS_TOKEN reach one elsewhere. Where none runs, a checkout starts one
for the length of the command.

Shell completion: eval "$(_OMNIGEN_COMPLETE=bash_source omnigen)"; bash, zsh and fish are known.
"""


@define
class State:
    """What a command has been asked for, known to whoever reports its failure."""

    debug: bool = False
    as_json: bool = False


def package_version() -> str:
    """The version of this package."""
    try:
        return version("omnigen")
    except PackageNotFoundError:
        return "unknown"


class Cli(click.Group):
    """Loads commands when they are needed, and reports every failure in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """In the order of a user's day."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, from the module of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> NoReturn:
        """Run, and exit with the status that says how it went."""
        state = State()
        given = {name: extra[name] for name in ("complete_var", "windows_expand_args") if name in extra}
        try:
            left = super().main(args, "omnigen", standalone_mode=False, obj=state, **given)
        except (Exception, SystemExit) as error:  # noqa: BLE001  nobody else is left to report it
            sys.exit(_report(error, state))
        sys.exit(left if isinstance(left, int) else OK)


def _report(error: BaseException, state: State) -> int:  # noqa: PLR0911  a table
    if state.debug and not isinstance(error, (SystemExit, click.ClickException)):
        raise error
    match error:
        case SystemExit(code=code):
            return code if isinstance(code, int) else FAILED
        case CliError():
            return _say(error.message, error.code, error.status, state, error.told)
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message(), err=True)
            return WRONG_USAGE
        case click.UsageError():
            return _say(_usage(error), "usage", WRONG_USAGE, state)
        case click.Abort():
            return _say("cancelled", "cancelled", CANCELLED, state)
        case BrokenPipeError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FAILED
        case click.ClickException():
            return _say(error.format_message(), "failed", error.exit_code, state)
    return _say(_unforeseen(error), "internal", FAILED, state)


def _usage(error: click.UsageError) -> str:
    """Say `--duration is 'nan'; ...` where click says `Invalid value for '--duration': is 'nan'; ...`."""
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter):
        named, _, rest = message.removeprefix("Invalid value for ").partition(": ")
        name = named.strip("'[]")
        return f"{name} {rest}" if rest.startswith(("is ", "has ")) else f"{name}: {rest}"
    return f"{message[:1].lower()}{message[1:]}"


def _unforeseen(error: BaseException) -> str:
    from omnigen.domain.errors import OmniGenError  # noqa: PLC0415  only a failure has a use for them
    from omnigen.settings import SettingsError  # noqa: PLC0415

    if isinstance(error, OmniGenError):
        return error.message
    if isinstance(error, (SettingsError, OSError)):
        return str(error)
    return f"this is a bug: {type(error).__name__}: {error} (`omnigen --debug ...` shows where)"


def _say(message: str, code: str, status: int, state: State, told: Mapping[str, Any] | None = None) -> int:
    if state.as_json:
        body = {"error": {"code": code, "message": message}, **(told or {})}
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    click.echo(f"omnigen: {message}", err=True)
    return status


@click.group(
    cls=Cli,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_version(), "--version", prog_name="omnigen", message="%(prog)s %(version)s")
@click.option("--debug", is_flag=True, help="Show the traceback of whatever goes wrong.")
@click.pass_obj
def main(state: State, *, debug: bool) -> None:
    """OmniGen turns a written brief into a finished video."""
    state.debug = debug
