"""The same inputs and the same build give the same bytes, however, wherever and how often it was begun."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import pytest

from tests.composer.compose_film import PLAN
from tests.composer.scenes import names_in
from tests.fixtures.clips import ClipShelf

ROOT: Final = Path(__file__).parents[2]
KILLS: Final = int(os.environ.get("OMNIGEN_KILLS", "6"))
FINISHED: Final = ("video.mp4", "poster.jpg")
_TAGS: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"


@pytest.fixture
def clips(shelf: ClipShelf) -> list[str]:
    """Two that are encoded, and one whose pictures are copied."""
    fits = ("-vf", _TAGS, "-g", "12")
    shapes = zip((85, 170, 85), ((), (), fits), PLAN.clips, strict=True)
    return [
        str(shelf.numbered(code, 48, tick_frames=(12, 30), options=options)) for code, options, _ in shapes
    ]


def begun(folder: Path, clips: list[str], cores: int = 2) -> subprocess.Popen[str]:
    """A process that composes in a folder, once it has begun."""
    for name in ("kept", "work"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {name: str(folder / name) for name in ("kept", "work", "out")}
    (folder / "plan.json").write_text(json.dumps(told | {"clips": clips, "cores": cores}))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.composer.compose_film", str(folder / "plan.json")],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def composed(folder: Path, clips: list[str], cores: int = 2) -> dict[str, str]:
    """Compose to the end; hashes of all that is finished."""
    said, _ = begun(folder, clips, cores).communicate(timeout=100)
    assert json.loads(said) == {"error": None}
    assert names_in(folder / "work") == set()
    return finished(folder)


def finished(folder: Path) -> dict[str, str]:
    paths = [*(folder / "kept").glob("[!.]*"), *(folder / "out" / name for name in FINISHED)]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.exists()}


def test_parallelism_and_places_change_no_byte(clips: list[str], tmp_path: Path) -> None:
    one = composed(tmp_path / "one", clips, cores=1)
    two = composed(tmp_path / "another, quite 'odd' [name]", clips, cores=4)
    assert one == two
    assert set(one) == {"1.mp4", "2.mp4", "3.mp4", "sound.mp4", *FINISHED}


@pytest.mark.slow
@pytest.mark.timeout(120 + 40 * KILLS)
def test_killed_at_any_moment_it_ends_in_the_same_bytes(clips: list[str], tmp_path: Path) -> None:
    """What a killed process has finished is whole; what is made of it is what would have been made without."""
    start = time.monotonic()
    whole = composed(tmp_path / "whole", clips)
    length = time.monotonic() - start
    for kill in range(KILLS):
        folder = tmp_path / str(kill)
        with begun(folder, clips) as process:
            time.sleep(length * (kill + 0.5) / KILLS)
            process.send_signal(signal.SIGKILL)
        left = finished(folder)
        assert left.items() <= whole.items(), f"half of something was handed over: {left}"
        said, _ = begun(folder, clips).communicate(timeout=100)
        assert json.loads(said) == {"error": None}
        assert finished(folder) == whole
