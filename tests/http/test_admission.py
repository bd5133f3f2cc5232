"""With too much submitted at once the rest is refused, and nothing else is: one place inside, and a gate to hold it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from attrs import define, evolve, field
from structlog.testing import capture_logs

from omnigen.settings import Settings
from tests.http.conftest import Api, a_brief, bearer, enterprise, problem_of
from tests.http.test_middleware import APP
from tests.http.test_server import until
from tests.http.test_webhooks import ADDRESS, BODY, signed

PATIENCE_S = 30


@define
class Gate:
    """Holds submissions back, inside, while it is shut."""

    submit: Callable[..., Any]
    held: int = 0
    open: asyncio.Event = field(factory=asyncio.Event)

    async def __call__(self, *args: Any, **options: Any) -> Any:
        self.held += 1
        await asyncio.wait_for(self.open.wait(), PATIENCE_S)
        return await self.submit(*args, **options)


@define
class Held:
    """A running API, and those who hold its places."""

    api: Api
    gate: Gate
    places: int
    inside: list[asyncio.Task[httpx.Response]] = field(factory=list)

    @property
    def client(self) -> httpx.AsyncClient:
        return self.api.client

    async def fill(self) -> None:
        """Have every place taken."""
        self.gate.open.clear()
        self.gate.held = 0
        self.inside = [asyncio.create_task(self.submit()) for _ in range(self.places)]
        await until(self._filled)

    async def empty(self) -> None:
        """Let them do what they came for."""
        self.gate.open.set()
        for answer in await asyncio.gather(*self.inside):
            assert answer.status_code == 202

    async def submit(self, key: str | None = None, **headers: str) -> httpx.Response:
        named = {"Idempotency-Key": key} if key else {}
        return await self.client.post(
            "/api/v1/jobs", json={"brief": a_brief()}, headers=enterprise() | named | headers
        )

    async def jobs(self) -> int:
        listed = await self.client.get("/api/v1/jobs", headers=enterprise())
        return len(listed.json()["jobs"])

    async def _filled(self) -> bool:
        return self.gate.held == self.places


@pytest.fixture
def filled(serve: Callable[[Settings], Any], settings: Settings) -> Callable[[int], Any]:
    """Serves the API with so many places, each taken by a submission behind the gate."""

    @asynccontextmanager
    async def start(places: int) -> AsyncIterator[Held]:
        async with serve(evolve(settings, http=evolve(settings.http, submissions=places))) as api:
            app = api.container.app()
            held = Held(api, Gate(app.submit_job), places)
            object.__setattr__(app, "submit_job", held.gate)
            await held.fill()
            yield held
            await held.empty()

    return start


async def test_the_rest_is_told_to_come_again(filled: Callable[[int], Any]) -> None:
    """Each at another time, with what every answer has; nothing is written of it, and no rate counted."""
    async with filled(2) as held:
        answers = [await held.submit() for _ in range(40)]
        problems = [problem_of(answer, 503) for answer in answers]
        assert {problem["code"] for problem in problems} == {"overloaded"}
        assert {problem["instance"] for problem in problems} == {"/api/v1/jobs"}
        waits = [int(answer.headers["retry-after"]) for answer in answers]
        assert waits == [problem["retry_after"] for problem in problems]
        assert 1 < len(set(waits)) <= len({1, 2, 3, 4} | set(waits)) == 4
        assert answers[0].headers["x-content-type-options"] == "nosniff"
        assert await held.jobs() == 0
        await held.empty()
        taken = await held.submit()
        assert taken.status_code == 202
        assert ";r=297;" in taken.headers["ratelimit"]
        assert await held.jobs() == 3


async def test_the_app_in_a_browser_can_read_it(filled: Callable[[int], Any]) -> None:
    async with filled(1) as held:
        refused = await held.submit(Origin=APP)
        problem_of(refused, 503)
        assert refused.headers["access-control-allow-origin"] == APP
        assert "Retry-After" in refused.headers["access-control-expose-headers"]
        asked = {"Origin": APP, "Access-Control-Request-Method": "POST"}
        assert (await held.client.options("/api/v1/jobs", headers=asked)).status_code == 204


async def test_a_refused_key_is_as_good_as_new(filled: Callable[[int], Any]) -> None:
    """The refusal is not what its repetition is answered with."""
    async with filled(1) as held:
        problem_of(await held.submit("once"), 503)
        await held.empty()
        first, second = await held.submit("once"), await held.submit("once")
        assert (first.status_code, second.status_code) == (202, 202)
        assert "idempotent-replayed" not in first.headers
        assert second.headers["idempotent-replayed"] == "true"
        assert await held.jobs() == 2


async def test_all_that_makes_work_is_refused(filled: Callable[[int], Any]) -> None:
    """Even where the job doesn't exist: nobody has looked. However many slashes are written."""
    async with filled(1) as held:
        for method, path in (
            ("POST", "/api/v1/jobs"),
            ("POST", "/api/v1/jobs/job_1/retry"),
            ("PATCH", "/api/v1/jobs/job_1/storyboard"),
            ("POST", "/api/v1/jobs/job_1/scenes/1/regenerate"),
            ("POST", "/api/v1/jobs/"),
            ("POST", "//api/v1///jobs//"),
        ):
            refused = problem_of(await held.client.request(method, f"http://api.test{path}"), 503)
            assert (refused["code"], refused["instance"]) == ("overloaded", path)


async def test_all_else_goes_on(filled: Callable[[int], Any]) -> None:
    """Looking, cancelling, deleting, planning, the provider's webhook, health."""
    async with filled(1) as held:
        await held.empty()
        job = (await held.submit()).json()["id"]
        await held.fill()
        problem_of(await held.submit(), 503)
        mine = f"/api/v1/jobs/{job}"
        for method, path, expected in (
            ("GET", "/health", 200),
            ("GET", "/metrics", 200),
            ("GET", "/api/v1/models", 200),
            ("GET", "/api/v1/usage", 200),
            ("GET", "/api/v1/jobs", 200),
            ("GET", mine, 200),
            ("POST", f"{mine}/cancel", 202),
            ("DELETE", mine, 204),
            ("POST", f"{mine}/restore", 200),
        ):
            answer = await held.client.request(method, path, headers=enterprise())
            assert answer.status_code == expected, (method, path, answer.text)
        drafted = await held.client.post("/api/v1/storyboards", json=a_brief(), headers=enterprise())
        assert drafted.status_code == 200
        assert (await held.client.post(ADDRESS, content=BODY, headers=signed())).status_code == 204


async def test_those_who_fail_inside_leave_their_places(filled: Callable[[int], Any]) -> None:
    """Strangers, nonsense, and whoever hangs up."""
    async with filled(1) as held:
        await held.empty()
        for _ in range(5):
            problem_of(await held.client.post("/api/v1/jobs", json={}), 401)
            problem_of(await held.client.post("/api/v1/jobs", json={}, headers=bearer()), 422)
        await held.fill()
        [leaving] = held.inside
        leaving.cancel()
        await asyncio.wait({leaving})
        held.inside.clear()
        held.gate.open.set()
        assert (await held.submit()).status_code == 202


async def test_a_slow_body_holds_no_place(filled: Callable[[int], Any]) -> None:
    """A few who drip would hold all the places. Once it is there, it is taken in if there is room, else refused."""
    begun, arrived = asyncio.Event(), asyncio.Event()

    async def dripping() -> AsyncIterator[bytes]:
        yield b'{"brief": '
        begun.set()
        await asyncio.wait_for(arrived.wait(), PATIENCE_S)
        yield b"{}}"

    async with filled(1) as held:
        await held.empty()
        headers = enterprise() | {"Content-Type": "application/json"}
        slow = asyncio.create_task(held.client.post("/api/v1/jobs", content=dripping(), headers=headers))
        await asyncio.wait_for(begun.wait(), PATIENCE_S)
        await until(lambda: _accepted(held))
        await held.fill()
        arrived.set()
        assert problem_of(await slow, 503)["code"] == "overloaded"
        await held.empty()
        assert (await held.submit()).status_code == 202


async def _accepted(held: Held) -> bool:
    return (await held.submit()).status_code == 202


async def test_refusals_are_told_together(filled: Callable[[int], Any]) -> None:
    """One line and one number for all of a second: a flood must not fill the log as well."""
    with capture_logs() as lines:
        async with filled(1) as held:
            for _ in range(20):
                await held.submit()
            told = "omnigen_submissions_refused_total 20.0"
            await until(lambda: _exposed(held, told))
            refusals = [line for line in lines if "refused" in line]
            assert [(line["refused"], line["at_once"]) for line in refusals] == [(20, 1)]
            assert not any(line.get("status") == 503 for line in lines)


async def _exposed(held: Held, line: str) -> bool:
    return line in (await held.client.get("/metrics")).text


async def test_refusing_can_be_left_out(serve: Callable[[Settings], Any], settings: Settings) -> None:
    async with serve(evolve(settings, http=evolve(settings.http, submissions=0))) as api:
        answers = await asyncio.gather(
            *(
                api.client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=enterprise(f"user-{n}"))
                for n in range(80)
            )
        )
    assert {answer.status_code for answer in answers} == {202}
