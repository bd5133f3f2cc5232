"""Idempotency: the same owner and key within 24 hours give the same job and the original response."""

import hashlib
import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from attrs import frozen

from omnigen.domain.errors import Invalid

KEPT_FOR: Final = timedelta(hours=24)
KEY_PATTERN: Final = "^[!-~]{1,255}$"
_ALLOWED: Final = re.compile(r"[!-~]{1,255}")


def check_key(key: str) -> str:
    """The key itself. Raises Invalid unless it is 1 to 255 visible ASCII characters."""
    if not _ALLOWED.fullmatch(key):
        raise Invalid(
            f"Idempotency-Key is {key[:40]!r}; 1 to 255 visible ASCII characters are allowed",
            field="Idempotency-Key",
        )
    return key


def request_fingerprint(*parts: Any) -> str:
    """SHA-256 (hex) of a request's meaning: equal requests are equal however they were spelt."""
    return hashlib.sha256(msgspec.json.encode(parts, order="deterministic")).hexdigest()


@frozen(kw_only=True)
class IdempotencyRecord:
    """What was asked under a key, and which job and revision answered it."""

    owner: str
    key: str
    fingerprint: str
    job_id: str
    revision: int
    response: bytes = b""
    """The original answer, to be given again to the letter."""
    expires_at: datetime

    def __attrs_post_init__(self) -> None:
        check_key(self.key)
