"""Who is calling."""

from typing import Protocol

from attrs import frozen

from omnigen.domain.quota import Tier


@frozen(kw_only=True)
class Caller:
    """A signed-in user, as the access token says."""

    id: str
    """Owner of everything that they make."""
    tier: Tier
    expires_at: int
    """Unix time at which the token ends."""


class TokenVerifier(Protocol):
    """Tells a valid access token from anything else."""

    async def verify(self, token: str) -> Caller:
        """The caller. Raises Unauthenticated for any token that isn't wholly right, Transient if keys can't be had."""
        ...


@frozen(kw_only=True)
class User:
    """An account in the identity provider."""

    id: str
    email: str
    tier: Tier
    enabled: bool


class Directory(Protocol):
    """The accounts, for operators."""

    async def users(self) -> list[User]:
        """All accounts."""
        ...

    async def set_tier(self, email: str, tier: Tier) -> User:
        """Move an account to a tier; it holds from the next token on. Raises NotFound."""
        ...
