"""One run, from the first check to the last child's end."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from emulator import banner
from emulator.announcement import Announcement
from emulator.errors import EmulatorError
from emulator.folder import keep_apart, open_folder
from emulator.identity import seed
from emulator.identity.tokens import AccessToken, sign_in
from emulator.logs import follow
from emulator.ports import is_free
from emulator.runfile import remove_run
from emulator.stack import Choices, Stack
from emulator.supervisor import Supervisor

Work = Coroutine[Any, Any, None]

_DRIVERS: Final = {"worker", "aws"}
"""Parts that carry jobs on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How to run, beside what to run."""

    data: Path
    choices: Choices
    reset: bool = False
    quiet: bool = False
    verbose: bool = False
    ephemeral: bool = False


async def run(options: Options) -> None:
    """Start everything, say where it is, and keep it running until told to end."""
    began = time.monotonic()
    _check(options)
    folder = open_folder(options.data, reset=options.reset)
    if _DRIVERS & set(options.choices.parts):  # the others only look
        keep_apart(folder.path, options.choices.replicate)
    _check_port(options.choices.port)
    stack = Stack.plan(folder, options.choices)
    supervisor = Supervisor(stack.specs(), logs=folder.logs, say=_say)
    ended = asyncio.Event()
    _listen_for_the_end(ended, supervisor, ephemeral=options.ephemeral)
    try:
        await _until(ended, _serve(stack, supervisor, options, began))
    finally:
        remove_run(folder.path)
    if not options.quiet:
        _say("stopped")


async def _serve(stack: Stack, supervisor: Supervisor, options: Options, began: float) -> None:
    announcement = Announcement(
        stack, children=supervisor.summary, sign_in=lambda: _demo_token(stack), say=_say
    )
    async with supervisor:
        await _set_up(stack)
        await announcement.publish()
        if not options.quiet:
            banner.show(stack, announcement.token, seconds=time.monotonic() - began)
        async with _beside(announcement.keep_true(), *_followers(supervisor, options)):
            await supervisor.watch()


async def _set_up(stack: Stack) -> None:
    """Bring the account, where there is one, to what its description says."""
    if stack.account and "aws" in stack.choices.parts:
        from emulator.aws.provision import provision  # noqa: PLC0415  the other profile has no use for boto3

        await provision(stack, stack.account)


async def _until(ended: asyncio.Event, serving: Work) -> None:
    """Run `serving` until it fails or the end is asked for."""
    work, end = asyncio.create_task(serving), asyncio.create_task(ended.wait())
    await asyncio.wait([work, end], return_when=asyncio.FIRST_COMPLETED)
    end.cancel()
    if not work.done():
        work.cancel()
    await asyncio.wait([work])
    if not work.cancelled():
        work.result()


async def _demo_token(stack: Stack) -> AccessToken | None:
    if "identity" not in stack.choices.parts:
        return None
    return await sign_in(stack.identity_url, seed.DEMO_EMAIL, stack.secrets.demo_password)


def _followers(supervisor: Supervisor, options: Options) -> list[Work]:
    if not options.verbose:
        return []
    shown = [child for name, child in supervisor.children.items() if name in ("api", "worker")]
    return [follow(child.log, _labelled(child.spec.name)) for child in shown]


def _labelled(name: str) -> Callable[[str], None]:
    return lambda line: print(f"{name:>8} | {line}", file=sys.stderr, flush=True)


@contextlib.asynccontextmanager
async def _beside(*works: Work) -> AsyncIterator[None]:
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
    if options.choices.account and options.choices.profile != "aws":
        raise EmulatorError(f"{options.choices.account} is for profile aws: no other has an account")
    if options.choices.replicate == "live" and not options.choices.live_token.startswith("r8_"):
        raise EmulatorError("REPLICATE=live needs your Replicate token (r8_...) in REPLICATE_API_TOKEN")


def _check_port(port: int) -> None:
    if not is_free(port):
        raise EmulatorError(f"port {port} is in use; free it, or choose another: make emulate PORT=8123")


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone, and the children must end all the same
        print(f"omnigen: {line}", file=sys.stderr, flush=True)
