"""Wrong input on every route: each is refused with a problem that names the field, its value and what is allowed."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from omnigen.domain.storyboard import MAX_SCENES
from omnigen.entrypoints.http.middleware.body_limit import MAX_BODY
from tests.http.conftest import Api, a_brief, bearer, enterprise, problem_of, scenes

JSON = {"Content-Type": "application/json"}
BODIES = ["/api/v1/jobs", "/api/v1/storyboards", "/api/v1/uploads", "/api/v1/jobs/job_x/retry"]


def _brief(**changes: Any) -> dict[str, Any]:
    return {"brief": {k: v for k, v in a_brief(**changes).items() if v != "absent"}}


def _board(*, first: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    board: dict[str, Any] = {"scenes": scenes(2), **changes}
    if first:
        board["scenes"][0] |= first
    return {"storyboard": board}


WRONG: list[tuple[Any, str | None, str]] = [
    ({}, "brief", "neither of brief and storyboard is given; exactly one is allowed"),
    (_brief() | _board(), "brief", "both of brief and storyboard"),
    (_brief(prompt="absent"), "brief.prompt", "prompt is missing"),
    (_brief(fit="stretch"), "brief.fit", 'fit is "stretch"; one of auto, crop, pad, blur is allowed'),
    (_brief(watermark={}), "brief.watermark.image", "image is missing"),
    (_brief(watermark={"image": "u", "opacity": 2}), "brief.watermark.opacity", "opacity is 2; "),
    (_board(watermark={"image": "u", "width": 0.9}), "storyboard.watermark.width", "width is 0.9; "),
    (_board(watermark={"image": "upl_none"}), "storyboard.watermark.image", "there is no such upload"),
    (_brief(prompt=""), "brief.prompt", "prompt has 0 characters; 10 to 2000 are allowed"),
    (_brief(prompt=" " * 50), "brief.prompt", "prompt has 0 characters"),
    (_brief(prompt="x" * 9), "brief.prompt", "prompt has 9 characters"),
    (_brief(prompt="x" * 2001), "brief.prompt", "prompt has 2001 characters"),
    (_brief(prompt="a lighthouse \0 at dusk"), "brief.prompt", "control character U+0000"),
    (_brief(prompt=["a lighthouse"]), "brief.prompt", "prompt is a list of 1; text is allowed"),
    (_brief(prompt=None), "brief.prompt", "prompt is null; text is allowed"),
    (_brief(duration=900), "brief.duration", "duration is 900 s; between 5 and 180 s is allowed"),
    (_brief(duration=4.99), "brief.duration", "duration is 4.99 s; between 5 and 180 s is allowed"),
    (_brief(duration=-5), "brief.duration", "between 5 and 180 s"),
    (_brief(duration=True), "brief.duration", "duration is true; between 5 and 180 s is allowed"),
    (_brief(duration="15"), "brief.duration", 'duration is "15"; between 5 and 180 s is allowed'),
    (_brief(duration=float("nan")), "brief.duration", "nan; a finite number is allowed"),
    (_brief(duration=float("inf")), "brief.duration", "inf; a finite number is allowed"),
    (_brief(duration={}), "brief.duration", "duration is an object"),
    (
        _brief(aspect_ratio="21:9"),
        "brief.aspect_ratio",
        'aspect_ratio is "21:9"; one of 16:9, 9:16, 1:1, 4:5',
    ),
    (_brief(style=""), "brief.style", "one of cinematic"),
    (_brief(planner="gpt"), "brief.planner", "one of free, llm"),
    (_brief(model="acme/none"), "brief.model", "allowed are"),
    (
        _brief(model="m" * 101),
        "brief.model",
        "model is 101 characters long; text of 0 to 100 characters is allowed",
    ),
    (_brief(music="yes"), "brief.music", "true or false"),
    (_brief(narration=1), "brief.narration", "narration is 1; true or false is allowed"),
    (_brief(title="t" * 121), "brief.title", "title has 121 characters"),
    (_brief(owner="eve"), "brief.owner", "'owner' is not known here; allowed are prompt, duration"),
    (_brief() | {"status": "succeeded"}, "status", "'status' is not known here"),
    (_brief() | {"max_cost": -1}, "max_cost", "dollars from 0 to 1000000"),
    (_brief() | {"max_cost": "0.0000001"}, "max_cost", "at most 6 decimals"),
    (_brief() | {"max_cost": "NaN"}, "max_cost", "dollars from 0"),
    (_brief() | {"max_cost": "1e99"}, "max_cost", "dollars from 0"),
    (_brief() | {"max_cost": "٣"}, "max_cost", "dollars from 0"),
    (_brief() | {"max_cost": True}, "max_cost", "max_cost is true"),
    (_board(scenes=[]), "storyboard.scenes", "scenes is a list of 0; a list of 1 to 40 is allowed"),
    (_board(scenes=scenes(MAX_SCENES + 1)), "storyboard.scenes", "scenes is a list of 41"),
    (_board(scenes=scenes(1, duration=4)), "storyboard.scenes", "the scenes make 4 s"),
    (_board(scenes=scenes(4, duration=50)), "storyboard.scenes", "the scenes make 200 s"),
    (_board(first={"prompt": ""}), "storyboard.scenes[1].prompt", "prompt has 0 characters"),
    (_board(first={"prompt": 5}), "storyboard.scenes[1].prompt", "prompt is 5; text is allowed"),
    (_board(first={"duration": 61}), "storyboard.scenes[1].duration", "duration is 61 s; between 1 and 60 s"),
    (_board(first={"duration": float("nan")}), "storyboard.scenes[1].duration", "nan"),
    (_board(first={"number": 2}), "storyboard.scenes[1].number", "number is 2; 1 is allowed here"),
    (_board(first={"seed": -1}), "storyboard.scenes[1].seed", "a whole number from 0 to 2147483647"),
    (_board(first={"seed": 2**31}), "storyboard.scenes[1].seed", "a whole number from 0 to 2147483647"),
    (_board(first={"seed": 1.5}), "storyboard.scenes[1].seed", "seed is 1.5"),
    (
        _board(first={"narration": "n" * 1001}),
        "storyboard.scenes[1].narration",
        "narration has 1001 characters",
    ),
    (
        _board(first={"transition": {"type": "spin"}}),
        "storyboard.scenes[1].transition.type",
        "one of cut, fade",
    ),
    (
        _board(first={"transition": {"type": "cut", "duration": 1}}),
        "storyboard.scenes[1].transition.duration",
        "a cut",
    ),
    (_board(first={"transition": {"type": "fade"}}), "storyboard.scenes[1].transition", "first scene"),
    (
        _board(first={"reference_image": "r" * 65}),
        "storyboard.scenes[1].reference_image",
        "65 characters long",
    ),
    (_board(first={"cost": 0}), "storyboard.scenes[1].cost", "'cost' is not known here"),
    (_board(music=""), None, ""),
    ([], None, "the body is a list of 0; an object is allowed"),
    ("brief", None, "an object is allowed"),
]


@pytest.mark.parametrize(("body", "field", "said"), WRONG, ids=lambda value: str(value)[:50])
async def test_a_wrong_job_is_refused_with_field_value_and_what_is_allowed(
    client: httpx.AsyncClient, body: Any, field: str | None, said: str
) -> None:
    response = await client.post("/api/v1/jobs", content=json.dumps(body), headers=enterprise() | JSON)
    if not said:
        assert response.status_code == 202, response.text
        return
    problem = problem_of(response, 422)
    assert problem.get("field") == field
    assert said in problem["detail"]


async def test_two_thousand_characters_with_blanks_around_them_are_allowed(client: httpx.AsyncClient) -> None:
    body = {"brief": a_brief(prompt=f"\n {'light ' * 333}on\n")}
    assert (await client.post("/api/v1/jobs", json=body, headers=enterprise())).status_code == 202


NO_JSON = [b"{", b"{}{}", b"\xff\xfe", b'{"a":}', b'{"a":"\\ud800"}', b"\0", b"<xml/>", b"[" * 50_000]


@pytest.mark.parametrize("path", BODIES)
async def test_what_is_no_json_is_malformed(client: httpx.AsyncClient, path: str) -> None:
    for body in NO_JSON:
        response = await client.post(
            path, content=body, headers=enterprise() | JSON | {"Idempotency-Key": "k"}
        )
        assert problem_of(response, 400)["code"] == "malformed", body[:20]


@pytest.mark.parametrize("path", BODIES[:3])
async def test_an_empty_body_is_refused(client: httpx.AsyncClient, path: str) -> None:
    response = await client.post(path, headers=enterprise() | JSON)
    assert "JSON body" in problem_of(response, 422)["detail"]


OTHER_FORMS = [
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "multipart/form-data; boundary=x"},
    {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    {"Content-Type": ""},
]


@pytest.mark.parametrize("path", BODIES)
async def test_other_forms_of_body_are_unsupported(client: httpx.AsyncClient, path: str) -> None:
    for form in OTHER_FORMS:
        response = await client.post(
            path, content=b"{}", headers=enterprise() | {"Idempotency-Key": "k"} | form
        )
        problem_of(response, 415)


@pytest.mark.parametrize("path", [*BODIES, "/api/v1/webhooks/replicate", "/nowhere"])
async def test_ten_megabytes_are_too_large_announced_or_not(client: httpx.AsyncClient, path: str) -> None:
    async def chunks() -> Any:
        for _ in range(10):
            yield b" " * 1_000_000

    headers = enterprise() | JSON | {"Idempotency-Key": "k"}
    announced = await client.post(path, content=b" " * 10_000_000, headers=headers)
    assert str(MAX_BODY) in problem_of(announced, 413)["detail"]
    if path != "/nowhere":
        problem_of(await client.post(path, content=chunks(), headers=headers), 413)


async def test_the_longest_storyboard_is_not_too_large(client: httpx.AsyncClient) -> None:
    """40 scenes of the longest texts, in characters of four bytes."""
    board = {"scenes": scenes(40, prompt="🌊" * 2000, narration="🌊" * 1000, duration=4)}
    body = json.dumps({"storyboard": board}, ensure_ascii=False).encode()
    assert len(body) < MAX_BODY
    response = await client.post("/api/v1/jobs", content=body, headers=enterprise() | JSON)
    assert response.status_code in (202, 422), response.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=NaN", "limit"),
        ("limit=", "limit"),
        ("status=done", "status"),
        ("cursor=nonsense", "cursor"),
        ("cursor=" + "c" * 600, "cursor"),
        ("cursor=%00", "cursor"),
    ],
)
async def test_wrong_queries_of_the_list_are_refused(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    response = await client.get(f"/api/v1/jobs?{query}", headers=bearer())
    assert problem_of(response, 422)["field"] == field


@pytest.mark.parametrize("periods", ["0", "37", "-1", "x", ""])
async def test_wrong_numbers_of_months_are_refused(client: httpx.AsyncClient, periods: str) -> None:
    response = await client.get(f"/api/v1/usage?periods={periods}", headers=bearer())
    assert problem_of(response, 422)["field"] == "periods"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content_type": "text/html", "size": 10}, 422),
        ({"content_type": "image/png", "size": 0}, 422),
        ({"content_type": "image/png", "size": -1}, 422),
        ({"content_type": "image/png", "size": True}, 422),
        ({"content_type": "image/png", "size": "10"}, 422),
        ({"content_type": "image/png", "size": 10, "key": "x"}, 422),
        ({"content_type": "image/png"}, 422),
        ({"content_type": "image/png", "size": 900_000_000}, 413),
    ],
    ids=str,
)
async def test_wrong_uploads_are_refused(client: httpx.AsyncClient, body: Any, status: int) -> None:
    problem_of(await client.post("/api/v1/uploads", json=body, headers=bearer()), status)


def _routes(api: Api) -> Iterator[tuple[str, str]]:
    document = api.server.openapi_schema.to_schema()
    for path, item in document["paths"].items():  # type: ignore[attr-defined]
        for method in item:
            yield method.upper(), path


IDS = [
    "job_absent",
    "..",
    "%00",
    "%2e%2e%2f",
    "job_" + "x" * 5000,
    "'; drop table jobs;--",
    "%F0%9F%8C%8A",
    "1",
    "NaN",
]


async def test_odd_ids_are_not_found_on_every_route(api: Api) -> None:
    """Routes come from the OpenAPI document, so that a new one can't be forgotten."""
    for method, path in _routes(api):
        if "{job_id}" not in path:
            continue
        for odd in IDS:
            headers = enterprise() | JSON | {"Idempotency-Key": "k"}
            content = b"{}" if method in ("POST", "PATCH", "PUT") else None
            response = await api.client.request(
                method, path.replace("{job_id}", odd), headers=headers, content=content
            )
            assert response.status_code in (404, 405), (method, path, odd, response.text)
            problem_of(response, response.status_code)


async def test_another_owners_job_is_not_found_on_every_route(api: Api) -> None:
    made = await api.client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=bearer("ada"))
    before = (await api.client.get(made.headers["location"], headers=bearer("ada"))).json()
    for method, path in _routes(api):
        if "{job_id}" in path:
            headers = enterprise("eve") | JSON | {"Idempotency-Key": "k"}
            content = b"{}" if method in ("POST", "PATCH", "PUT") else None
            address = path.replace("{job_id}", before["id"])
            problem_of(await api.client.request(method, address, headers=headers, content=content), 404)
    assert (await api.client.get(made.headers["location"], headers=bearer("ada"))).json() == before


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    assert problem_of(await client.get("/api/v1/nothing", headers=bearer()), 404)["code"] == "not_found"
    response = await client.put("/api/v1/jobs", headers=bearer())
    assert problem_of(response, 405)["code"] == "method_not_allowed"
    assert {"GET", "POST"} <= set(response.headers["allow"].replace(" ", "").split(","))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("revision=1&revision=1", "revision"),
        ("revision=null", "revision"),
        ("revision=Null", "revision"),
        ("revision=", "revision"),
        ("revision=1.5", "revision"),
        ("x%0D%0Ay=1&x%0D%0Ay=2", "x\r\ny"),
    ],
)
async def test_a_parameter_is_given_once_and_plainly(
    client: httpx.AsyncClient, query: str, field: str
) -> None:
    """Neither null nor twice nor half a number: what was meant would be anybody's guess."""
    made = await client.post("/api/v1/jobs", json=_brief(), headers=bearer())
    response = await client.get(f"/api/v1/jobs/{made.json()['id']}?{query}", headers=bearer())
    assert problem_of(response, 422)["field"] == field
