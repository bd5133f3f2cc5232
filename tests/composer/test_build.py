"""What an FFmpeg must be able to do is known, and is said before anything is composed."""

import re
from pathlib import Path

from omnigen.adapters import ffmpeg
from omnigen.adapters.ffmpeg.build import NEEDED_ENCODERS, NEEDED_FILTERS, FfmpegBuild

SOURCES = [p.read_text() for p in Path(str(ffmpeg.__file__)).parent.glob("*.py")]


def test_every_filter_that_is_used_is_asked_for() -> None:
    """Those that our graphs name; whoever uses another one adds it."""
    named = {n for text in SOURCES for n in re.findall(r'\.filter(?:_multi_output)?\(\s*"(\w+)"', text)}
    named |= {n for text in SOURCES for n in re.findall(r'ffmpeg\.filter\(\s*\[?[\w, ]+\]?, "(\w+)"', text)}
    assert len(named) > 20
    assert named - NEEDED_FILTERS == set()


def test_every_encoder_that_is_used_is_asked_for() -> None:
    named = {n for text in SOURCES for n in re.findall(r'"[av]codec": "(\w+)"', text)}
    assert named - NEEDED_ENCODERS <= {"rawvideo", "copy"}


def test_the_build_under_test_lacks_nothing(build: FfmpegBuild) -> None:
    assert build.missing == ()
