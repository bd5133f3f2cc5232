"""Clients of AWS services whose calls are awaited: aioboto3's in the API, boto3's on threads in a Lambda.

aioboto3 serves thousands of calls at once; boto3 is imported in half the time, and a Lambda makes one call
after another. The adapters see no difference.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any, Final, Protocol, Self

from botocore.config import Config

from omnigen.settings import AwsSettings

DEFAULTS: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 3},
    connect_timeout=3,
    read_timeout=20,
    max_pool_connections=32,
)
_STREAMS: Final = ("Body", "Payload")
"""What answers call the part that is read bit by bit: S3's, Lambda's."""


class Clients(Protocol):
    """Makes clients of one account, and closes them all. A client costs 30 ms: open it once."""

    async def open(self, service: str, *, endpoint: str | None = None, config: Config | None = None) -> Any:
        """A client, at the account's own endpoint unless another is named. Connects to nothing yet."""
        ...


class AioClients:
    """Clients of aioboto3, for as long as the context lasts."""

    def __init__(self, settings: AwsSettings) -> None:
        import aioboto3  # noqa: PLC0415  a Lambda, which uses the other class, starts in half the time without it

        self._settings = settings
        self._session = aioboto3.Session(**_identity(settings))
        self._exits = AsyncExitStack()

    async def open(self, service: str, *, endpoint: str | None = None, config: Config | None = None) -> Any:
        """A client, opened."""
        made = self._session.client(service, **_how(self._settings, endpoint, config))
        return await self._exits.enter_async_context(made)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exits.aclose()


class ThreadedClients:
    """Clients of boto3, each call on a thread."""

    def __init__(self, settings: AwsSettings) -> None:
        import boto3  # noqa: PLC0415  the API, which uses the other class, has no use for it

        self._settings = settings
        self._session = boto3.Session(**_identity(settings))
        self._opened: list[Any] = []

    async def open(self, service: str, *, endpoint: str | None = None, config: Config | None = None) -> Any:
        """A client, its calls made awaitable."""
        how = _how(self._settings, endpoint, config)
        client = await asyncio.to_thread(self._session.client, service, **how)
        self._opened.append(client)
        return _Threaded(client)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._opened:
            client.close()


def _identity(settings: AwsSettings) -> dict[str, Any]:
    """Our own key where one is set; otherwise the role's, which the SDK finds and renews."""
    if settings.access_key_id is None:
        return {"region_name": settings.region}
    token = {"aws_session_token": settings.session_token.reveal()} if settings.session_token else {}
    return {
        "region_name": settings.region,
        "aws_access_key_id": settings.access_key_id,
        "aws_secret_access_key": settings.secret_access_key.reveal(),
        **token,
    }


def _how(settings: AwsSettings, endpoint: str | None, config: Config | None) -> dict[str, Any]:
    merged = DEFAULTS if config is None else DEFAULTS.merge(config)
    return {"endpoint_url": endpoint or settings.endpoint, "config": merged}


class _Threaded:
    """A boto3 client that looks like one of aioboto3's."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._client, name)

        async def awaited(*args: Any, **kwargs: Any) -> Any:
            answer = await asyncio.to_thread(call, *args, **kwargs)
            for part in _STREAMS:
                if isinstance(answer, dict) and hasattr(answer.get(part), "read"):
                    answer[part] = _Body(answer[part])
            return answer

        return awaited

    def get_paginator(self, name: str) -> "_Pages":
        return _Pages(self._client.get_paginator(name))


class _Pages:
    """A paginator to be looped over with `async for`."""

    def __init__(self, paginator: Any) -> None:
        self._paginator = paginator

    async def paginate(self, **kwargs: Any) -> AsyncIterator[Any]:
        pages = iter(self._paginator.paginate(**kwargs))
        while (page := await asyncio.to_thread(next, pages, None)) is not None:
            yield page


class _Body:
    """The stream of an answer."""

    def __init__(self, body: Any) -> None:
        self._body = body

    async def read(self, size: int | None = None) -> bytes:
        data: bytes = await asyncio.to_thread(self._body.read, size)
        return data

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._body.close()
