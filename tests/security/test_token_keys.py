"""The issuer's keys: withdrawn, broken, weak, ambiguous, and asked for by a flood of tokens that name none of them."""

import asyncio
import itertools
from datetime import timedelta
from typing import Any

import pytest

from omnigen.adapters.oidc import COOLDOWN
from omnigen.domain.errors import Transient
from tests.adapters.signing import jwk, key_set
from tests.security.door import Door
from tests.security.forging import HEADER, by_stranger, by_us, joined, payload, text


@pytest.fixture
def door() -> Door:
    return Door()


async def test_a_key_that_was_taken_away_opens_nothing_once_it_is_forgotten(door: Door) -> None:
    """Rotation: the new key at once, beside the old one; the old one no longer once the hour is over."""
    assert await door.opens(by_us(HEADER))
    door.keys = key_set(jwk("first"), jwk("second"))
    door.now += COOLDOWN
    second = {**HEADER, "kid": "second"}
    assert await door.opens(by_us(second, kid="second"))
    assert not await door.opens(by_us(second, kid="first")), "each key signs under its own name"
    door.keys = key_set(jwk("second"))
    door.now += timedelta(minutes=61)
    late = payload(exp=door.now.timestamp() + 60)
    assert not await door.opens(by_us(HEADER, late))
    assert await door.opens(by_us(second, late, kid="second"))


@pytest.mark.parametrize("up", [True, False], ids=["keys to be had", "an outage"])
async def test_a_flood_of_unknown_keys_is_one_fetch_per_cool_down(door: Door, up: bool) -> None:
    """Five hundred at once, again and again: the issuer isn't our amplifier, and who is known stays known."""
    assert await door.opens(by_us(HEADER))
    if not up:
        door.keys = Transient("down")
    number, rounds = itertools.count(), 5
    for _ in range(rounds):
        door.now += COOLDOWN
        before = door.fetches
        for _ in range(2):
            flood = (joined(text({**HEADER, "kid": f"k{next(number)}"}), payload(), b"x") for _ in range(250))
            assert not any(await asyncio.gather(*map(door.opens, flood)))
        assert door.fetches == before + 1
        assert await door.opens(by_us(HEADER, payload(sub=f"user-{door.fetches}")))


BROKEN: dict[str, bytes] = {
    "objects without end": b"{" * 100_000,
    "lists without end": b"[" * 100_000,
    "key sets in key sets": b'{"keys": [' * 50_000,
    "an object of keys": b'{"keys": {"first": 1}}',
    "no keys at all": b'{"keys": [null, 1, "first", []]}',
    "a shared secret": b'{"keys": [{"kty": "oct", "kid": "first", "k": "AAAA"}]}',
    "no text": b"\xff\xfe",
}


@pytest.mark.parametrize("name", list(BROKEN))
async def test_a_broken_key_set_is_an_outage_or_opens_nothing(door: Door, name: str) -> None:
    door.keys = BROKEN[name]
    await nothing_opens(door)


@pytest.mark.parametrize("change", [{"n": "AQAB"}, {"e": "AQ"}, {"e": "Ag"}, {"n": ""}, {"n": 1}], ids=str)
async def test_a_weak_key_opens_nothing(door: Door, change: dict[str, Any]) -> None:
    door.keys = key_set(jwk(**change))
    await nothing_opens(door)


async def test_two_keys_under_one_name_open_nothing(door: Door) -> None:
    door.keys = key_set(jwk(), jwk("stranger") | {"kid": "first"})
    await nothing_opens(door)


async def nothing_opens(door: Door) -> None:
    """No token gets in; where there is no key set at all, that is told as an outage."""
    signed = joined(text(HEADER), payload(), (1).to_bytes(256))
    for token in (by_us(HEADER), by_stranger(HEADER), signed):
        try:
            assert not await door.opens(token)
        except Transient:
            continue
