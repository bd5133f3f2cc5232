"""Puts the API together: routes, middleware, errors, documentation."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar, Router
from litestar.types import ASGIApp

from omnigen.entrypoints.http import (
    docs,
    events,
    files,
    health,
    jobs,
    models,
    plans,
    problems,
    revisions,
    sketches,
    storyboards,
    uploads,
    usage,
    web,
    webhooks,
)
from omnigen.entrypoints.http.decoding import ApiRequest, check_address
from omnigen.entrypoints.http.facade import Running
from omnigen.entrypoints.http.middleware.access_log import AccessLog
from omnigen.entrypoints.http.middleware.admission import Admission, refuse
from omnigen.entrypoints.http.middleware.authentication import Authentication
from omnigen.entrypoints.http.middleware.body_limit import BodyLimit
from omnigen.entrypoints.http.middleware.concurrency import ConcurrencyLimit
from omnigen.entrypoints.http.middleware.cors import Cors
from omnigen.entrypoints.http.middleware.rate_limit import RateLimit
from omnigen.entrypoints.http.middleware.request_id import RequestIds
from omnigen.entrypoints.http.options import answering_options
from omnigen.settings import HttpSettings, Settings
from omnigen.usecases.app import App

Opening = Callable[[Settings], AbstractAsyncContextManager[App]]
"""Opens the use cases for as long as the server runs."""


def create_app(settings: Settings, opening: Opening) -> Litestar:
    """The ASGI application. `opening` is the container's `running`."""
    running = Running()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with opening(settings) as app:
            running.begin(app)
            yield
        running.end()

    api = Litestar(
        route_handlers=[
            _guarded(settings.http, running),
            *webhooks.HANDLERS,
            *health.HANDLERS,
            *docs.HANDLERS,
            *web.handlers(settings),
        ],
        dependencies={"app": running.provider()},
        request_class=ApiRequest,
        exception_handlers={Exception: problems.handle},
        openapi_config=docs.configuration(),
        lifespan=[lifespan],
        logging_config=None,
        request_max_body_size=None,  # the middleware's matter
    )
    api.state["running"] = running
    _wrap(api, settings.http, running)
    return api


def _guarded(http: HttpSettings, running: Running) -> Router:
    """Everything that needs a caller."""
    nouns = (jobs, files, revisions, events, storyboards, sketches, plans, models, uploads, usage)
    handlers = [handler for noun in nouns for handler in noun.HANDLERS]
    middleware = [Authentication(running), RateLimit(running)]
    return Router(
        "/api/v1",
        route_handlers=[*answering_options(handlers), *handlers],
        middleware=middleware if http.rate_limits else middleware[:1],
        before_request=check_address,
        security=[{"accessToken": []}],
    )


def _wrap(api: Litestar, http: HttpSettings, running: Running) -> None:
    """Put the outer layers around all of it, outermost last."""
    handler: ASGIApp = BodyLimit(api.asgi_handler)
    handler = Cors(handler, origins=http.app_origins)
    handler = AccessLog(handler, running=running)
    https = http.public_url.startswith("https:")
    handler = RequestIds(handler, https=https)
    if http.submissions:
        handler = Admission(
            handler,
            refused=RequestIds(Cors(refuse, origins=http.app_origins), https=https),
            limit=ConcurrencyLimit(http.submissions, time.perf_counter),
            routes=api.routes,
            running=running,
        )
    api.asgi_handler = handler
