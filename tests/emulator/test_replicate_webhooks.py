"""Webhooks of the fake Replicate."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from replicate.webhook import Webhooks, WebhookSigningSecret

from emulator.replicate.webhooks import sign
from tests.emulator.replicate_stub import PUBLIC, Fake, Listener, fake_replicate, listening


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as kept:
        yield kept


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with fake_replicate(tmp_path) as running:
        yield running


def test_the_published_vector_is_signed_right() -> None:
    """The example of the Standard Webhooks specification."""
    signature = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_real_client_accepts_the_signature(fake: Fake, listener: Listener) -> None:
    p = fake.create({"prompt": "x"}, webhook=listener.url, webhook_events_filter=["completed"]).json()
    (told,) = listener.wait_for(1)
    secret = WebhookSigningSecret(**fake.http("GET", "/v1/webhooks/default/secret").json())
    Webhooks.validate(headers=told.headers, body=told.body.decode(), secret=secret, tolerance=60)
    assert told.prediction == p


def test_without_a_filter_every_event_is_told(fake: Fake, listener: Listener) -> None:
    """start, output and completed (logs only while it lasts)."""
    fake.create({"prompt": "x"}, webhook=listener.url)
    told = [(r.prediction["status"], r.prediction["output"] is not None) for r in listener.wait_for(3)]
    assert sorted(told) == [("processing", False), ("processing", True), ("succeeded", True)]


def test_logs_are_told_while_it_lasts(tmp_path: Path, listener: Listener) -> None:
    with fake_replicate(tmp_path, seconds=100.0) as fake:
        fake.create(
            {"prompt": "x"}, webhook=listener.url, webhook_events_filter=["logs"], headers={"Prefer": ""}
        )
        fake.advance(50)
        fake.advance(1)
        (told, *_) = listener.wait_for(1)
        assert "Using seed" in told.prediction["logs"]


def test_the_last_webhook_is_tried_again(fake: Fake, listener: Listener) -> None:
    """The same id each time, after growing pauses; the others are tried once."""
    listener.refusals = [500, 404]
    fake.create({"prompt": "x"}, webhook=listener.url, webhook_events_filter=["completed"])
    listener.wait_for(1)
    _advance_until(fake, listener, 3)
    ids = {r.headers["webhook-id"] for r in listener.received}
    assert (len(listener.received), len(ids)) == (3, 1)
    deliveries = fake.http("GET", "/_emulator/webhooks").json()["deliveries"]
    assert [(d["attempt"], d["status"]) for d in deliveries] == [(1, 500), (2, 404), (3, 200)]


def test_a_webhook_outlives_a_restart(tmp_path: Path, listener: Listener) -> None:
    """What was not told before the emulator went down is told when it is back."""
    listener.refusals = [503]
    with fake_replicate(tmp_path) as fake:
        p = fake.create({"prompt": "x"}, webhook=listener.url, webhook_events_filter=["completed"]).json()
        listener.wait_for(1)
    with fake_replicate(tmp_path):
        assert listener.wait_for(2)[1].prediction["id"] == p["id"]


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://10.0.0.1/", "ftp://127.0.0.1/", "hook"])
def test_webhooks_go_to_this_machine_only(fake: Fake, url: str) -> None:
    answer = fake.create({"prompt": "x"}, webhook=url)
    assert (answer.status_code, answer.json()["invalid_fields"][0]["field"]) == (422, "webhook")
    assert fake.charged() == []


def test_events_must_be_known(fake: Fake, listener: Listener) -> None:
    answer = fake.create({"prompt": "x"}, webhook=listener.url, webhook_events_filter=["done"])
    assert answer.status_code == 422


def test_a_webhook_that_nobody_hears_does_no_harm(fake: Fake) -> None:
    p = fake.create({"prompt": "x"}, webhook="http://127.0.0.1:9/hook").json()
    assert PUBLIC.get(p["output"]).is_success


def _advance_until(fake: Fake, listener: Listener, count: int) -> None:
    """Each pause begins when its attempt is over; so the clock is moved until enough have come."""
    for _ in range(200):
        if len(listener.received) >= count:
            return
        fake.advance(5)
    raise AssertionError(f"{len(listener.received)} webhooks")
