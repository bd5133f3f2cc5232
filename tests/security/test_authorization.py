"""Every route, every caller, every id: nobody gets at another's anything, nor learns that it is there (P8).

The routes are those of the OpenAPI document; what each of them is asked for is told in `house.py`.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from omnigen.entrypoints.http.app import create_app
from tests.contract.harness import FAMILIES, each_family
from tests.http.conftest import bearer, enterprise, problem_of
from tests.security.house import (
    OPEN,
    OTHER,
    OWNER,
    WAYS,
    House,
    Operation,
    a_house,
    expired,
    operations,
    settings_at,
)

HIDDEN = {
    "/",
    "/docs",
    "/docs/assets/{name}",
    "/docs/raw",
    "/docs/raw/openapi.json",
    "/docs/raw/{path}",
    "/metrics",
    "/openapi.json",
}
"""What is served and not documented: pages, the document itself, counters. None of it is anybody's."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND")


@pytest.fixture(params=["memory"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    family = FAMILIES[request.param]
    family.serve()
    async with a_house(family, tmp_path) as made:
        yield made


def _documented() -> list[Operation]:
    server = create_app(settings_at(Path("unused")), None)  # type: ignore[arg-type]
    return list(operations(server))


DOCUMENTED = _documented()
GUARDED = [operation for operation in DOCUMENTED if operation.id not in OPEN]


def test_every_operation_is_told_how_it_is_asked_for() -> None:
    """And just three of them ask for no token."""
    assert {operation.id for operation in DOCUMENTED} == set(WAYS) | OPEN
    for operation in DOCUMENTED:
        secured = operation.told.get("security", []) == [{"accessToken": []}]
        assert secured == (operation.id not in OPEN), operation.id
        assert operation.id in OPEN or str(operation.way.gives) in operation.told["responses"]


def test_nothing_is_served_that_neither_document_nor_tests_know() -> None:
    server = create_app(settings_at(Path("unused")), None)  # type: ignore[arg-type]
    served = {route.path_format for route in server.routes}
    assert served - {operation.path for operation in DOCUMENTED} == HIDDEN


@pytest.mark.parametrize("operation", GUARDED, ids=lambda o: o.id)
async def test_the_owner_is_given_what_the_document_promises(operation: Operation, house: House) -> None:
    answer = await house.ask(operation, house.jobs[operation.way.job], enterprise(OWNER))
    assert answer.status_code == operation.way.gives, answer.text


def _told(answer: httpx.Response, job_id: str) -> tuple[int, dict[str, str], str]:
    """An answer without what is bound to differ: the id that was asked for, and the request's own."""
    own = answer.headers["x-request-id"]
    headers = {name: value.replace(own, "R") for name, value in answer.headers.items()}
    return answer.status_code, headers, answer.text.replace(own, "R").replace(job_id, "J")


@pytest.mark.parametrize("house", each_family(), indirect=True)
async def test_what_is_anothers_is_answered_like_what_never_was(house: House) -> None:
    """Status, headers and body, whatever the job has come to; and nothing happens to it."""
    before = await house.belongings()
    asked = 0
    for operation in house.operations:
        if not operation.of_a_job:
            continue
        for state, job_id in house.jobs.items():
            absent = job_id[:-3] + "xyz"
            for caller in (bearer(OTHER), enterprise(OTHER)):
                foreign = await house.ask(operation, job_id, caller)
                never = await house.ask(operation, absent, caller)
                assert foreign.status_code == 404, (operation.id, state, foreign.text)
                assert _told(foreign, job_id) == _told(never, absent), (operation.id, state)
                assert problem_of(foreign, 404)["code"] == "not_found"
                asked += 1
    assert asked == 2 * len(house.jobs) * sum(operation.of_a_job for operation in GUARDED)
    assert await house.belongings() == before
    await house.nothing_of(OTHER)


async def test_neither_an_odd_request_tells_the_two_apart(house: House) -> None:
    """Other scenes, files and revisions, takes of the other job, dry runs, keys that are missing or were used."""
    film, absent = house.jobs["film"], house.jobs["film"][:-3] + "xyz"
    take = (await house.world.takes(film))[0].id
    key = {"Idempotency-Key": "adas-own"}
    spent = await house.client.patch(
        f"/api/v1/jobs/{film}/storyboard", json={"title": "Mine"}, headers=enterprise(OWNER) | key
    )
    assert spent.status_code == 202, spent.text
    before = await house.belongings()
    for method, path, request in _odd(take, key):
        answers = []
        for job_id in (film, absent):
            sent = {**request, "headers": bearer(OTHER) | request.get("headers", {})}
            answers.append(
                _told(await house.client.request(method, f"/api/v1/jobs/{job_id}{path}", **sent), job_id)
            )
        assert answers[0] == answers[1], (method, path)
        assert 400 <= answers[0][0] < 500, (method, path, answers[0])
    assert await house.belongings() == before
    await house.nothing_of(OTHER)


def _odd(take: str, key: dict[str, str]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("GET", "?revision=1", {}),
        ("GET", "?revision=99", {}),
        ("GET", "?revision=nonsense", {}),
        ("GET", "/events", {"headers": {"Last-Event-ID": "1;0:1"}}),
        ("GET", "/events", {"headers": {"Last-Event-ID": "77;0:1"}}),
        ("GET", "/files/nonsense", {}),
        ("GET", "/video?download=1", {}),
        ("POST", "/retry", {}),
        ("POST", "/retry", {"headers": key}),
        ("POST", "/retry", {"headers": key, "json": {"placeholders": True}}),
        ("POST", "/retry", {"headers": key, "content": b"{", "params": {}}),
        ("PATCH", "/storyboard", {"json": {"title": "Mine"}}),
        ("PATCH", "/storyboard", {"json": {"title": "Mine"}, "headers": key}),
        ("PATCH", "/storyboard?dry_run=1", {"json": {"title": "Mine"}}),
        ("PATCH", "/storyboard?dry_run=1", {"json": {"scenes": [{"from": 1, "take": take}]}}),
        ("PATCH", "/storyboard?dry_run=1", {"json": {"scenes": [{"from": 39}]}}),
        ("POST", "/scenes/1/regenerate", {"headers": key, "json": {"take": take}}),
        ("POST", "/scenes/39/regenerate", {"headers": key}),
        ("POST", "/scenes/0/regenerate", {"headers": key}),
    ]


@pytest.mark.parametrize("who", ["nobody", "expired"])
async def test_without_a_valid_token_nothing_is_said(house: House, who: str) -> None:
    """401 with its challenge, on every route, for what is there as for what is not."""
    headers = {} if who == "nobody" else expired()
    before = await house.belongings()
    for operation in house.operations:
        job_id = house.jobs[operation.way.job]
        there, never = [await house.ask(operation, name, headers) for name in (job_id, job_id[:-3] + "xyz")]
        challenge = there.headers["www-authenticate"]
        assert problem_of(there, 401)["code"] == ("no_token" if who == "nobody" else "token_expired")
        assert challenge.startswith("Bearer")
        assert ('error="invalid_token"' in challenge) == (who == "expired")
        assert _told(there, job_id) == _told(never, job_id[:-3] + "xyz"), operation.id
    assert await house.belongings() == before


async def test_methods_that_are_not_declared_are_refused(house: House) -> None:
    """405, naming those that are; a job is not changed by an unforeseen verb."""
    declared: dict[str, set[str]] = {}
    for operation in DOCUMENTED:
        declared.setdefault(operation.path, set()).add(operation.method)
    before = await house.belongings()
    for path, methods in declared.items():
        address = path.format(job_id=house.jobs["film"], number=1, kind="manifest")
        for method in (m for m in METHODS if m not in methods):
            answer = await house.client.request(method, address, headers=enterprise(OWNER), json={})
            assert answer.status_code == 405, (method, path, answer.status_code)
            allowed = set(answer.headers["allow"].replace(" ", "").split(","))
            assert methods <= allowed <= methods | {"OPTIONS"}, (method, path)
        asked = await house.client.options(address, headers=enterprise(OWNER))
        assert asked.headers["allow"] == ", ".join(sorted(methods | {"OPTIONS"})), path
    assert await house.belongings() == before
