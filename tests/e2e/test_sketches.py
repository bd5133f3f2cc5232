"""What can be seen before and while a video is made: free, small, true to what will come."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.stage import CHEAP_MODEL, Stage
from tests.fixtures.clips import frames_of

BOARD = {
    "resolution": "480p",
    "model": CHEAP_MODEL,
    "scenes": [
        {"prompt": "Golden desert dunes at noon", "duration": 2.5},
        {
            "prompt": "A snow field under a pale sky",
            "duration": 3,
            "narration": "It is cold.",
            "transition": {"type": "fade", "duration": 0.5},
        },
    ],
}


@pytest.mark.timeout(300)
def test_cards_first_then_clips(stage: Stage, tmp_path: Path) -> None:
    """The animatic has the video's length and spends nothing; the preview, once there are clips, looks like the video."""
    animatic = _drawn(stage, "/storyboards/animatic", json={"storyboard": BOARD})
    assert (animatic["width"], animatic["height"], animatic["frames"]) == (640, 360, 120)
    assert stage.demo.get("/jobs")["jobs"] == []
    plan = stage.demo.ask("POST", "/storyboards/plan", json={"storyboard": BOARD}).json()
    assert [s["expected"] for s in plan["segments"]] == [True, True]

    job = stage.demo.wait(stage.demo.submit({"storyboard": BOARD})["id"], timeout_s=240)
    plan = stage.demo.get(f"/jobs/{job['id']}/plan")
    assert [s["stored"] for s in plan["segments"]] == [True, True]
    assert plan["frames"] == job["video"]["frames"]
    preview = _drawn(stage, f"/jobs/{job['id']}/preview")
    assert preview["frames"] == job["video"]["frames"] == 120

    cards, clips, film = (frames_of(_saved(told, tmp_path)) for told in (animatic, preview, job["video"]))
    assert len(cards) == len(clips) == len(film) == 120
    for frame in (10, 110):
        assert abs(clips[frame].mean() - film[frame].mean()) < 5
        assert abs(cards[frame].mean() - film[frame].mean()) > 20
    assert stage.demo.get(f"/jobs/{job['id']}")["cost"] == job["cost"]


def _drawn(stage: Stage, path: str, **body: Any) -> dict[str, Any]:
    answer = stage.demo.ask("POST", path, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _saved(told: dict[str, Any], folder: Path) -> Path:
    content = httpx.get(told["url"], trust_env=False, timeout=60).content
    assert hashlib.sha256(content).hexdigest() == told["sha256"]
    path = folder / f"{told['sha256']}.mp4"
    path.write_bytes(content)
    return path
