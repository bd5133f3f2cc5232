"""`python -m emulator` as a user meets it: its lines, its exit codes, its files."""

import json
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from emulator.folder import keep_apart, open_folder
from emulator.ports import HOST
from emulator.runfile import read_run, wait_for_run
from tests.fixtures.emulator import ROOT, emulated

COMMAND = (sys.executable, "-m", "emulator", "--parts", "identity")


def refused(*flags: str, env: dict[str, str] | None = None) -> str:
    """Run the command, which must end at once with status 1 and a single line."""
    done = subprocess.run(
        [*COMMAND, *flags],
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    [line] = done.stderr.splitlines()
    assert line.startswith("omnigen: ")
    return line


@contextmanager
def started(data: Path, *flags: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    argv = [*COMMAND, "--data", str(data), "--port", "auto", *flags]
    pipe = subprocess.PIPE
    process = subprocess.Popen(argv, cwd=ROOT, stdout=pipe, stderr=pipe, stdin=subprocess.DEVNULL, text=True)
    try:
        yield process, wait_for_run(data, timeout_s=30)
    finally:
        process.kill()
        process.communicate()


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    """It names the port and the way out."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        line = refused("--data", str(tmp_path / "data"), "--port", str(port))
    assert f"port {port} is in use" in line
    assert "PORT=8123" in line


def test_a_second_run_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    """It says where the first one is, and does not disturb it, not even with --reset."""
    with emulated(tmp_path / "data", "--parts", "") as run:
        line = refused("--data", str(tmp_path / "data"), "--port", "auto", "--reset")
        assert run["api_url"] in line
        assert read_run(tmp_path / "data") == run


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("secrets.json", "{"),
        ("secrets.json", "{}"),
        ("folder.json", "[]"),
        ("omnigen.db", "this is no database at all"),
        ("identity/state/cognito.json", "{"),
    ],
)
def test_a_corrupt_folder_is_one_line(tmp_path: Path, name: str, content: str) -> None:
    """It names the file at fault, and RESET=1 as the way out, which works."""
    data = tmp_path / "data"
    (data / name).parent.mkdir(parents=True)
    (data / "lock").touch()
    (data / name).write_text(content)
    line = refused("--data", str(data), "--port", "auto")
    assert str(data / name) in line
    assert "RESET=1" in line
    with open_folder(data, reset=True).lock:
        assert not (data / name).exists() or (data / name).read_text() != content


def test_someone_elses_folder_is_left_alone(tmp_path: Path) -> None:
    """A wrong --data must never cost a file, least of all with --reset."""
    (tmp_path / "thesis.txt").write_text("precious")
    assert "not OmniGen's" in refused("--data", str(tmp_path), "--port", "auto", "--reset")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    """So is anything else that the system refuses."""
    (tmp_path / "data").write_text("")
    assert "can't be used" in refused("--data", str(tmp_path / "data"), "--port", "auto")


def test_an_account_that_terraform_did_not_write_is_one_line(tmp_path: Path) -> None:
    """It names the file, and the profile that has an account."""
    (state := tmp_path / "state.json").write_text("{}")
    flags = ("--data", str(tmp_path / "data"), "--port", "auto", "--account", str(state))
    assert str(state) in refused(*flags, "--profile", "aws")
    assert "profile aws" in refused(*flags)


def test_live_needs_a_token(tmp_path: Path) -> None:
    """Without one nothing is started, so nothing is charged."""
    flags = ("--data", str(tmp_path / "data"), "--port", "auto", "--replicate", "live")
    assert "REPLICATE_API_TOKEN" in refused(*flags, env={"REPLICATE_API_TOKEN": ""})


def test_live_and_fake_share_no_data_folder(tmp_path: Path) -> None:
    """What is unfinished was meant for the fake: the real one would charge for it, and nobody has asked for that."""
    folder = open_folder(tmp_path / "data")
    keep_apart(folder.path, "fake")
    keep_apart(folder.path, "fake")
    folder.lock.close()
    flags = ("--data", str(tmp_path / "data"), "--port", "auto", "--replicate", "live", "--parts", "worker")
    line = refused(*flags, env={"REPLICATE_API_TOKEN": "r8_none"})
    assert "was used with REPLICATE=fake" in line
    assert "data-live" in line
    emptied = open_folder(tmp_path / "data", reset=True)
    keep_apart(emptied.path, "live")
    emptied.lock.close()


def test_a_missing_virtualenv_is_one_line(tmp_path: Path) -> None:
    """It names the command that makes it."""
    flags = ("--data", str(tmp_path / "data"), "--port", "auto")
    assert "make setup" in refused(*flags, env={"OMNIGEN_EMULATOR_VENV": str(tmp_path / "venv")})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    """Status 0, the children gone, run.json gone, the banner complete."""
    with started(tmp_path / "data") as (process, run):
        child = run["children"]["identity"]["pid"]
        process.send_signal(number)
        shown, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert said == "omnigen: stopped\n"
        for value in (run["api_url"], run["user"], run["password"], run["access_token"], "curl -sS"):
            assert value in shown
        assert not Path(f"/proc/{child}").exists()
        assert not (tmp_path / "data" / "run.json").exists()


def test_run_json_of_a_killed_run_is_stale_and_the_next_run_starts(tmp_path: Path) -> None:
    """Nobody believes the file any more; the next run replaces it, on the same secrets."""
    data = tmp_path / "data"
    with started(data) as (process, run):
        assert stat.S_IMODE((data / "run.json").stat().st_mode) == 0o600
        process.kill()
        process.wait()
        assert (data / "run.json").exists()
        assert read_run(data) is None
    orphan = run["children"]["identity"]["pid"]
    with emulated(data, "--parts", "") as again:
        assert not Path(f"/proc/{orphan}").exists()
        assert again["password"] == run["password"]
        assert again["client_id"] == run["client_id"]


def test_reset_starts_empty(tmp_path: Path) -> None:
    """New secrets, no leftovers."""
    data = tmp_path / "data"
    with emulated(data, "--parts", "") as run:
        (data / "omnigen.db").touch()
    with emulated(data, "--parts", "", "--reset") as again:
        assert again["password"] != run["password"]
        assert not (data / "omnigen.db").exists()


def test_an_ephemeral_run_ends_with_its_parents_pipe(tmp_path: Path) -> None:
    """Nobody has to stop it: closing the pipe, or dying, is enough."""
    with emulated(tmp_path / "data", "--parts", "") as run:
        supervisor = run["pid"]
        assert Path(f"/proc/{supervisor}").exists()
    assert not Path(f"/proc/{supervisor}").exists()
    assert not (tmp_path / "data" / "run.json").exists()


def test_the_pasted_command_sends_a_fresh_token(tmp_path: Path) -> None:
    """The banner's curl reads the token when it is run, so it still works an hour later."""
    with started(tmp_path / "data") as (process, run):
        header = tmp_path / "data" / "authorization"
        assert header.read_text() == f"Authorization: Bearer {run['access_token']}\n"
        assert stat.S_IMODE(header.stat().st_mode) == 0o600
        process.send_signal(signal.SIGINT)
        shown, _ = process.communicate(timeout=30)
        command = shown[shown.index("curl -sS") :].split("\n\n")[0]
        words = shlex.split(command.replace("\\\n", ""))
        assert f"{run['api_url']}/api/v1/jobs" in words
        assert f"@{header}" in words
        assert json.loads(words[-1])["brief"]["duration"] == 15


def test_a_child_that_dies_is_back_and_said_so(tmp_path: Path) -> None:
    """One line on standard error; run.json stays valid, for the ports stay."""
    with started(tmp_path / "data") as (process, run):
        os.kill(run["children"]["identity"]["pid"], signal.SIGKILL)
        assert process.stderr
        assert process.stderr.readline().startswith("omnigen: identity stopped (SIGKILL)")
        deadline = time.monotonic() + 30
        while not _listens(run["jwks_url"]):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _listens(url: str) -> bool:
    port = int(urlsplit(url).port or 0)
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
