"""Events of a job: in order, resumable, ended with the revision, and let go of when nobody listens."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest

from omnigen.domain.job import JobEvent, JobStatus
from omnigen.entrypoints.http.events import Position, lines
from omnigen.entrypoints.http.problems import Malformed
from tests.builders import NOW
from tests.http.conftest import Api, a_brief, bearer, problem_of


def an_event(scene: int = 0, version: int = 1, **data: Any) -> JobEvent:
    kind = "scene" if scene else "job"
    return JobEvent(job_id="job_1", revision=1, scene=scene, version=version, type=kind, data=data, at=NOW)


def parsed(stream: bytes) -> list[dict[str, Any]]:
    """The events in a stream's bytes; comments are left out."""
    found = []
    for block in stream.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            found.append(fields | {"data": msgspec.json.decode(fields["data"])})
    return found


async def ended(api: Api, job_id: str) -> None:
    """Have a job cancelled for good, as its leg would."""
    await api.client.post(f"/api/v1/jobs/{job_id}/cancel", headers=bearer())
    jobs = api.container.jobs()
    job = await jobs.get(job_id)
    released = job.revision.reservation.release(0)
    await jobs.end(job.become(JobStatus.CANCELLED, at=NOW, reservation=released))


async def a_job(api: Api) -> str:
    response = await api.client.post("/api/v1/jobs", json={"brief": a_brief()}, headers=bearer())
    return str(response.json()["id"])


async def test_a_job_is_told_from_its_beginning_to_its_end(api: Api) -> None:
    job_id = await a_job(api)
    await ended(api, job_id)
    response = await api.client.get(f"/api/v1/jobs/{job_id}/events", headers=bearer())
    assert response.headers["content-type"].startswith("text/event-stream")
    events = parsed(response.content)
    of_job = [e for e in events if e["event"] == "job"]
    assert [e["data"]["version"] for e in of_job] == sorted({e["data"]["version"] for e in of_job})
    assert of_job[-1]["data"]["data"]["status"] == "cancelled"
    assert {e["data"]["job_id"] for e in events} == {job_id}


async def test_a_stream_goes_on_where_it_broke_off(api: Api) -> None:
    job_id = await a_job(api)
    await ended(api, job_id)
    address = f"/api/v1/jobs/{job_id}/events"
    events = parsed((await api.client.get(address, headers=bearer())).content)
    for number, event in enumerate(events, 1):
        rest = await api.client.get(address, headers=bearer() | {"Last-Event-ID": event["id"]})
        assert parsed(rest.content) == events[number:]


@pytest.mark.parametrize(
    "last",
    [
        "x",
        "1",
        ";",
        "0;",
        "1;0",
        "1;0:",
        "1;0:1,",
        "1;0:1;2",
        "-1;0:1",
        "1;0:99999999999",
        "1;100:1",
        "१;0:1",
        "1;0:1" * 500,
    ],
)
async def test_an_id_that_was_never_sent_is_malformed(client: httpx.AsyncClient, last: str) -> None:
    headers = bearer() | {"Last-Event-ID": last.encode()}  # type: ignore[dict-item]
    response = await client.get("/api/v1/jobs/job_x/events", headers=headers)  # type: ignore[arg-type]
    assert problem_of(response, 400)["field"] == "Last-Event-ID"


async def test_a_revision_that_is_not_there_is_not_found(api: Api) -> None:
    address = f"/api/v1/jobs/{await a_job(api)}/events"
    problem_of(await api.client.get(address, headers=bearer() | {"Last-Event-ID": "2;0:1"}), 404)
    problem_of(await api.client.get(address, headers=bearer("eve")), 404)


def test_a_position_is_read_as_it_was_written() -> None:
    position = Position(None, {}).after(an_event(0, 5)).after(an_event(3, 2)).after(an_event(0, 6))
    assert str(position) == "1;0:6,3:2"
    assert Position.parse(str(position)) == position
    assert Position.parse("2;") == (2, {})
    with pytest.raises(Malformed):
        Position.parse("1;0:1\nid: 2")


async def test_silence_is_filled_with_comments_and_no_event_is_lost_by_it() -> None:
    go = asyncio.Event()

    async def slow() -> AsyncIterator[JobEvent]:
        yield an_event(0, 1)
        await go.wait()
        yield an_event(0, 2)

    stream = lines(slow(), Position(None, {}), rate=24, stopping=asyncio.Event(), ping=0.001)
    seen = [await anext(stream) for _ in range(4)]
    go.set()
    seen += [line async for line in stream]
    assert seen.count(b": ping\n\n") >= 3
    assert [e["id"] for e in parsed(b"".join(seen))] == ["1;0:1", "1;0:2"]


async def test_closing_the_stream_closes_the_events() -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[JobEvent]:
        try:
            yield an_event(0, 1)
            await asyncio.Event().wait()
        finally:
            closed.set()

    stream = lines(endless(), Position(None, {}), rate=24, stopping=asyncio.Event(), ping=0.001)
    assert [e["id"] for e in parsed(await anext(stream))] == ["1;0:1"]
    assert await anext(stream) == b": ping\n\n"
    await stream.aclose()
    assert closed.is_set()


async def test_line_breaks_in_a_text_do_not_break_the_stream() -> None:
    async def one() -> AsyncIterator[JobEvent]:
        yield an_event(1, 1, error="first\n\ndata: second\r\nid: 9")

    (event,) = parsed(
        b"".join([line async for line in lines(one(), Position(None, {}), rate=24, stopping=asyncio.Event())])
    )
    assert event["data"]["data"] == {"error": "first\n\ndata: second\r\nid: 9"}


async def test_a_server_that_stops_ends_its_streams() -> None:
    stopping, closed = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[JobEvent]:
        try:
            yield an_event(0, 1)
            await asyncio.Event().wait()
        finally:
            closed.set()

    stream = lines(endless(), Position(None, {}), rate=24, stopping=stopping)
    await anext(stream)
    stopping.set()
    assert [line async for line in stream] == []
    assert closed.is_set()


async def test_events_speak_of_seconds_and_dollars_as_the_rest_does() -> None:
    async def two() -> AsyncIterator[JobEvent]:
        yield an_event(0, 1, cost=1_500_000, error={"code": "failed", "charged": 250_000})
        yield an_event(1, 1, frames=60, error=None)

    stream = lines(two(), Position(None, {}), rate=24, stopping=asyncio.Event())
    job, scene = [event["data"]["data"] for event in parsed(b"".join([line async for line in stream]))]
    assert job["cost"] == {"micros": 1_500_000, "usd": "1.50"}
    assert job["error"] == {"code": "failed", "charged": {"micros": 250_000, "usd": "0.25"}}
    assert scene == {"duration": 2.5, "error": None}
