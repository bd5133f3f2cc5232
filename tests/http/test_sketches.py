"""Animatics and previews over HTTP, drawn by the real composer, small enough to be looked at at once."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from omnigen.domain.errors import Transient
from tests.fixtures.clips import frames_of
from tests.http.conftest import Api, a_brief, bearer, problem_of, scenes

ANIMATIC = "/api/v1/storyboards/animatic"


async def drawn(client: httpx.AsyncClient, body: dict[str, Any], who: str = "ada") -> dict[str, Any]:
    response = await client.post(ANIMATIC, json=body, headers=bearer(who))
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_storyboard_is_seen_as_an_animatic(api: Api, tmp_path: Path) -> None:
    """Exactly as long as it will be, with its own hash; every frame decodes."""
    told = scenes(2, narration="He has done this for forty years.")
    told[1]["transition"] = {"type": "wipe_left", "duration": 1}
    body = {"storyboard": {"scenes": told, "aspect_ratio": "9:16"}}
    sketch = await drawn(api.client, body)
    assert (sketch["width"], sketch["height"]) == (360, 640)
    assert (sketch["duration"], sketch["frames"]) == (9.0, 216)
    [key] = [found.key async for found in api.container.assets().list("animatics/")]
    stored = await api.container.assets().fetch(key, tmp_path / "a.mp4")
    assert hashlib.sha256((tmp_path / "a.mp4").read_bytes()).hexdigest() == sketch["sha256"] == stored.sha256
    assert len(frames_of(tmp_path / "a.mp4")) == 216
    assert sketch["size"] == stored.size


async def test_a_brief_is_seen_too_and_costs_nothing(api: Api) -> None:
    """By the free planner; no job comes of it."""
    sketch = await drawn(api.client, {"brief": a_brief(duration=5)})
    assert sketch["duration"] == 5
    jobs = await api.client.get("/api/v1/jobs", headers=bearer())
    assert jobs.json()["jobs"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "brief"),
        ({"brief": a_brief(), "storyboard": {"scenes": scenes()}}, "brief"),
        ({"brief": a_brief(duration=900)}, "brief.duration"),
        ({"storyboard": {"scenes": scenes(1, duration=2)}}, "storyboard.scenes"),
    ],
)
async def test_a_wrong_wish_names_its_field(
    body: dict[str, Any], field: str, client: httpx.AsyncClient
) -> None:
    """As for a job."""
    problem = problem_of(await client.post(ANIMATIC, json=body, headers=bearer()), 422)
    assert problem["field"] == field


async def test_a_job_is_previewed_by_its_owner_only(client: httpx.AsyncClient) -> None:
    """Cards as long as nothing is filmed; for anybody else there is no such job (P8)."""
    made = await client.post(
        "/api/v1/jobs", json={"storyboard": {"scenes": scenes(1)}}, headers=bearer("ada")
    )
    path = f"/api/v1/jobs/{made.json()['id']}/preview"
    sketch = (await client.post(path, headers=bearer("ada"))).json()
    assert (sketch["duration"], sketch["width"], sketch["height"]) == (5.0, 640, 360)
    foreign = problem_of(await client.post(path, headers=bearer("bob")), 404)
    absent = problem_of(await client.post("/api/v1/jobs/job_x/preview", headers=bearer("bob")), 404)
    assert foreign["code"] == absent["code"]


async def test_who_comes_when_many_are_drawn_hears_when_to_come_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After, and the code by which a client knows it."""
    sketcher = api.container.sketcher()
    monkeypatch.setattr(type(sketcher), "__call__", _busy)
    response = await api.client.post(ANIMATIC, json={"brief": a_brief(duration=5)}, headers=bearer())
    assert problem_of(response, 503)["code"] == "busy"
    assert response.headers["retry-after"] == "3"


async def _busy(*_: object) -> None:
    raise Transient("too many sketches are being drawn", retry_after=3, code="busy")
