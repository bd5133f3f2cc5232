"""A job over HTTP: taken in, shown, listed, stopped, tried again, hidden and brought back."""

import json
from typing import Any

import httpx
import pytest

from tests.http.conftest import Api, a_brief, bearer, enterprise, problem_of, scenes


async def submitted(client: httpx.AsyncClient, who: dict[str, str], **body: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/jobs", json=body or {"brief": a_brief()}, headers=who)
    assert response.status_code == 202, response.text
    job: dict[str, Any] = response.json()
    return job


async def test_a_brief_is_accepted_as_a_job_with_its_price(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/jobs", json={"brief": a_brief(title="Light")}, headers=bearer())
    job = response.json()
    assert response.status_code == 202
    assert response.headers["location"] == f"/api/v1/jobs/{job['id']}"
    assert (job["status"], job["revision"], job["title"], job["progress"]) == ("queued", 1, "Light", 0)
    assert job["duration"] == 15
    assert sum(s["duration"] for s in job["scenes"]) >= 15
    assert job["estimate"]["at_most"]["micros"] >= job["estimate"]["expected"]["micros"] > 0
    assert job["cost"] == {"micros": 0, "usd": "0.00"}
    assert job["video"] is None


async def test_a_job_is_shown_to_its_owner_alone(client: httpx.AsyncClient) -> None:
    job = await submitted(client, bearer("ada"))
    mine = await client.get(f"/api/v1/jobs/{job['id']}", headers=bearer("ada"))
    assert mine.json()["id"] == job["id"]
    foreign = await client.get(f"/api/v1/jobs/{job['id']}", headers=bearer("eve"))
    absent = await client.get("/api/v1/jobs/job_absent", headers=bearer("eve"))
    assert problem_of(foreign, 404)["detail"].replace(job["id"], "X") == problem_of(absent, 404)[
        "detail"
    ].replace("job_absent", "X")


async def test_what_the_planner_answers_can_be_sent_back_as_a_job(client: httpx.AsyncClient) -> None:
    draft = (await client.post("/api/v1/storyboards", json=a_brief(), headers=bearer())).json()
    job = await submitted(client, bearer(), storyboard=draft["storyboard"])
    assert job["storyboard"] == draft["storyboard"]
    assert job["estimate"] == draft["estimate"]


async def test_seconds_become_frames_once_and_come_back(client: httpx.AsyncClient) -> None:
    board = {"scenes": [*scenes(1, duration=4.5), *scenes(1, duration=4.25, transition={"type": "fade"})]}
    job = await submitted(client, bearer(), storyboard=board)
    assert [s["duration"] for s in job["scenes"]] == [4.5, 4.25]
    assert job["scenes"][1]["transition"] == {"type": "fade", "duration": 0.5}
    assert job["duration"] == 8.25


async def test_seeds_that_nobody_gave_are_the_same_every_time(client: httpx.AsyncClient) -> None:
    board = {"scenes": [*scenes(2), {"prompt": "the sea, shot 1", "duration": 5, "seed": 7}]}
    first, second = [
        (await submitted(client, bearer(who), storyboard=board))["scenes"] for who in ("ada", "bob")
    ]
    assert [s["seed"] for s in first] == [s["seed"] for s in second]
    assert first[0]["seed"] != first[1]["seed"]
    assert first[2]["seed"] == 7


async def test_the_same_key_gives_the_original_answer_to_the_letter(client: httpx.AsyncClient) -> None:
    headers = {**bearer(), "Idempotency-Key": "k-1"}
    first = await client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=headers)
    await client.post(f"/api/v1/jobs/{first.json()['id']}/cancel", headers=bearer())
    again = await client.post(
        "/api/v1/jobs",
        content=json.dumps({"brief": a_brief()}, indent=3),
        headers=headers | {"Content-Type": "application/json"},
    )
    assert (again.status_code, again.content) == (202, first.content)
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert again.headers["location"] == first.headers["location"]
    other = await client.post("/api/v1/jobs", json={"brief": a_brief(duration=20)}, headers=headers)
    assert problem_of(other, 422)["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("key", ["", " ", "k" * 256, "a b"])
async def test_a_key_must_be_visible_ascii(client: httpx.AsyncClient, key: str) -> None:
    headers = {**bearer(), "Idempotency-Key": key}
    response = await client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=headers)
    assert problem_of(response, 422)["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("most", "status"), [("0.01", 422), (0.01, 422), ("100", 202), (100, 202), (99.5, 202)]
)
async def test_a_job_that_may_cost_more_than_allowed_is_not_begun(
    client: httpx.AsyncClient, most: str | float, status: int
) -> None:
    response = await client.post(
        "/api/v1/jobs", json={"brief": a_brief(), "max_cost": most}, headers=enterprise()
    )
    assert response.status_code == status
    assert status == 202 or response.json()["code"] == "max_cost_exceeded"


async def test_the_list_is_newest_first_in_pages_and_by_status(client: httpx.AsyncClient) -> None:
    made = [(await submitted(client, enterprise()))["id"] for _ in range(3)]
    await client.post(f"/api/v1/jobs/{made[0]}/cancel", headers=enterprise())
    first = (await client.get("/api/v1/jobs?limit=2", headers=enterprise())).json()
    second = (
        await client.get("/api/v1/jobs", params={"cursor": first["cursor"]}, headers=enterprise())
    ).json()
    assert [j["id"] for j in first["jobs"] + second["jobs"]] == made[::-1]
    assert second["cursor"] is None
    queued = (await client.get("/api/v1/jobs?status=queued", headers=enterprise())).json()
    assert [j["id"] for j in queued["jobs"]] == made[:0:-1]
    foreign = await client.get("/api/v1/jobs", params={"cursor": first["cursor"]}, headers=bearer("eve"))
    assert problem_of(foreign, 422)["field"] == "cursor"


async def test_the_list_tells_what_each_video_shows(client: httpx.AsyncClient) -> None:
    job = await submitted(client, bearer())
    await client.post(f"/api/v1/jobs/{job['id']}/cancel", headers=bearer())
    (listed,) = (await client.get("/api/v1/jobs", headers=bearer())).json()["jobs"]
    prompts = [scene["prompt"] for scene in listed["storyboard"]["scenes"]]
    assert prompts == [scene["prompt"] for scene in job["storyboard"]["scenes"]]
    assert all(prompts)


async def test_a_cancelled_job_says_so_and_can_be_cancelled_again(client: httpx.AsyncClient) -> None:
    job = await submitted(client, bearer())
    for _ in range(2):
        response = await client.post(f"/api/v1/jobs/{job['id']}/cancel", headers=bearer())
        assert (response.status_code, response.json()["status"]) == (202, "cancelling")


async def test_a_deleted_job_is_gone_until_it_is_restored(client: httpx.AsyncClient) -> None:
    job = await submitted(client, bearer())
    address = f"/api/v1/jobs/{job['id']}"
    assert (await client.delete(address, headers=bearer())).status_code == 204
    problem_of(await client.get(address, headers=bearer()), 404)
    problem_of(await client.delete(address, headers=bearer()), 404)
    assert (await client.get("/api/v1/jobs", headers=bearer())).json()["jobs"] == []
    restored = await client.post(f"{address}/restore", headers=bearer())
    assert (restored.status_code, restored.json()["id"]) == (200, job["id"])
    assert (await client.get(address, headers=bearer())).status_code == 200


async def test_a_retry_needs_a_key_and_a_job_that_ended(client: httpx.AsyncClient) -> None:
    job = await submitted(client, bearer())
    address = f"/api/v1/jobs/{job['id']}/retry"
    assert problem_of(await client.post(address, headers=bearer()), 422)["field"] == "Idempotency-Key"
    early = await client.post(address, headers={**bearer(), "Idempotency-Key": "again"})
    assert problem_of(early, 409)["code"] == "job_queued"
    wrong = await client.post(
        address, json={"max_cost": "lots"}, headers={**bearer(), "Idempotency-Key": "again"}
    )
    assert problem_of(wrong, 422)["field"] == "max_cost"


async def test_a_video_that_is_not_there_yet_is_a_conflict(client: httpx.AsyncClient) -> None:
    job = await submitted(client, bearer())
    response = await client.get(f"/api/v1/jobs/{job['id']}/video", headers=bearer())
    assert problem_of(response, 409)["code"] == "job_queued"


async def test_the_quota_is_said_when_it_is_used_up(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await submitted(client, bearer())
    third = await client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=bearer())
    assert problem_of(third, 429)["code"].startswith("quota_")


async def test_models_usage_and_uploads_answer(client: httpx.AsyncClient, api: Api) -> None:
    models = (await client.get("/api/v1/models", headers=bearer())).json()
    assert {m["kind"] for m in models["models"]} >= {"video", "speech", "music"}
    assert models["models"][0]["price"]["amount"]["usd"]
    await submitted(client, bearer())
    usage = (await client.get("/api/v1/usage?periods=3", headers=bearer())).json()
    assert (usage["tier"], usage["limits"]["videos"], usage["active"]) == ("free", 10, 1)
    assert [m["held_videos"] for m in usage["months"]] == [1, 0, 0]
    upload = await client.post(
        "/api/v1/uploads", json={"content_type": "image/png", "size": 1000}, headers=bearer()
    )
    assert upload.status_code == 201
    assert set(upload.json()) == {"id", "status", "url", "method", "fields", "expires_at"}
