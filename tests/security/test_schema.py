"""The API against its own document, by Schemathesis: thousands of requests, right and wrong, one after the other.

Its checks ask among others that no status, type or body comes that the document doesn't announce; that what is
against the document is refused; that a token is looked at on every route; that what was deleted is gone, what was
made is there, and neither is another user's.
"""

import asyncio
import contextlib
import os
import re
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import msgspec
import pytest

from omnigen.container import Worker
from omnigen.entrypoints.worker import look
from tests.contract.harness import FAMILIES
from tests.fakes.world import World, a_world
from tests.http.conftest import bearer, enterprise
from tests.security.house import a_failed, a_film, an_upload, listening, served

CONFIGURATION: Final = Path(__file__).with_name("schema") / "schemathesis.toml"
SEED: Final = int(os.environ.get("OMNIGEN_SEED", "20261123"))
EXAMPLES: Final = int(os.environ.get("OMNIGEN_EXAMPLES", "8"))
"""Requests of each kind and operation; `make test-schema EXAMPLES=...` has more."""

LINKS: Final = 10
"""Ways from one operation's answer to the next one's request, of about a hundred, that are gone at the least."""


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """The API on a socket, over a world whose time runs: what is accepted is made within moments."""
    async with a_world(FAMILIES["sqlite"], tmp_path) as world, served(world, tmp_path) as (api, client):
        await a_film(world, await an_upload(world, client))
        await a_failed(world)
        async with listening(api) as port, _working(world):
            yield f"http://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def _working(world: World) -> AsyncIterator[None]:
    """A worker for whom half a minute passes each hundredth of a second."""
    worker = Worker(
        pipeline=world.steps, outbox=world.stores.outbox, workflow=world.driver(), metrics=world.metrics
    )

    async def work() -> None:
        while True:
            await look(worker)
            await asyncio.sleep(0.01)
            world.clock.advance(30)

    working = asyncio.create_task(work())
    yield
    working.cancel()
    await worker.workflow.stop()


def _users(folder: Path) -> Path:
    """Two users who must not see each other's things, as Schemathesis wants to be told of them."""
    tomorrow = int(time.time()) + 86_400
    told = [
        {"name": name, "fixedHeaders": [{"name": k, "value": v} for k, v in headers.items()]}
        for name, headers in (("ada", enterprise("ada", exp=tomorrow)), ("eve", bearer("eve", exp=tomorrow)))
    ]
    (folder / "users.json").write_bytes(msgspec.json.encode({"auth": told}))
    return folder / "users.json"


@pytest.mark.timeout(300 + 20 * EXAMPLES)
async def test_the_api_does_what_its_document_says(address: str, tmp_path: Path) -> None:
    users = _users(tmp_path)
    own = CONFIGURATION.read_text().replace("hooks.py", str(CONFIGURATION.with_name("hooks.py")))
    peers = f'[auth.wfc]\npath = "{users}"\nuser = "ada"\npeers = ["ada", "eve"]\n'
    (tmp_path / "schemathesis.toml").write_text(f"{own}\n{peers}")
    tool = Path(sys.executable).with_name("schemathesis")
    run = await asyncio.create_subprocess_exec(
        *(tool, "--config-file", tmp_path / "schemathesis.toml", "run", f"{address}/openapi.json"),
        *("--checks", "all", "--seed", str(SEED), "--max-examples", str(EXAMPLES), "--no-color"),
        *("--max-response-time", "120"),  # how long an answer takes is not what is asked here
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await run.communicate()
    told = said.decode()
    assert run.returncode == 0, told
    followed = re.search(r"API Links: +(\d+) covered", told)
    assert followed is not None, told
    assert int(followed[1]) >= LINKS, "sequences went nowhere: what is asked next must come from an answer"
