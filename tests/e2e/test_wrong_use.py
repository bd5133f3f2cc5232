"""What goes wrong before anything runs is said in one line that names the way out (more in tests/emulator)."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.ports import HOST
from tests.e2e.stage import staged
from tests.fixtures.emulator import ROOT


def refused(data: Path, *argv: str, **environment: str) -> str:
    """Start it, which must end by itself, soon, with status 1: what it says on standard error."""
    done = subprocess.run(
        argv or (sys.executable, "-m", "emulator", "--data", str(data), "--port", "auto"),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in {1, 2}, done
    assert "Traceback" not in done.stderr
    assert not (data / "run.json").exists()
    return done.stderr


def test_a_port_in_use_by_make(tmp_path: Path) -> None:
    """`make emulate` says which port, and how to choose another."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        said = refused(tmp_path, "make", "emulate", f"PORT={port}", f"DATA={tmp_path / 'data'}")
    ours = [line for line in said.splitlines() if not line.startswith("make")]
    assert ours == [f"omnigen: port {port} is in use; free it, or choose another: make emulate PORT=8123"]


def test_a_second_instance_leaves_the_first_alone(tmp_path: Path) -> None:
    """It says where the first one is; jobs can still be submitted there."""
    with staged(tmp_path / "data", "--replicate-seconds", "600") as stage:
        argv = (sys.executable, "-m", "emulator", "--data", str(stage.data), "--port", "auto")
        done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        [line] = done.stderr.splitlines()
        assert done.returncode == 1
        assert stage.run["api_url"] in line
        brief = {"prompt": "A lighthouse at dusk", "duration": 5}
        assert stage.demo.submit({"brief": brief})["status"] == "queued"


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    """A file that begins like a database and goes on as noise is neither served nor overwritten."""
    data = tmp_path / "data"
    with staged(data):
        pass
    database = data / "omnigen.db"
    intact = database.read_bytes()
    damaged = intact[:100] + os.urandom(len(intact) - 100)
    database.write_bytes(damaged)
    [line] = refused(data).splitlines()
    assert str(database) in line
    assert "damaged" in line
    assert database.read_bytes() == damaged


@pytest.mark.parametrize(("name", "value"), [("OMNIGEN_LOG_LEVEL", "loud"), ("OMNIGEN_JOB_DEADLINE", "soon")])
def test_a_wrong_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    """The variable, its value and what is allowed, once: not again for each process and each attempt."""
    [line] = refused(tmp_path / "data", **{name: value}).splitlines()
    assert name in line
    assert repr(value) in line
    assert "allowed" in line
