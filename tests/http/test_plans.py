"""Render plans over HTTP, by the real composer."""

from typing import Any

import httpx

from tests.http.conftest import a_brief, bearer, problem_of, scenes


async def test_a_storyboards_plan(client: httpx.AsyncClient) -> None:
    """Segment by segment, in frames, with the commands that would be run."""
    told = scenes(2)
    told[1]["transition"] = {"type": "fade", "duration": 0.5}
    response = await client.post(
        "/api/v1/storyboards/plan", json={"storyboard": {"scenes": told}}, headers=bearer()
    )
    plan: dict[str, Any] = response.json()
    assert response.status_code == 200, response.text
    assert (plan["width"], plan["height"], plan["rate"], plan["frames"]) == (1280, 720, 24, 228)
    assert [(s["start"], s["frames"], s["overlap"]) for s in plan["segments"]] == [
        (0, 108, 0),
        (108, 120, 12),
    ]
    assert all(s["expected"] and s["commands"][0]["args"][0] == "ffmpeg" for s in plan["segments"])
    assert "not there yet" in plan["segments"][0]["reason"]


async def test_a_briefs_plan(client: httpx.AsyncClient) -> None:
    """Of the free planner's storyboard."""
    response = await client.post("/api/v1/storyboards/plan", json={"brief": a_brief()}, headers=bearer())
    assert response.json()["frames"] == 15 * 24


async def test_a_jobs_plan_is_its_owners(client: httpx.AsyncClient) -> None:
    """For anybody else there is no such job (P8)."""
    made = await client.post(
        "/api/v1/jobs", json={"storyboard": {"scenes": scenes(1)}}, headers=bearer("ada")
    )
    path = f"/api/v1/jobs/{made.json()['id']}/plan"
    assert (await client.get(path, headers=bearer("ada"))).json()["frames"] == 120
    problem_of(await client.get(path, headers=bearer("bob")), 404)
