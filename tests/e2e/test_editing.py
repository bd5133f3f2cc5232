"""A video is changed after it was made: only what changed is paid for and rendered, and the way back is free."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.film import watch
from tests.e2e.stage import CHEAP_MODEL, Job, Stage, brief_of

BOARD = {
    "title": "Three elements",
    "resolution": "480p",
    "model": CHEAP_MODEL,
    "scenes": [
        {"prompt": "A neon city street at night, rain on the asphalt", "duration": 2.5},
        {
            "prompt": "A green forest in bright sunshine",
            "duration": 2.5,
            "transition": {"type": "fade", "duration": 0.5},
        },
        {"prompt": "Golden desert dunes at noon", "duration": 2.5},
    ],
}


@pytest.mark.timeout(300)
def test_one_scene_is_changed_made_again_and_changed_back(stage: Stage, tmp_path: Path) -> None:
    """Foretold and done; another take; the first take again, and with it revision 1's very bytes. All books agree."""
    first = _ended(stage, stage.demo.submit({"storyboard": BOARD}))
    second = _regenerated(stage, first, {})
    assert second["video"]["sha256"] != first["video"]["sha256"]
    assert _rendered(second, first) == {"video": 1}
    older, newer = second["scenes"][1]["takes"]
    assert (older["in_use"], newer["in_use"]) == (False, True)
    assert httpx.get(older["clip_url"], trust_env=False).status_code == 200

    back = _regenerated(stage, second, {"take": older["id"]})
    assert (back["video"]["sha256"], back["cost"]["micros"]) == (first["video"]["sha256"], 0)

    moved = {"scenes": [{"from": 3}, {"from": 2, "duration": 2}, {"from": 1, "placeholder": True}]}
    promised = _foretold(stage, back, moved)
    assert [s["why"] for s in promised["scenes"]] == [[], [], []]
    last = _edited(stage, back, moved)
    assert (last["cost"]["micros"], last["video"]["frames"]) == (0, round((2.5 + 2 - 0.5 + 2.5) * 24))
    _check_film(last, tmp_path)
    assert stage.demo.get(f"/jobs/{first['id']}?revision=1")["video"]["sha256"] == first["video"]["sha256"]
    _check_money(stage, [first, second, back, last])


def _ended(stage: Stage, job: Job) -> Job:
    for _ in stage.demo.events(job["id"]):
        pass  # to the end of the revision
    done: Job = stage.demo.get(f"/jobs/{job['id']}")
    assert done["status"] == "succeeded", brief_of(done)
    return done


def _regenerated(stage: Stage, job: Job, body: dict[str, Any]) -> Job:
    answer = stage.demo.ask(
        "POST",
        f"/jobs/{job['id']}/scenes/2/regenerate",
        json=body,
        headers={"Idempotency-Key": f"again-{job['revision']}"},
    )
    assert answer.status_code == 202, answer.text
    return _ended(stage, answer.json())


def _foretold(stage: Stage, job: Job, body: dict[str, Any]) -> dict[str, Any]:
    answer = stage.demo.ask("PATCH", f"/jobs/{job['id']}/storyboard?dry_run=1", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _edited(stage: Stage, job: Job, body: dict[str, Any]) -> Job:
    answer = stage.demo.ask(
        "PATCH",
        f"/jobs/{job['id']}/storyboard",
        json=body,
        headers={"Idempotency-Key": f"edit-{job['revision']}"},
    )
    assert answer.status_code == 202, answer.text
    return _ended(stage, answer.json())


def _rendered(after: Job, before: Job) -> dict[str, int]:
    """Takes by kind that a revision has added."""
    old = {take["id"] for scene in before["scenes"] for take in scene["takes"]}
    new = [take for scene in after["scenes"] for take in scene["takes"] if take["id"] not in old]
    kinds = [take["kind"] for take in new]
    return {kind: kinds.count(kind) for kind in kinds}


def _check_film(job: Job, folder: Path) -> None:
    path = folder / "last.mp4"
    path.write_bytes(httpx.get(job["video"]["url"], trust_env=False, timeout=30).raise_for_status().content)
    film = watch(path)
    assert len(film.frames) == job["video"]["frames"]


def _check_money(stage: Stage, revisions: list[Job]) -> None:
    """One video, what all revisions have cost, and a provider that has charged four clips."""
    month = stage.demo.month()
    assert (month["settled_videos"], month["held_videos"]) == (1, 0)
    assert month["held"]["micros"] == 0
    assert month["settled"]["micros"] == sum(job["cost"]["micros"] for job in revisions)
    ledger = stage.ledger()
    assert len(ledger["charges"]) == 4
    assert not ledger["repeated"], ledger
