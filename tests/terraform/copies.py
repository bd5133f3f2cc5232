"""A copy of what Terraform reads, to be spoilt, and Terraform's own commands on it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
_READ: Final = (
    "infra/terraform",
    "infra/resources.json",
    "src/omnigen/entrypoints/lambdas/pipeline.asl.json",
)
_LOCAL_STATE: Final = 'terraform {\n  backend "local" {}\n}\n'


def copy_of_infra(to: Path) -> Path:
    """Everything, with states beside the roots instead of in a bucket."""
    for name in _READ:
        here = ROOT / name
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        if here.is_dir():
            shutil.copytree(here, to / name, ignore=shutil.ignore_patterns(".terraform*"))
        else:
            shutil.copy(here, to / name)
    for root in ("dev", "prod"):
        (to / "infra/terraform/envs" / root / "backend_override.tf").write_text(_LOCAL_STATE)
    return to


def spoil(copy: Path, file: str, was: str, becomes: str) -> None:
    """Put something else into a file, where it stands first."""
    path = copy / file
    text = path.read_text(encoding="utf-8")
    assert was in text, f"{file} says no longer {was!r}: plant the mistake elsewhere"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")


def terraform(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """One command in a folder, which is made ready first; what it says is in `stdout`, all of it."""
    for step in (("init", "-reconfigure"), command):
        done = subprocess.run(
            ["terraform", step[0], "-no-color", *step[1:]],
            cwd=folder,
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=280,
        )
        if done.returncode != 0:
            break
    return done


@cache
def _environment() -> Mapping[str, str]:
    """Terraform's, with the stand-in for the provider: nothing of a plan needs an account."""
    offline = os.environ.get("TERRAFORM_OFFLINE")
    if not offline:
        pytest.fail("TERRAFORM_OFFLINE is not set; `make infra-check` says where the stand-in is")
    told = subprocess.run(
        ["bash", "-c", 'eval "$("$0/setup.sh")" && env -0', offline],
        capture_output=True, text=True, check=True, timeout=280,
    )  # fmt: skip
    return dict(line.split("=", 1) for line in told.stdout.split("\0") if line)
