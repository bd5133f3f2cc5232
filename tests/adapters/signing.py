"""Access tokens signed with keys of the tests' own, and the key set that goes with them."""

import base64
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from joserfc.jwk import RSAKey

ISSUER = "https://issuer.test/pool"
CLIENT = "omnigen-test"


@cache
def private_key(kid: str = "first") -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(kid: str = "first", **changes: Any) -> dict[str, Any]:
    public = RSAKey.import_key(private_key(kid).public_key())
    shown = {**public.as_dict(private=False), "kid": kid, "use": "sig", "alg": "RS256", **changes}
    return {name: value for name, value in shown.items() if value is not None}


def key_set(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(keys) or [jwk()]}).encode()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(now: float, **changes: Any) -> dict[str, Any]:
    told = {
        "sub": "user-1",
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "iat": int(now),
        "exp": int(now) + 3600,
        **changes,
    }
    return {name: value for name, value in told.items() if value is not None}


def sign(payload: dict[str, Any] | bytes, *, kid: str = "first", header: dict[str, Any] | None = None) -> str:
    head = {"alg": "RS256", "kid": kid} if header is None else header
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = f"{b64(json.dumps(head).encode())}.{b64(body)}"
    signature = private_key(kid).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{b64(signature)}"
