"""Texts that open doors elsewhere: tokens, signing keys. Read when they are needed, and no earlier."""

from collections.abc import Sequence
from typing import Protocol

from omnigen.domain.secret import Secret


class Secrets(Protocol):
    """Secrets by name. They may be replaced (rotated) at any time, without a restart of ours.

    Raises Transient, and nothing else, where a secret can't be had: code `secret_missing` where there is none of
    that name, `secret_unreadable` otherwise. The message names the secret and never shows it.
    """

    async def get(self, name: str, *, refused: Secret | None = None) -> Secret:
        """The present text. It may be some minutes old, more through an outage.

        `refused` is a text that its door has just refused: it is given back only where there is no newer one.
        """
        ...

    async def accepted(self, name: str, *, afresh: bool = False) -> Sequence[Secret]:
        """What somebody else may sign with: the present text and, while it is being replaced, the one before.

        `afresh` is for a signature by none of those that were told before.
        """
        ...
