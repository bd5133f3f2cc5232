"""Wycheproof's JWS and JWK vectors: no invalid signature is accepted, every valid one of our algorithm is.

They are read from the folder `shared/vectors` beside the project; without it this file isn't collected (conftest.py).
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from omnigen.adapters.oidc import ALGORITHM, KeyRing, key_id, utc_now, verified_payload
from omnigen.domain.errors import Transient, Unauthenticated

FOLDER = Path(__file__).parents[3] / "shared" / "vectors"
KNOWN = {"json_web_signature_test.json": (355, 8), "json_web_key_test.json": (21, 1)}
"""Of each file: vectors that are invalid, and valid ones of our algorithm."""
NO_CLAIMS = "emptyPayload"
"""Valid as a signature, and no token: there is nothing in it that could name a caller."""


@frozen
class Vector:
    """A token, the keys that it is to be checked with, and the verdict."""

    name: str
    keys: list[dict[str, Any]]
    token: str
    valid: bool

    @property
    def ours(self) -> bool:
        """Whether it is of the one algorithm that we take."""
        head = self.token.split(".")[0]
        try:
            named = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
        except ValueError:
            return False
        return named.get("alg") == ALGORITHM

    async def accepted(self) -> bool:
        async def fetch() -> bytes:
            return json.dumps({"keys": self.keys}).encode()

        try:
            verified_payload(self.token, await KeyRing(fetch, utc_now).find(key_id(self.token)))
        except (Unauthenticated, Transient):
            return False
        return True


def vectors(file: str) -> Iterator[Vector]:
    for group in json.loads((FOLDER / file).read_text())["testGroups"]:
        shown = group.get("public") or group["private"]
        for test in group["tests"]:
            token = test["jws"] if isinstance(test["jws"], str) else json.dumps(test["jws"])
            name = f"{test['tcId']} {test['comment']}"
            yield Vector(name, shown.get("keys", [shown]), token, test["result"] == "valid")


@pytest.mark.parametrize("file", list(KNOWN))
async def test_no_invalid_vector_is_accepted(file: str) -> None:
    invalid = [vector for vector in vectors(file) if not vector.valid]
    assert len(invalid) >= KNOWN[file][0]
    assert [vector.name for vector in invalid if await vector.accepted()] == []


@pytest.mark.parametrize("file", list(KNOWN))
async def test_every_valid_vector_of_our_algorithm_is_accepted(file: str) -> None:
    valid = [vector for vector in vectors(file) if vector.valid and vector.ours]
    assert len(valid) >= KNOWN[file][1]
    refused = [vector.name for vector in valid if not await vector.accepted()]
    assert [name for name in refused if NO_CLAIMS not in name] == []


@pytest.mark.parametrize("file", list(KNOWN))
async def test_no_vector_of_another_algorithm_is_accepted(file: str) -> None:
    """Not even a valid one: there is one way to sign."""
    assert [v.name for v in vectors(file) if not v.ours and await v.accepted()] == []
