"""A sign-in whose keys can't be had, over real HTTP: who is known stays known, and nobody else is turned away for good."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from attrs import evolve

from omnigen.adapters import oidc
from omnigen.adapters.oidc import MAX_KEY_SET, OidcVerifier
from omnigen.domain.errors import Transient, Unauthenticated
from omnigen.settings import Settings
from tests.adapters.odd_server import RESET, SILENCE, OddServer, answer, saying
from tests.adapters.signing import CLIENT, ISSUER, claims, jwk, key_set, sign

START: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD: Final = answer(200, key_set())
FAULTS: Final = {
    "breaks": RESET,
    "is silent": SILENCE,
    "is busy": answer(503, {"error": "busy"}),
    "fails": answer(500, b""),
    "knows no such page": answer(404, b"", content_type="text/html"),
    "points elsewhere": answer(302, b"", location="http://127.0.0.1:1/"),
    "says 50 MB": answer(200, b" " * 50_000_000),
    "says a little too much": answer(200, b" " * (MAX_KEY_SET + 1)),
    "says a page": answer(200, b"<!doctype html><title>Maintenance</title>", content_type="text/html"),
    "stops in the middle": answer(200, key_set()[:-9], content_length=str(len(key_set()))),
    "says half of it": answer(200, key_set()[:-9]),
    "says nothing": answer(200, b""),
    "speaks no HTTP": b"220 mail.example ESMTP\r\n",
}


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@asynccontextmanager
async def _verifier(clock: Clock) -> AsyncIterator[tuple[OddServer, OidcVerifier]]:
    async with saying(GOOD) as odd:
        settings = evolve(
            Settings.from_environment({}).identity,
            issuer=ISSUER,
            client_id=CLIENT,
            jwks_url=f"{odd.url}/jwks",
        )
        yield odd, OidcVerifier(settings, now=clock)


def _token(clock: Clock, **changes: Any) -> str:
    return sign(claims(clock.now.timestamp(), **changes))


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing comes, a time-out that a test can wait for, and in which a busy machine gets as far as to ask."""
    callspec = getattr(request.node, "callspec", None)
    if callspec is not None and callspec.params.get("fault") == "is silent":
        monkeypatch.setattr(oidc, "FETCH_S", 1.5)


@pytest.mark.parametrize("fault", FAULTS)
async def test_before_it_was_ever_reached_it_is_an_outage(fault: str) -> None:
    """503 and a time to come back, never 401: a client would throw its good token away."""
    clock = Clock()
    async with _verifier(clock) as (odd, verifier):
        odd.script = lambda _: FAULTS[fault]
        with pytest.raises(Transient) as told:
            await verifier.verify(_token(clock))
        assert told.value.retry_after
        odd.script = lambda _: GOOD
        clock.now += timedelta(seconds=2)
        assert (await verifier.verify(_token(clock))).id == "user-1"


@pytest.mark.parametrize("fault", FAULTS)
async def test_known_keys_stay_good(fault: str) -> None:
    """Through hours of it, at one fetch a cool-down, and what is signed with another key is refused meanwhile."""
    clock = Clock()
    async with _verifier(clock) as (odd, verifier):
        await verifier.verify(_token(clock))
        odd.script = lambda _: FAULTS[fault]
        clock.now += timedelta(hours=3)
        for user in ("user-2", "user-3"):
            assert (await verifier.verify(_token(clock, sub=user))).id == user
        with pytest.raises(Unauthenticated):
            await verifier.verify(sign(claims(clock.now.timestamp()), kid="second"))
        assert len(odd.asked) == 2


async def test_nobody_listens() -> None:
    """Down altogether."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/jwks"
    clock = Clock()
    settings = evolve(Settings.from_environment({}).identity, issuer=ISSUER, client_id=CLIENT, jwks_url=url)
    verifier = OidcVerifier(settings, now=clock)
    tokens = [_token(clock, sub=f"user-{number}") for number in range(20)]
    told = await asyncio.gather(*map(verifier.verify, tokens), return_exceptions=True)
    assert {type(error) for error in told} == {Transient}


async def test_keys_are_rotated_in_the_middle() -> None:
    """The new key is found by the first token that names it; the old one goes with its hour."""
    clock = Clock()
    async with _verifier(clock) as (odd, verifier):
        old = _token(clock)
        await verifier.verify(old)
        odd.script = lambda _: answer(200, key_set(jwk("second")))
        clock.now += timedelta(seconds=31)
        assert await verifier.verify(sign(claims(clock.now.timestamp()), kid="second"))
        clock.now += timedelta(seconds=61)
        with pytest.raises(Unauthenticated):
            await verifier.verify(old)
