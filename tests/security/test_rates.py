"""A limit a minute is one user's, wherever the user asks from, in whichever words, and at whichever process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from omnigen.domain.quota import QUOTAS, Tier
from tests.contract.harness import FAMILIES
from tests.http.conftest import bearer

FREE = QUOTAS[Tier.FREE]
MANY = 64
FORWARDED = (
    "X-Forwarded-For",
    "Forwarded",
    "X-Real-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
    "X-Client-IP",
    "Via",
)


def disguised(number: int) -> dict[str, str]:
    """As if each request came from somewhere else."""
    address = f"203.0.113.{number}"
    return {name: f"for={address}" if name == "Forwarded" else address for name in FORWARDED}


Ask = Callable[[int], Awaitable[httpx.Response]]


@pytest.fixture
async def ask(client: httpx.AsyncClient) -> Ask:
    async def asked(number: int) -> httpx.Response:
        headers = bearer("ada", jti=f"token-{number}") | disguised(number)
        return await client.post("/api/v1/jobs", json={"brief": {}}, headers=headers)

    return asked


async def test_addresses_and_fresh_tokens_are_no_new_caller(ask: Ask) -> None:
    """Whatever a request says of where it comes from, and however new its token: it is counted by its user."""
    statuses = [(await ask(number)).status_code for number in range(FREE.requests + 20)]
    assert statuses == [422] * FREE.requests + [429] * 20


async def test_a_strangers_limit_cant_be_used_up(client: httpx.AsyncClient, ask: Ask) -> None:
    """Neither by sharing an address, nor by anything that comes without the stranger's own token."""
    for number in range(FREE.requests + 5):
        await ask(1)
        forged = (
            bearer("bob", client_id="other") | disguised(1) | {"X-User": "bob", "X-Omnigen-Caller": "bob"}
        )
        assert (await client.post("/api/v1/jobs", json={}, headers=forged)).status_code == 401, number
    mine = await client.post("/api/v1/jobs", json={"brief": {}}, headers=bearer("bob") | disguised(1))
    assert mine.headers["ratelimit"].startswith(f'"spending";r={FREE.requests - 1};')


@pytest.mark.parametrize(
    "query", ["dry_run=1", "dry_run=true", "dry_run=1&dry_run=0", "dry_run=0", "DRY_RUN=1", ""]
)
async def test_a_query_that_a_route_does_not_know_saves_nothing(
    client: httpx.AsyncClient, query: str
) -> None:
    """A dry run is free where it is one: elsewhere the word would let anybody spend uncounted."""
    for path in ("/api/v1/jobs", "/api/v1/jobs/job_x/retry", "/api/v1/jobs/job_x/scenes/1/regenerate"):
        answer = await client.post(f"{path}?{query}", json={"brief": {}}, headers=bearer("eve"))
        assert answer.headers["ratelimit-policy"] == f'"spending";q={FREE.requests};w=60', path
    edit = await client.patch("/api/v1/jobs/job_x/storyboard?dry_run=1", json={}, headers=bearer("eve"))
    assert edit.headers["ratelimit-policy"].startswith('"general"')


async def test_two_processes_count_together(tmp_path: Path) -> None:
    """P1's cousin: a limit of ten a minute is ten, at whichever process one asks, and however many at once."""
    async with FAMILIES["sqlite"].open(tmp_path) as one, FAMILIES["sqlite"].open(tmp_path) as other:
        at = datetime(2026, 11, 5, 12, tzinfo=UTC)
        hits = (
            (one, other)[n % 2].rates.hit("spending:ada", limit=10, window=60, at=at) for n in range(MANY)
        )
        states = await asyncio.gather(*hits)
    assert [state.allowed for state in states].count(True) == FREE.requests
