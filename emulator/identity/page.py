"""The pages around signing in: one look for ministack's form and for ours.

Cognito's hosted pages live at /login, /signup and /forgotPassword; so do these, with the same query.
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final
from urllib.parse import urlencode

_FOLDER: Final = Path(__file__).parent / "pages"
_OAUTH: Final = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
)
_HIDDEN: Final = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_OURS: Final = {"/signup": "signup.html", "/forgotPassword": "forgot.html"}
_FILES: Final = {
    "/_pages/look.css": ("look.css", "text/css"),
    "/_pages/forms.js": ("forms.js", "text/javascript"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A complete answer."""

    status: int
    media_type: str
    body: bytes


def our_page(method: str, path: str, query: str) -> Page | None:
    """The page of ours at this address, if there is one."""
    if method not in ("GET", "HEAD"):
        return None
    if path in _FILES:
        name, kind = _FILES[path]
        return Page(200, f"{kind}; charset=utf-8", (_FOLDER / name).read_bytes())
    if path in _OURS:
        back = html.escape(f"/oauth2/authorize?{query}")
        text = Template((_FOLDER / _OURS[path]).read_text(encoding="utf-8")).substitute(sign_in=back)
        return Page(200, "text/html; charset=utf-8", text.encode())
    return None


def shell(title: str, heading: str, body: str) -> str:
    """The frame of every page of ministack's, in place of its own."""
    text = (_FOLDER / "shell.html").read_text(encoding="utf-8")
    label = body.replace(">Username</label>", ">Email</label>")
    return Template(text).substitute(
        title=html.escape(title), heading=html.escape(heading), body=label + _links(body)
    )


def _links(form: str) -> str:
    """Ways out of the sign-in form, which carry on what the app has asked for."""
    asked = {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}
    query = html.escape(urlencode({name: asked[name] for name in _OAUTH if asked.get(name)}))
    if not query:
        return ""
    return (
        f'<p class="links"><a href="/signup?{query}">Create an account</a>'
        f'<a href="/forgotPassword?{query}">Forgot your password?</a></p>'
    )
