"""Events of a job as they happen (Server-Sent Events), resumable with Last-Event-ID."""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from litestar import get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from omnigen.domain.job import JobEvent
from omnigen.domain.timeline import seconds_of
from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.problems import Malformed
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.wire import Money
from omnigen.entrypoints.one_line import one_line

PING_SECONDS: Final = 15.0
"""Silence after which a comment is sent, so that nothing on the way takes the line for dead."""
_PING: Final = b": ping\n\n"
_ID: Final = re.compile(r"([1-9][0-9]{0,5});((?:[0-9]{1,2}:[0-9]{1,9}(?:,[0-9]{1,2}:[0-9]{1,9}){0,63})?)")


class Position(NamedTuple):
    """Where somebody stands in a revision's events: the newest version seen of each scene (0 is the job)."""

    revision: int | None
    seen: Mapping[int, int]

    @classmethod
    def parse(cls, text: str | None) -> "Position":
        """From Last-Event-ID, as in `1;0:5,3:2`. Raises Malformed for anything that we never sent."""
        if not text:
            return cls(None, {})
        found = _ID.fullmatch(text)
        if found is None:
            raise Malformed(
                f"Last-Event-ID is {text[:60]!r}; an id that this stream has sent is allowed",
                field="Last-Event-ID",
            )
        pairs = (pair.split(":") for pair in found[2].split(",") if pair)
        return cls(int(found[1]), {int(scene): int(version) for scene, version in pairs})

    def after(self, event: JobEvent) -> "Position":
        """The position behind an event."""
        return Position(event.revision, {**self.seen, event.scene: event.version})

    def __str__(self) -> str:
        return f"{self.revision};" + ",".join(f"{scene}:{v}" for scene, v in sorted(self.seen.items()))


class EventView(msgspec.Struct, frozen=True, kw_only=True):
    """One event: what a scene (or the job, scene 0) has become."""

    job_id: str
    revision: int
    scene: int
    version: int
    type: str
    at: str
    data: Mapping[str, Any]


@get(
    "/jobs/{job_id:str}/events",
    media_type="text/event-stream",
    responses={
        **guarded(400, 404),
        200: ResponseSpec(
            data_container=EventView,
            media_type="text/event-stream",
            description="Events until the revision has ended; `id` is for Last-Event-ID, `event` is `job` or "
            "`scene`, `data` is this object; a comment every 15 s.",
            generate_examples=False,
        ),
    },
    tags=["jobs"],
)
async def watch_job(
    job_id: FromPath[str],
    request: SignedIn,
    app: AppDep,
    last: Annotated[
        str | None,
        HeaderParameter(
            name="Last-Event-ID",
            description="Go on after this event.",
            schema_extra={"pattern": f"^({_ID.pattern})?$"},
        ),
    ] = None,
) -> Stream:
    """Follow a job. Events are ordered within a scene; the stream ends with the revision."""
    position = Position.parse(last)
    events = await app.watch_job(request.user, job_id, after=position.seen, revision=position.revision)
    return Stream(
        lines(events, position, rate=app.frame_rate, stopping=request.app.state["running"].stopping),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def lines(
    events: AsyncIterator[JobEvent],
    position: Position,
    *,
    rate: int,
    stopping: asyncio.Event,
    ping: float = PING_SECONDS,
) -> AsyncGenerator[bytes, None]:
    """The stream's bytes, until its events end or the server stops. Closing it closes the events."""
    coming: asyncio.Task[JobEvent | None] | None = None
    stopped = asyncio.create_task(stopping.wait())
    try:
        while not stopping.is_set():
            coming = coming or asyncio.create_task(_next(events))
            await asyncio.wait({coming, stopped}, timeout=ping, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done():
                yield _PING
                continue
            event, coming = coming.result(), None
            if event is None:
                return
            position = position.after(event)
            yield encode(event, position, rate)
    finally:
        stopped.cancel()
        await _close(events, coming)


def encode(event: JobEvent, position: Position, rate: int) -> bytes:
    """One event in the stream's format."""
    view = EventView(
        job_id=event.job_id,
        revision=event.revision,
        scene=event.scene,
        version=event.version,
        type=event.type,
        at=event.at.isoformat(),
        data=told(event.data, rate),
    )
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (
        str(position).encode(),
        event.type.encode(),
        one_line(msgspec.json.encode(view)),  # our own client splits at the line ends of Unicode too
    )


def told(data: Mapping[str, Any], rate: int) -> dict[str, Any]:
    """An event's data as the rest of the API speaks: dollars for micros, seconds for frames."""
    said = dict(data)
    if isinstance(frames := said.pop("frames", None), int):
        said["duration"] = seconds_of(frames, rate)
    if isinstance(cost := said.get("cost"), int):
        said["cost"] = Money.of(cost)
    if isinstance(error := said.get("error"), dict):
        said["error"] = {**error, "charged": Money.of(error.get("charged", 0))}
    return said


async def _next(events: AsyncIterator[JobEvent]) -> JobEvent | None:
    return await anext(events, None)


async def _close(events: AsyncIterator[JobEvent], coming: "asyncio.Task[JobEvent | None] | None") -> None:
    if coming is not None:
        coming.cancel()
        await asyncio.wait({coming})
    if isinstance(events, AsyncGenerator):
        await events.aclose()


HANDLERS = [watch_job]
