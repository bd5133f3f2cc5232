"""Names of another's things, wherever a request may carry one: in a body, a cursor, an Idempotency-Key (P8)."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.harness import FAMILIES, each_family
from tests.http.conftest import bearer, enterprise, problem_of
from tests.security.house import BRIEF, OTHER, OWNER, SCENE, WISH, House, a_failed, a_house, an_upload

ABSENT = "upl_00wxyz"


@pytest.fixture(params=["memory"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    family = FAMILIES[request.param]
    family.serve()
    async with a_house(family, tmp_path) as made:
        yield made


def _without(answer: httpx.Response, name: str) -> tuple[int, str]:
    own = answer.headers["x-request-id"]
    return answer.status_code, answer.text.replace(own, "R").replace(name, "N")


def _wishes(upload: str) -> list[dict[str, Any]]:
    """Every place of a wish that names an upload."""
    return [
        {"storyboard": {"scenes": [{**SCENE, "reference_image": upload}]}},
        {"storyboard": {"scenes": [SCENE], "watermark": {"image": upload}}},
        {"brief": {**BRIEF, "watermark": {"image": upload}}},
    ]


def _edits(upload: str) -> list[dict[str, Any]]:
    """The same in an edit."""
    return [{"scenes": [{"from": 1, "reference_image": upload}]}, {"watermark": {"image": upload}}]


@pytest.mark.parametrize("house", each_family(), indirect=True)
async def test_anothers_upload_is_no_upload(house: House) -> None:
    """Admitted or awaited, in a job, an edit or its dry run: 422 in the very words for one that never was."""
    client, own = house.client, await a_failed(house.world, OTHER)
    awaited = await an_upload(house.world, client)
    before = await house.belongings()
    objects = house.world.object_keys()
    for theirs in (house.upload, awaited):
        for path, bodies in (("jobs", _wishes), (f"jobs/{own}/storyboard", _edits)):
            for foreign, absent in zip(bodies(theirs), bodies(ABSENT), strict=True):
                for query in ("", "?dry_run=1"):
                    answers = [
                        _without(await _send(client, path + query, body), name)
                        for body, name in ((foreign, theirs), (absent, ABSENT))
                    ]
                    assert answers[0] == answers[1], (path, foreign)
                    assert answers[0][0] == 422, answers[0]
                    assert "there is no such upload" in answers[0][1]
    assert await house.belongings() == before
    assert house.world.object_keys() == objects, "what was awaited still lies in quarantine"
    listed = (await client.get("/api/v1/jobs", headers=bearer(OTHER))).json()["jobs"]
    assert [job["id"] for job in listed] == [own]


async def test_what_is_only_drawn_or_planned_opens_no_upload(house: House) -> None:
    """An animatic and a render plan answer alike, whoever owns the pictures that a wish names: they use none."""
    for path in ("storyboards/animatic", "storyboards/plan"):
        for own, foreign in zip(_wishes(ABSENT), _wishes(house.upload), strict=True):
            answers = [await _send(house.client, path, body) for body in (own, foreign)]
            assert [answer.status_code for answer in answers] == [200, 200]
            shown = [
                {k: v for k, v in a.json().items() if k in ("frames", "width", "segments")} for a in answers
            ]
            assert shown[0] == shown[1]


async def test_a_take_of_another_job_is_none(house: House) -> None:
    """Another owner's, or of another job of one's own: only a job's own clips can be chosen."""
    take = next(t.id for t in await house.world.takes(house.jobs["film"]) if t.scene == 1)
    theirs, owners = await a_failed(house.world, OTHER), house.jobs["failed"]
    for who, job_id in ((OTHER, theirs), (OWNER, owners)):
        told = []
        for name in (take, take[:-2] + "_9"):
            headers = enterprise(who) | {"Idempotency-Key": "take"}
            answer = await house.client.post(
                f"/api/v1/jobs/{job_id}/scenes/1/regenerate", json={"take": name}, headers=headers
            )
            assert problem_of(answer, 422)["field"] == "take"
            told.append(_without(answer, name))
        assert told[0] == told[1]


@pytest.mark.parametrize("house", each_family(), indirect=True)
async def test_a_key_is_its_owners(house: House) -> None:
    """The same key and body from somebody else make a job of his own; nothing of the first answer is shown."""
    headers = {"Idempotency-Key": "the-same"}
    first = await house.client.post("/api/v1/jobs", json=WISH, headers=enterprise(OWNER) | headers)
    second = await house.client.post("/api/v1/jobs", json=WISH, headers=enterprise(OTHER) | headers)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] != second.json()["id"]
    assert "idempotent-replayed" not in second.headers
    other = {**WISH, "max_cost": "900"}
    reused = await house.client.post("/api/v1/jobs", json=other, headers=enterprise(OWNER) | headers)
    assert problem_of(reused, 422)["code"] == "idempotency_key_reused"
    free = await house.client.post("/api/v1/jobs", json=other, headers=enterprise("mallory") | headers)
    assert free.status_code == 202, "another's use of a key is not even told by a refusal"


async def test_a_key_does_not_open_a_job_that_was_deleted_or_is_anothers(house: House) -> None:
    """A key that began a revision answers its owner, on that route; on another's job it is 404 as ever."""
    path, key = f"/api/v1/jobs/{house.jobs['failed']}/retry", {"Idempotency-Key": "again"}
    assert (await house.client.post(path, headers=enterprise(OWNER) | key, json={})).status_code == 202
    foreign = await house.client.post(path, headers=enterprise(OTHER) | key, json={})
    assert problem_of(foreign, 404)["code"] == "not_found"
    elsewhere = path.replace(house.jobs["failed"], house.jobs["film"])
    problem_of(await house.client.post(elsewhere, headers=enterprise(OWNER) | key, json={}), 422)


@pytest.mark.parametrize("house", each_family(), indirect=True)
async def test_a_cursor_shows_nobody_anothers_jobs(house: House) -> None:
    """Stolen, cut, bent, or made by hand of another's id: refused, or a place in one's own list."""
    client, [own] = house.client, [await a_failed(house.world, OTHER)]
    page = (await client.get("/api/v1/jobs?limit=1", headers=bearer(OWNER))).json()
    cursor = page["cursor"]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    forged = [
        cursor,
        cursor[:-1],
        cursor[1:],
        cursor + "A",
        cursor[::-1],
        house.jobs["film"],
        base64.urlsafe_b64encode(house.jobs["film"].encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(raw[:12] + own.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(bytes(12) + b"job_zzzzzz").decode().rstrip("="),
        base64.urlsafe_b64encode(raw[:12] + b"' OR '1'='1").decode().rstrip("="),
        "%00",
        "../" * 20,
        "A" * 512,
    ]
    for given in forged:
        for status in ({}, {"status": "succeeded"}, {"status": "failed"}):
            answer = await client.get(
                "/api/v1/jobs", params={"cursor": given, **status}, headers=bearer(OTHER)
            )
            assert problem_of(answer, 422)["field"] == "cursor", given
            assert not any(job_id in answer.text for job_id in house.jobs.values())
    too_long = await client.get("/api/v1/jobs", params={"cursor": "A" * 513}, headers=bearer(OTHER))
    assert problem_of(too_long, 422)["field"] == "cursor"


async def test_a_cursor_of_another_filter_stays_in_ones_own_list(house: House) -> None:
    """It is a place, not a permission: with another filter it leads on from there, and to nobody else's."""
    client, headers = house.client, bearer(OWNER)
    cursor = (await client.get("/api/v1/jobs?limit=1", headers=headers)).json()["cursor"]
    answer = await client.get("/api/v1/jobs", params={"cursor": cursor, "status": "failed"}, headers=headers)
    assert [job["id"] for job in answer.json()["jobs"]] == [house.jobs["failed"]]


@pytest.mark.parametrize("name", ["owner", "user", "user_id", "caller", "sub", "tier", "as", "impersonate"])
async def test_no_query_makes_one_somebody_else(house: House, name: str) -> None:
    """Who asks is what the token says: a parameter or header of that name is nobody's business."""
    headers = bearer(OTHER) | {f"X-{name.title()}": OWNER, "X-Forwarded-User": OWNER}
    listed = await house.client.get("/api/v1/jobs", params={name: OWNER}, headers=headers)
    assert listed.json() == {"jobs": [], "cursor": None}
    path = f"/api/v1/jobs/{house.jobs['film']}"
    problem_of(await house.client.get(path, params={name: OWNER}, headers=headers), 404)
    usage = await house.client.get("/api/v1/usage", params={name: "enterprise"}, headers=headers)
    assert usage.json()["tier"] == "free"


async def _send(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
    method = "PATCH" if "/storyboard" in path and "storyboards" not in path else "POST"
    headers = enterprise(OTHER) | {"Idempotency-Key": "mine"}
    return await client.request(method, f"/api/v1/{path}", json=body, headers=headers)
