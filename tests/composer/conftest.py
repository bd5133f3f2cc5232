"""A composer on the bundled FFmpeg, and a shelf of small clips that all workers share."""

import os
from pathlib import Path

import pytest

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from tests.fixtures.clips import ClipShelf


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> ClipShelf:
    root = tmp_path_factory.getbasetemp()
    return ClipShelf((root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "clips")


@pytest.fixture(scope="session")
def build() -> FfmpegBuild:
    """OMNIGEN_FFMPEG tries another build by hand, as the real settings do."""
    configured = os.environ.get("OMNIGEN_FFMPEG")
    return FfmpegBuild.find(Path(configured) if configured else None)


@pytest.fixture
def work_dir(tmp_path: Path) -> Path:
    return tmp_path / "work"


@pytest.fixture
def composer(build: FfmpegBuild, work_dir: Path) -> FfmpegComposer:
    return FfmpegComposer(build, work_dir, 2)


@pytest.fixture
def inspector() -> FfmpegInspector:
    return FfmpegInspector(2)
