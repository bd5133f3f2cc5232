"""A CloudFront edge as far as signed URLs go, after Amazon's description: canned policies, RSA with SHA-1, a key group."""

import base64
from collections.abc import Mapping
from urllib.parse import parse_qs, unquote

from attrs import define, field
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.adapters.odd_server import Asked, answer

_SIGNED = ("Expires", "Signature", "Key-Pair-Id")
FORWARDED = "response-content-disposition"


@define(kw_only=True)
class Edge:
    """The script of an `odd_server`: serves objects to whoever has a URL that is signed for it."""

    key_group: Mapping[str, RSAPrivateKey]
    """By key pair id; of each key only the public half is looked at."""
    objects: Mapping[str, bytes]
    now: float
    refusals: list[str] = field(factory=list)

    def __call__(self, asked: Asked) -> bytes:
        path, _, query = asked.target.partition("?")
        pairs = [part.partition("=") for part in query.split("&") if part]
        signed = {name: value for name, _, value in pairs if name in _SIGNED}
        rest = "&".join("".join(pair) for pair in pairs if pair[0] not in _SIGNED)
        resource = f"http://{asked.headers['host']}{path}" + (f"?{rest}" if rest else "")
        refusal = self._refusal(resource, signed)
        if refusal:
            self.refusals.append(refusal)
            return answer(403, refusal.encode())
        return self._object(path, parse_qs(rest, strict_parsing=bool(rest)), asked.headers.get("range"))

    def _refusal(self, resource: str, signed: Mapping[str, str]) -> str:
        if set(signed) != set(_SIGNED):
            return "MissingKey"
        key = self.key_group.get(signed["Key-Pair-Id"])
        if key is None:
            return "InvalidKey"
        ends = f'{{"DateLessThan":{{"AWS:EpochTime":{signed["Expires"]}}}}}'
        policy = f'{{"Statement":[{{"Resource":"{resource}","Condition":{ends}}}]}}'
        text = signed["Signature"].translate(str.maketrans("-_~", "+=/"))
        try:
            key.public_key().verify(
                base64.b64decode(text, validate=True), policy.encode(), PKCS1v15(), SHA1()
            )
        except (InvalidSignature, ValueError):
            return "BadSignature"
        return "" if self.now < int(signed["Expires"]) else "Expired"

    def _object(self, path: str, query: Mapping[str, list[str]], range_: str | None) -> bytes:
        """What the viewer-request function, the cache policy and S3 make of it."""
        data = self.objects.get(unquote(path.removeprefix("/assets/")))
        if data is None or not path.startswith("/assets/"):
            return answer(403, b"AccessDenied")
        headers = {"content_disposition": query[FORWARDED][0]} if FORWARDED in query else {}
        if range_ is None:
            return answer(200, data, **headers)
        first, last = (int(n) for n in range_.removeprefix("bytes=").split("-"))
        told = f"bytes {first}-{last}/{len(data)}"
        return answer(206, data[first : last + 1], content_range=told, **headers)


def pem(key: RSAPrivateKey) -> str:
    """The key as Secrets Manager keeps it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def a_key() -> RSAPrivateKey:
    """A fresh one, of the size that CloudFront takes."""
    return generate_private_key(public_exponent=65_537, key_size=2_048)
