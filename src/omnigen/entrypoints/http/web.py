"""The web app at `/`, where one has been built; else a page that says what runs here."""

import base64
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import File

from omnigen.domain.errors import NotFound
from omnigen.settings import Settings

_FOREVER: Final = "public, max-age=31536000, immutable"
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_STYLE: Final = """
:root { color-scheme: light dark; --ink: #191b22; --soft: #5c6272; --paper: #f6f5f2; --card: #fff;
  --line: #e3e1db; --glow: #d9622b }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef4; --soft: #9aa1b3; --paper: #101218; --card: #181b24; --line: #2a2f3c; --glow: #ff9a5c }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem;
  background: var(--paper); color: var(--ink); font: 16px/1.6 system-ui, sans-serif }
main { max-width: 34rem; width: 100% }
h1 { font-size: 2.6rem; letter-spacing: -.03em; margin: 0 }
h1 i { font-style: normal; color: var(--glow) }
p { color: var(--soft); margin: .4rem 0 1.6rem }
ul { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 14px;
  background: var(--card); overflow: hidden }
li + li { border-top: 1px solid var(--line) }
a { display: flex; justify-content: space-between; gap: 1rem; padding: .9rem 1.1rem; color: inherit;
  text-decoration: none }
a:hover, a:focus-visible { background: color-mix(in srgb, var(--glow) 12%, transparent); outline: 0 }
code { color: var(--soft); font-size: .9em }
"""
_PAGE: Final = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>OmniGen</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body><main>
<h1>Omni<i>Gen</i></h1><p>A written brief becomes a finished video. The API runs here.</p><ul>
<li><a href="/docs"><span>Read and try the API</span><code>/docs</code></a></li>
<li><a href="/openapi.json"><span>OpenAPI document</span><code>/openapi.json</code></a></li>
<li><a href="/ready"><span>Is everything reachable?</span><code>/ready</code></a></li>
</ul></main></body></html>"""


def handlers(settings: Settings) -> list[HTTPRouteHandler]:
    """What answers outside the API."""
    return [_welcome()] if settings.web_dir is None else _web(settings, settings.web_dir)


def _web(settings: Settings, folder: Path) -> list[HTTPRouteHandler]:
    return [_config(settings), _sample(settings, folder), _app(settings, folder)]


def _welcome() -> HTTPRouteHandler:
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"

    @get("/", include_in_schema=False, sync_to_thread=False)
    def welcome() -> Response[str]:
        """What runs here."""
        return Response(_PAGE, media_type="text/html", headers={"Content-Security-Policy": policy})

    return welcome


def _config(settings: Settings) -> HTTPRouteHandler:
    identity = settings.identity
    place = identity.cognito_endpoint or f"https://{urlsplit(identity.issuer).netloc}"
    told = {
        "identity": {"issuer": identity.issuer, "client_id": identity.client_id, "pages": place, "api": place}
    }

    @get("/config.json", include_in_schema=False, sync_to_thread=False)
    def config() -> Response[dict[str, Any]]:
        """What the app must be told at run time; in production a file beside it says the same."""
        return Response(told, media_type="application/json", headers={"Cache-Control": "no-cache"})

    return config


def _app(settings: Settings, folder: Path) -> HTTPRouteHandler:
    headers = {"Content-Security-Policy": app_policy(settings), "Cache-Control": "no-cache"}
    root = folder.resolve()

    @get(["/", "/{path:path}"], include_in_schema=False, sync_to_thread=False)
    def web_app(path: FromPath[Path] = Path()) -> File:
        """A file of the app; its page for every address that the app itself finds its way by."""
        wanted = path.as_posix().lstrip("/")
        found = file_in(root, wanted)
        if found is not None and found.name != "index.html":
            return _file(found, headers, immutable=wanted.startswith("assets/"))
        if wanted.startswith(("api/", "assets/")) or wanted == "api":
            raise NotFound(f"there is nothing at /{wanted[:200]}")
        return _file(root / "index.html", headers, immutable=False)

    return web_app


def file_in(root: Path, wanted: str) -> Path | None:
    """The file of that name inside a folder, links out of it not followed."""
    if not wanted or "\0" in wanted:
        return None
    found = (root / wanted).resolve()
    try:
        return found if found.is_relative_to(root) and found.is_file() else None
    except OSError:  # a name that no file can have, because of its length
        return None


def _file(path: Path, headers: dict[str, str], *, immutable: bool) -> File:
    cached = {**headers, "Cache-Control": _FOREVER} if immutable else headers
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(path, media_type=kind, headers=cached, content_disposition_type="inline")


def _sample(settings: Settings, folder: Path) -> HTTPRouteHandler:
    headers = {"Content-Security-Policy": app_policy(settings), "Cache-Control": "no-cache"}

    @get("/sample.mp4", include_in_schema=False, sync_to_thread=True)
    def sample(request: Request[Any, Any, Any]) -> Response[bytes]:
        """The landing page's film, in parts as a player seeks (RFC 9110, 14). Safari plays nothing without."""
        found = file_in(folder.resolve(), "sample.mp4")
        if found is None:
            raise NotFound("there is nothing at /sample.mp4")
        film, told = found.read_bytes(), {**headers, "Accept-Ranges": "bytes"}
        asked = request.headers.get("range")
        if asked is None:
            return Response(film, media_type="video/mp4", headers=told)
        if (where := span(asked, len(film))) is None:
            return Response(b"", status_code=416, headers={**told, "Content-Range": f"bytes */{len(film)}"})
        first, last = where
        told["Content-Range"] = f"bytes {first}-{last}/{len(film)}"
        return Response(film[first : last + 1], status_code=206, media_type="video/mp4", headers=told)

    return sample


def span(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range within a file of that size, if there is one."""
    found = _RANGE.fullmatch(asked)
    if found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if not first:
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last or size), size - 1)
    return (begin, end) if begin <= end else None


def app_policy(settings: Settings) -> str:
    """What the app's page may load: itself, the object store, the sign-in."""
    store = _origins(*_stores(settings))
    identity = _origins(settings.identity.issuer, settings.identity.cognito_endpoint)
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        f"img-src 'self' data: blob: {store}; media-src 'self' blob: {store}; "
        f"connect-src 'self' {store} {identity}; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
        # No string becomes a script or markup: nothing in the app needs to make one.
        f"frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _stores(settings: Settings) -> tuple[str | None, ...]:
    """Where signed addresses of the store lead to. AWS may send a browser on from its one host to the region's."""
    assets, region = settings.assets, settings.aws.region
    if named := assets.public_endpoint or assets.endpoint or settings.aws.endpoint:
        return named, assets.cdn.url
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    hosts = (f"https://{assets.bucket}.{s3}.{domain}" for s3 in ("s3", f"s3.{region}"))
    return *hosts, assets.cdn.url


def _origins(*urls: Any) -> str:
    parts = [urlsplit(url) for url in urls if url]
    return " ".join(dict.fromkeys(f"{p.scheme}://{p.netloc}" for p in parts))
