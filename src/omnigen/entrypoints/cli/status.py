"""`omnigen status`: what runs, and where."""

import json
from typing import Any

import click
import httpx

from omnigen.entrypoints.cli import package_version, show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import CliError, NothingRuns
from omnigen.entrypoints.cli.options import json_option, target_options
from omnigen.entrypoints.cli.stack import Local, Place, Target
from omnigen.entrypoints.http.usage import UsageView


@click.command
@json_option("The content of run.json, access token included.")
@target_options
def command(*, target: Target, as_json: bool) -> None:
    """Show what runs: addresses, health, versions, jobs on their way. Exits with 1 when nothing does."""
    place = target.find()
    if place is None:
        raise NothingRuns(f"nothing runs on {target.folder}; `make emulate` starts OmniGen")
    if as_json:
        told = place.run if isinstance(place, Local) else {"api_url": place.api_url}
        click.echo(json.dumps(told, indent=1))
        return
    shown = show.table("what", "where", "how", flexible="where")
    for row in _rows(place):
        shown.add_row(*row)
    out = show.console()
    out.print(
        f"OmniGen {package_version()} on {target.folder if isinstance(place, Local) else place.api_url}"
    )
    out.print(shown)
    out.print(_work(place))


def _rows(place: Place) -> list[tuple[str, str, str]]:
    rows = [
        ("API", place.api_url, answers(f"{place.api_url}/health")),
        ("ready", f"{place.api_url}/ready", answers(f"{place.api_url}/ready")),
    ]
    return [*rows, *_local_rows(place.run)] if isinstance(place, Local) else rows


def _local_rows(run: dict[str, Any]) -> list[tuple[str, str, str]]:
    fake = run.get("replicate") == "fake"
    models = answers(f"{run['replicate_url']}/_emulator/health") if fake else "the real one, for real money"
    return [
        ("app", run["app_url"], f"{run['user']}; its password is in run.json"),
        ("docs", run["docs_url"], ""),
        ("sign-in", run["token_url"].partition("/oauth2")[0], answers(run["jwks_url"])),
        ("models", run["replicate_url"], models),
        ("assets", run["s3_url"], answers(run["s3_url"])),
        *(
            (f"{name} log", child["log"], f"process {child['pid']}")
            for name, child in run["children"].items()
        ),
    ]


def answers(url: str) -> str:
    """Whether somebody answers there, in words."""
    try:
        answer = httpx.get(url, timeout=3, trust_env=False)
    except httpx.HTTPError as error:
        return f"does not answer ({type(error).__name__})"
    # The asset store refuses whoever doesn't sign; that it does shows that it is there.
    return (
        "answers" if answer.status_code < 400 or answer.status_code == 403 else f"says {answer.status_code}"
    )


def _work(place: Place) -> str:
    try:
        with Api(place) as api:
            active = api.get("/api/v1/usage", UsageView, periods=1).active
    except CliError as error:
        return f"jobs on their way: unknown ({error.message})"
    return f"jobs on their way: {active}"
