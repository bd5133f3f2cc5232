"""`omnigen render` with nothing running: it brings up what it needs for one video, and leaves nobody behind."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.film import watch
from tests.e2e.processes import kill, mentioning, until
from tests.e2e.stage import CHEAP_MODEL

OMNIGEN = str(Path(sys.executable).with_name("omnigen"))
PROMPT = "A lighthouse at dusk above a dark sea"
SHORT = ("--duration", "5", "--aspect", "9:16", "--resolution", "480p", "--model", CHEAP_MODEL, "--no-music")


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """That of somebody who has configured nothing, but for a data folder of the test's own."""
    clean = {n: v for n, v in os.environ.items() if not n.startswith(("OMNIGEN_", "REPLICATE", "AWS_"))}
    return {**clean, "OMNIGEN_DATA_DIR": str(tmp_path / "data")}


def test_it_makes_the_video_and_puts_everything_away(tmp_path: Path, environment: dict[str, str]) -> None:
    """The file is what the job says it is; the job is still there at the next command; nothing runs in between."""
    told = omnigen(tmp_path, environment, "render", PROMPT, *SHORT, "-o", "out.mp4", "--json")
    content = (tmp_path / "out.mp4").read_bytes()
    assert told["status"] == "succeeded"
    assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    film = watch(tmp_path / "out.mp4")
    assert (len(film.frames), film.width, film.height) == (5 * 24, 480, 854)
    check_put_away(tmp_path / "data")
    shown = omnigen(tmp_path, environment, "jobs", "show", told["id"], "--json")
    assert shown["video"]["sha256"] == told["sha256"]
    check_put_away(tmp_path / "data")


def test_killed_it_leaves_nobody_behind(tmp_path: Path, environment: dict[str, str]) -> None:
    """kill -9 of the command while the job is being made ends all that it had started."""
    argv = [OMNIGEN, "render", PROMPT, *SHORT, "-o", "out.mp4"]
    with subprocess.Popen(argv, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert any(line.startswith("job job_") for line in process.stdout)
        assert mentioning(str(tmp_path / "data"))
        kill(process.pid)
    until(lambda: not mentioning(str(tmp_path / "data")), "everything has ended")
    assert not (tmp_path / "out.mp4").exists()
    assert not list(tmp_path.glob(".*.part"))


def check_put_away(data: Path) -> None:
    """No process knows of this folder any more."""
    assert not mentioning(str(data))
    assert not (data / "run.json").exists()


def omnigen(cwd: Path, environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """Run the command as a shell does: the JSON object that it prints."""
    argv = [OMNIGEN, *arguments]
    done = subprocess.run(
        argv, cwd=cwd, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
