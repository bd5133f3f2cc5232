"""What the provider tells us by itself: signed, so no access token is asked for."""

from typing import Any

from litestar import Request, post

from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.responses import problems


@post(
    "/api/v1/webhooks/replicate",
    status_code=204,
    responses=problems(401, 413, 422, 503),
    tags=["webhooks"],
)
async def receive_webhook(request: Request[Any, Any, Any], app: AppDep) -> None:
    """Replicate's webhook (Standard Webhooks signature): fresh, and each delivery once."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    await app.receive_webhook(headers, await request.body())


HANDLERS = [receive_webhook]
