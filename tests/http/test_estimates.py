"""What a storyboard as it stands would cost: as a submission reckons it, and refused where one would be."""

from typing import Any

import httpx
import pytest

from tests.http.conftest import bearer, problem_of, scenes

ESTIMATE = "/api/v1/storyboards/estimate"


async def test_it_costs_what_a_submission_holds(client: httpx.AsyncClient) -> None:
    board = {"scenes": scenes(3), "music": "slow and dark"}
    priced = await client.post(ESTIMATE, json=board, headers=bearer())
    assert priced.status_code == 200, priced.text
    submitted = await client.post("/api/v1/jobs", json={"storyboard": board}, headers=bearer())
    assert submitted.status_code == 202, submitted.text
    job, told = submitted.json(), priced.json()
    assert told["estimate"]["at_most"]["micros"] > 0
    assert (told["estimate"], told["duration"]) == (job["estimate"], job["duration"])
    assert told["storyboard"]["scenes"] == job["storyboard"]["scenes"]


async def test_nothing_is_held_or_stored(client: httpx.AsyncClient) -> None:
    before = (await client.get("/api/v1/usage", headers=bearer())).json()
    assert (await client.post(ESTIMATE, json={"scenes": scenes(2)}, headers=bearer())).status_code == 200
    assert (await client.get("/api/v1/usage", headers=bearer())).json() == before
    assert (await client.get("/api/v1/jobs", headers=bearer())).json()["jobs"] == []


@pytest.mark.parametrize(
    ("board", "status", "field"),
    [
        ({"scenes": []}, 422, "scenes"),
        ({"scenes": scenes(20)}, 429, "duration"),
        ({"scenes": scenes(40)}, 422, "scenes"),
        ({"scenes": scenes(1), "model": "nobody/nothing"}, 422, "model"),
    ],
    ids=["no scenes", "longer than the tier allows", "longer than any", "a model that is not there"],
)
async def test_refused_as_a_submission_would_be(
    client: httpx.AsyncClient, board: dict[str, Any], status: int, field: str
) -> None:
    priced = problem_of(await client.post(ESTIMATE, json=board, headers=bearer()), status)
    submitted = problem_of(
        await client.post("/api/v1/jobs", json={"storyboard": board}, headers=bearer()), status
    )
    assert priced["code"] == submitted["code"]
    assert priced.get("field", "").split("[")[0] == field
