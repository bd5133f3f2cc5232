"""The verifier of tokens with its issuer and its clock in a test's hand."""

import asyncio
from datetime import datetime

from attrs import evolve

from omnigen.adapters.oidc import OidcVerifier
from omnigen.domain.errors import Unauthenticated
from omnigen.settings import Settings
from tests.adapters.signing import CLIENT, ISSUER, key_set
from tests.builders import NOW


class Door:
    """The verifier, a key set that can change or fail, and a clock that can be moved."""

    def __init__(self) -> None:
        self.keys: bytes | Exception = key_set()
        self.fetches = 0
        self.now: datetime = NOW
        identity = evolve(Settings.from_environment({}).identity, issuer=ISSUER, client_id=CLIENT)
        self.verifier = OidcVerifier(identity, fetch=self._fetch, now=lambda: self.now)

    async def _fetch(self) -> bytes:
        self.fetches += 1
        await asyncio.sleep(0)
        if isinstance(self.keys, Exception):
            raise self.keys
        return self.keys

    async def opens(self, token: str) -> bool:
        """Whether a token gets somebody in. Any other answer than yes and no is an error."""
        try:
            await self.verifier.verify(token)
        except Unauthenticated:
            return False
        return True
