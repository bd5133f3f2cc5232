"""What every request passes: its id, safe headers, CORS for the app alone, and a bound on its rate."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from attrs import evolve
from structlog.testing import capture_logs

from omnigen.settings import Settings
from tests.http.conftest import Api, a_brief, bearer, enterprise, problem_of, token

APP = "https://app.test"


async def test_a_sane_request_id_is_kept_and_any_other_replaced(client: httpx.AsyncClient) -> None:
    kept = await client.get("/health", headers={"X-Request-Id": "trace-0001.a_b"})
    assert kept.headers["x-request-id"] == "trace-0001.a_b"
    for odd in ("short", "a" * 65, "with blank", "<script>alert", "line\tbreak"):
        made = await client.get("/health", headers={"X-Request-Id": odd})
        assert made.headers["x-request-id"].startswith("req_")
    assert (await client.get("/health")).headers["x-request-id"] != (await client.get("/health")).headers[
        "x-request-id"
    ]


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/jobs", "/docs", "/"])
async def test_every_response_has_safe_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-inline" not in headers["content-security-policy"].split("style-src")[0]
    assert headers.get_list("cache-control") == ["no-store"]
    assert "strict-transport-security" not in headers


async def test_https_is_insisted_on_where_it_is_spoken(
    serve: Callable[[Settings], Any], settings: Settings
) -> None:
    secure = evolve(settings, http=evolve(settings.http, public_url="https://api.test"))
    async with serve(secure) as api:
        assert "max-age" in (await api.client.get("/health")).headers["strict-transport-security"]


async def test_the_apps_origin_may_read_and_no_other(client: httpx.AsyncClient) -> None:
    mine = await client.get("/api/v1/jobs", headers=bearer() | {"Origin": APP})
    assert mine.headers["access-control-allow-origin"] == APP
    assert "X-Request-Id" in mine.headers["access-control-expose-headers"]
    for origin in ("https://evil.test", "null", f"{APP}.evil.test", APP.upper()):
        other = await client.get("/api/v1/jobs", headers=bearer() | {"Origin": origin})
        assert "access-control-allow-origin" not in other.headers
        assert other.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in mine.headers


async def test_errors_can_be_read_by_the_app_too(client: httpx.AsyncClient) -> None:
    for path, size in (("/api/v1/jobs", 0), ("/nowhere", 0), ("/api/v1/jobs", 2_000_000)):
        response = await client.post(path, headers={"Origin": APP}, content=b" " * size)
        assert response.status_code in (401, 404, 405, 413)
        assert response.headers["access-control-allow-origin"] == APP


async def test_a_preflight_is_answered_without_a_token(client: httpx.AsyncClient) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    mine = await client.options("/api/v1/jobs", headers={"Origin": APP, **asked})
    assert mine.status_code == 204
    assert "Authorization" in mine.headers["access-control-allow-headers"]
    assert "DELETE" in mine.headers["access-control-allow-methods"]
    other = await client.options("/api/v1/jobs", headers={"Origin": "https://evil.test", **asked})
    assert "access-control-allow-methods" not in other.headers


async def test_spending_requests_are_bounded_by_the_tier(client: httpx.AsyncClient) -> None:
    """A refused one waits for the window, and another caller has a window of their own."""
    seen = []
    for number in range(10):
        response = await client.post("/api/v1/jobs", json={"brief": {}}, headers=bearer())
        assert response.status_code == 422
        assert response.headers["ratelimit-policy"] == '"spending";q=10;w=60'
        seen.append(response.headers["ratelimit"].split(";")[1])
        assert number or response.headers["ratelimit"].startswith('"spending";r=9;t=')
    assert seen == [f"r={left}" for left in range(9, -1, -1)]
    forwarded = bearer() | {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"}
    refused = await client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=forwarded)
    problem = problem_of(refused, 429)
    assert (problem["code"], problem["retry_after"]) == ("rate_limited", int(refused.headers["retry-after"]))
    assert 1 <= problem["retry_after"] <= 120
    assert refused.headers.get_list("ratelimit")[0].startswith('"spending";r=0;t=')
    assert len(refused.headers.get_list("ratelimit")) == 1
    assert (await client.get("/api/v1/jobs", headers=bearer())).status_code == 200
    assert (
        await client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=bearer("bob"))
    ).status_code == 202


async def test_a_retry_spends_from_the_same_window(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/jobs/job_x/retry", headers=bearer())
    response = await client.post("/api/v1/jobs", json={"brief": {}}, headers=bearer())
    assert ";r=8;" in response.headers["ratelimit"]


async def test_reads_have_a_generous_bound_that_all_routes_share(client: httpx.AsyncClient) -> None:
    first = await client.get("/api/v1/models", headers=bearer())
    second = await client.get("/api/v1/jobs", headers=bearer())
    assert first.headers["ratelimit-policy"] == '"general";q=1200;w=60'
    assert ";r=1199;" in first.headers["ratelimit"]
    assert ";r=1198;" in second.headers["ratelimit"]


async def test_rate_limits_can_be_off_while_quotas_stay(
    serve: Callable[[Settings], Any], settings: Settings
) -> None:
    async with serve(evolve(settings, http=evolve(settings.http, rate_limits=False))) as api:
        answers = [
            await api.client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=bearer())
            for _ in range(12)
        ]
    assert [a.status_code for a in answers[:2]] == [202, 202]
    assert {a.json()["code"] for a in answers[2:]} <= {"quota_concurrent", "quota_videos"}
    assert "ratelimit" not in answers[0].headers


async def test_the_access_log_has_ids_and_no_secrets(api: Api) -> None:
    with capture_logs() as lines:
        await api.client.get("/api/v1/jobs/job_abc?download=secret-query", headers=bearer("ada"))
        await api.client.get("/nowhere/secret-path")
    written = [line for line in lines if line["event"] == "request"]
    known, unknown = written
    assert (known["route"], known["status"], known["job_id"]) == ("/api/v1/jobs/{job_id}", 404, "job_abc")
    assert known["request_id"].startswith("req_")
    assert known["ms"] >= 0
    assert (unknown["route"], unknown["status"]) == ("unknown", 404)
    for secret in ("ada", "secret-query", "secret-path", token()[:20]):
        assert secret not in str(lines)


async def test_what_nobody_foresaw_is_internal_and_nothing_more(api: Api) -> None:
    class Broken:
        async def __call__(self, *_: Any, **__: Any) -> None:
            raise ZeroDivisionError("secret detail")

    app = api.container.app()
    object.__setattr__(app, "get_usage", Broken())
    with capture_logs() as lines:
        response = await api.client.get("/api/v1/usage", headers=enterprise())
    problem = problem_of(response, 500)
    assert problem["code"] == "internal"
    assert "secret detail" not in response.text
    (error,) = [line for line in lines if line["log_level"] == "error"]
    assert error["request_id"] == problem["request_id"]
