"""JSON answers, written as the real API writes them: UTF-8, unescaped."""

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web


def reply(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """An answer of application/json."""
    return _answer(data, "application/json", status, headers)


def problem_reply(data: Any, *, status: int, headers: Mapping[str, str]) -> web.Response:
    """An answer of application/problem+json."""
    return _answer(data, "application/problem+json", status, headers)


def _answer(data: Any, kind: str, status: int, headers: Mapping[str, str] | None) -> web.Response:
    body = json.dumps(data, ensure_ascii=False).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": kind, **(headers or {})})
