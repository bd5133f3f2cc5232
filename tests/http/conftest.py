"""The API as it is served, over SQLite and the asset store in memory, with a sign-in of the tests' own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve, frozen
from dependency_injector import providers
from litestar import Litestar

from omnigen.adapters.local.sqlite import Database
from omnigen.adapters.memory.assets import MemoryAssets
from omnigen.adapters.oidc import OidcVerifier
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.container import Container
from omnigen.entrypoints.http.app import create_app
from omnigen.ports.usage import Rates, RateState
from omnigen.settings import Settings
from omnigen.usecases.app import App
from omnigen.usecases.policy import Policy
from tests.adapters.signing import CLIENT, ISSUER, claims, key_set, sign
from tests.builders import NOW

WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PROMPT = "a lighthouse at dusk, a storm rolls in, the light comes on"


def token(subject: str = "ada", **changes: Any) -> str:
    return sign(claims(time.time(), sub=subject, **changes))


def bearer(subject: str = "ada", **changes: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(subject, **changes)}"}


def enterprise(subject: str = "ada", **changes: Any) -> dict[str, str]:
    return bearer(subject, **{"cognito:groups": ["enterprise"], **changes})


def a_brief(**changes: Any) -> dict[str, Any]:
    return {"prompt": PROMPT, "duration": 15, **changes}


def scenes(count: int = 2, **changes: Any) -> list[dict[str, Any]]:
    return [{"prompt": f"the sea, shot {n}", "duration": 5, **changes} for n in range(1, count + 1)]


def problem_of(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem in a response, with what every problem has."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(problem)
    assert problem["status"] == status
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["type"].endswith(problem["code"])
    return problem


@frozen(kw_only=True)
class Api:
    """A running API, a client of it, and what lies behind it."""

    client: httpx.AsyncClient
    container: Container
    server: Litestar


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    read = Settings.from_environment(
        {
            "OMNIGEN_DATA_DIR": str(tmp_path),
            "OMNIGEN_APP_ORIGINS": "https://app.test",
            "OMNIGEN_REPLICATE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        }
    )
    identity = evolve(read.identity, issuer=ISSUER, client_id=CLIENT)
    return evolve(read, identity=identity)


@pytest.fixture
def serve() -> Callable[[Settings], Any]:
    """Serves the API with given settings, for as long as the context lasts."""

    @asynccontextmanager
    async def started(settings: Settings) -> AsyncIterator[Api]:
        container = await assembled(settings)

        @asynccontextmanager
        async def opening(_: Settings) -> AsyncIterator[App]:
            yield container.app()

        server = create_app(settings, opening)
        try:
            async with lived(server):
                transport = httpx.ASGITransport(app=server, raise_app_exceptions=False)  # type: ignore[arg-type]
                async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
                    yield Api(client=client, container=container, server=server)
        finally:
            await container.database().close()

    return started


@asynccontextmanager
async def lived(server: Litestar) -> AsyncIterator[None]:
    """The server's life in a task of its own: its task group must be left where it was entered."""
    started, stop = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with server.lifespan():
            started.set()
            await stop.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(live())
        await started.wait()
        yield
        stop.set()


@pytest.fixture
async def api(serve: Callable[[Settings], Any], settings: Settings) -> AsyncIterator[Api]:
    async with serve(settings) as running:
        yield running


@pytest.fixture
def client(api: Api) -> httpx.AsyncClient:
    return api.client


class StillRates:
    """Counters of requests for which no time passes."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates

    async def hit(self, key: str, *, limit: int, window: int, at: datetime) -> RateState:
        return await self._rates.hit(key, limit=limit, window=window, at=NOW)


async def assembled(settings: Settings) -> Container:
    async def keys() -> bytes:
        return key_set()

    container = Container(
        settings=providers.Object(settings),
        policy=providers.Object(Policy(event_poll=0.005)),
        database=providers.Object(await Database.open(settings.database)),
        assets=providers.Object(MemoryAssets()),
        provider=providers.Object(None),
        clients=providers.Object(None),
        catalogue=providers.Object(load_catalogue(None)),
    )
    container.workflow.override(container.outbox_workflow)
    container.verifier.override(providers.Object(OidcVerifier(settings.identity, fetch=keys)))
    container.rates.override(providers.Object(StillRates(container.rates())))
    return container
