"""The OpenAPI document and a page to read and try it, served from this process: no CDN is asked.

Swagger UI (Apache-2.0) comes with the package `swagger-ui-bundle-v2`.
"""

from functools import cache
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Contact, License, SecurityScheme, Tag
from litestar.params import FromPath

from omnigen.domain.errors import NotFound
from omnigen.entrypoints.http.document import true_document

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_CACHED: Final = "public, max-age=86400"
_INTRODUCTION: Final = """A written brief becomes a finished video.

Lengths are seconds, money is US dollars, both exact. Every error is a problem (RFC 9457) with a stable `code`.
Scenes are counted from 1, in error paths too. A body may have 1 MiB."""

_PAGE: Final = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>OmniGen API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" type="image/png" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css"></head>
<body><div id="ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/assets/start.js"></script></body></html>
"""
_START: Final = b"""window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#ui", deepLinking: true, persistAuthorization: false,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout", tryItOutEnabled: true, validatorUrl: null
});
"""
_KINDS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
    "start.js": "text/javascript",
}


def configuration() -> OpenAPIConfig:
    """What the document says of the API as a whole."""
    return OpenAPIConfig(
        title="OmniGen",
        version="1",
        description=_INTRODUCTION,
        contact=Contact(name="OmniGen"),
        license=License(name="MIT", identifier="MIT"),
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "accessToken": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="JWT",
                    description="Access token of the sign-in.",
                )
            }
        ),
        tags=[
            Tag(name="jobs", description="Videos in the making and made."),
            Tag(name="storyboards", description="Plans, before anything is paid for."),
            Tag(name="models", description="What videos are made with."),
            Tag(name="uploads", description="Reference pictures and sounds."),
            Tag(name="usage", description="Limits, quota and money."),
            Tag(name="webhooks", description="For the provider of models."),
            Tag(name="health", description="For those who run it."),
        ],
        path="/docs/raw",
        render_plugins=[_Document(path="/openapi.json")],
        operation_id_creator=lambda handler, _, __: handler.handler_name,
    )


class _Document(JsonRenderPlugin):
    """Litestar wants to serve the document itself, too: it is the same one."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """The document, whatever Litestar would have rendered."""
        return document_of(request.app)


def document_of(app: Litestar) -> bytes:
    """The document, made when it is first asked for."""
    known = app.state.get("openapi_document")
    if known is None:
        known = app.state["openapi_document"] = msgspec.json.encode(true_document(app))
    return bytes(known)


@get("/openapi.json", include_in_schema=False, sync_to_thread=False)
def openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    return Response(document_of(request.app), media_type="application/vnd.oai.openapi+json")


@get("/docs", include_in_schema=False, sync_to_thread=False)
def page() -> Response[bytes]:
    """The page to read and try the API."""
    return Response(_PAGE, media_type="text/html", headers={"Content-Security-Policy": POLICY})


@get("/docs/assets/{name:str}", include_in_schema=False, sync_to_thread=False)
def asset(name: FromPath[str]) -> Response[bytes]:
    """A file of that page."""
    if name not in _KINDS:
        raise NotFound(f"there is no file {name[:60]!r}")
    return Response(_content(name), media_type=_KINDS[name], headers={"Cache-Control": _CACHED})


@cache
def _content(name: str) -> bytes:
    if name == "start.js":
        return _START
    from swagger_ui_bundle import swagger_ui_path  # noqa: PLC0415  for those who open the page

    return bytes((swagger_ui_path / name).read_bytes())


HANDLERS = [openapi, page, asset]
