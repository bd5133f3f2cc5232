"""What the provider says is passed on as text: without our token, without halves of characters, in one line."""

import json

import msgspec
import pytest

from omnigen.adapters.replicate import predictions
from omnigen.domain.errors import OmniGenError
from omnigen.domain.job import JobEvent
from omnigen.entrypoints.http.events import Position, encode
from tests.adapters.odd_server import answer, saying
from tests.adapters.test_replicate_secrets import VEO, Turning, provider_at
from tests.builders import NOW, a_take

TOKEN = "r8_canary0123456789"
SAID = f"denied for {TOKEN}"


@pytest.mark.parametrize("status", [401, 403, 422, 500])
async def test_a_refusal_that_repeats_our_token(status: int) -> None:
    said = answer(status, {"detail": SAID})
    async with saying(lambda _: said) as odd, provider_at(odd.url, Turning(TOKEN)) as provider:
        for call in (provider.create(a_take(model=VEO)), provider.get("abc")):
            with pytest.raises(OmniGenError) as refused:
                await call
            assert "denied for Secret(***)" in refused.value.message
            assert TOKEN not in str(refused.value.__cause__)


async def test_a_prediction_that_repeats_our_token() -> None:
    told = {
        "id": "abc",
        "status": "failed",
        "created_at": "2026-11-05T12:00:00Z",
        "error": SAID,
        "model": VEO,
    }
    async with saying(lambda _: answer(200, told)) as odd, provider_at(odd.url, Turning(TOKEN)) as provider:
        assert (await provider.get("abc")).error == "denied for Secret(***)"


@pytest.mark.parametrize("field", ["error", "output"])
def test_half_a_character_can_be_stored(field: str) -> None:
    """JSON can carry half a surrogate pair; a store and a response can't."""
    told = {"id": "abc", "status": "failed", "created_at": "2026-11-05T12:00:00Z", field: ["x\ud800y"]}
    found = predictions.read(told | ({"error": "x\ud800y"} if field == "error" else {}))
    text = getattr(found, field)
    assert text == "x?y"
    assert msgspec.json.encode(text) == b'"x?y"'


def test_an_event_is_one_line_to_every_reader() -> None:
    """Readers in Python split at the line ends of Unicode too: an error that has some would cut the stream."""
    said = 'a\u2028b\u2029c\u0085d\u009b2Je\x0bf\x1cg\n\rdata: {"forged": 1}\n\nid: 9\u202eh'
    error = {"code": "failed", "message": said, "charged": 0}
    event = JobEvent(
        job_id="job_1", revision=1, scene=0, version=1, type="job", at=NOW, data={"error": error}
    )
    lines = encode(event, Position(1, {0: 1}), 24).decode().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["id", "event", "data", ""]
    assert json.loads(lines[2][6:])["data"]["error"]["message"] == said
