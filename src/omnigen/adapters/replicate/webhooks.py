"""Tells Replicate's deliveries from anybody else's (Standard Webhooks, symmetric signatures).

The client's own `Webhooks.validate` is not used: it reads the wall clock, splits the secret at every
underscore, decodes base64 leniently, and lets a malformed header end in errors that are not its own.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from omnigen.domain.errors import Transient, Unauthenticated
from omnigen.domain.secret import Secret
from omnigen.ports.clock import Clock
from omnigen.ports.secrets import Secrets
from omnigen.settings import ReplicateSettings

TOLERANCE: Final = timedelta(seconds=300)
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_LONGEST_HEADER: Final = 2_048
_MOST_SIGNATURES: Final = 10


class WebhookCheck:
    """Whether a delivery is Replicate's, by the secret that is kept under a name, and the one before it."""

    def __init__(self, settings: ReplicateSettings, secrets: Secrets, clock: Clock) -> None:
        self._name = settings.webhook_secret
        self._secrets = secrets
        self._clock = clock

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> str:
        """The delivery's id. Raises Unauthenticated; Transient where the secret can't be had."""
        known = await self._accepted()
        if not known:
            raise Unauthenticated("webhooks are off: no secret is set", code="webhook_signature")
        try:
            return self._verify(headers, body, known)
        except Unauthenticated:
            newer = await self._accepted(afresh=True)
            if newer == known:
                raise
        return self._verify(headers, body, newer)

    async def _accepted(self, *, afresh: bool = False) -> Sequence[Secret]:
        try:
            return await self._secrets.accepted(self._name, afresh=afresh) if self._name else ()
        except Transient as error:
            # Anybody may call here: the name of the secret is not for them.
            raise Transient("webhooks can't be checked at present", code=error.reason) from error

    def _verify(self, headers: Mapping[str, str], body: bytes, known: Sequence[Secret]) -> str:
        return verify(headers, body, " ".join(s.reveal() for s in known), now=self._clock.now())


def verify(
    headers: Mapping[str, str], body: bytes, secret: str, *, now: datetime, tolerance: timedelta = TOLERANCE
) -> str:
    """The delivery's id, by which repeated ones are told. `secret` is one `whsec_...` or several.

    Raises Unauthenticated for anything but a fresh delivery signed with one of the secrets.
    """
    named = {name.lower(): value for name, value in headers.items()}
    delivery, timestamp = _header(named, "webhook-id"), _header(named, "webhook-timestamp")
    signatures = _signatures(_header(named, "webhook-signature"))
    _check_age(timestamp, now, tolerance)
    signed = b".".join((delivery.encode(), timestamp.encode(), body))
    expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in _keys(secret)]
    # Every pair is compared, so that the time taken doesn't tell which of them was right.
    matches = [hmac.compare_digest(mine, theirs) for mine in expected for theirs in signatures]
    if not any(matches):
        raise _refusal("its signature is not ours")
    return delivery


def _refusal(reason: str) -> Unauthenticated:
    return Unauthenticated(f"webhook refused: {reason}", code="webhook_signature")


def _header(named: Mapping[str, str], name: str) -> str:
    value = named.get(name, "")
    if not value or len(value) > _LONGEST_HEADER or not value.isascii():
        raise _refusal(f"header {name} is missing or malformed")
    return value


def _check_age(timestamp: str, now: datetime, tolerance: timedelta) -> None:
    if not timestamp.isdecimal() or len(timestamp) > 12:
        raise _refusal("its timestamp is not in seconds")
    if abs(now.astimezone(UTC).timestamp() - int(timestamp)) > tolerance.total_seconds():
        raise _refusal(f"it is more than {tolerance.total_seconds():.0f} s old or early")


def _signatures(header: str) -> list[bytes]:
    """The signatures of our version; those of others are for others."""
    found = []
    for part in header.split()[:_MOST_SIGNATURES]:
        version, comma, text = part.partition(",")
        if version == _VERSION and comma:
            found.append(_decoded(text, "its signature is not base64"))
    return found


def _keys(secret: str) -> list[bytes]:
    """Several while a secret is being rotated. None at all is nobody's signature."""
    keys = [_decoded(part.removeprefix(_PREFIX), "our secret is not base64") for part in secret.split()]
    if not keys or not all(keys):
        raise _refusal("we have no secret to check it with")
    return keys


def _decoded(text: str, otherwise: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refusal(otherwise) from error
