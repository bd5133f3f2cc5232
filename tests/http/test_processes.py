"""The API in several processes, as `python -m omnigen.entrypoints.http` starts it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from emulator.ports import HOST, free_ports, is_free
from tests.e2e.processes import descendants, is_running, until

PROCESSES = 3


@contextmanager
def started(folder: Path) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """The first process, once all others listen, and the port."""
    [port] = free_ports(1)
    process = subprocess.Popen(command(), env=environment(folder, port))
    try:
        until(lambda: listeners(port) == PROCESSES, "every process listens")
        yield process, port
    finally:
        process.kill()
        process.wait()


def command() -> tuple[str, ...]:
    return (sys.executable, "-m", "omnigen.entrypoints.http")


def environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "OMNIGEN_DATA_DIR": str(folder),
        "OMNIGEN_PORT": str(port),
        "OMNIGEN_API_PROCESSES": str(PROCESSES),
        "OMNIGEN_S3_ENDPOINT": f"http://{HOST}:9",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
    }


def listeners(port: int) -> int:
    """How many sockets listen on a port of loopback (Linux)."""
    here = f"0100007F:{port:04X} 00000000:0000 0A "
    return sum(here in line for line in Path("/proc/net/tcp").read_text().splitlines())


def ask(port: int, path: str) -> str:
    """An answer over a connection of its own."""
    return httpx.get(f"http://{HOST}:{port}{path}", trust_env=False).text


def test_each_of_them_answers_for_all(tmp_path: Path) -> None:
    """Whichever process is asked, it has counted the requests of every other."""
    with started(tmp_path) as (_, port):
        for _ in range(30):
            assert ask(port, "/health") == '{"status":"ok"}'
        told = {line for _ in range(10) for line in ask(port, "/metrics").splitlines() if "/health" in line}
    assert 'omnigen_http_requests_total{method="GET",route="/health",status="200"} 30.0' in told
    assert len({line for line in told if "http_requests_total" in line}) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_all_of_them_end_well(tmp_path: Path, number: signal.Signals) -> None:
    with started(tmp_path) as (first, port):
        first.send_signal(number)
        assert first.wait(30) == 0
        assert is_free(port)


def test_killed_the_first_leaves_nobody_behind(tmp_path: Path) -> None:
    with started(tmp_path) as (first, port):
        others = descendants(first.pid)
        first.kill()
        until(lambda: not any(map(is_running, others)), "the others have ended")
        assert is_free(port)


def test_all_end_when_one_of_them_dies(tmp_path: Path) -> None:
    """Half an API would answer half of the time: whoever started it starts it again, wholly."""
    with started(tmp_path) as (first, port):
        one, *others = descendants(first.pid)
        os.kill(one, signal.SIGKILL)
        assert first.wait(30) == 1
        assert not any(map(is_running, others))
        assert is_free(port)


def test_what_keeps_them_from_starting_is_said(tmp_path: Path) -> None:
    """A wrong setting that only comes out when a process opens its files: status 2, as everywhere."""
    (tmp_path / "omnigen.db").write_text("no database at all " * 100)
    done = subprocess.run(
        command(),
        env=environment(tmp_path, free_ports(1)[0]),
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"omnigen.db is no database" in done.stderr
