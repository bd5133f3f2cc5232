"""`python -m emulator.replicate.verify`: compares the real Replicate with the fake, for the price of one clip.

    --base-url URL   the service to compare with (https://api.replicate.com); without /v1
    --model ID       the video model that makes the clip; by default the one whose shortest clip costs least
    --max-cost USD   ask for nothing that may cost more (1)
    --cancel         also make a second clip and cancel it at once, which may cost as much again
    --yes            don't ask before spending
    --report FILE    where the report goes, as JSON (build/verify-replicate.json)

The token is in REPLICATE_API_TOKEN, other prices may be in OMNIGEN_CATALOGUE. Status 0 where all is the same,
1 where something differs or couldn't be checked, 2 where nothing was asked for. It runs by hand, never in CI.
"""

import argparse
import asyncio
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NoReturn
from urllib.parse import urlsplit

from attrs import evolve
from rich.console import Console

from emulator.replicate.serving import serving
from emulator.replicate.settings import LOOPBACK, Options
from emulator.replicate.studio import Studio
from emulator.replicate.verify.findings import Finding, Verdict, compare, show, write
from emulator.replicate.verify.script import Plan, Visit
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import Catalogue, Micros, Model, TakeKind
from omnigen.domain.errors import OmniGenError
from omnigen.domain.pricing import price_of

REAL: Final = "https://api.replicate.com"
FAKE_SECONDS: Final = 1.4
"""Longer than the second that `Prefer: wait=1` asks for, so that both are seen at work."""


class Declined(Exception):
    """Nothing was asked for, and this is why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """In one line."""
        self.exit(2, f"verify: {message}\n")


def main(
    argv: list[str] | None = None,
    *,
    environ: Mapping[str, str] = os.environ,
    ask: Callable[[str], str] = input,
    studio: Studio | None = None,
) -> int:
    """The exit status. `ask` puts the question about money, `studio` renders for the fake."""
    arguments = _parser().parse_args(argv)
    try:
        token = _token(environ)
        plan = _plan(arguments, environ)
        most = most_of(plan)
        _check_money(arguments, plan, most, ask)
        findings = asyncio.run(_compare(arguments.base_url, token, plan, studio))
    except Declined as why:
        print(f"verify: {why}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("verify: stopped; what was running was cancelled", file=sys.stderr)
        return 2
    show(findings, Console())
    about = {
        "base_url": arguments.base_url,
        "at": datetime.now(UTC).isoformat(),
        "model": plan.model.id,
        "at_most_micros": most,
    }
    write(findings, arguments.report, about)
    print(f"The report: {arguments.report}")
    return 0 if all(finding.verdict is Verdict.SAME for finding in findings) else 1


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m emulator.replicate.verify", description="Compares the real Replicate with the fake."
    )
    add = parser.add_argument
    add(
        "--base-url", type=_address, default=REAL, metavar="URL", help=f"the service to compare with ({REAL})"
    )
    add("--model", metavar="ID", help="makes the clip; by default the one whose shortest clip costs least")
    add("--max-cost", type=_dollars, default=1_000_000, metavar="USD", help="ask for nothing dearer (1)")
    add("--cancel", action="store_true", help="also cancel a second clip; may cost as much again")
    add("--yes", action="store_true", help="don't ask before spending")
    add("--report", type=Path, default=Path("build/verify-replicate.json"), metavar="FILE", help="JSON")
    return parser


def _address(text: str) -> str:
    """The token goes there: only encrypted, or nowhere."""
    url = urlsplit(text)
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname in (*LOOPBACK, "localhost")):
        raise argparse.ArgumentTypeError(f"{text!r} is neither https nor on this machine")
    return text.rstrip("/").removesuffix("/v1")


def _dollars(text: str) -> Micros:
    try:
        micros = round(float(text) * 1_000_000)
    except (ValueError, OverflowError):
        micros = -1
    if micros < 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount of dollars")
    return micros


def _token(environ: Mapping[str, str]) -> str:
    token = environ.get("REPLICATE_API_TOKEN", "").strip()
    if not token:
        raise Declined("REPLICATE_API_TOKEN is not set; it needs your Replicate token")
    if not (token.isascii() and token.isprintable()):
        raise Declined("REPLICATE_API_TOKEN has characters that no token has")
    return token


def _plan(arguments: argparse.Namespace, environ: Mapping[str, str]) -> Plan:
    try:
        named = environ.get("OMNIGEN_CATALOGUE")
        catalogue = load_catalogue(Path(named) if named else None)
        model = catalogue.find(arguments.model, TakeKind.VIDEO) if arguments.model else cheapest(catalogue)
    except OmniGenError as error:
        raise Declined(error.message) from error
    return Plan(catalogue=catalogue, model=model, cancels=arguments.cancel)


def cheapest(catalogue: Catalogue) -> Model:
    """The video model whose shortest clip costs least."""
    return min((m for m in catalogue.models if m.kind is TakeKind.VIDEO), key=_shortest)


def _shortest(model: Model) -> Micros:
    return price_of(model, seconds=model.seconds[0])


def most_of(plan: Plan) -> Micros:
    """The most that the script can cost, by the price table."""
    return _shortest(plan.model) * (2 if plan.cancels else 1)


def _check_money(arguments: argparse.Namespace, plan: Plan, most: Micros, ask: Callable[[str], str]) -> None:
    """Raises Declined."""
    clips = "two clips" if plan.cancels else "one clip"
    print(
        f"{clips} of {plan.model.seconds[0]} s by {plan.model.id} at {arguments.base_url}: "
        f"${most / 1e6:.2f} at most, by the prices of {plan.catalogue.dated}"
    )
    if most > arguments.max_cost:
        raise Declined(
            f"that is more than --max-cost, ${arguments.max_cost / 1e6:.2f}; nothing was asked for"
        )
    try:
        agreed = arguments.yes or ask("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        agreed = False
    if not agreed:
        raise Declined("not agreed to; nothing was asked for")


async def _compare(base: str, token: str, plan: Plan, studio: Studio | None) -> list[Finding]:
    own = f"r8_{secrets.token_hex(16)}"
    near = evolve(plan, poll=0.2)
    with TemporaryDirectory(prefix="omnigen-verify-") as folder:
        options = Options(state_dir=Path(folder), seconds=FAKE_SECONDS, token=own)
        async with (
            serving(options, studio=studio) as fake_url,
            Visit(base, token, plan if base.startswith("https:") else near) as real,
            Visit(fake_url, own, near) as fake,
        ):
            seen = await asyncio.gather(real.run(_say), fake.run())
    return compare(*seen)


def _say(check: str) -> None:
    print(f"  {check}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
