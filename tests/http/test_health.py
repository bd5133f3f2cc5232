"""Alive, ready, and counted."""

from typing import Any

from tests.http.conftest import Api, bearer, problem_of


async def test_it_is_alive_and_ready(api: Api) -> None:
    assert (await api.client.get("/health")).json() == {"status": "ok"}
    ready = await api.client.get("/ready")
    assert ready.json() == {"status": "ready", "checks": {"jobs": True, "assets": True}}


async def test_it_says_what_cannot_be_reached(api: Api) -> None:
    async def half() -> dict[str, bool]:
        return {"jobs": True, "assets": False}

    object.__setattr__(api.container.app(), "check_ready", half)
    problem = problem_of(await api.client.get("/ready"), 503)
    assert problem["checks"] == {"jobs": True, "assets": False}
    assert "assets" in problem["detail"]
    assert problem["retry_after"] == 5
    assert (await api.client.get("/health")).status_code == 200


async def test_requests_are_counted_by_route_and_never_by_address(api: Api) -> None:
    await api.client.get("/api/v1/jobs/job_secret", headers=bearer())
    text = (await api.client.get("/metrics")).text
    labels = 'method="GET",route="/api/v1/jobs/{job_id}",status="404"'
    assert f"omnigen_http_requests_total{{{labels}}} 1.0" in text
    assert "omnigen_http_request_seconds_bucket" in text
    assert "job_secret" not in text


async def test_metrics_kept_elsewhere_are_not_found_here(api: Api) -> None:
    class Elsewhere:
        def count(self, *_: Any, **__: Any) -> None: ...

        time = gauge = count

    object.__setattr__(api.container.app(), "metrics", Elsewhere())
    problem_of(await api.client.get("/metrics"), 404)
