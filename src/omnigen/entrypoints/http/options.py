"""OPTIONS, as every route answers it: with all its methods.

Litestar's own answer names only those of the first handler, where several share a path.
"""

from collections import defaultdict
from collections.abc import Iterable

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler


def answering_options(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """A handler of OPTIONS for each of their paths. To be registered before them."""
    methods = defaultdict[str, set[str]](lambda: {HttpMethod.OPTIONS.value})
    for handler in handlers:
        for path in handler.paths:
            methods[path] |= {method.value for method in map(HttpMethod, handler.http_methods)}
    return [_answer(path, ", ".join(sorted(names))) for path, names in methods.items()]


def _answer(path: str, allow: str) -> HTTPRouteHandler:
    @route(
        path,
        http_method=[HttpMethod.OPTIONS],
        status_code=204,
        include_in_schema=False,
        sync_to_thread=False,
    )
    def methods_of() -> Response[None]:
        """Nothing but the header."""
        return Response(None, status_code=204, headers={"Allow": allow})

    return methods_of
