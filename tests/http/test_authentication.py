"""Nothing under /api/v1 but the signed webhook answers without a valid access token."""

import time
from collections.abc import Iterator

import httpx
import pytest

from omnigen.domain.errors import Transient
from omnigen.ports.identity import Caller
from tests.adapters.signing import claims, sign
from tests.http.conftest import Api, bearer, problem_of, token

OPEN = {"/health", "/ready", "/api/v1/webhooks/replicate"}


def _guarded(api: Api) -> Iterator[tuple[str, str]]:
    for path, item in api.server.openapi_schema.to_schema()["paths"].items():  # type: ignore[attr-defined]
        if path not in OPEN:
            yield from (
                (method.upper(), path.replace("{job_id}", "job_x").replace("{number}", "1"))
                for method in item
            )


async def test_every_route_asks_for_a_token(api: Api) -> None:
    for method, path in _guarded(api):
        response = await api.client.request(method, path)
        assert problem_of(response, 401)["code"] == "no_token", path
        assert response.headers["www-authenticate"] == 'Bearer realm="omnigen"'


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer x.y.z",
        "Basic YTpi",
        f"Token {token()}",
        f"Bearer {token()} extra",
        f"Bearer {'a' * 9000}",
        f"Bearer {token(exp=int(time.time()) - 60)}",
        f"Bearer {token(token_use='id')}",
        f"Bearer {token(client_id='other')}",
        f"Bearer {sign(claims(time.time()), header={'alg': 'none', 'kid': 'first'})}",
        f"Bearer {token()[:-4]}AAAA",
        "Bearer é",
    ],
    ids=lambda h: h[:24],
)
async def test_expired_and_forged_tokens_are_refused_on_every_route(api: Api, header: str) -> None:
    for method, path in _guarded(api):
        response = await api.client.request(method, path, headers={"Authorization": header.encode()})
        problem = problem_of(response, 401)
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
        assert token()[:40] not in str(problem)


async def test_two_tokens_are_one_too_many(client: httpx.AsyncClient) -> None:
    headers = [("Authorization", f"Bearer {token('ada')}"), ("Authorization", f"Bearer {token('eve')}")]
    problem_of(await client.get("/api/v1/jobs", headers=headers), 401)


async def test_a_token_in_the_query_is_none(client: httpx.AsyncClient) -> None:
    problem_of(await client.get(f"/api/v1/jobs?access_token={token()}"), 401)


async def test_a_scheme_is_known_in_any_case(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/jobs", headers={"Authorization": f"bearer {token()}"})
    assert response.status_code == 200


async def test_when_keys_cannot_be_had_it_is_an_outage(api: Api) -> None:
    class Down:
        async def verify(self, token: str) -> Caller:
            raise Transient("the sign-in's keys can't be fetched", retry_after=30)

    api.container.verifier.override(Down())
    api.container.app.reset()
    app = api.container.app()
    assert isinstance(app.verifier, Down)


async def test_the_caller_is_who_the_token_says(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/usage", headers=bearer("ada", **{"cognito:groups": ["pro", "beta"]}))
    assert response.json()["tier"] == "pro"
