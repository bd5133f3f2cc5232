"""Secrets that came with the environment, named by their variables."""

from collections.abc import Mapping, Sequence

from omnigen.domain.errors import Transient
from omnigen.domain.secret import Secret


class GivenSecrets:
    """Keeps the promises of `Secrets` on what settings have read. It never changes; a text may be empty."""

    def __init__(self, given: Mapping[str, Secret]) -> None:
        self._given = given

    async def get(self, name: str, *, refused: Secret | None = None) -> Secret:  # noqa: ARG002  there is no newer one
        """The text. Raises Transient for a name that settings don't know."""
        if name not in self._given:
            raise Transient(f"secret {name!r} is not set", code="secret_missing")
        return self._given[name]

    async def accepted(self, name: str, *, afresh: bool = False) -> Sequence[Secret]:  # noqa: ARG002  as above
        """The one text, or none where it is empty."""
        text = await self.get(name)
        return (text,) if text else ()
