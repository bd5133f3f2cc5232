"""Secrets in AWS Secrets Manager: read once for all who ask, kept for minutes, read anew when they are rotated."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from attrs import frozen
from botocore.config import Config
from botocore.exceptions import ClientError

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.outage import is_outage
from omnigen.domain.errors import Transient
from omnigen.domain.secret import Secret

KEPT: Final = 300.0
"""Seconds for which a text is believed without another look."""
COOLDOWN: Final = 10.0
"""Seconds between two looks that no clock asked for: a flood of refusals causes one."""
OVERLAP: Final = 86_400.0
"""Seconds for which the text before the present one is accepted. Its stage stays on it until the next rotation."""
_CONFIG: Final = Config(read_timeout=5)
_CURRENT: Final = "AWSCURRENT"
_PREVIOUS: Final = "AWSPREVIOUS"
_GONE: Final = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
"""Never there, or marked for deletion."""

_Key = tuple[str, str]
"""Name and stage."""


@frozen(kw_only=True)
class _Version:
    text: Secret | None
    """None where nothing is there, which is no outage."""
    created_at: float = 0.0
    read_at: float

    def is_due(self, now: float) -> bool:
        """Whether it is time to look again. What was missing may have been put there by now."""
        return now - self.read_at > (KEPT if self.text is not None else COOLDOWN)


class SecretsManager:
    """Keeps the promises of `Secrets`. Its client is opened by the first call: not every process makes one."""

    def __init__(self, clients: Clients, *, now: Callable[[], float] = time.time) -> None:
        self._clients = clients
        self._now = now
        self._opened: Any = None
        self._kept: dict[_Key, _Version] = {}
        self._resting: dict[_Key, float] = {}
        """Until when there is no other look that no clock asks for, or after one that failed."""
        self._reading: dict[_Key, asyncio.Task[_Version]] = {}

    async def get(self, name: str, *, refused: Secret | None = None) -> Secret:
        """The present text. Raises Transient."""
        version = await self._version((name, _CURRENT))
        if version.text == refused:
            version = await self._version((name, _CURRENT), afresh=True)
        return _text_of(version, name)

    async def accepted(self, name: str, *, afresh: bool = False) -> Sequence[Secret]:
        """The present text and, for a day after it came, the one before it. Raises Transient."""
        current = await self._version((name, _CURRENT), afresh=afresh)
        present = _text_of(current, name)
        if self._now() - current.created_at > OVERLAP:
            return (present,)
        before = await self._version((name, _PREVIOUS), afresh=afresh)
        return (present,) if before.text is None else (present, before.text)

    async def _version(self, key: _Key, *, afresh: bool = False) -> _Version:
        kept = self._kept.get(key)
        if kept is not None and not self._may_look(key, kept, afresh):
            return kept
        if afresh:
            self._rest(key)
        try:
            return await self._read(key)
        except Transient:
            self._rest(key)
            if kept is None:
                raise
            return kept  # what was right a while ago is the best that we know through an outage

    def _may_look(self, key: _Key, kept: _Version, afresh: bool) -> bool:
        now = self._now()
        return now >= self._resting.get(key, 0.0) and (afresh or kept.is_due(now))

    def _rest(self, key: _Key) -> None:
        self._resting[key] = self._now() + COOLDOWN

    async def _read(self, key: _Key) -> _Version:
        """Join whoever is just reading it."""
        reading = self._reading.get(key)
        if reading is None:
            reading = self._reading[key] = asyncio.create_task(self._ask(*key))
            reading.add_done_callback(lambda task: self._done(key, task))
        # Shielded: one caller who hangs up must not take the answer from all the others.
        return await asyncio.shield(reading)

    def _done(self, key: _Key, task: asyncio.Task[_Version]) -> None:
        self._reading.pop(key, None)
        if not task.cancelled() and task.exception() is None:
            self._kept[key] = task.result()

    async def _ask(self, name: str, stage: str) -> _Version:
        try:
            if self._opened is None:
                self._opened = await self._clients.open("secretsmanager", config=_CONFIG)
            told = await self._opened.get_secret_value(SecretId=name, VersionStage=stage)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _GONE:
                return _Version(text=None, read_at=self._now())
            raise _unreadable(name, code) from error
        except Exception as error:
            if not is_outage(error):
                raise
            raise _unreadable(name, type(error).__name__) from error
        text = told.get("SecretString", "").strip()
        if not text:
            raise _unreadable(name, "it has no text")
        return _Version(text=Secret(text), created_at=told["CreatedDate"].timestamp(), read_at=self._now())


def _text_of(version: _Version, name: str) -> Secret:
    if version.text is None:
        raise Transient(f"there is no secret {name!r}", code="secret_missing")
    return version.text


def _unreadable(name: str, why: str) -> Transient:
    return Transient(f"secret {name!r} can't be read ({why})", code="secret_unreadable")
