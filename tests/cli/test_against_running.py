"""The command line against an OmniGen that runs."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PROMPT, Omnigen

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("cli")]

SHORT = ("--duration", "5", "--resolution", "480p", "--model", "bytedance/seedance-2.0", "--no-music")


def test_a_prompt_becomes_a_file(there: Omnigen, tmp_path: Path) -> None:
    """Plan and price first, then progress in plain lines, then what came of it; the file is what was made."""
    result = there("render", PROMPT, *SHORT, "-o", "out.mp4")
    assert result.exit_code == 0, result.output
    digest = hashlib.sha256((tmp_path / "out.mp4").read_bytes()).hexdigest()
    assert f"sha256 {digest}" in result.stdout
    assert "\x1b" not in result.output
    lines = result.stdout.splitlines()
    order = [
        next(i for i, line in enumerate(lines) if line.startswith(at))
        for at in ("price:", "job job_", "out.mp4")
    ]
    assert order == sorted(order)
    assert list(tmp_path.glob(".*.part")) == []


def test_programs_get_one_object(there: Omnigen, tmp_path: Path) -> None:
    """And the same key again makes no second video."""
    arguments = ("render", PROMPT, *SHORT, "-o", "out.mp4", "--force", "--key", "the-same", "--json")
    first, second = (json.loads(there(*arguments).stdout) for _ in range(2))
    assert first == second
    assert first["status"] == "succeeded"
    assert (tmp_path / "out.mp4").stat().st_size == first["size"]
    shown = json.loads(there("jobs", "show", first["id"], "--json").stdout)
    assert shown["video"]["sha256"] == first["sha256"]
    assert first["id"] in there("jobs", "--status", "succeeded").stdout
    assert there("jobs", "download", first["id"], "-o", "again.mp4").exit_code == 0
    assert (tmp_path / "again.mp4").read_bytes() == (tmp_path / "out.mp4").read_bytes()
    assert "stored" in there("jobs", "inspect", first["id"]).stdout
    assert "refunded" in there("jobs", "refund", first["id"], "--amount", "0.01", "--yes").stdout
    assert there("jobs", "delete", first["id"]).exit_code == 0
    assert there("jobs", "show", first["id"]).exit_code == 1
    assert there("jobs", "restore", first["id"]).exit_code == 0


def test_a_printed_storyboard_can_be_rendered(there: Omnigen, tmp_path: Path) -> None:
    board = there("storyboard", PROMPT, *SHORT, "--json")
    (tmp_path / "board.json").write_text(board.stdout)
    result = there("render", "--storyboard", "board.json", "-o", "out.mp4", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["duration"] == 5


def test_a_failure_names_scene_code_and_charge(there: Omnigen, tmp_path: Path) -> None:
    result = there("render", "a ship is sinking in the sea", *SHORT, "-o", "out.mp4", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["job"]["status"] == "failed"
    assert told["job"]["error"]["code"] == told["error"]["code"]
    assert "scene 1" in result.stderr
    assert "charged" in result.stderr
    assert not (tmp_path / "out.mp4").exists()


def test_too_dear_is_refused_before_anything_is_made(there: Omnigen) -> None:
    result = there("render", PROMPT, *SHORT, "--max-cost", "0.01", "-o", "out.mp4")
    assert result.exit_code == 2
    assert "--max-cost is $0.01; this may cost $" in result.stderr


def test_interrupted_means_cancelled(running: dict[str, Any], tmp_path: Path) -> None:
    """Ctrl-C has the job cancelled, waits for that, and says what it cost."""
    argv = [
        sys.executable,
        "-u",
        "-m",
        "omnigen.entrypoints.cli",
        "render",
        "an endless road at night",
        *SHORT,
    ]
    env = {**os.environ, "OMNIGEN_DATA_DIR": running["data_dir"]}
    process = subprocess.Popen(
        argv, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "generating" in line:
            process.send_signal(signal.SIGINT)
            break
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "was cancelled; it cost $" in said


def test_the_rest_answers(there: Omnigen, running: dict[str, Any]) -> None:
    assert json.loads(there("status", "--json").stdout)["api_url"] == running["api_url"]
    assert running["password"] not in there("status").stdout
    assert "tier pro" in there("usage").stdout
    known = json.loads(there("models", "--json").stdout)["models"]
    shown = there("models").stdout
    assert [model["id"] for model in known if model["id"] not in shown] == [], (
        "an id is broken over two lines"
    )
    assert there("users", "tier", "demo@example.com", "pro").exit_code == 0
    assert "demo@example.com" in there("users").stdout
    doctor = there("doctor")
    assert doctor.exit_code == 0, doctor.output
    for secret in (running["access_token"], running["password"]):
        assert secret not in doctor.output


def test_nobody_runs_so_one_is_started_and_put_away(omnigen: Omnigen, tmp_path: Path) -> None:
    """The job stays in the data folder; nothing stays running."""
    result = omnigen("storyboard", PROMPT, "--json")
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["scenes"]) == 3
    assert (tmp_path / ".omnigen" / "omnigen.db").exists()
    assert omnigen("status").exit_code == 1
    for command in ("inspect", "resume", "refund"):
        flags = ("--yes",) if command == "refund" else ()
        result = omnigen("jobs", command, "job_none", *flags)
        assert (result.exit_code, result.stderr) == (1, "omnigen: job job_none was not found\n")
