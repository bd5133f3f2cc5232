"""What came of the comparison: check by check, for a reader and for a file."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from emulator.replicate.verify.shapes import Missed, Seen, as_json, differences


class Verdict(StrEnum):
    """What can be said of a check."""

    SAME = "same"
    DIFFERS = "differs"
    UNCHECKED = "couldn't check"


_COLOURS: Final = {Verdict.SAME: "green", Verdict.DIFFERS: "bold red", Verdict.UNCHECKED: "yellow"}


@frozen(kw_only=True)
class Finding:
    """One check on both sides."""

    name: str
    verdict: Verdict
    how: tuple[str, ...]
    real: Seen | Missed
    fake: Seen | Missed


def compare(real: Mapping[str, Seen | Missed], fake: Mapping[str, Seen | Missed]) -> list[Finding]:
    """The findings, in the order of the script."""
    return [_finding(name, seen, fake[name]) for name, seen in real.items()]


def _finding(name: str, real: Seen | Missed, fake: Seen | Missed) -> Finding:
    if isinstance(real, Missed) or isinstance(fake, Missed):
        sides = {"real": real, "fake": fake}
        why = tuple(f"{side}: {seen.why}" for side, seen in sides.items() if isinstance(seen, Missed))
        return Finding(name=name, verdict=Verdict.UNCHECKED, how=why, real=real, fake=fake)
    how = tuple(differences(real, fake))
    verdict = Verdict.DIFFERS if how else Verdict.SAME
    more = sorted(real.fields.keys() - fake.fields.keys())
    # No difference: the fake lets fields pass that it doesn't know.
    also = (f"the real one also takes {', '.join(more)}",) if more else ()
    return Finding(name=name, verdict=verdict, how=how + also, real=real, fake=fake)


def show(findings: Sequence[Finding], console: Console) -> None:
    """A table, and the sum of it in a line."""
    table = Table("check", "verdict", "how", title="Replicate, and its fake", title_justify="left")
    for finding in findings:
        colour = _COLOURS[finding.verdict]
        how = escape("\n".join(finding.how))
        table.add_row(escape(finding.name), f"[{colour}]{finding.verdict}[/]", how)
    console.print(table)
    counts = {verdict: sum(f.verdict is verdict for f in findings) for verdict in Verdict}
    console.print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))


def write(findings: Sequence[Finding], path: Path, about: Mapping[str, Any]) -> None:
    """The same as JSON, with the shapes of both sides."""
    checks = [
        {
            "check": f.name,
            "verdict": f.verdict,
            "how": f.how,
            "real": as_json(f.real),
            "fake": as_json(f.fake),
        }
        for f in findings
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**about, "checks": checks}, indent=1), encoding="utf-8")
