"""An API with somebody at home: the jobs and the upload of one owner, each in a state that some route asks for."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import msgspec
from attrs import evolve, field, frozen
from dependency_injector import providers
from granian.constants import Interfaces
from granian.server.embed import Server
from litestar import Litestar

from omnigen.adapters.oidc import OidcVerifier
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Soundtrack
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.docs import document_of
from omnigen.settings import Settings
from omnigen.usecases.app import App
from tests.adapters.signing import CLIENT, ISSUER, key_set
from tests.builders import a_scene, a_storyboard
from tests.contract.harness import Family
from tests.fakes.world import ADA, World, a_world
from tests.http.conftest import bearer, lived

OWNER: Final = "ada"
OTHER: Final = "eve"
PICTURE: Final = b'{"kind": "image"}'
"""What the stand-in for the inspector takes for an image."""
OPEN: Final = frozenset({"health", "ready", "receive_webhook"})
"""Operations that ask for no token: the webhook's signature is its own."""


@frozen(kw_only=True)
class Way:
    """How an operation is asked for, so that its owner is given what the document promises."""

    gives: int
    job: str = "film"
    """Which of the owner's jobs."""
    path: Mapping[str, Any] = field(factory=dict)
    body: Any = None
    keyed: bool = False
    """Whether it has an Idempotency-Key."""


SCENE: Final = {"prompt": "the sea under a low sky", "duration": 5}
WISH: Final = {"storyboard": {"scenes": [SCENE]}}
BRIEF: Final = {"prompt": "a lighthouse at dusk, a storm rolls in, the light comes on", "duration": 15}

WAYS: Final[Mapping[str, Way]] = {
    "get_job": Way(gives=200),
    "delete_job": Way(gives=204),
    "get_video": Way(gives=302),
    "cancel_job": Way(gives=202, job="running"),
    "restore_job": Way(gives=200, job="deleted"),
    "get_file": Way(gives=302, path={"kind": "manifest"}),
    "export_job": Way(gives=200),
    "retry_job": Way(gives=202, job="failed", body={}, keyed=True),
    "edit_storyboard": Way(gives=202, body={"title": "Another name"}, keyed=True),
    "regenerate_scene": Way(gives=202, path={"number": 1}, body={}, keyed=True),
    "watch_job": Way(gives=200),
    "preview_job": Way(gives=200),
    "show_plan": Way(gives=200),
    "list_jobs": Way(gives=200),
    "submit_job": Way(gives=202, body=WISH, keyed=True),
    "draft_storyboard": Way(gives=200, body=BRIEF),
    "price_storyboard": Way(gives=200, body=WISH["storyboard"]),
    "draw_animatic": Way(gives=200, body=WISH),
    "plan_wish": Way(gives=200, body=WISH),
    "list_models": Way(gives=200),
    "request_upload": Way(gives=201, body={"content_type": "image/png", "size": 1000}),
    "get_usage": Way(gives=200),
}
"""One line for each operation behind the sign-in. A new route is told here how it is asked for."""


@frozen(kw_only=True)
class Operation:
    """A route and method of the OpenAPI document."""

    id: str
    method: str
    path: str
    told: Mapping[str, Any]
    """What the document says of it."""

    @property
    def of_a_job(self) -> bool:
        return "{job_id}" in self.path

    @property
    def way(self) -> Way:
        return WAYS[self.id]

    def at(self, job_id: str, **path: Any) -> str:
        """Its address."""
        return self.path.format(
            **{"job_id": job_id, "kind": "manifest", "number": 1, **self.way.path, **path}
        )


def operations(server: Litestar) -> Iterator[Operation]:
    """All operations that are documented."""
    for path, item in msgspec.json.decode(document_of(server))["paths"].items():
        for method, told in item.items():
            yield Operation(id=told["operationId"], method=method.upper(), path=path, told=told)


@frozen(kw_only=True)
class House:
    """A running API, a client of it, and its owner's belongings."""

    world: World
    server: Litestar
    client: httpx.AsyncClient
    jobs: Mapping[str, str]
    """The owner's, by what became of them: `film` (succeeded), `failed`, `running`, `deleted`."""
    upload: str
    """One that was admitted."""

    @property
    def operations(self) -> list[Operation]:
        return [operation for operation in operations(self.server) if operation.id not in OPEN]

    async def ask(
        self,
        operation: Operation,
        job_id: str,
        headers: Mapping[str, str],
        *,
        key: str = "a-key",
        **path: Any,
    ) -> httpx.Response:
        """An operation on a job, as it would be right for some job of the caller's."""
        way = operation.way
        sent = dict(headers) | ({"Idempotency-Key": key} if way.keyed else {})
        body = {} if way.body is None else {"json": way.body}
        return await self.client.request(operation.method, operation.at(job_id, **path), headers=sent, **body)

    async def belongings(self) -> dict[str, Any]:
        """All that the owner can see, and what lies in the store: nobody else may change it."""
        seen: dict[str, Any] = {"objects": self.world.object_keys()}
        for path in ("jobs", "usage", *(f"jobs/{job_id}" for job_id in self.jobs.values())):
            seen[path] = (await self.client.get(f"/api/v1/{path}", headers=bearer(OWNER))).json()
            seen[path].pop("request_id", None)
        for job_id in self.jobs.values():
            seen[job_id] = await self.world.job(job_id), await self.world.takes(job_id)
        return seen

    async def nothing_of(self, caller: str) -> None:
        """Check that a caller owns nothing and owes nothing."""
        jobs = await self.client.get("/api/v1/jobs", headers=bearer(caller))
        assert jobs.json() == {"jobs": [], "cursor": None}
        [month] = (await self.client.get("/api/v1/usage?periods=1", headers=bearer(caller))).json()["months"]
        assert (month["held_videos"], month["settled_videos"], month["held"]["micros"]) == (0, 0, 0)


def expired() -> dict[str, str]:
    """What an owner sends who has slept too long."""
    return bearer(OWNER, exp=int(time.time()) - 120)


@asynccontextmanager
async def a_house(family: Family, place: Path) -> AsyncIterator[House]:
    """The API over a world on fresh stores of a family, with the owner's jobs in it."""
    async with a_world(family, place) as world, served(world, place) as (server, client):
        upload = await an_upload(world, client)
        jobs = {
            "deleted": await a_failed(world),
            "film": await a_film(world, upload),
            "failed": await a_failed(world),
            "running": (await world.submit()).job_id,
        }
        await world.app.delete_job(ADA, jobs["deleted"])
        yield House(world=world, server=server, client=client, jobs=jobs, upload=upload)


@asynccontextmanager
async def served(world: World, place: Path) -> AsyncIterator[tuple[Litestar, httpx.AsyncClient]]:
    """The API over a world, and a client of it. Nobody's requests are counted."""
    settings = settings_at(place)

    async def keys() -> bytes:
        return key_set()

    world.container.verifier.override(providers.Object(OidcVerifier(settings.identity, fetch=keys)))

    @asynccontextmanager
    async def opening(_: Settings) -> AsyncIterator[App]:
        yield world.app

    server = create_app(settings, opening)
    async with lived(server):
        transport = httpx.ASGITransport(app=server, raise_app_exceptions=False)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield server, client


def settings_at(place: Path) -> Settings:
    """Settings of an API that counts no requests and believes the tests' own tokens."""
    read = Settings.from_environment({"OMNIGEN_DATA_DIR": str(place)})
    return evolve(
        read,
        identity=evolve(read.identity, issuer=ISSUER, client_id=CLIENT),
        http=evolve(read.http, rate_limits=False),
    )


async def an_upload(world: World, client: httpx.AsyncClient, who: str = OWNER) -> str:
    """A picture that was brought; the first job that names it has it admitted."""
    asked = await client.post(
        "/api/v1/uploads", json={"content_type": "image/png", "size": 100}, headers=bearer(who)
    )
    name: str = asked.json()["id"]
    upload = await world.stores.uploads.get(name, owner=who)
    await world.assets.put_bytes(upload.key, PICTURE, content_type="image/png")
    return name


async def a_film(world: World, picture: str) -> str:
    """Two scenes, one of them from a picture, and music: made, published, ended."""
    scenes = (a_scene(1, reference=picture), a_scene(2))
    board = evolve(a_storyboard(2), scenes=scenes, soundtrack=Soundtrack(music="slow strings"))
    return (await world.walked(await world.begun(board))).id


async def a_failed(world: World, who: str = OWNER) -> str:
    """A job that came to nothing."""
    job = await world.job((await world.submit(caller=evolve(ADA, id=who))).job_id)
    released = job.revision.reservation.release(0)
    await world.stores.jobs.end(job.become(JobStatus.FAILED, at=world.clock.now(), reservation=released))
    return job.id


@asynccontextmanager
async def listening(api: Litestar) -> AsyncIterator[int]:
    """The API behind the server that is used in production; the port of loopback on which it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    server = Server(api, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False)
    serving = asyncio.create_task(server.serve())
    await _alive(f"http://127.0.0.1:{port}/health")
    yield port
    server.stop()
    await serving


async def _alive(address: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx.ConnectError):
                if (await client.get(address)).is_success:
                    return
            await asyncio.sleep(0.01)
