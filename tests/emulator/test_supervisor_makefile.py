"""`make` as someone meets it who has just cloned."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fixtures.emulator import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_help_lists_every_target() -> None:
    """A target without a `##` comment would be invisible."""
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE):
        assert re.search(rf"^\s*{target}\s", re.sub(r"\x1b\[\d*m", "", shown), re.MULTILINE), target


def test_ci_runs_what_a_developer_runs() -> None:
    """Nothing is checked in CI that `make check` would not check here."""
    assert "exec make check" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """A PATH on which Python is too old."""
    for name in ("python3", "python3.11"):
        stub = tmp_path / name
        stub.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.8.10"\n[ "$1" != -c ]\n')
        stub.chmod(0o755)
    for tool in ("bash", "rm", "sh"):
        (tmp_path / tool).symlink_to(f"/bin/{tool}")
    return tmp_path


def test_a_python_that_is_too_old_is_one_line(old_python: Path, tmp_path: Path) -> None:
    """It says which one is needed, which one was found, and how to name another."""
    done = subprocess.run(
        ["/bin/bash", "scripts/find-python", str(tmp_path / "venv")],
        cwd=ROOT,
        env={"PATH": str(old_python)},
        capture_output=True,
        text=True,
        check=False,
    )
    [line] = done.stderr.splitlines()
    assert done.returncode == 1
    assert "3.11, 3.12 or 3.13 is needed; found Python 3.8.10" in line
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--port", "0"),
        ("--port", "http"),
        ("--parts", "api,web"),
        ("--profile", "gcp"),
        # On AWS a worker's work is the state machine's.
        ("--profile", "aws", "--parts", "api,worker"),
    ],
)
def test_a_wrong_flag_is_one_line(arguments: tuple[str, ...]) -> None:
    """Without the usage of every other flag."""
    done = subprocess.run(
        [sys.executable, "-m", "emulator", *arguments],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    [line] = done.stderr.splitlines()
    assert line.startswith("omnigen: argument --p")
