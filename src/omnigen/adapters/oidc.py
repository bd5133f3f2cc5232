"""The one verifier of access tokens. Cognito and its local stand-in differ by settings only.

A token is accepted if it is a compact JWS of at most 8 KB, in strict base64url, signed with RS256 by a key
of the issuer's key set, and its claims are those of an access token for our client. Verified tokens are remembered
by their SHA-256 for at most a minute, never beyond their end.
"""

import asyncio
import base64
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from attrs import frozen
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from omnigen.domain.errors import Transient, Unauthenticated
from omnigen.domain.quota import Tier
from omnigen.ports.identity import Caller
from omnigen.settings import IdentitySettings

ALGORITHM: Final = "RS256"
MAX_TOKEN: Final = 8_192
MAX_KEY_SET: Final = 262_144
LEEWAY: Final = 30
"""Seconds by which the issuer's clock may differ from ours."""
REMEMBERED: Final = 60
"""Seconds for which a verified token is believed without another look."""
KEPT: Final = timedelta(hours=1)
COOLDOWN: Final = timedelta(seconds=30)
"""Between two fetches of the key set that nobody's clock asked for: a flood of unknown key ids causes one."""
_FIRST_COOLDOWN: Final = timedelta(seconds=1)
FETCH_S: Final = 5
"""Longest fetch of the key set, from end to end: a server that drips it must not hold a request."""
_MIN_BITS: Final = 2_048
_ROCA: Final = {
    prime: frozenset(pow(65_537, power, prime) for power in range(prime))
    for prime in (11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157)
}
_CACHED: Final = 10_000
_LAST_INSTANT: Final = 2**53
"""Beyond it seconds can't be told apart; whole numbers too large for a float would break the sums."""
_HEADERS: Final = frozenset({"alg", "kid", "typ"})

FetchKeys = Callable[[], Awaitable[bytes]]
Now = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def fetch_over_http(url: str) -> FetchKeys:
    """Fetches a key set: no redirects, no proxies, 5 s and 256 KB at most. Raises Transient."""

    async def fetch() -> bytes:
        try:
            async with asyncio.timeout(FETCH_S), httpx.AsyncClient(timeout=3, trust_env=False) as client:
                return await _read(client, url)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise Transient(f"the sign-in's keys can't be fetched: {type(error).__name__}") from error

    return fetch


async def _read(client: httpx.AsyncClient, url: str) -> bytes:
    # Plain, and taken as it comes: a packed key set could fill the memory before its size is known.
    async with client.stream("GET", url, headers={"Accept-Encoding": "identity"}) as response:
        response.raise_for_status()
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > MAX_KEY_SET:
                raise Transient(f"the sign-in's key set has more than {MAX_KEY_SET} bytes")
        return bytes(body)


class KeyRing:
    """The issuer's keys by id: fetched once for all who wait, kept for an hour, and through an outage."""

    def __init__(self, fetch: FetchKeys, now: Now) -> None:
        self._fetch = fetch
        self._now = now
        self._keys: Mapping[str, RSAKey] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str) -> RSAKey:
        """The key of that id. Raises Unauthenticated if the issuer has none, Transient if nobody can say."""
        if kid in self._keys and not self._stale():
            return self._keys[kid]
        if self._may_fetch():
            await self._refresh()
        if kid in self._keys:
            return self._keys[kid]
        if self._fetched_at is None:
            raise Transient("the sign-in's keys can't be fetched", retry_after=COOLDOWN.total_seconds())
        raise Unauthenticated("the token was signed with a key that the issuer doesn't have")

    def _stale(self) -> bool:
        return self._fetched_at is None or self._now() - self._fetched_at > KEPT

    def _may_fetch(self) -> bool:
        if self._fetching is not None or self._tried_at is None:
            return True
        rest = _FIRST_COOLDOWN if self._fetched_at is None else COOLDOWN
        return self._now() - self._tried_at >= rest

    async def _refresh(self) -> None:
        if self._fetching is None:
            self._tried_at = self._now()
            self._fetching = asyncio.create_task(self._replace())
        # Shielded: one caller who hangs up must not take the keys from all the others.
        await asyncio.shield(self._fetching)

    async def _replace(self) -> None:
        try:
            self._keys = usable_keys(await self._fetch())
            self._fetched_at = self._now()
        except Transient:
            return  # the keys that we have stay good through an outage
        finally:
            self._fetching = None


def usable_keys(key_set: bytes) -> dict[str, RSAKey]:
    """The keys of a JWK set that may verify RS256. Raises Transient if it is no key set."""
    try:
        members = json.loads(key_set)["keys"]
        found = [(str(m["kid"]), m) for m in members if isinstance(m, dict) and may_verify(m)]
        keys = {kid: RSAKey.import_key(m) for kid, m in found}
    except (ValueError, LookupError, TypeError, RecursionError, JoseError) as error:
        raise Transient("the sign-in's key set can't be read") from error
    ambiguous = {kid for kid, times in Counter(kid for kid, _ in found).items() if times > 1}
    return {kid: key for kid, key in keys.items() if kid not in ambiguous and _strong(key)}


def _strong(key: RSAKey) -> bool:
    """Long enough, and not from the broken generator of CVE-2017-15361 (ROCA), whose moduli are all powers of
    65537 modulo each of these primes.
    """
    public = key.public_key
    modulus = public.public_numbers().n
    return public.key_size >= _MIN_BITS and any(modulus % prime not in of for prime, of in _ROCA.items())


def may_verify(jwk: Mapping[str, Any]) -> bool:
    """Whether a JWK is meant for verifying RS256 signatures: joserfc doesn't look at `use` by itself."""
    operations = jwk.get("key_ops")
    return (
        jwk.get("kty") == "RSA"
        and isinstance(jwk.get("kid"), str)
        and jwk.get("use", "sig") == "sig"
        and jwk.get("alg", ALGORITHM) == ALGORITHM
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
    )


@frozen(kw_only=True)
class _Remembered:
    caller: Caller
    until: float


class OidcVerifier:
    """TokenVerifier for one issuer and one client."""

    def __init__(
        self, settings: IdentitySettings, *, fetch: FetchKeys | None = None, now: Now = utc_now
    ) -> None:
        self._settings = settings
        self._now = now
        self._keys = KeyRing(fetch or fetch_over_http(settings.jwks_url), now)
        self._known: dict[bytes, _Remembered] = {}

    async def verify(self, token: str) -> Caller:
        """The caller. Raises Unauthenticated, or Transient if the issuer's keys can't be had."""
        if len(token) > MAX_TOKEN:
            raise Unauthenticated(f"the token has {len(token)} characters; at most {MAX_TOKEN} are allowed")
        if not token.isascii():
            raise Unauthenticated("the token is malformed")
        now = self._now().timestamp()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and now < known.until:
            return known.caller
        caller = self._caller(await verified_claims(token, self._keys), now)
        self._remember(digest, caller, now)
        return caller

    def _remember(self, digest: bytes, caller: Caller, now: float) -> None:
        while len(self._known) >= _CACHED:
            del self._known[next(iter(self._known))]
        self._known.pop(digest, None)
        self._known[digest] = _Remembered(caller=caller, until=min(caller.expires_at, now + REMEMBERED))

    def _caller(self, claims: Mapping[str, Any], now: float) -> Caller:
        self._check_kind(claims)
        ends = _instant(claims, "exp")
        if ends is None or ends + LEEWAY <= now:
            raise Unauthenticated("the token has expired", code="token_expired")
        for name in ("nbf", "iat"):
            begins = _instant(claims, name)
            if begins is not None and begins - LEEWAY > now:
                raise Unauthenticated("the token is not valid yet")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 1 <= len(subject) <= 128:
            raise Unauthenticated("the token names no user")
        return Caller(id=subject, tier=Tier.of_groups(_groups(claims)), expires_at=int(ends))

    def _check_kind(self, claims: Mapping[str, Any]) -> None:
        if claims.get("iss") != self._settings.issuer:
            raise Unauthenticated("the token is another issuer's")
        if claims.get("token_use") != "access" or "aud" in claims:
            raise Unauthenticated("the token is not an access token")
        if claims.get("client_id") != self._settings.client_id:
            raise Unauthenticated("the token is for another client")


async def verified_claims(token: str, keys: KeyRing) -> Mapping[str, Any]:
    """The claims of a token whose signature is right. Raises Unauthenticated, Transient."""
    return _object(verified_payload(token, await keys.find(key_id(token))))


def key_id(token: str) -> str:
    """Id of the key that a token names. Raises Unauthenticated for a header that we don't take."""
    parts = token.split(".")
    if len(parts) != 3:
        raise Unauthenticated("the token is malformed")
    header, _, _ = (_strict_base64url(part) for part in parts)
    named = _object(header)
    if named.get("alg") != ALGORITHM or not _HEADERS.issuperset(named):
        raise Unauthenticated(f"the token is not signed with {ALGORITHM}")
    kid = named.get("kid")
    if not isinstance(kid, str):
        raise Unauthenticated("the token doesn't name its key")
    return kid


def verified_payload(token: str, key: RSAKey) -> bytes:
    """What a token says, if this key has signed it. Raises Unauthenticated."""
    try:
        return jws.deserialize_compact(token, key, algorithms=[ALGORITHM]).payload
    except (JoseError, ValueError, TypeError) as error:
        raise Unauthenticated("the token's signature is wrong") from error


def _strict_base64url(part: str) -> bytes:
    """Decoded, if that is the one way to write it: no padding, no other alphabet, no loose bits."""
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise Unauthenticated("the token is malformed") from None
    if not part or base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode():
        raise Unauthenticated("the token is malformed")
    return decoded


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(text.decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Unauthenticated("the token is malformed")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. A member that comes twice could be read differently elsewhere."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member comes twice")
    return members


def _instant(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _LAST_INSTANT:
        raise Unauthenticated(f"the token's {name} is not a time")
    return float(value)


def _groups(claims: Mapping[str, Any]) -> tuple[str, ...]:
    groups = claims.get("cognito:groups", [])
    return tuple(g for g in groups if isinstance(g, str)) if isinstance(groups, list) else ()
