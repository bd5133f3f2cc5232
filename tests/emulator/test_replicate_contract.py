"""Errors, limits, models and files of the fake Replicate, as the real one has them."""

import base64
import hashlib
import hmac
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from replicate.exceptions import ReplicateError

from emulator.replicate.catalogue import MODELS
from tests.emulator.replicate_stub import AUTH, PUBLIC, VEO, Fake, fake_replicate


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with fake_replicate(tmp_path) as running:
        yield running


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer"}, {"Authorization": "Basic eDp5"}])
def test_without_a_token_nothing_is_told(fake: Fake, headers: dict[str, str]) -> None:
    answer = PUBLIC.get(f"{fake.url}/v1/account", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    detail = "You did not pass a valid authentication token"
    assert answer.json() == {"title": "Unauthenticated", "detail": detail, "status": 401}


def test_one_token_can_be_demanded(tmp_path: Path) -> None:
    with fake_replicate(tmp_path, token="r8_other") as fake:
        assert fake.http("GET", "/v1/account").status_code == 401
        assert fake.http("GET", "/v1/account", headers={"Authorization": "Token r8_other"}).is_success


def test_an_unknown_version_is_refused(fake: Fake) -> None:
    with pytest.raises(ReplicateError) as raised:
        fake.client().predictions.create(version="0" * 64, input={"prompt": "x"})
    assert (raised.value.status, raised.value.title) == (422, "Invalid version or not permitted")
    assert fake.http("POST", "/v1/models/no/body/predictions", json={"input": {}}).status_code == 404
    assert fake.http("GET", "/v1/no/such/thing").json()["status"] == 404


SEEDANCE, KLING, WAN = "bytedance/seedance-2.0", "kwaivgi/kling-v3-omni-video", "wan-video/wan-2.7-i2v"


@pytest.mark.parametrize(
    ("model", "given", "kind", "field", "description"),
    [
        (VEO, {}, "required", "input", "prompt is required"),
        (VEO, {"prompt": None}, "required", "input", "prompt is required"),
        (
            VEO, {"prompt": 5}, "invalid_type", "input.prompt",
            "Invalid type. Expected: string, given: integer",
        ),
        (
            VEO, {"duration": 5}, "enum", "input.duration",
            "input.duration must be one of the following: 4, 6, 8",
        ),
        (
            VEO, {"aspect_ratio": "1:1"}, "enum", "input.aspect_ratio",
            'input.aspect_ratio must be one of the following: "16:9", "9:16"',
        ),
        (
            VEO, {"generate_audio": 1}, "invalid_type", "input.generate_audio",
            "Invalid type. Expected: boolean, given: integer",
        ),
        (VEO, {"image": "/etc/passwd"}, "format", "input.image", "Does not match format 'uri'"),
        (SEEDANCE, {"duration": 16}, "number_lte", "input.duration", "Must be less than or equal to 15"),
        (KLING, {"duration": 2}, "number_gte", "input.duration", "Must be greater than or equal to 3"),
        (
            WAN, {"duration": 2.5}, "invalid_type", "input.duration",
            "Invalid type. Expected: integer, given: number",
        ),
        ("runwayml/gen4-turbo", {}, "required", "input", "image is required"),
    ],
)  # fmt: skip
def test_inputs_are_held_to_the_models_schema(
    fake: Fake, model: str, given: dict[str, Any], kind: str, field: str, description: str
) -> None:
    """422 in the words of the real validation, and nothing is charged."""
    base = {} if kind == "required" and description.startswith("prompt") else {"prompt": "x"}
    answer = fake.create(base | given, model=model)
    assert answer.status_code == 422
    body = answer.json()
    assert body["title"] == "Input validation failed"
    assert body["detail"] == f"- {field}: {description}\n"
    assert body["invalid_fields"] == [{"type": kind, "field": field, "description": description}]
    assert fake.charged() == []


def test_unknown_input_fields_pass_and_unknown_body_fields_do_not(fake: Fake) -> None:
    assert fake.create({"prompt": "x", "vibe": "good"}).json()["input"]["vibe"] == "good"
    answer = fake.http("POST", "/v1/predictions", json={"version": VEO, "inptu": {"prompt": "x"}})
    assert [f["description"] for f in answer.json()["invalid_fields"]] == [
        "input is required",
        "Additional property inptu is not allowed",
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b"null",
        b'{"input": 3}',
        b'{"input": {"prompt": "x"}, "webhook": 4}',
        b'{"input": {"prompt": NaN}}',
        b"[" * 100_000,
        b'{"input": {"prompt": "\\ud800"}}',
        b'{"input": {"prompt": "x", "seed": 1' + b"0" * 5000 + b"}}",
        b"\xff{}",
    ],
)
def test_nonsense_is_refused(fake: Fake, body: bytes) -> None:
    answer = fake.http("POST", f"/v1/models/{VEO}/predictions", content=body)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_creations_are_limited(tmp_path: Path) -> None:
    """A burst of a minute's worth, then 429 with Retry-After; time brings it back."""
    with fake_replicate(tmp_path, creates_per_minute=2) as fake:
        left = [fake.create({"prompt": "x"}).headers["ratelimit-remaining"] for _ in range(2)]
        refused = fake.create({"prompt": "x"})
        assert left == ["1", "0"]
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert refused.json()["detail"] == "Request was throttled. Your rate limit resets in ~30s."
        assert refused.json()["retry_after"] == 30
        fake.advance(30)
        assert fake.create({"prompt": "x"}).status_code == 201
        assert len(fake.charged()) == 3


def test_the_models_describe_themselves(fake: Fake) -> None:
    """By the real client, and with the schema that inputs are held to."""
    client = fake.client()
    assert [f"{m.owner}/{m.name}" for m in client.models.list()] == list(MODELS)
    model = client.models.get("google/veo-3.1")
    assert model.latest_version is not None
    schemas = model.latest_version.openapi_schema["components"]["schemas"]
    assert schemas["duration"]["enum"] == [4, 6, 8]
    assert schemas["Input"]["required"] == ["prompt"]
    assert schemas["Output"] == {"type": "string", "title": "Output", "format": "uri"}
    assert [v.id for v in model.versions.list()] == [model.latest_version.id]
    assert model.versions.get(model.latest_version.id).openapi_schema == model.latest_version.openapi_schema
    with pytest.raises(ReplicateError):
        client.models.get("no/body")


def test_the_account_is_a_user(fake: Fake) -> None:
    assert fake.client().accounts.current().type == "user"


def test_files_are_kept_for_a_day(fake: Fake) -> None:
    """Upload, read, list and delete with the real client; gone after 24 hours."""
    client = fake.client()
    content = b"\x89PNG not really"
    file = client.files.create(io.BytesIO(content), filename="a.png", metadata={"scene": 1})
    assert (file.name, file.content_type, file.size) == ("a.png", "image/png", len(content))
    assert file.checksums["sha256"] == hashlib.sha256(content).hexdigest()
    assert file.metadata == {"scene": 1}
    assert client.files.get(file.id) == file
    assert [f.id for f in client.files.list()] == [file.id]
    other = client.files.create(io.BytesIO(b"x"))
    assert client.files.delete(other.id)
    with pytest.raises(ReplicateError):
        client.files.get(other.id)
    fake.advance(24 * 3600 + 1)
    assert client.files.list() == []


def test_a_file_is_downloaded_by_its_signature(fake: Fake) -> None:
    file = fake.client().files.create(io.BytesIO(b"content"), filename="a.txt")
    key = fake.http("GET", "/v1/webhooks/default/secret").json()["key"]

    def signed(expiry: int) -> httpx.Response:
        digest = hmac.new(key.encode(), f"emulator {file.id} {expiry}".encode(), hashlib.sha256).digest()
        query = {"owner": "emulator", "expiry": str(expiry), "signature": base64.b64encode(digest).decode()}
        return PUBLIC.get(f"{fake.url}/v1/files/{file.id}/download", params=query)

    assert signed(4_000_000_000).content == b"content"
    assert signed(1).status_code == 403
    forged = {"owner": "emulator", "expiry": "4000000000", "signature": "eA=="}
    assert PUBLIC.get(f"{fake.url}/v1/files/{file.id}/download", params=forged).status_code == 403


def test_an_upload_must_be_a_form_with_content(fake: Fake) -> None:
    assert fake.http("POST", "/v1/files", content=b"x").status_code == 400
    assert fake.http("POST", "/v1/files", files={"other": b"x"}).status_code == 422


def test_input_files_are_fetched(fake: Fake) -> None:
    """A data URI, an upload and an earlier output, all of them reach the renderer."""
    still = fake.create({"prompt": "still"}, model="black-forest-labs/flux-2-pro").json()["output"]
    upload = fake.client().files.create(io.BytesIO(b"uploaded"), filename="a.png").urls["get"]
    data = "data:image/png;base64," + base64.b64encode(b"inline").decode()
    for uri, expected in ((data, b"inline"), (upload, b"uploaded"), (still, b"still still")):
        output = fake.create({"prompt": "x", "image": uri}).json()["output"]
        assert expected in PUBLIC.get(output).content


@pytest.mark.parametrize(
    ("uri", "error"),
    [
        ("http://127.0.0.1:9/a.png", "Failed to download http://127.0.0.1:9/a.png"),
        (
            "https://example.com/a.png?signature=secret",
            "this machine only, over http: https://example.com/a.png",
        ),
        ("data:image/png;base64,!!!a", "Invalid data URI"),
        ("data:nothing", "Invalid data URI"),
    ],
)
def test_an_unreachable_input_fails_the_prediction(fake: Fake, uri: str, error: str) -> None:
    """HTTP 201 and a failed prediction: the model only finds out when it runs."""
    p = fake.create({"prompt": "x", "image": uri}).json()
    assert p["status"] == "failed"
    assert error in p["error"]
    assert "secret" not in p["error"]


def test_an_expired_input_fails_the_prediction(fake: Fake) -> None:
    output = fake.create({"prompt": "x"}, model="black-forest-labs/flux-2-pro").json()["output"]
    fake.advance(3601)
    p = fake.create({"prompt": "x", "image": output}).json()
    assert p["error"].startswith("404 Client Error: Not Found for url: ")


def test_it_binds_loopback_only(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="host"), fake_replicate(tmp_path, host="0.0.0.0"):
        pass


def test_the_token_scheme_is_case_insensitive(fake: Fake) -> None:
    lower = {k: v.replace("Bearer", "bearer") for k, v in AUTH.items()}
    assert fake.http("GET", "/v1/account", headers=lower).is_success


def test_no_web_page_may_script_faults(fake: Fake) -> None:
    answer = fake.http(
        "POST", "/_emulator/faults", json={"action": "fail"}, headers={"Origin": "http://evil"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("advance", ["x", None, True, -1, 1e9])
def test_the_clock_only_goes_ahead(fake: Fake, advance: Any) -> None:
    assert fake.http("POST", "/_emulator/clock", json={"advance": advance}).status_code == 400
