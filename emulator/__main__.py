"""`python -m emulator`: everything OmniGen needs on one machine, started, watched and stopped together.

    --data DIR            the data folder (default .omnigen); one run per folder
    --port N|auto         where the API listens (default 8080); everything else takes free ports
    --profile local|aws   which set of adapters: `aws` has AWS parts throughout, on ministack
    --account FILE        with profile `aws`: the account as Terraform says it, by `terraform show -json`, in place
                          of infra/resources.json
    --replicate fake|live `live` asks the real Replicate, with the token in REPLICATE_API_TOKEN: real money
    --replicate-seconds S how long the fake takes to generate (0: at once)
    --replicate-media DIR finished clips for the fake to hand out instead of rendering
    --faults FILE         faults that the fake acts out (emulator/replicate/README.md)
    --no-rate-limits      for load tests
    --reset               empty the data folder first
    --parts A,B           only these of storage, identity, replicate, api, worker ("" for none); with profile
                          `aws`: of aws, identity, replicate, api
    --quiet               no banner and no progress; problems are still said on standard error
    --verbose             show the API's and the worker's log lines
    --ephemeral           end when standard input does: a parent holds a pipe, and its death ends this too

Ready means: run.json is in the data folder (emulator/runfile.py describes it). Ends at SIGINT, SIGTERM
or SIGHUP, status 0; status 1 and one line on standard error where it can't start or go on.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path
from typing import NoReturn

from emulator.errors import EmulatorError
from emulator.ports import free_ports
from emulator.run import Options, run
from emulator.stack import PARTS, Choices

_DESCRIPTION = "Everything OmniGen needs on one machine, started, watched and stopped together."


def main(argv: list[str] | None = None) -> int:
    """Parse, run, and turn every expected failure into one line."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    allowed = PARTS[arguments.profile]
    if unknown := [name for name in arguments.parts or () if name not in allowed]:
        parser.error(
            f"argument --parts: {', '.join(unknown)}: profile {arguments.profile} has {', '.join(allowed)}"
        )
    try:
        asyncio.run(run(_options(arguments)))
    except EmulatorError as error:
        print(f"omnigen: {error}", file=sys.stderr)
        return 1
    return 0


def _options(arguments: argparse.Namespace) -> Options:
    choices = Choices(
        port=arguments.port,
        profile=arguments.profile,
        account=arguments.account,
        replicate=arguments.replicate,
        live_token=os.environ.get("REPLICATE_API_TOKEN", ""),
        seconds=arguments.replicate_seconds,
        faults=arguments.faults,
        media=arguments.replicate_media,
        rate_limits=not arguments.no_rate_limits,
        parts=PARTS[arguments.profile] if arguments.parts is None else arguments.parts,
        environ=dict(os.environ),
    )
    return Options(
        data=arguments.data.expanduser().resolve(),
        choices=choices,
        reset=arguments.reset,
        quiet=arguments.quiet,
        verbose=arguments.verbose,
        ephemeral=arguments.ephemeral,
    )


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage of every flag."""

    def error(self, message: str) -> NoReturn:
        """Print the line and exit with status 2."""
        self.exit(2, f"omnigen: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m emulator", description=_DESCRIPTION)
    add = parser.add_argument
    add("--data", type=Path, default=Path(".omnigen"), metavar="DIR", help="the data folder")
    add("--port", type=_port, default=8080, metavar="N|auto", help="where the API listens")
    add("--profile", choices=tuple(PARTS), default="local", help="which set of adapters")
    add("--account", type=_existing, metavar="FILE", help="what Terraform says of the account")
    add("--replicate", choices=("fake", "live"), default="fake", help="live costs real money")
    add("--replicate-seconds", type=_seconds, metavar="S", help="how long the fake takes to generate")
    add("--replicate-media", type=_existing, metavar="DIR", help="finished clips for the fake to hand out")
    add("--faults", type=_existing, metavar="FILE", help="faults for the fake to act out")
    add("--no-rate-limits", action="store_true", help="for load tests")
    add("--reset", action="store_true", help="empty the data folder first")
    add("--parts", type=_names, metavar="A,B", help="only these of the profile's parts")
    add("--quiet", action="store_true", help="no banner, no progress")
    add("--verbose", action="store_true", help="show the API's and the worker's log lines")
    add("--ephemeral", action="store_true", help="end when standard input does")
    return parser


def _port(text: str) -> int:
    if text == "auto":
        return free_ports(1)[0]
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 1 to 65535 or auto is allowed")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; 0 to 3600 seconds is allowed")
    return seconds


def _existing(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not path.exists():
        raise argparse.ArgumentTypeError(f"{text} does not exist")
    return path


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


if __name__ == "__main__":
    sys.exit(main())
