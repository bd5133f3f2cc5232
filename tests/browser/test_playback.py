"""Programmes in Chromium: the right picture at every join, played and sought, whatever was copied or encoded."""

import asyncio
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any, Final

import pytest

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Timeline
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import ClipShelf

CHROMIUM: Final = next((p for n in ("chromium", "chromium-browser") if (p := shutil.which(n))), None)
QUIET: Final = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"),
)
PATIENCE_S: Final = 240
_TAGS: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
FITS: Final = ("-vf", _TAGS, "-preset", "veryfast", "-g", "12", "-bf", "3", "-threads", "1")
PLAN: Final = timeline(
    *(47, (45, over(TransitionKind.FADE, 9)), 31),
    *((48, over(TransitionKind.WIPE_LEFT, 12)), (40, over(TransitionKind.DISSOLVE, 5))),
)
CUTS: Final = timeline(48, 47, 36, 48, 41)
KINDS: Final[dict[str, tuple[Timeline, tuple[bool, ...]]]] = {
    "encoded": (PLAN, (False,) * 5),
    "copied": (CUTS, (True,) * 5),
    "mixed": (PLAN, (True, False, True, True, False)),
}
"""What plays, and which of its clips fit, so that their pictures are copied."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(PATIENCE_S + 120),
    pytest.mark.system,
]


def clip_of(number: int) -> int:
    return 85 if number % 2 else 170


def pure(plan: Timeline) -> dict[int, list[int]]:
    """Frames of the programme that show one clip alone: its code and its own frame."""
    return {
        segment.start + n: [clip_of(segment.number), n]
        for segment in plan.segments()
        for n in range(segment.overlap, segment.frames)
    }


def joins(plan: Timeline) -> list[int]:
    """Frames around each join and each transition's end, last things first: no seek goes on where it was."""
    near = {
        edge + step
        for segment in plan.segments()
        for edge in (segment.start, segment.start + segment.overlap)
        for step in (-2, -1, 0, 1)
    }
    return sorted(near & pure(plan).keys(), reverse=True)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> ClipShelf:
    return ClipShelf(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="module")
def seen(shelf: ClipShelf, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Chromium saw of all programmes."""
    folder = tmp_path_factory.mktemp("programmes")
    asyncio.run(_composed(shelf, folder))
    programmes = [
        {"url": f"/{kind}.mp4", "seeks": [(n + 0.5) / plan.rate for n in joins(plan)]}
        for kind, (plan, _) in KINDS.items()
    ]
    return _watched(folder, programmes)


async def _composed(shelf: ClipShelf, folder: Path) -> None:
    configured = os.environ.get("OMNIGEN_FFMPEG")
    build = FfmpegBuild.find(Path(configured) if configured else None)
    for kind, (plan, fits) in KINDS.items():
        clips = tuple(
            shelf.numbered(clip_of(n), 60, options=FITS if fit else ()) for n, fit in enumerate(fits, 1)
        )
        composer = FfmpegComposer(build, folder / "work", 2)
        programme = await Film(timeline=plan, clips=clips).programme(composer, folder / kind)
        programme.video.replace(folder / f"{kind}.mp4")


@contextmanager
def _served(folder: Path, programmes: list[dict[str, Any]]) -> "Iterator[tuple[str, Queue[dict[str, Any]]]]":
    """The page, the programmes, and a place for what the page has to say, on loopback."""
    answers: Queue[dict[str, Any]] = Queue()
    fixed = {
        "/": ("text/html", Path(__file__).with_name("player.html").read_bytes()),
        "/programmes": ("application/json", json.dumps(programmes).encode()),
    } | {one["url"]: ("video/mp4", (folder / one["url"][1:]).read_bytes()) for one in programmes}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = fixed.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in fixed else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", answers
        finally:
            server.shutdown()


def _watched(folder: Path, programmes: list[dict[str, Any]]) -> dict[str, Any]:
    assert CHROMIUM, "Chromium is missing"
    with _served(folder, programmes) as (url, answers), tempfile.TemporaryDirectory() as profile:
        command = [CHROMIUM, *QUIET, f"--user-data-dir={profile}", "--remote-debugging-port=0", url]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
            try:
                return answers.get(timeout=PATIENCE_S)
            finally:
                browser.terminate()
                browser.wait(timeout=30)


@pytest.mark.parametrize("kind", KINDS)
def test_every_join_is_shown_right_when_sought(kind: str, seen: dict[str, Any]) -> None:
    """Backwards from join to join, each sought frame is the programme's."""
    assert "error" not in seen, seen
    plan = KINDS[kind][0]
    sought = seen[f"/{kind}.mp4"]["sought"]
    assert [one["picture"] for one in sought] == [pure(plan)[n] for n in joins(plan)]


@pytest.mark.parametrize("kind", KINDS)
def test_it_plays_to_its_end_with_sound(kind: str, seen: dict[str, Any]) -> None:
    """Every picture that was presented is that of its time; nothing stalls; sound is decoded."""
    assert "error" not in seen, seen
    plan, told = KINDS[kind][0], seen[f"/{kind}.mp4"]
    played = told["played"]
    assert told["size"] == [160, 96]
    assert told["duration"] == pytest.approx(plan.frames / plan.rate, abs=0.5 / plan.rate)
    assert played["ended"] == pytest.approx(told["duration"], abs=0.1)
    assert played["stalls"] == []
    assert played["heard"] > 0
    # A callback may come late: then the picture is the next one already.
    known, shown = pure(plan), [(round(t * plan.rate), picture) for t, *picture in played["pictures"]]
    odd = [(n, p) for n, p in shown if {n, n + 1} <= known.keys() and p not in (known[n], known[n + 1])]
    assert odd == []
    assert len(shown) > 5
