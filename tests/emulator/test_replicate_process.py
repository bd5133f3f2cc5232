"""The fake Replicate as a process of its own, and with the real studio."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from emulator.replicate import Options, running
from emulator.replicate.__main__ import read_options
from tests.emulator.replicate_stub import PUBLIC, Fake


@contextmanager
def process(*flags: str) -> Iterator[tuple[Fake, subprocess.Popen[str]]]:
    argv = [sys.executable, "-m", "emulator.replicate", *flags]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield Fake(child.stdout.readline().strip()), child
        child.kill()


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    """A prediction that was answered runs on after the restart, is charged once, and hands out its clip."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "clip.mp4").write_bytes(b"clip")
    flags = ("--state-dir", str(tmp_path / "state"), "--media", str(shelf), "--seconds", "1000")
    with process(*flags) as (fake, child):
        p = fake.create({"prompt": "x"}, headers={"Prefer": ""}).json()
        child.send_signal(signal.SIGKILL)
    with process(*flags) as (fake, child):
        fake.advance(1001)
        output = _succeeded(fake, p["id"])
        assert PUBLIC.get(output).content == b"clip"
        assert fake.charged() == [p["id"]]
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=30) == 0


def _succeeded(fake: Fake, prediction_id: str) -> str:
    for _ in range(500):
        p = fake.http("GET", f"/v1/predictions/{prediction_id}").json()
        if p["status"] == "succeeded":
            return str(p["output"])
    raise AssertionError(p["status"])


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        argv = [sys.executable, "-m", "emulator.replicate", "--state-dir", str(tmp_path), "--port", str(port)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"port {port} of 127.0.0.1: Address already in use" in done.stderr


@pytest.mark.skipif(not hasattr(os, "nice"), reason="POSIX only")
def test_the_real_studio_makes_a_still_once(tmp_path: Path) -> None:
    """Rendered in a child process, of the size that was asked for; the second time it is the same file."""
    options = Options(state_dir=tmp_path, seconds=0.0, workers=1)
    given = {"prompt": "snow at dusk", "aspect_ratio": "16:9", "resolution": "0.5 MP", "output_format": "png"}
    with running(options) as url:
        fake = Fake(url)
        model = "black-forest-labs/flux-2-pro"
        first, second = (
            PUBLIC.get(fake.create(given, model=model).json()["output"]).content for _ in range(2)
        )
    (tmp_path / "still.png").write_bytes(first)
    with Image.open(tmp_path / "still.png") as image:
        assert image.size == (960, 544)
    assert first == second
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--seconds", "-1"], "seconds"),
        (["--seconds", "nan"], "seconds"),
        (["--seconds", "inf"], "seconds"),
        (["--port", "70000"], "port"),
        (["--workers", "0"], "workers"),
        (["--media", "/nowhere"], "a folder with finished media is needed"),
        (["--webhook-secret", "abc"], "webhook_secret must be whsec_ and base64"),
    ],
)
def test_wrong_flags_are_named(flags: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_options(["--state-dir", "x", *flags])
    assert complaint in capsys.readouterr().err


def test_a_corrupt_store_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "replicate.db").write_bytes(b"not a database, but long enough to be taken for one" * 50)
    with (
        pytest.raises(ValueError, match=r"replicate\.db can't be used"),
        running(Options(state_dir=tmp_path)),
    ):
        pass


def test_a_store_has_one_emulator(tmp_path: Path) -> None:
    options = Options(state_dir=tmp_path)
    with running(options), pytest.raises(ValueError, match="is in use"), running(options):
        pass
