"""The provider's webhook: signed over its very bytes, fresh, and each delivery once."""

import base64
import hashlib
import hmac
import json
import time

import httpx
import pytest

from tests.http.conftest import WEBHOOK_SECRET, problem_of

ADDRESS = "/api/v1/webhooks/replicate"
BODY = json.dumps({"id": "pred_1", "status": "succeeded"}).encode()


def signed(
    body: bytes = BODY, *, at: float = 0, secret: str = WEBHOOK_SECRET, key: str = "msg_1"
) -> dict[str, str]:
    sent = str(int(time.time() + at))
    secret_bytes = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(secret_bytes, f"{key}.{sent}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": key,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        "content-type": "application/json",
    }


async def test_a_signed_webhook_needs_no_token_and_may_come_again(client: httpx.AsyncClient) -> None:
    headers = signed()
    for _ in range(2):
        assert (await client.post(ADDRESS, content=BODY, headers=headers)).status_code == 204


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        (signed() | {"webhook-signature": ""}, BODY),
        (signed() | {"webhook-signature": "v1,AAAA"}, BODY),
        (signed() | {"webhook-signature": "v1"}, BODY),
        (signed() | {"webhook-timestamp": "yesterday"}, BODY),
        (signed(at=-4000), BODY),
        (signed(at=4000), BODY),
        (signed(secret="whsec_" + base64.b64encode(b"x" * 24).decode()), BODY),
        (signed(), json.dumps(json.loads(BODY), indent=1).encode()),
        (signed(), b""),
    ],
    ids=["none", "empty", "wrong", "no mac", "no time", "stale", "future", "foreign", "rewritten", "no body"],
)
async def test_any_other_webhook_is_unauthenticated(
    client: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    problem_of(await client.post(ADDRESS, content=body, headers=headers), 401)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": 5}', b"{}"])
async def test_a_signed_body_that_is_no_prediction_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    problem_of(await client.post(ADDRESS, content=body, headers=signed(body)), 422)
