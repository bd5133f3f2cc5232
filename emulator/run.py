"""One run, from the first check to the last child's end."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emulator import banner
from emulator.errors import EmulatorError, SignInError
from emulator.folder import open_folder
from emulator.identity import seed
from emulator.identity.tokens import AccessToken, sign_in
from emulator.logs import follow
from emulator.ports import is_free
from emulator.runfile import remove_run, start_time, write_run
from emulator.stack import Choices, Stack
from emulator.supervisor import Supervisor

_RETRY_TOKEN_S: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to run, beside what to run."""

    data: Path
    choices: Choices
    profile: str = "local"
    reset: bool = False
    quiet: bool = False
    verbose: bool = False
    ephemeral: bool = False


async def run(options: Options) -> int:
    """Start everything, say where it is, and keep it running until told to end."""
    began = time.monotonic()
    _check(options)
    folder = open_folder(options.data, reset=options.reset)
    stack = Stack.plan(folder, options.choices)
    ended = asyncio.Event()
    supervisor = Supervisor(stack.specs(), logs=folder.logs, say=_say)
    _listen_for_the_end(ended, supervisor, ephemeral=options.ephemeral)
    try:
        return await _until(ended, _serve(stack, supervisor, options, began))
    finally:
        remove_run(folder.path)
        if not options.quiet:
            _say("stopped")


async def _serve(stack: Stack, supervisor: Supervisor, options: Options, began: float) -> int:
    async with supervisor:
        token = await _token(stack)
        publish(stack, supervisor, token)
        if not options.quiet:
            banner.show(stack, token, seconds=time.monotonic() - began, ephemeral=options.ephemeral)
        async with _beside(_renewing(stack, supervisor, token), *_followers(supervisor, options)):
            await supervisor.watch()
    return 0


async def _until(ended: asyncio.Event, serving: Any) -> int:
    """Run `serving` until it fails or the end is asked for."""
    work, end = asyncio.ensure_future(serving), asyncio.ensure_future(ended.wait())
    await asyncio.wait([work, end], return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if not work.done():
        work.cancel()
    try:
        return int(await work)
    except asyncio.CancelledError:
        return 0


def publish(stack: Stack, supervisor: Supervisor, token: AccessToken | None) -> None:
    """Write run.json; emulator/runfile.py describes it."""
    write_run(
        stack.folder.path,
        {
            "version": 1,
            "pid": os.getpid(),
            "started": start_time(os.getpid()),
            "profile": "local",
            "replicate": stack.choices.replicate,
            "api_url": stack.api_url,
            "app_url": stack.api_url,
            "docs_url": f"{stack.api_url}/docs",
            "login_url": seed.login_url(stack.identity_url, stack.api_url),
            "replicate_url": stack.replicate_url,
            "s3_url": stack.s3_url,
            "user": seed.DEMO_EMAIL,
            "password": stack.secrets.demo_password,
            "access_token": token.text if token else None,
            "access_token_expires_at": int(time.time()) + token.lifetime_s if token else None,
            "issuer": seed.ISSUER,
            "jwks_url": stack.jwks_url,
            "client_id": seed.CLIENT_ID,
            "token_url": f"{stack.identity_url}/oauth2/token",
            "data_dir": str(stack.folder.path),
            "logs_dir": str(stack.folder.logs),
            "children": {
                name: {"pid": child.pid, "log": str(child.log)} for name, child in supervisor.children.items()
            },
            "environment": stack.environment(),
        },
    )


async def _token(stack: Stack) -> AccessToken | None:
    if "identity" not in stack.choices.parts:
        return None
    return await sign_in(stack.identity_url, seed.DEMO_EMAIL, stack.secrets.demo_password)


async def _renewing(stack: Stack, supervisor: Supervisor, token: AccessToken | None) -> None:
    """Put a fresh token into run.json at half of the old one's life, for ever."""
    pause = token.lifetime_s / 2 if token else float("inf")
    while token is not None:
        await asyncio.sleep(pause)
        try:
            token = await _token(stack) or token
            publish(stack, supervisor, token)
            pause = token.lifetime_s / 2
        except (OSError, TimeoutError, SignInError) as error:
            # The user may have changed the demo password, or the stand-in is just being restarted.
            _say(f"the token in run.json can't be renewed: {error}")
            pause = max(_RETRY_TOKEN_S, pause / 4)


def _followers(supervisor: Supervisor, options: Options) -> list[Any]:
    if not options.verbose:
        return []
    shown = [child for name, child in supervisor.children.items() if name in ("api", "worker")]
    return [follow(child.log, _labelled(child.spec.name)) for child in shown]


def _labelled(name: str) -> Any:
    return lambda line: print(f"{name:>8} | {line}", file=sys.stderr, flush=True)


@asynccontextmanager
async def _beside(*works: Any) -> AsyncIterator[None]:
    """Run these for as long as the block runs."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _listen_for_the_end(ended: asyncio.Event, supervisor: Supervisor, *, ephemeral: bool) -> None:
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if ended.is_set():
            supervisor.kill()  # asked twice: no more patience
        ended.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, asked)
    if ephemeral:
        loop.add_reader(sys.stdin.fileno(), _read_to_end, ended)


def _read_to_end(ended: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        ended.set()


def _check(options: Options) -> None:
    if options.profile != "local":
        raise EmulatorError(f"profile {options.profile!r} is not there yet; PROFILE=local is")
    if options.choices.replicate == "live" and not options.choices.live_token.startswith("r8_"):
        raise EmulatorError(
            "REPLICATE=live needs your Replicate token in REPLICATE_API_TOKEN (it begins with r8_)"
        )
    port = options.choices.port
    if not is_free(port):
        raise EmulatorError(
            f"port {port} is in use; stop what listens there or choose another: make emulate PORT=8123"
        )


def _say(line: str) -> None:
    print(f"omnigen: {line}", file=sys.stderr, flush=True)
