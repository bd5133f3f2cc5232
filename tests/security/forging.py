"""Tokens as an attacker writes them: every part by hand, signed with whatever is to be had."""

import base64
import hashlib
import hmac
import json
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc.jwk import RSAKey

from tests.adapters.signing import b64, claims, jwk, private_key
from tests.builders import NOW

AT: Final = NOW.timestamp()
HEADER: Final = {"alg": "RS256", "kid": "first", "typ": "JWT"}


def text(value: Any) -> bytes:
    """JSON as everybody writes it."""
    return json.dumps(value).encode()


def payload(**changes: Any) -> bytes:
    """Claims that would be right."""
    return text(claims(AT, **changes))


def joined(header: bytes, body: bytes, signature: bytes) -> str:
    """A compact JWS of three parts."""
    return f"{b64(header)}.{b64(body)}.{b64(signature)}"


def by_us(header: bytes | dict[str, Any], body: bytes | None = None, *, kid: str = "first") -> str:
    """Signed with a key of the issuer's own: nothing is wrong but what the header or the claims say."""
    return _signed(private_key(kid), header, body)


def by_stranger(header: bytes | dict[str, Any], body: bytes | None = None) -> str:
    """Signed with a key that the issuer has never seen."""
    return _signed(private_key("stranger"), header, body)


def by_hash(
    secret: bytes, header: dict[str, Any] | None = None, body: bytes | None = None, digest: str = "sha256"
) -> str:
    """Signed with HMAC under a secret, which is meant to be the issuer's public key."""
    named = header or {"alg": "HS256", "kid": "first", "typ": "JWT"}
    signed = _input(named, body)
    return f"{signed}.{b64(hmac.new(secret, signed.encode(), getattr(hashlib, digest)).digest())}"


def otherwise_signed(alg: str, hash_: hashes.HashAlgorithm, pad: padding.AsymmetricPadding) -> str:
    """With the issuer's key, in another way than we take, under some algorithm's name."""
    signed = _input({**HEADER, "alg": alg}, None)
    return f"{signed}.{b64(private_key().sign(signed.encode(), pad, hash_))}"


def public_key_forms(kid: str = "first") -> dict[str, bytes]:
    """The public key in every form in which somebody could have configured it as a secret."""
    public = private_key(kid).public_key()
    pem, der = serialization.Encoding.PEM, serialization.Encoding.DER
    spki, pkcs1 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1
    shown = jwk(kid)
    spki_pem = public.public_bytes(pem, spki)
    return {
        "PEM": spki_pem,
        "PEM without its last line end": spki_pem.rstrip(b"\n"),
        "PEM, PKCS #1": public.public_bytes(pem, pkcs1),
        "DER": public.public_bytes(der, spki),
        "DER, PKCS #1": public.public_bytes(der, pkcs1),
        "JWK": text(shown),
        "JWK, compact": json.dumps(shown, separators=(",", ":")).encode(),
        "JWK, its members sorted": json.dumps(shown, sort_keys=True, separators=(",", ":")).encode(),
        "key set": text({"keys": [shown]}),
        "modulus, in base64url": shown["n"].encode(),
        "modulus": public.public_numbers().n.to_bytes(256),
        "thumbprint": RSAKey.import_key(shown).thumbprint().encode(),
        "nothing": b"",
        "key id": kid.encode(),
    }


def _signed(key: rsa.RSAPrivateKey, header: bytes | dict[str, Any], body: bytes | None) -> str:
    signed = _input(header, body)
    return f"{signed}.{b64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def _input(header: bytes | dict[str, Any], body: bytes | None) -> str:
    head = header if isinstance(header, bytes) else text(header)
    return f"{b64(head)}.{b64(payload() if body is None else body)}"


def loose(part: str) -> str:
    """The same bytes in base64url, with bits set that no byte has."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = part[:-1] + letters[letters.index(part[-1]) ^ 1]
    padded = "=" * (-len(part) % 4)
    assert base64.urlsafe_b64decode(changed + padded) == base64.urlsafe_b64decode(part + padded)
    return changed
