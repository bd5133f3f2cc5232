"""Models, versions, the account, hardware, the webhook secret: what is read and never changes."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from emulator.replicate.answers import reply
from emulator.replicate.catalogue import MODELS, Model
from emulator.replicate.context import ENGINE
from emulator.replicate.problems import not_found
from emulator.replicate.requests import find_model

PUBLISHED = "2026-04-01T00:00:00.000000Z"


def show(model: Model) -> dict[str, Any]:
    """The model object of the API."""
    return {
        "url": f"https://replicate.com/{model.ref}",
        "owner": model.owner,
        "name": model.name,
        "description": model.about,
        "visibility": "public",
        "is_official": True,
        "github_url": None,
        "paper_url": None,
        "license_url": None,
        "run_count": 0,
        "cover_image_url": None,
        "default_example": None,
        "latest_version": show_version(model),
    }


def show_version(model: Model) -> dict[str, Any]:
    """The version object of the API."""
    return {
        "id": model.version,
        "created_at": PUBLISHED,
        "cog_version": "0.16.8",
        "openapi_schema": model.openapi,
    }


def _page(results: list[dict[str, Any]]) -> web.Response:
    return reply({"next": None, "previous": None, "results": results})


async def listing(_request: web.Request) -> web.StreamResponse:
    """GET /v1/models"""
    return _page([show(model) for model in MODELS.values()])


async def get(request: web.Request) -> web.StreamResponse:
    """GET /v1/models/{owner}/{name}"""
    return reply(show(find_model(request.match_info["owner"], request.match_info["name"])))


async def versions(request: web.Request) -> web.StreamResponse:
    """GET /v1/models/{owner}/{name}/versions"""
    return _page([show_version(find_model(request.match_info["owner"], request.match_info["name"]))])


async def version(request: web.Request) -> web.StreamResponse:
    """GET /v1/models/{owner}/{name}/versions/{version}"""
    model = find_model(request.match_info["owner"], request.match_info["name"])
    if request.match_info["version"] != model.version:
        raise not_found()
    return reply(show_version(model))


async def account(_request: web.Request) -> web.StreamResponse:
    """GET /v1/account"""
    known = {"type": "user", "username": "emulator", "name": "Replicate emulator", "github_url": None}
    return reply(known | {"avatar_url": None})


async def hardware(_request: web.Request) -> web.StreamResponse:
    """GET /v1/hardware"""
    return reply([{"name": "CPU", "sku": "cpu"}])


async def collections(_request: web.Request) -> web.StreamResponse:
    """GET /v1/collections: there are none."""
    return _page([])


async def webhook_secret(request: web.Request) -> web.StreamResponse:
    """GET /v1/webhooks/default/secret"""
    return reply({"key": request.app[ENGINE].postman.secret})
