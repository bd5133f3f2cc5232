"""Opaque positions in a listing, bound to their owner: a digest over both, then the last id that was shown.

The digest stops accidents and another owner's cursor. It is no secret, and needs to be none: whoever forges
one still lists only his own jobs, from a place of his choosing.
"""

import binascii
import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from omnigen.domain.errors import Invalid

_DIGEST: Final = 12


def seal(owner: str, last_id: str) -> str:
    """The cursor that leads on from an id."""
    return urlsafe_b64encode(_digest(owner, last_id) + last_id.encode()).decode().rstrip("=")


def unseal(owner: str, cursor: str) -> str:
    """The id that a cursor leads on from. Raises Invalid for a malformed or another owner's."""
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        last_id = raw[_DIGEST:].decode()
    except (UnicodeError, binascii.Error):
        raise _invalid() from None
    # Base64 has several spellings of the same bytes; only the one that was given out is taken back.
    if seal(owner, last_id) != cursor:
        raise _invalid()
    return last_id


def _digest(owner: str, last_id: str) -> bytes:
    return hashlib.sha256(f"{len(owner)}:{owner}{last_id}".encode()).digest()[:_DIGEST]


def _invalid() -> Invalid:
    return Invalid("cursor isn't one that this listing gave out", field="cursor")
