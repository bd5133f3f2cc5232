"""Operators work on the stores themselves, wherever these are."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stage import CHEAP_MODEL, Stage

BRIEF = {"prompt": "A lighthouse at dusk.", "duration": 5, "resolution": "480p", "model": CHEAP_MODEL}


def _inspected(job_id: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OMNIGEN_")}
    return subprocess.run(
        [sys.executable, "-m", "omnigen.entrypoints.cli", "jobs", "inspect", job_id, "--json"],
        env=inherited | environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_an_operator_needs_only_what_names_the_stores(
    stage: Stage, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """That is the environment of the API's own processes; on AWS no data folder has to be there."""
    job = stage.demo.submit({"brief": BRIEF})
    environment = dict(stage.run["environment"])
    if request.node.callspec.params["shared"] == "aws":
        environment["OMNIGEN_DATA_DIR"] = str(tmp_path / "not-there")
    told = _inspected(job["id"], environment)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["job"]["id"] == job["id"]
    assert stage.demo.wait(job["id"])["status"] == "succeeded"
    assert not (tmp_path / "not-there").exists()
