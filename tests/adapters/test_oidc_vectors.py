"""Wycheproof's JWS vectors: no invalid signature is accepted, every valid one of our algorithm is.

They are read from the folder `shared/vectors` beside the project, where there is one.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from omnigen.adapters.oidc import KeyRing, key_id, may_verify, utc_now, verified_payload
from omnigen.domain.errors import Transient, Unauthenticated

FOLDER = Path(__file__).parents[3] / "shared" / "vectors"
FILES = ("json_web_signature_test.json", "json_web_key_test.json")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vectors are not beside the project")


def _cases() -> Iterator[tuple[str, dict[str, Any], Any, bool]]:
    for name in FILES:
        path = FOLDER / name
        if not path.is_file():
            return
        for group in json.loads(path.read_text())["testGroups"]:
            shown = group.get("public") or group["private"]
            for test in group["tests"]:
                yield f"{name}#{test['tcId']}", shown, test["jws"], test["result"] == "valid"


async def _accepted(shown: dict[str, Any], token: Any) -> bool:
    members = shown.get("keys", [shown])

    async def fetch() -> bytes:
        return json.dumps({"keys": members}).encode()

    try:
        text = token if isinstance(token, str) else json.dumps(token)
        verified_payload(text, await KeyRing(fetch, utc_now).find(key_id(text)))
    except (Unauthenticated, Transient):
        return False
    return True


def _ours(shown: dict[str, Any], token: Any) -> bool:
    """Whether a valid vector is of the one algorithm that we take, with a key of the size that we take."""
    try:
        key_id(token)
    except Unauthenticated:
        return False
    return "keys" not in shown and may_verify(shown) and RSAKey.import_key(shown).raw_value.key_size >= 2048


async def test_no_invalid_vector_is_accepted() -> None:
    wrong = [name for name, shown, token, valid in _cases() if not valid and await _accepted(shown, token)]
    assert wrong == []


async def test_every_valid_vector_of_our_algorithm_is_accepted() -> None:
    valid = [(name, shown, token) for name, shown, token, valid in _cases() if valid and _ours(shown, token)]
    assert valid, "there are valid RS256 vectors"
    assert [name for name, shown, token in valid if not await _accepted(shown, token)] == []
