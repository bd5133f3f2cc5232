"""`omnigen doctor`: find out why something doesn't work."""

import click
from attrs import asdict

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.checks import Finding, Verdict, examine
from omnigen.entrypoints.cli.errors import FAILED, OK
from omnigen.entrypoints.cli.options import json_option, target_options
from omnigen.entrypoints.cli.stack import Target

_STYLES = {Verdict.FINE: "green", Verdict.ODD: "yellow", Verdict.BROKEN: "red"}


@click.command
@json_option("The findings as a list.")
@target_options
def command(*, target: Target, as_json: bool) -> None:
    """Check this machine: each line says what was found, and what to do about it. Exits with 1 if something is broken."""
    findings = []
    out = show.console(as_json=as_json)
    for finding in examine(target):
        findings.append(finding)
        if not as_json:
            out.print(f"{finding.verdict.value:<4}", style=_STYLES[finding.verdict], end=" ")
            out.print(_line(finding), soft_wrap=True)
    if as_json:
        show.print_json([asdict(finding) for finding in findings])
    broken = any(finding.verdict is Verdict.BROKEN for finding in findings)
    click.get_current_context().exit(FAILED if broken else OK)


def _line(finding: Finding) -> str:
    remedy = f" -> {finding.remedy}" if finding.remedy else ""
    return f"{finding.about}: {finding.said}{remedy}"
