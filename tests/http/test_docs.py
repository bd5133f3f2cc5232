"""The OpenAPI document says all that the API does, and its page works with no network."""

import re
from typing import Any

import httpx
import msgspec
import pytest

from tests.http.conftest import a_brief, bearer


@pytest.fixture
async def document(client: httpx.AsyncClient) -> dict[str, Any]:
    response = await client.get("/openapi.json")
    assert response.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    found: dict[str, Any] = response.json()
    return found


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(p, m, o) for p, item in document["paths"].items() for m, o in item.items()]


async def test_every_route_of_the_api_is_there(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {(m.upper(), p) for p, m, _ in _operations(document)} == {
        ("GET", "/health"),
        ("GET", "/ready"),
        ("GET", "/api/v1/models"),
        ("POST", "/api/v1/storyboards"),
        ("POST", "/api/v1/storyboards/animatic"),
        ("POST", "/api/v1/storyboards/estimate"),
        ("POST", "/api/v1/jobs"),
        ("GET", "/api/v1/jobs"),
        ("GET", "/api/v1/jobs/{job_id}"),
        ("DELETE", "/api/v1/jobs/{job_id}"),
        ("GET", "/api/v1/jobs/{job_id}/events"),
        ("GET", "/api/v1/jobs/{job_id}/video"),
        ("GET", "/api/v1/jobs/{job_id}/files/{kind}"),
        ("GET", "/api/v1/jobs/{job_id}/export"),
        ("POST", "/api/v1/storyboards/plan"),
        ("GET", "/api/v1/jobs/{job_id}/plan"),
        ("POST", "/api/v1/jobs/{job_id}/preview"),
        ("POST", "/api/v1/jobs/{job_id}/cancel"),
        ("POST", "/api/v1/jobs/{job_id}/retry"),
        ("PATCH", "/api/v1/jobs/{job_id}/storyboard"),
        ("POST", "/api/v1/jobs/{job_id}/scenes/{number}/regenerate"),
        ("POST", "/api/v1/jobs/{job_id}/restore"),
        ("POST", "/api/v1/uploads"),
        ("GET", "/api/v1/usage"),
        ("POST", "/api/v1/webhooks/replicate"),
    }


async def test_every_route_is_described_and_names_its_problems(document: dict[str, Any]) -> None:
    names = set()
    for path, method, operation in _operations(document):
        assert operation["description"] or operation["summary"], path
        names.add(operation["operationId"])
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                (media,) = response["content"]
                assert media == "application/problem+json", (path, method, status)
                assert response["content"][media]["schema"] == {"$ref": "#/components/schemas/Problem"}
        guarded = path.startswith("/api/v1") and "webhooks" not in path
        assert guarded == ({"401", "422", "429"} <= set(operation["responses"]))
        assert operation.get("security", []) == ([{"accessToken": []}] if guarded else [])
    assert len(names) == len(_operations(document))


async def test_limits_and_defaults_are_in_the_document(document: dict[str, Any]) -> None:
    brief = document["components"]["schemas"]["BriefRequest"]
    assert set(brief["required"]) == {"prompt", "duration"}
    assert (brief["properties"]["prompt"]["minLength"], brief["properties"]["prompt"]["maxLength"]) == (
        10,
        2000,
    )
    assert (brief["properties"]["duration"]["minimum"], brief["properties"]["duration"]["maximum"]) == (
        5,
        180,
    )
    assert brief["properties"]["music"]["default"] is True
    board = document["components"]["schemas"]["StoryboardBody"]
    assert (board["properties"]["scenes"]["minItems"], board["properties"]["scenes"]["maxItems"]) == (1, 40)
    assert brief["additionalProperties"] is False
    assert brief["properties"]["style"]["default"] == "cinematic"


async def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    text = msgspec.json.encode(document).decode()
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in document["components"]["schemas"]


async def test_examples_are_accepted(client: httpx.AsyncClient, document: dict[str, Any]) -> None:
    properties = document["components"]["schemas"]["BriefRequest"]["properties"]
    example = {name: properties[name]["examples"][0] for name in ("prompt", "duration")}
    response = await client.post("/api/v1/jobs", json={"brief": a_brief(**example)}, headers=bearer())
    assert response.status_code == 202


async def test_the_page_loads_from_here_alone(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.headers["content-type"].startswith("text/html")
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert loaded
    for address in loaded:
        assert address.startswith("/docs/assets/")
        part = await client.get(address)
        assert part.status_code == 200
        assert "max-age" in part.headers["cache-control"]
    assert "<script>" not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "/openapi.json" in (await client.get("/docs/assets/start.js")).text


@pytest.mark.parametrize("name", ["nothing.js", "..%2f..%2fpyproject.toml", "swagger-ui.css.map", "%00"])
async def test_no_other_file_is_given_out(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/docs/assets/{name}")).status_code == 404


async def test_the_viewer_can_read_openapi_3_1(client: httpx.AsyncClient) -> None:
    """Swagger UI can from its version 5 on; 4 shows "Unable to render this definition"."""
    script = (await client.get("/docs/assets/swagger-ui-bundle.js")).text
    found = re.search(r'PACKAGE_VERSION:"(\d+)\.', script)
    assert found is not None
    assert int(found[1]) >= 5
