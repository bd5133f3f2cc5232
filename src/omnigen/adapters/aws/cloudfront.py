"""Assets read through CloudFront, by signed URLs with a canned policy. All but reading stays the store's matter.

What the distribution must be like, for these URLs to work:

- the behaviour for `/assets/*` trusts the key group that our public key is in, and takes that prefix off (a
  viewer-request function) before it asks the bucket, with an origin access control (S3 heeds `response-*`
  parameters in signed requests only);
- its cache policy has exactly one query string in the cache key, and so forwards it: `QUERY`. Without it the
  names of downloads would be lost, and a name that one asked for could be served to another.

A canned policy names the whole URL, that parameter included: none of it can be changed, and it has no wildcards.
"""

import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from botocore.signers import CloudFrontSigner
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from omnigen.adapters.aws.s3 import attachment
from omnigen.domain.errors import Transient
from omnigen.domain.secret import Secret
from omnigen.ports.assets import Assets
from omnigen.ports.secrets import Secrets
from omnigen.settings import CdnSettings

PATH: Final = "/assets/"
QUERY: Final = "response-content-disposition"
_REMEMBERED: Final = 4_096
"""Signed URLs; a signature takes half a millisecond, and a page of forty clips is looked at every few seconds."""


class CdnAssets:
    """`Assets` whose `read_url` leads to a CloudFront distribution; every other call goes to the store itself.

    The private key is read from its secret when it is needed. It is a PEM text, or, so that a rotation can
    change both at once, JSON with `key_pair_id` and `private_key`.
    """

    def __init__(
        self, assets: Assets, settings: CdnSettings, secrets: Secrets, *, now: Callable[[], float] = time.time
    ) -> None:
        assert settings.url is not None, "there is no distribution"
        self._assets = assets
        self._base = settings.url + PATH
        self._key_pair_id = settings.key_pair_id
        self._secret = settings.private_key
        self._secrets = secrets
        self._now = now
        self._key = Secret("")
        self._sign: Callable[[str, int], str] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assets, name)

    async def read_url(self, key: str, *, expires_in: timedelta, download_as: str | None = None) -> str:
        """A signed URL that a browser can read from until it expires, ranges included.

        It may live a third longer than was asked for: URLs of one file, asked for soon after each other, are
        equal, so that a browser has the file in its cache. Raises Transient where the key can't be had.
        """
        url = self._base + quote(key, safe="/~")
        if download_as is not None:
            url += f"?{QUERY}={quote(attachment(download_as), safe='')}"
        sign = await self._signer()
        return sign(url, _until(self._now(), expires_in))

    async def _signer(self) -> Callable[[str, int], str]:
        key = await self._secrets.get(self._secret)
        if self._sign is None or key != self._key:
            self._sign, self._key = _signing(key, self._secret, self._key_pair_id), key
        return self._sign


def _until(now: float, expires_in: timedelta) -> int:
    """Unix time of the end, rounded up to thirds of the whole life."""
    life = max(1, int(expires_in.total_seconds()))
    step = max(1, life // 3)
    return math.ceil((now + life) / step) * step


def _signing(secret: Secret, name: str, key_pair_id: str) -> Callable[[str, int], str]:
    """Signs URLs until an instant. Raises Transient, naming the secret, where it holds no usable key."""
    try:
        key_pair_id, pem = _parts(secret.reveal(), key_pair_id)
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        # Not `from error`: its text may quote the key.
        raise Transient(f"secret {name!r} holds no private key", code="secret_unreadable") from None
    if not isinstance(key, RSAPrivateKey):
        raise Transient(f"secret {name!r} holds a key that isn't RSA", code="secret_unreadable")
    # SHA-1 is what CloudFront demands of RSA keys; a collision would have to be found in a URL that we compose.
    signer = CloudFrontSigner(key_pair_id, lambda text: key.sign(text, PKCS1v15(), SHA1()))  # noqa: S303

    @lru_cache(maxsize=_REMEMBERED)
    def sign(url: str, until: int) -> str:
        signed: str = signer.generate_presigned_url(url, date_less_than=datetime.fromtimestamp(until, UTC))
        return signed

    return sign


def _parts(text: str, key_pair_id: str) -> tuple[str, str]:
    """Id and PEM. Raises ValueError, KeyError, TypeError."""
    if not text.lstrip().startswith("{"):
        return key_pair_id, text
    told = json.loads(text)
    return str(told["key_pair_id"]), str(told["private_key"])
