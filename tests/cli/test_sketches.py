"""What the command line shows before there is a video, against an OmniGen that runs."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.conftest import PROMPT, Omnigen
from tests.fixtures.clips import frames_of

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("cli")]

SHORT = ("--duration", "5", "--resolution", "480p", "--model", "bytedance/seedance-2.0", "--no-music")


def ids(there: Omnigen) -> list[str]:
    return [job["id"] for job in json.loads(there("jobs", "--json").stdout)]


@pytest.mark.parametrize("command", ["storyboard", "render"])
def test_an_animatic_is_drawn_and_no_job_made(there: Omnigen, tmp_path: Path, command: str) -> None:
    """As long as the video would be; nothing is spent."""
    before = ids(there)
    result = there(command, PROMPT, *SHORT, "--animatic", "a.mp4")
    assert result.exit_code == 0, result.output
    assert "a.mp4: 640x360, 5 s" in result.stdout
    assert len(frames_of(tmp_path / "a.mp4")) == 120
    assert ids(there) == before
    again = there(command, PROMPT, *SHORT, "--animatic", "a.mp4")
    assert again.exit_code == 2
    assert "a.mp4 exists already" in again.stderr


def test_a_plan_is_printed_and_nothing_rendered(there: Omnigen, tmp_path: Path) -> None:
    """Each segment, why nothing of it is copied yet, and its commands."""
    result = there("render", PROMPT, *SHORT, "--plan")
    assert result.exit_code == 0, result.output
    assert "expected" in result.stdout
    assert "120 frames, 24 a second; 0 of" in result.stdout
    assert "ffmpeg" in result.stdout
    assert str(Path.home()) not in result.stdout
    told = json.loads(there("render", PROMPT, *SHORT, "--plan", "--json").stdout)
    assert sum(s["frames"] for s in told["segments"]) == told["frames"] == 120
    assert list(tmp_path.glob("*.mp4")) == []


def test_a_finished_job_can_be_previewed_and_its_plan_read(there: Omnigen, tmp_path: Path) -> None:
    """The preview shows its clips; the plan says that all segments are there."""
    made = json.loads(there("render", PROMPT, *SHORT, "-o", "film.mp4", "--json").stdout)
    told = json.loads(there("jobs", "preview", made["id"], "-o", "small.mp4", "--json").stdout)
    film, small = tmp_path / "film.mp4", tmp_path / "small.mp4"
    assert hashlib.sha256(small.read_bytes()).hexdigest() == told["sha256"]
    assert len(frames_of(small)) == len(frames_of(film)) == told["frames"]
    there("storyboard", PROMPT, *SHORT, "--animatic", "cards.mp4")
    assert frames_of(small)[60].std() != frames_of(tmp_path / "cards.mp4")[60].std()
    plan = json.loads(there("jobs", "plan", made["id"], "--json").stdout)
    assert all(s["stored"] and not s["expected"] for s in plan["segments"])
    assert "there" in there("jobs", "plan", made["id"], "--commands").stdout
