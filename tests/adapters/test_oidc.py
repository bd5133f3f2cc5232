"""Only an access token of our issuer, for our client, signed with one of its keys, names a caller."""

import asyncio
import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from omnigen.adapters.oidc import MAX_TOKEN, OidcVerifier
from omnigen.domain.errors import Transient, Unauthenticated
from omnigen.domain.quota import Tier
from omnigen.settings import IdentitySettings, Settings
from tests.adapters.signing import CLIENT, ISSUER, b64, claims, jwk, key_set, sign

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
NOW = START.timestamp()


class Issuer:
    """A key set that can change, fail and be counted, and a clock that can be moved."""

    def __init__(self) -> None:
        self.body: bytes | Exception = key_set()
        self.fetches = 0
        self.now = START
        settings = evolve(Settings.from_environment({}).identity, issuer=ISSUER, client_id=CLIENT)
        self.settings: IdentitySettings = settings
        self.verifier = OidcVerifier(settings, fetch=self.fetch, now=lambda: self.now)

    async def fetch(self) -> bytes:
        self.fetches += 1
        await asyncio.sleep(0)
        if isinstance(self.body, Exception):
            raise self.body
        return self.body

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


async def test_an_access_token_names_its_caller_and_tier(issuer: Issuer) -> None:
    token = sign(claims(NOW, **{"cognito:groups": ["beta", "pro"]}))
    caller = await issuer.verifier.verify(token)
    assert (caller.id, caller.tier, caller.expires_at) == ("user-1", Tier.PRO, int(NOW) + 3600)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://issuer.test/other"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"token_use": "id", "aud": CLIENT},
        {"token_use": None},
        {"aud": CLIENT},
        {"client_id": "another"},
        {"client_id": [CLIENT]},
        {"exp": None},
        {"exp": int(NOW) - 31},
        {"exp": str(int(NOW) + 60)},
        {"exp": True},
        {"nbf": int(NOW) + 31},
        {"iat": int(NOW) + 31},
        {"iat": "now"},
        {"sub": None},
        {"sub": ""},
        {"sub": "u" * 129},
        {"sub": 7},
    ],
    ids=str,
)
async def test_wrong_claims_are_refused(issuer: Issuer, changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(sign(claims(NOW, **changes)))


@pytest.mark.parametrize("changes", [{"exp": int(NOW) - 29}, {"nbf": int(NOW) + 29}, {"iat": int(NOW) + 29}])
async def test_clocks_may_differ_by_half_a_minute(issuer: Issuer, changes: dict[str, Any]) -> None:
    await issuer.verifier.verify(sign(claims(NOW, **changes)))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": "first"},
        {"alg": "None", "kid": "first"},
        {"alg": "RS512", "kid": "first"},
        {"alg": "PS256", "kid": "first"},
        {"alg": ["RS256"], "kid": "first"},
        {"alg": "RS256"},
        {"alg": "RS256", "kid": 1},
        {"alg": "RS256", "kid": "../../first"},
        {"alg": "RS256", "kid": "first", "crit": ["exp"], "exp": 1},
        {"alg": "RS256", "kid": "first", "b64": False},
        {"alg": "RS256", "kid": "first", "zip": "DEF"},
        {"alg": "RS256", "kid": "first", "jwk": jwk()},
        {"alg": "RS256", "kid": "first", "jku": "https://evil.test/jwks"},
        {"alg": "RS256", "kid": "first", "x5u": "https://evil.test/x5u"},
    ],
    ids=lambda h: str(h)[:40],
)
async def test_headers_that_steer_the_verifier_are_refused(issuer: Issuer, header: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(sign(claims(NOW), header=header))


async def test_the_public_key_is_no_shared_secret(issuer: Issuer) -> None:
    """HS256 with the RSA public key as its secret is the classic confusion."""
    signed = f"{b64(json.dumps({'alg': 'HS256', 'kid': 'first'}).encode())}.{b64(json.dumps(claims(NOW)).encode())}"
    mac = hmac.new(jwk()["n"].encode(), signed.encode(), hashlib.sha256).digest()
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(f"{signed}.{b64(mac)}")


def _mangled() -> dict[str, str]:
    head, body, signature = sign(claims(NOW)).split(".")
    other = sign(claims(NOW, sub="user-2")).split(".")
    twice = sign(b'{"sub":"user-1",' + json.dumps(claims(NOW, sub="user-2")).encode()[1:])
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    loose = signature[:-1] + last[last.index(signature[-1]) + 1]
    return {
        "empty": "",
        "two parts": f"{head}.{body}",
        "four parts": f"{head}.{body}.{signature}.",
        "no signature": f"{head}.{body}.",
        "signature of another": f"{head}.{body}.{other[2]}",
        "body of another": f"{head}.{other[1]}.{signature}",
        "padded": f"{head}.{body}.{signature}==",
        "loose bits": f"{head}.{body}.{loose}",
        "line break": f"{head}.{body}.{signature}\n",
        "other alphabet": f"{head}.{body}.{base64.b64encode(b'~~~???').decode()}",
        "member twice": twice,
        "no object": sign(b"[]"),
        "no JSON": sign(b"claims"),
        "deep": sign(b"[" * 3000),
        "not ascii": f"{head}.{body}.é",
        "too long": sign(claims(NOW, pad="x" * MAX_TOKEN)),
        "a megabyte": "a" * 1_000_000,
    }


@pytest.mark.parametrize("name", list(_mangled()))
async def test_mangled_tokens_are_refused(issuer: Issuer, name: str) -> None:
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(_mangled()[name])


@pytest.mark.parametrize(
    "changes",
    [
        {"use": "enc"},
        {"key_ops": ["encrypt"]},
        {"key_ops": "verify"},
        {"alg": "RS512"},
        {"kty": "oct"},
        {"kid": None},
    ],
    ids=str,
)
async def test_keys_for_other_purposes_verify_nothing(issuer: Issuer, changes: dict[str, Any]) -> None:
    issuer.body = key_set(jwk(**changes))
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(sign(claims(NOW)))


async def test_many_callers_at_once_fetch_the_keys_once(issuer: Issuer) -> None:
    tokens = [sign(claims(NOW, sub=f"user-{n}")) for n in range(20)]
    callers = await asyncio.gather(*(issuer.verifier.verify(token) for token in tokens))
    assert (len({c.id for c in callers}), issuer.fetches) == (20, 1)


async def test_a_caller_who_hangs_up_takes_the_keys_from_nobody(issuer: Issuer) -> None:
    first = asyncio.create_task(issuer.verifier.verify(sign(claims(NOW))))
    second = asyncio.create_task(issuer.verifier.verify(sign(claims(NOW, sub="user-2"))))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).id == "user-2"


async def test_unknown_key_ids_cause_one_fetch_per_half_minute(issuer: Issuer) -> None:
    await issuer.verifier.verify(sign(claims(NOW)))
    issuer.pass_by(seconds=31)
    for number in range(50):
        with pytest.raises(Unauthenticated):
            await issuer.verifier.verify(sign(claims(NOW), header={"alg": "RS256", "kid": f"k{number}"}))
    assert issuer.fetches == 2


async def test_a_rotated_key_is_found(issuer: Issuer) -> None:
    await issuer.verifier.verify(sign(claims(NOW)))
    issuer.body = key_set(jwk("first"), jwk("second"))
    issuer.pass_by(seconds=31)
    assert (await issuer.verifier.verify(sign(claims(NOW), kid="second"))).id == "user-1"


async def test_a_withdrawn_key_is_refused_within_the_hour(issuer: Issuer) -> None:
    await issuer.verifier.verify(sign(claims(NOW)))
    issuer.body = key_set(jwk("second"))
    issuer.pass_by(minutes=61)
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(sign(claims(issuer.now.timestamp())))


async def test_known_keys_stay_good_through_an_outage(issuer: Issuer) -> None:
    await issuer.verifier.verify(sign(claims(NOW)))
    issuer.body = Transient("down")
    issuer.pass_by(hours=5)
    for _ in range(10):
        await issuer.verifier.verify(sign(claims(issuer.now.timestamp(), sub=f"user-{_}")))
    assert issuer.fetches == 2


@pytest.mark.parametrize(
    "body", [Transient("down"), b"", b"[]", b'{"keys": 1}', b'{"keys": [{"kty":"RSA","kid":"first"}]}']
)
async def test_without_any_keys_it_is_an_outage_and_no_wrong_token(
    issuer: Issuer, body: bytes | Exception
) -> None:
    issuer.body = body
    with pytest.raises(Transient):
        await issuer.verifier.verify(sign(claims(NOW)))
    issuer.body = key_set()
    issuer.pass_by(seconds=2)
    assert (await issuer.verifier.verify(sign(claims(NOW)))).id == "user-1"


async def test_a_verified_token_is_remembered_for_a_minute_and_never_beyond_its_end(issuer: Issuer) -> None:
    lasting, short = sign(claims(NOW)), sign(claims(NOW, sub="user-2", exp=int(NOW) + 5))
    await issuer.verifier.verify(lasting)
    await issuer.verifier.verify(short)
    issuer.body = key_set(jwk("second"))
    issuer.pass_by(seconds=36)
    await issuer.verifier.verify(lasting)
    with pytest.raises(Unauthenticated, match="expired"):
        await issuer.verifier.verify(short)


async def test_one_token_is_never_taken_for_another(issuer: Issuer) -> None:
    """The memory goes by the whole token: a changed body with a remembered signature is looked at anew."""
    good = sign(claims(NOW))
    await issuer.verifier.verify(good)
    head, _, signature = good.split(".")
    forged = f"{head}.{b64(json.dumps(claims(NOW, sub='admin')).encode())}.{signature}"
    with pytest.raises(Unauthenticated):
        await issuer.verifier.verify(forged)
