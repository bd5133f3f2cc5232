"""What run.json says, kept true while everything runs: the token fresh, the process ids current."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from emulator.errors import SignInError
from emulator.identity import seed
from emulator.identity.tokens import AccessToken
from emulator.runfile import write_run
from emulator.stack import Stack
from omnigen.processes import start_time

_LOOK_EVERY_S: Final = 1.0
_RETRY_S: Final = 10.0

SignIn = Callable[[], Awaitable[AccessToken | None]]
Children = Callable[[], dict[str, dict[str, Any]]]


class Announcement:
    """Writes run.json, and again whenever it would no longer be true."""

    def __init__(
        self,
        stack: Stack,
        *,
        children: Children,
        sign_in: SignIn,
        say: Callable[[str], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._stack = stack
        self._children = children
        self._sign_in = sign_in
        self._say = say
        self._now = now
        self.token: AccessToken | None = None
        self._expires_at = 0.0
        self._renew_at = float("inf")
        self._written: dict[str, Any] = {}

    async def publish(self) -> None:
        """Sign the demo user in and write the file. Raises SignInError, or OSError where nobody answers."""
        self._take(await self._sign_in())
        self._write()

    async def keep_true(self) -> None:
        """Look once a second, for ever: a sleep of half an hour would sleep through a closed laptop."""
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Renew the token if half of its life is over; write the file if it has changed."""
        if self._now() >= self._renew_at:
            await self._renew()
        if self._content() != self._written:
            self._write()

    async def _renew(self) -> None:
        try:
            self._take(await self._sign_in())
        except (OSError, TimeoutError, SignInError) as error:
            # The stand-in is just being restarted, or the demo user has chosen another password.
            self._renew_at = self._now() + _RETRY_S
            if self._now() >= self._expires_at:
                self._say(f"the token in run.json has expired and can't be renewed: {error}")
                self._renew_at = float("inf")

    def _take(self, token: AccessToken | None) -> None:
        self.token = token
        if token is not None:
            self._expires_at = self._now() + token.lifetime_s
            self._renew_at = self._now() + token.lifetime_s / 2

    def _write(self) -> None:
        self._written = self._content()
        write_run(self._stack.folder.path, self._written)

    def _content(self) -> dict[str, Any]:
        stack = self._stack
        return {
            "version": 1,
            "pid": os.getpid(),
            "started": start_time(os.getpid()),
            "profile": stack.choices.profile,
            "replicate": stack.choices.replicate,
            "api_url": stack.api_url,
            "app_url": stack.api_url,
            "docs_url": f"{stack.api_url}/docs",
            "login_url": seed.login_url(stack.identity_url, stack.api_url),
            "replicate_url": stack.replicate_url,
            "s3_url": stack.s3_url,
            "worker_url": stack.worker_url,
            "user": seed.DEMO_EMAIL,
            "password": stack.secrets.demo_password,
            "access_token": self.token.text if self.token else None,
            "access_token_expires_at": int(self._expires_at) if self.token else None,
            "issuer": seed.ISSUER,
            "jwks_url": stack.jwks_url,
            "client_id": seed.CLIENT_ID,
            "token_url": f"{stack.identity_url}/oauth2/token",
            "data_dir": str(stack.folder.path),
            "logs_dir": str(stack.folder.logs),
            "children": self._children(),
            "environment": stack.environment(),
        }
