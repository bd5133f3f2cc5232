"""Whether the API is alive, whether it can work, and its metrics."""

from typing import Protocol, runtime_checkable

from litestar import Response, get

from omnigen.domain.errors import NotFound
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.problems import NotReady
from omnigen.entrypoints.http.responses import problems
from omnigen.entrypoints.http.wire import View


class HealthView(View, frozen=True):
    """The process answers."""

    status: str


class ReadyView(View, frozen=True):
    """Which dependencies answered."""

    status: str
    checks: dict[str, bool]


@runtime_checkable
class Exposition(Protocol):
    """Metrics that can be read as text."""

    def exposition(self) -> tuple[str, bytes]:
        """Content type and text."""
        ...


@get("/health", tags=["health"])
async def health() -> HealthView:
    """The process answers; nothing else is looked at."""
    return HealthView(status="ok")


@get("/ready", responses=problems(503), tags=["health"])
async def ready(app: AppDep) -> ReadyView:
    """Every dependency that a request needs can be reached."""
    checks = await app.check_ready()
    if missing := sorted(name for name, reachable in checks.items() if not reachable):
        raise NotReady(f"not reachable: {', '.join(missing)}", checks=checks)
    return ReadyView(status="ready", checks=checks)


@get("/metrics", include_in_schema=False)
async def metrics(app: AppDep) -> Response[bytes]:
    """Counters and timings in Prometheus' text format, where they are kept in this process."""
    if not isinstance(app.metrics, Exposition):
        raise NotFound("metrics are not kept here")
    content_type, text = app.metrics.exposition()
    return Response(text, media_type=content_type)


HANDLERS = [health, ready, metrics]
