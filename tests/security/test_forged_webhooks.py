"""Forged deliveries at the route: only the provider's own word is heard, it is heard once, and no form of it is an error
of ours.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen
from dependency_injector import providers
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from omnigen.adapters.replicate.webhooks import TOLERANCE
from omnigen.domain.secret import Secret
from omnigen.ports.workflow import Leg
from tests.contract.harness import FAMILIES
from tests.fakes.world import World, a_world
from tests.http.conftest import WEBHOOK_SECRET, problem_of
from tests.security.house import served

ADDRESS = "/api/v1/webhooks/replicate"
PREDICTION = "p0001"
FOREIGN = "whsec_" + base64.b64encode(b"somebody else's secret, 32 bytes").decode()
OLD = "whsec_" + base64.b64encode(b"the secret of the day before yes").decode()
BEST = TOLERANCE.total_seconds()
Pairs = list[tuple[bytes, bytes]]


class Kept:
    """`omnigen.ports.secrets.Secrets` as while a secret is being replaced."""

    def __init__(self) -> None:
        self.accepts = [WEBHOOK_SECRET]

    async def get(self, name: str, *, refused: Secret | None = None) -> Secret:
        return Secret(self.accepts[0])

    async def accepted(self, name: str, *, afresh: bool = False) -> Sequence[Secret]:
        return [Secret(text) for text in self.accepts]


@frozen
class Route:
    """The route over a job whose first scene is being made, as prediction p0001."""

    world: World
    client: httpx.AsyncClient
    secrets: Kept
    leg: Leg

    async def post(self, body: bytes, headers: Mapping[str, str] | Pairs, query: str = "") -> httpx.Response:
        return await self.client.post(f"{ADDRESS}{query}", content=body, headers=headers)

    async def refuses(self, body: bytes, headers: Mapping[str, str] | Pairs) -> None:
        """With 401 and no word on why that would help; and nothing has happened."""
        problem = problem_of(await self.post(body, headers), 401)
        assert problem["code"] == "webhook_signature"
        assert WEBHOOK_SECRET[6:] not in str(problem)
        assert self.world.workflow.woken == []

    def signed(self, body: bytes | None = None, **given: Any) -> dict[str, str]:
        return signed(NOTICE if body is None else body, at=self.world.clock.now().timestamp(), **given)


NOTICE = json.dumps({"id": PREDICTION, "status": "succeeded", "output": "https://evil.test/x.mp4"}).encode()


def signed(
    body: bytes, *, at: float, secret: str = WEBHOOK_SECRET, key: str = "msg_1", **headers: str
) -> dict[str, str]:
    """Headers as the provider sends them."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": f"v1,{mac(body, str(int(at)), secret, key)}",
        "content-type": "application/json",
        **headers,
    }


def mac(body: bytes, at: str, secret: str = WEBHOOK_SECRET, key: str = "msg_1") -> str:
    by = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.b64encode(hmac.new(by, f"{key}.{at}.".encode() + body, hashlib.sha256).digest()).decode()


@pytest.fixture
async def route(tmp_path: Path) -> AsyncIterator[Route]:
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        secrets = Kept()
        world.container.secrets.override(providers.Object(secrets))
        leg = await world.begun()
        await world.steps.generate_scene(leg, 1)
        async with served(world, tmp_path) as (_, client):
            yield Route(world, client, secrets, leg)


async def test_the_control(route: Route) -> None:
    assert (await route.post(NOTICE, route.signed())).status_code == 204
    assert route.world.workflow.woken == [route.leg.job_id]


async def test_a_delivery_is_heard_once_in_any_number_and_order(route: Route) -> None:
    """Replayed to the second, beside its successor, with another good signature on it."""
    first, second = route.signed(), route.signed(key="msg_2")
    twice = first | {"webhook-signature": " ".join([first["webhook-signature"]] * 3)}
    for headers in (first, first, second, first, twice, second):
        assert (await route.post(NOTICE, headers)).status_code == 204
    assert route.world.workflow.woken == [route.leg.job_id] * 2
    route.world.clock.advance(BEST + 1)
    problem_of(await route.post(NOTICE, first), 401)


async def test_what_it_says_is_not_believed(route: Route) -> None:
    """It names a prediction. That it succeeded, where its output lies, whose it is: all that is asked for."""
    before, takes = await route.world.job(), await route.world.takes()
    lies = {
        "owner": "eve",
        "status": "succeeded",
        "output": "http://169.254.169.254/",
        "metrics": {"cost": 0},
    }
    for number, id_ in enumerate((PREDICTION, "p9999", "", "../p0001", "p0001\x00", "*", "p" * 100_000)):
        body = json.dumps({**lies, "id": id_, "job_id": before.id, "scene": 2}).encode()
        query = "?job_id=other&scene=2&take=take_of_another&token=x"
        assert (await route.post(body, route.signed(body, key=f"msg_{number}"), query)).status_code == 204
    assert await route.world.job() == before
    assert await route.world.takes() == takes
    assert route.world.workflow.woken == [route.leg.job_id]


async def test_a_prediction_of_another_scene_moves_that_one_and_no_other(route: Route) -> None:
    """A delivery can't be turned to another take: there is no name in it but the prediction's, and that is signed."""
    other = await route.world.begun()
    await route.world.steps.generate_scene(other, 1)
    mine = NOTICE.replace(b"p0001", b"p0002")
    await route.refuses(mine, route.signed())
    assert (await route.post(mine, route.signed(mine))).status_code == 204
    assert route.world.workflow.woken == [other.job_id]


# --- secrets


@pytest.mark.parametrize("secret", [FOREIGN, OLD, "", "whsec_", WEBHOOK_SECRET[:-4] + "AAA="])
async def test_any_other_secret_is_nobodys(route: Route, secret: str) -> None:
    await route.refuses(NOTICE, route.signed(secret=secret))


async def test_two_secrets_while_one_is_replaced_and_one_afterwards(route: Route) -> None:
    route.secrets.accepts = [WEBHOOK_SECRET, OLD]
    for number, secret in enumerate((WEBHOOK_SECRET, OLD)):
        headers = route.signed(secret=secret, key=f"msg_{number}")
        assert (await route.post(NOTICE, headers)).status_code == 204
    route.world.workflow.woken.clear()
    route.secrets.accepts = [WEBHOOK_SECRET]
    await route.refuses(NOTICE, route.signed(secret=OLD, key="msg_3"))


@pytest.mark.parametrize("accepts", [[], [""], ["whsec_"], ["no base64!"]])
async def test_without_a_secret_of_ours_nobody_has_signed(route: Route, accepts: list[str]) -> None:
    """The empty key least of all."""
    route.secrets.accepts = accepts
    await route.refuses(NOTICE, route.signed(secret=""))
    await route.refuses(NOTICE, route.signed())


# --- the time


@pytest.mark.parametrize(
    ("seconds", "heard"), [(-BEST - 1, False), (-BEST, True), (BEST, True), (BEST + 1, False), (10**9, False)]
)
async def test_stale_and_future_ones(route: Route, seconds: float, heard: bool) -> None:
    headers = signed(NOTICE, at=route.world.clock.now().timestamp() + seconds)
    if heard:
        assert (await route.post(NOTICE, headers)).status_code == 204
    else:
        await route.refuses(NOTICE, headers)


async def test_a_time_is_signed_with_the_rest(route: Route) -> None:
    """And written in one way: seconds, in digits of ASCII."""
    now = str(int(route.world.clock.now().timestamp()))
    for written in (
        f"{now}.0",
        f" {now}",
        f"+{now}",
        f"0x{int(now):x}",
        f"{now}e0",
        f"{now[:1]}_{now[1:]}",
        "-0",
    ):
        headers = route.signed() | {"webhook-timestamp": written}
        await route.refuses(NOTICE, headers | {"webhook-signature": f"v1,{mac(NOTICE, written)}"})
    later = route.signed() | {"webhook-timestamp": str(int(now) + 1)}
    await route.refuses(NOTICE, later)


# --- the body


BODIES = {
    "serialised anew": json.dumps(json.loads(NOTICE), separators=(",", ":")).encode(),
    "sorted": json.dumps(dict(sorted(json.loads(NOTICE).items()))).encode(),
    "indented": json.dumps(json.loads(NOTICE), indent=1).encode(),
    "a line end more": NOTICE + b"\n",
    "a mark before it": b"\xef\xbb\xbf" + NOTICE,
    "cut off": NOTICE[:-1],
    "nothing": b"",
    "bits": bytes([NOTICE[0] ^ 1]) + NOTICE[1:],
}


@pytest.mark.parametrize("name", list(BODIES))
async def test_any_other_bytes_are_not_what_was_signed(route: Route, name: str) -> None:
    await route.refuses(BODIES[name], route.signed())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"id": 5}',
        b"{}",
        b'{"id": "\xff"}',
        b"\x00" * 9,
        b"[" * 200_000,
        b'{"id":' * 9_999,
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_signed_nonsense_is_the_senders_mistake(route: Route, body: bytes) -> None:
    problem_of(await route.post(body, route.signed(body)), 422)
    assert route.world.workflow.woken == []


async def test_ten_megabytes_are_stopped_unread(route: Route) -> None:
    """Signed or not: a signature can only be looked at once all is there, and so much is never kept."""
    body = b" " * 10_000_000
    problem_of(await route.post(body, route.signed(body)), 413)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield body[:100_000]

    sent = await route.client.post(ADDRESS, content=pieces(), headers=route.signed(body))
    problem_of(sent, 413)


@pytest.mark.parametrize(
    "kind",
    [
        *("text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "application/msgpack"),
        *("application/x-www-form-urlencoded", "application/json; charset=utf-16", "", "x", "\x7f/;;;="),
    ],
)
async def test_the_signature_decides_and_no_content_type(route: Route, kind: str) -> None:
    headers = route.signed() | {"content-type": kind}
    assert (await route.post(NOTICE, headers)).status_code == 204
    forged = route.signed(secret=FOREIGN) | {"content-type": kind}
    problem_of(await route.post(NOTICE, forged), 401)


async def test_a_packed_body_is_not_unpacked(route: Route) -> None:
    """A bomb stays shut: the bytes are what was signed."""
    headers = route.signed(b"\x1f\x8b\x08") | {"content-encoding": "gzip"}
    problem_of(await route.post(b"\x1f\x8b\x08", headers), 422)


# --- the signature


async def test_malformed_signatures_of_every_kind(route: Route) -> None:
    right = route.signed()["webhook-signature"].removeprefix("v1,")
    raw = base64.b64decode(right)
    kinds = (
        *("", " ", ",", "v1", "v1,", "v1,,", f"v1,{right},", f"v1, {right}", right, f"V1,{right}", f"v2,{right}"),
        *(f"v1a,{right}", f"v1={right}", f"v1,{right[:-1]}", f"v1,{right}=", f"v1,{right[:-4]}", f"v1,{right}AAAA"),
        *(f"v1,{raw.hex()}", f"v1,{right.replace('=', '')}", f"v1,{right[::-1]}", f"v1,{right.lower()}", "v1,====", "v1,A"),
        *(f"sha256={raw.hex()}", f"v1,{base64.b64encode(bytes(32)).decode()}", f"v1,{base64.b64encode(b'').decode()}x"),
        *("v1," + "A" * 3_000, f"v1,{right} v1,!", "v1,\x7f", "null", "[]", '{"v1": "x"}', f"v1,{right}\tv1,%"),
    )  # fmt: skip
    for kind in kinds:
        await route.refuses(NOTICE, route.signed() | {"webhook-signature": kind})


async def test_many_signatures_are_a_few(route: Route) -> None:
    """The right one among ten is found; behind more it isn't looked for, nor in a header without end."""
    right = route.signed()["webhook-signature"]
    wrong = f"v1,{base64.b64encode(bytes(32)).decode()}"
    for count, heard in ((9, True), (10, False), (39, False), (5_000, False)):
        headers = route.signed() | {"webhook-signature": " ".join([*[wrong] * count, right])}
        assert (await route.post(NOTICE, headers)).status_code == (204 if heard else 401)


async def test_headers_that_come_twice_or_are_no_text(route: Route) -> None:
    """One of two ids, times or signatures may be right: no two readers would agree on which."""
    good = [(name.encode(), value.encode()) for name, value in route.signed().items()]
    for name, value in (("id", b"msg_2"), ("timestamp", b"0"), ("signature", b"v1,AAAA")):
        header = (f"webhook-{name}".encode(), value)
        for pairs in ([header, *good], [*good, header]):
            assert (await route.post(NOTICE, pairs)).status_code in (204, 401)
    for name in ("id", "timestamp", "signature"):
        for value in (b"\xff\xfe", "m\u00e9".encode(), b"\x80" * 100, b"\xed\xa0\x80"):
            odd = [pair for pair in good if pair[0] != f"webhook-{name}".encode()]
            answer = await route.post(NOTICE, [*odd, (f"webhook-{name}".encode(), value)])
            problem_of(answer, 401)


_NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature", "content-type", "content-encoding")
_VALUES = st.binary(max_size=60).map(lambda b: b.translate(None, b"\r\n\0")) | st.sampled_from(
    [b"msg_1", b"v1,", b"v1,AAAA", b"v1," + b"A" * 43 + b"=", b"1793880000"]
)


@trying(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.lists(st.tuples(st.sampled_from(_NAMES).map(str.encode), _VALUES), max_size=8),
    body=st.binary(max_size=80),
)
async def test_whatever_comes_it_is_no_error_of_ours(route: Route, pairs: Pairs, body: bytes) -> None:
    answer = await route.post(body, pairs)
    assert answer.status_code in (401, 413), answer.text
