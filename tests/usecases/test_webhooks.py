"""The provider's word that a prediction has ended: it wakes its job, once, and changes nothing by itself (P10)."""

import json
from collections.abc import Iterator, Mapping

import pytest
from dependency_injector import providers

from omnigen.domain.errors import Invalid, Transient, Unauthenticated
from omnigen.ports.workflow import Leg
from omnigen.usecases.receive_webhook import ReceiveWebhook
from tests.fakes.world import World


async def _verify(headers: Mapping[str, str], _: bytes) -> str:
    if headers.get("signature") != "good":
        raise Unauthenticated("the signature is wrong")
    return headers["webhook-id"]


@pytest.fixture
def receive(world: World) -> Iterator[ReceiveWebhook]:
    container = world.container
    made = ReceiveWebhook(
        takes=container.takes(),
        outbox=container.outbox(),
        workflow=world.workflow,
        clock=world.clock,
        verify=_verify,
    )
    with container.workflow.override(providers.Object(world.workflow)):
        yield made


def _headers(delivery: str = "msg_1") -> dict[str, str]:
    return {"signature": "good", "webhook-id": delivery}


def _body(prediction_id: str) -> bytes:
    return json.dumps({"id": prediction_id, "status": "succeeded", "output": "https://evil.test/x"}).encode()


async def _running(world: World) -> Leg:
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    return leg


async def test_it_wakes_the_job_once_for_a_delivery_and_changes_nothing(
    world: World, receive: ReceiveWebhook
) -> None:
    leg = await _running(world)
    before = await world.takes()
    for _ in range(3):
        await receive(_headers(), _body("p0001"))
    assert world.workflow.woken == [leg.job_id]
    assert await world.takes() == before
    await receive(_headers("msg_2"), _body("p0001"))
    assert len(world.workflow.woken) == 2


async def test_an_unknown_prediction_and_one_that_has_ended_wake_nobody(
    world: World, receive: ReceiveWebhook
) -> None:
    leg = await _running(world)
    await receive(_headers("msg_1"), _body("p9999"))
    await world.scene_done(leg)
    await receive(_headers("msg_2"), _body("p0001"))
    assert world.workflow.woken == []


async def test_a_wrong_signature_is_refused_before_the_body_is_read(
    world: World, receive: ReceiveWebhook
) -> None:
    with pytest.raises(Unauthenticated):
        await receive({"webhook-id": "x"}, b"{")
    assert world.faults.calls == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"id": 7}', b'{"no": "id"}', b'{"id": "\xff\xfe"}', b"\x00"]
)
async def test_a_body_that_is_no_prediction_is_invalid(receive: ReceiveWebhook, body: bytes) -> None:
    with pytest.raises(Invalid):
        await receive(_headers(), body)


async def test_a_delivery_that_an_outage_met_is_heard_when_it_is_repeated(
    world: World, receive: ReceiveWebhook
) -> None:
    leg = await _running(world)
    world.faults.break_at(len(world.faults.calls), "before", lambda: Transient("away"))
    with pytest.raises(Transient):
        await receive(_headers(), _body("p0001"))
    await receive(_headers(), _body("p0001"))
    assert world.workflow.woken == [leg.job_id]
