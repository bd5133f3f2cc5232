"""The application: routes, who may call them and how often.

aiohttp rather than an ASGI server, because a fault may be that the connection closes without an answer, and
no ASGI server lets an application do that.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
from aiohttp import web

from emulator.replicate import routes_admin, routes_files, routes_models, routes_predictions
from emulator.replicate.clock import Clock
from emulator.replicate.context import CREATES, ENGINE, OPTIONS, PRICES, READS, SHELVES
from emulator.replicate.engine import Engine
from emulator.replicate.faults import read_file
from emulator.replicate.inputs import Inputs
from emulator.replicate.limits import Bucket
from emulator.replicate.prices import Prices
from emulator.replicate.problems import Problem, not_found, unauthenticated
from emulator.replicate.records import new_id
from emulator.replicate.settings import Options
from emulator.replicate.shelves import Shelves
from emulator.replicate.store import Store
from emulator.replicate.studio import Studio
from emulator.replicate.webhooks import Postman, new_secret

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LARGEST_BODY = 64 * 1024 * 1024
log = logging.getLogger("emulator.replicate")


async def build(options: Options, *, base: str, studio: Studio | None = None) -> web.Application:
    """The application that answers under `base`. Raises ValueError where fault plan or prices are no good."""
    prices = Prices(options.catalogue)
    rules = read_file(options.faults_file) if options.faults_file else None
    options.state_dir.mkdir(parents=True, exist_ok=True)
    store = Store(options.state_dir / "replicate.db")
    clock = Clock(float(store.value("clock_offset") or 0))
    studio = studio or Studio(options.media_cache, workers=options.workers, shelf=options.media_dir)
    shelves = Shelves(options.state_dir, store, clock, base)
    session = aiohttp.ClientSession(auto_decompress=False)
    engine = Engine(
        store=store,
        clock=clock,
        studio=studio,
        postman=Postman(session, _secret(options, store), clock),
        inputs=Inputs(shelves.inputs, session, shelves.find),
        shelves=shelves,
        base=base,
        seconds=options.seconds,
    )
    if rules is not None:
        engine.clear_faults()
        engine.add_faults(rules)

    async def run(_app: web.Application) -> AsyncIterator[None]:
        engine.resume()
        yield
        await engine.stop()
        await session.close()
        studio.close()
        store.close()

    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[_identify, _errors, _keep_browsers_out, _authenticate, _limit],
    )
    app[OPTIONS] = options
    app[ENGINE] = engine
    app[PRICES] = prices
    app[SHELVES] = shelves
    app[CREATES] = Bucket(options.creates_per_minute, clock)
    app[READS] = Bucket(options.reads_per_minute, clock)
    app.cleanup_ctx.append(run)
    _add_routes(app)
    return app


def _secret(options: Options, store: Store) -> str:
    secret = options.webhook_secret or store.value("webhook_secret") or new_secret()
    store.set_value("webhook_secret", secret)
    return secret


def _add_routes(app: web.Application) -> None:
    predictions, models = routes_predictions, routes_models
    files, admin = routes_files, routes_admin
    one_model = "/v1/models/{owner}/{name}"
    one_version = one_model + "/versions/{version}"
    app.add_routes(
        [
            web.post("/v1/predictions", predictions.create),
            web.get("/v1/predictions", predictions.listing),
            web.get("/v1/predictions/{id}", predictions.get),
            web.post("/v1/predictions/{id}/cancel", predictions.cancel),
            web.get("/v1/stream/{id}", predictions.stream),
            web.get("/v1/models", models.listing),
            web.get(one_model, models.get),
            web.post(one_model + "/predictions", predictions.create_by_model),
            web.get(one_model + "/versions", models.versions),
            web.get(one_version, models.version),
            web.post(one_version + "/predictions", predictions.create_by_model_version),
            web.get("/v1/account", models.account),
            web.get("/v1/hardware", models.hardware),
            web.get("/v1/collections", models.collections),
            web.get("/v1/webhooks/default/secret", models.webhook_secret),
            web.post("/v1/files", files.create),
            web.get("/v1/files", files.listing),
            web.get("/v1/files/{id}", files.get),
            web.delete("/v1/files/{id}", files.delete),
            web.get("/v1/files/{id}/download", files.download),
            web.get("/outputs/xezq/{key}/{name}", files.output),
            web.get("/_emulator/health", admin.health),
            web.get("/_emulator/ledger", admin.ledger),
            web.get("/_emulator/faults", admin.faults),
            web.post("/_emulator/faults", admin.add_faults),
            web.delete("/_emulator/faults", admin.clear_faults),
            web.get("/_emulator/webhooks", admin.webhooks),
            web.post("/_emulator/clock", admin.clock),
        ]
    )


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is told as problem+json."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPNotFound:
        return not_found().response()
    except web.HTTPException as wrong:
        if wrong.status < 400:
            raise
        return Problem(
            wrong.status, wrong.reason, f"{request.method} {request.path}: {wrong.reason}"
        ).response()
    except ConnectionError:
        raise
    except Exception:
        log.exception("%s %s", request.method, request.path)
        return Problem(500, "Internal server error", "The emulator broke; its log says how.").response()


@web.middleware
async def _identify(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Streams have sent their headers by the time they come back; they go without."""
    answer = await handler(request)
    if not answer.prepared:
        answer.headers["x-request-id"] = new_id()
    return answer


@web.middleware
async def _authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    if _is_api(request) and not _token_is_good(request):
        raise unauthenticated()
    return await handler(request)


def _is_api(request: web.Request) -> bool:
    """Downloads and streams carry their right in their address."""
    path = request.path
    return path.startswith("/v1/") and not path.startswith("/v1/stream/") and not path.endswith("/download")


def _token_is_good(request: web.Request) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    expected = request.app[OPTIONS].token
    return scheme.lower() in ("bearer", "token") and bool(token.strip()) and expected in (None, token.strip())


@web.middleware
async def _keep_browsers_out(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No web page may script faults: what needs no token must not be reachable from another origin."""
    if request.path.startswith("/_emulator/") and "Origin" in request.headers:
        raise Problem(403, "Forbidden", "The emulator's own routes are not for browsers.")
    return await handler(request)


@web.middleware
async def _limit(request: web.Request, handler: Handler) -> web.StreamResponse:
    if not request.path.startswith("/v1/"):
        return await handler(request)
    creates = request.method == "POST" and request.path.endswith("/predictions")
    bucket = request.app[CREATES if creates else READS]
    bucket.take()
    answer = await handler(request)
    if not answer.prepared:
        answer.headers.update(bucket.headers())
    return answer
