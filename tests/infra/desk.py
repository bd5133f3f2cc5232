"""Stand-ins for `aws`, `docker`, `gh` and `terraform`: they write down their calls, and say what they are told to."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.infra.dockerfile import ROOT

STAND_IN: Final = """#!{python}
import json, os, sys
from pathlib import Path
folder = Path(os.environ["STAND_INS"])
called = [Path(sys.argv[0]).name, *sys.argv[1:]]
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps(called) + "\\n")
if any(word in called for word in ("--password-stdin", "/dev/stdin", "-")):
    # Whoever writes it may be the slower of the two.
    with (folder / "piped").open("a") as piped:
        piped.write(json.dumps(sys.stdin.read()) + "\\n")
told = json.loads((folder / "told").read_text())
for words, answers in told.items():
    if " ".join(called).startswith(words):
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        (folder / "told").write_text(json.dumps(told))
        if answer.startswith("!"):
            sys.exit(answer)
        print(answer)
        break
"""


class Desk:
    """Where the stand-ins lie."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("aws", "docker", "gh", "terraform"):
            path = folder / name
            path.write_text(STAND_IN.format(python=sys.executable))
            path.chmod(0o755)

    def run(
        self,
        script: str,
        *argv: str,
        root: Path = ROOT,
        told: Mapping[str, Sequence[str]] | None = None,
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        (self.folder / "told").write_text(json.dumps(told or {}))
        path = f"{self.folder}:{os.environ['PATH']}"
        return subprocess.run(
            [root / "scripts" / script, *argv],
            env={**os.environ, "PATH": path, "STAND_INS": str(self.folder), **environment},
            capture_output=True, text=True, check=False, timeout=60, cwd=self.folder,
        )  # fmt: skip

    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "calls").read_text().splitlines()]

    def piped(self) -> list[str]:
        """What they were told by a pipe, one after the other."""
        return [json.loads(line) for line in (self.folder / "piped").read_text().splitlines()]

    def words(self) -> list[str]:
        return [" ".join(call[:3]) for call in self.calls()]
