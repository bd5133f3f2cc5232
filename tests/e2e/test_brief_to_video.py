"""The whole way: sign in on the hosted page, submit, follow, download, and look at every frame."""

import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.film import BT709, LIMITED_RANGE, Film, boxes, watch
from tests.e2e.stage import CHEAP_MODEL, Event, Job, Stage, User, brief_of, check_books, takes_of
from tests.e2e.visitor import Visitor

RATE = 24
SILENCE = 0.001
"""Root mean square below which nobody hears anything."""

BRIEF = {
    "prompt": "A lighthouse at dusk above a dark sea. Then a snowy mountain village in bright morning light.",
    "duration": 8,
    "aspect_ratio": "16:9",
    "resolution": "480p",
    "model": CHEAP_MODEL,
}
STORYBOARD = {
    "title": "Four elements",
    "aspect_ratio": "9:16",
    "resolution": "480p",
    "model": CHEAP_MODEL,
    "scenes": [
        {"prompt": "A neon city street at night, rain on the asphalt", "duration": 2.5},
        {
            "prompt": "A green forest in bright sunshine",
            "duration": 2.5,
            "narration": "Beyond the walls, the forest.",
            "transition": {"type": "wipe_left", "duration": 0.5},
        },
        {
            "prompt": "Golden desert dunes at noon",
            "duration": 2.5,
            "transition": {"type": "dissolve", "duration": 0.75},
        },
        {"prompt": "A snow field under a pale sky", "duration": 2, "transition": {"type": "cut"}},
    ],
}


@pytest.mark.timeout(300)
def test_a_brief_becomes_a_video(shared: Stage, tmp_path: Path) -> None:
    """From the sign-in page to a 16:9 MP4 whose every frame, tag and cent is right."""
    stage = shared.handed_to(shared.demo)
    user = signed_in(stage)
    submitted = user.submit({"brief": BRIEF})
    events = followed(user, submitted["id"])
    assert events[-1].data["data"]["status"] == "succeeded"
    job = user.get(f"/jobs/{submitted['id']}")
    film = screened(user, job, tmp_path)
    check_film(film, job, size=(854, 480), frames=8 * RATE)
    assert job["captions_url"] is None
    check_poster(job)
    check_books(stage, job)


@pytest.mark.timeout(300)
def test_a_storyboard_becomes_a_video(stage: Stage, tmp_path: Path) -> None:
    """9:16, four scenes with four kinds of entrance, a narration and its captions."""
    job = stage.demo.wait(stage.demo.submit({"storyboard": STORYBOARD})["id"], timeout_s=240)
    assert job["status"] == "succeeded", brief_of(job)
    film = screened(stage.demo, job, tmp_path)
    check_film(film, job, size=(480, 854), frames=programme_frames(job))
    kinds = [scene["transition"]["type"] for scene in job["scenes"]]
    assert kinds == ["cut", "wipe_left", "dissolve", "cut"]
    assert sorted(take["kind"] for take in takes_of(job)) == ["speech", *["video"] * 4]
    captions = fetched(job["captions_url"])
    assert captions.headers["content-type"].startswith("text/vtt")
    assert captions.text.startswith("WEBVTT\n")
    assert "-->" in captions.text
    assert "forest" in captions.text
    check_poster(job)
    check_files(job)
    check_books(stage, job)


def signed_in(stage: Stage) -> User:
    """The demo user with a token from the hosted page, which can be renewed."""
    with Visitor(stage.run) as visitor:
        tokens = visitor.sign_in(stage.run["user"], stage.run["password"])
        renewed = visitor.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert renewed.status_code == 200, renewed.text
    for token in (tokens["id_token"], tokens["access_token"][:-4] + "AAAA"):
        refused = User(stage.run["api_url"], token).ask("GET", "/usage")
        assert refused.status_code == 401, "only access tokens, and only unaltered ones, are good"
    first, second = (User(stage.run["api_url"], t["access_token"]) for t in (tokens, renewed.json()))
    assert first.get("/usage")["tier"] == second.get("/usage")["tier"] == "pro"
    return second


def followed(user: User, job_id: str) -> list[Event]:
    """All events of a job, the line cut once on the way and taken up again."""
    events: list[Event] = []
    for event in user.events(job_id):
        events.append(event)
        if event.type == "scene":
            break
    assert events[-1].type == "scene"
    events += user.events(job_id, after=events[-1].id)
    versions: dict[int, list[int]] = {}
    for event in events:
        assert event.data["job_id"] == job_id
        versions.setdefault(event.data["scene"], []).append(event.data["version"])
    for scene, seen in versions.items():
        assert seen == sorted(set(seen)), f"scene {scene}: each event once and in order"
    assert not list(user.events(job_id, after=events[-1].id)), "nothing comes after the end"
    return events


def screened(user: User, job: Job, folder: Path) -> Film:
    """The video as a player gets it: by redirect, in pieces, then whole."""
    video, address = job["video"], video_address(user, job)
    content = fetched(address).content
    assert len(content) == video["size"]
    assert hashlib.sha256(content).hexdigest() == video["sha256"]
    for first, last in ((0, 1023), (video["size"] // 2, video["size"] // 2 + 4095)):
        piece = fetched(address, Range=f"bytes={first}-{last}")
        assert piece.status_code == 206
        assert piece.headers["content-range"] == f"bytes {first}-{last}/{video['size']}"
        assert piece.content == content[first : last + 1]
    order = boxes(content)
    assert order.index("moov") < order.index("mdat"), "it can play before it is all there"
    path = folder / "video.mp4"
    path.write_bytes(content)
    return watch(path)


def check_film(film: Film, job: Job, *, size: tuple[int, int], frames: int) -> None:
    """What was promised, what is said of it, and what is in the file are the same."""
    video = job["video"]
    assert (video["frames"], video["duration"], video["rate"]) == (frames, frames / RATE, RATE)
    assert (video["width"], video["height"]) == (film.width, film.height) == size
    assert len(film.frames) == frames
    assert (film.rate, film.seconds) == (RATE, frames / RATE)
    assert (film.codec, film.pixel_format) == ("h264", "yuv420p")
    assert film.colours == (BT709, BT709, BT709, LIMITED_RANGE)
    assert (film.audio_codec, film.audio_rate, film.channels) == ("aac", 48_000, 2)
    assert abs(film.audio_seconds - film.seconds) < 0.05
    assert (film.loudness > SILENCE).mean() > 0.5
    middles = middle_frames(job)
    for one, other in pairwise(middles):
        assert film.distance(one, other) > 0.3, f"frames {one} and {other} show the same"


def middle_frames(job: Job) -> list[int]:
    """The frame in the middle of each scene, by the job's own account of its timeline."""
    middles, start = [], 0
    for scene in job["scenes"]:
        length, overlap = (round(s * RATE) for s in (scene["duration"], scene["transition"]["duration"]))
        start -= overlap
        middles.append(start + length // 2)
        start += length
    return middles


def programme_frames(job: Job) -> int:
    """Scenes less what they overlap."""
    scenes = job["scenes"]
    return sum(round((s["duration"] - s["transition"]["duration"]) * RATE) for s in scenes)


def check_poster(job: Job) -> None:
    """A JPEG, in the object store and in its bytes."""
    poster = fetched(job["poster_url"])
    assert poster.headers["content-type"] == "image/jpeg"
    assert poster.content[:3] == b"\xff\xd8\xff"


def check_files(job: Job) -> None:
    """All that lies beside a video can be read, is what was made, and names the others by their hashes."""
    files = {file["name"]: fetched(file["url"]).content for file in job["video"]["files"]}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert hashes == {file["name"]: file["sha256"] for file in job["video"]["files"]}
    assert {"poster.jpg", "captions.vtt", "sprites.jpg", "sprites.vtt", "timeline.otio"} <= set(files)
    facts = json.loads(files["manifest.json"])
    assert facts["video"]["sha256"] == job["video"]["sha256"]
    assert {file["name"]: file["sha256"] for file in facts["files"]} == {
        name: digest for name, digest in hashes.items() if name != "manifest.json"
    }
    assert facts["cost_micros"] == job["cost"]["micros"]
    assert "sprites.jpg#xywh=0,0," in files["sprites.vtt"].decode()


def video_address(user: User, job: Job) -> str:
    """Where `GET .../video` leads."""
    answer = user.ask("GET", f"/jobs/{job['id']}/video")
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


def fetched(url: str, **headers: Any) -> httpx.Response:
    """A signed address needs no token."""
    return httpx.get(url, headers=headers, trust_env=False, timeout=30).raise_for_status()
