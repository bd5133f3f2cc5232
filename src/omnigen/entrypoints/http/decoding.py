"""Reading JSON bodies strictly: straight from bytes into the model that a handler asks for."""

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec
from litestar import Request
from litestar.types import Empty

from omnigen.domain.errors import Invalid, NotFound
from omnigen.entrypoints.http.explaining import explain
from omnigen.entrypoints.http.problems import Malformed, UnsupportedMediaType
from omnigen.ports.identity import Caller

_SHOWN: Final = 60
_ID: Final = re.compile(r"[A-Za-z0-9_]{1,80}")


class ApiRequest(Request[Caller, Any, Any]):
    """A request whose JSON is decoded into the model that its handler asks for, with no lenient conversions.

    Litestar's own way goes through plain dicts and accepts `"15"` where a number is asked for.
    """

    async def body(self) -> bytes:
        """All of the body; the middleware bounds its size. Raises Malformed if the client leaves before its end."""
        if self._body is Empty:
            chunks, more = list[bytes](), True
            while more:
                message = await self.receive()
                if message["type"] != "http.request":
                    raise Malformed("the client has left before the end of the body")
                chunks.append(message["body"])
                more = message["more_body"]
            self._body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        return self._body

    async def json(self) -> Any:
        """The body as the handler's model. Raises Malformed, UnsupportedMediaType, Invalid."""
        body = await self.body()
        check_media_type(self)
        field = self.route_handler.parsed_data_field
        return decode(body, Any if field is None else field.annotation)


def check_media_type(request: Request[Any, Any, Any]) -> None:
    """Raise UnsupportedMediaType unless the body is plain JSON in UTF-8."""
    given = dict(request.scope["headers"])
    if given.get(b"content-type") == b"application/json" and b"content-encoding" not in given:
        return  # the usual case, before anything is parsed
    kind, options = request.content_type
    charset = options.get("charset", "utf-8").lower().strip('"')
    if kind != "application/json" or charset not in ("utf-8", "utf8"):
        sent = request.headers.get("content-type", "nothing")
        raise UnsupportedMediaType(f"Content-Type is {sent[:_SHOWN]!r}; 'application/json' is allowed")
    if (encoding := request.headers.get("content-encoding", "identity")) != "identity":
        raise UnsupportedMediaType(f"Content-Encoding is {encoding[:_SHOWN]!r}; none is allowed")


async def check_address(request: Request[Any, Any, Any]) -> None:
    """Raise NotFound for what can't be a job's id, and Invalid for parameters that can't be what was meant.

    Stores have limits of their own for keys, and none of them is asked. Litestar takes the word null for none.
    """
    job_id = request.path_params.get("job_id", "job_")
    if not _ID.fullmatch(job_id):
        raise NotFound(f"there is no job {job_id[:_SHOWN]!r}")
    given = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    seen = set[str]()
    for name, value in given:
        if name in seen:
            raise Invalid(f"{name[:_SHOWN]} is given twice; once is allowed", field=name[:_SHOWN])
        if value.lower() == "null":
            raise Invalid(f"{name[:_SHOWN]} is {value}; leave it out instead", field=name[:_SHOWN])
        seen.add(name)


@cache
def _decoder(model: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(model)


def decode(body: bytes, model: Any) -> Any:
    """The body as a model. Raises Malformed for what isn't JSON, Invalid for what isn't the model."""
    try:
        return _decoder(model).decode(body)
    except msgspec.ValidationError as error:
        raise explain(str(error), _plainly(body), model) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(body, error) from None


def _plainly(body: bytes) -> Any:
    """The body as lists and dicts. Raises Malformed: a model may refuse a body before its end has been read."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise _unreadable(body, error) from None


def _unreadable(body: bytes, error: Exception) -> Invalid:
    """NaN and Infinity are no JSON, but everybody's library writes them: they get the name of their field."""
    for path, value in _not_finite(body):
        return Invalid(f"{path or 'the body'} is {value}; a finite number is allowed", field=path or None)
    said = str(error) if isinstance(error, msgspec.DecodeError) else "it is nested too deeply"
    return Malformed(f"the body is not JSON: {said}")


def _not_finite(body: bytes) -> Iterator[tuple[str, float]]:
    try:
        yield from _walk(json.loads(body), "")
    except (ValueError, RecursionError):
        return


def _walk(value: Any, path: str) -> Iterator[tuple[str, float]]:
    match value:
        case float() if not math.isfinite(value):
            yield path, value
        case dict():
            for name, inner in value.items():
                yield from _walk(inner, f"{path}.{name}"[:_SHOWN].lstrip("."))
        case list():
            for index, inner in enumerate(value, 1):
                yield from _walk(inner, f"{path}[{index}]"[:_SHOWN])
