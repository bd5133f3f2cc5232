"""The provider of models: Replicate, or its stand-in at another address."""

import mimetypes
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

import httpx

from omnigen.adapters.replicate import errors, predictions
from omnigen.adapters.replicate.downloads import Downloads
from omnigen.adapters.replicate.errors import Nonsense, Refusal
from omnigen.adapters.replicate.families import FAMILIES
from omnigen.adapters.replicate.wire import Wire
from omnigen.domain.catalogue import Catalogue
from omnigen.domain.errors import NotFound, Rejected
from omnigen.domain.take import Take
from omnigen.ports.provider import Ask, Prediction, PredictionStatus
from omnigen.ports.secrets import Secrets
from omnigen.settings import ReplicateSettings

CANCEL_AFTER: Final = timedelta(minutes=20)
"""Replicate stops a prediction by itself after this long. Ours take minutes; a job has an hour, so a
second try still fits in; and one that we have lost sight of can't run on to its own limit of 30 minutes."""
CLOCK_SKEW: Final = timedelta(seconds=60)
"""How far Replicate's clock and ours may be apart."""
_PAGES: Final = 400
"""Of 100 predictions each: more than the account may create in an hour, after which inputs are forgotten."""
_ID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_TOO_LATE: Final = frozenset({400, 409, 422})
_ENDED: Final = frozenset(PredictionStatus) - {PredictionStatus.STARTING, PredictionStatus.PROCESSING}
_TROUBLE: Final = (Refusal, Nonsense, httpx.HTTPError, httpx.InvalidURL, TimeoutError)


class ReplicateProvider:
    """Keeps the promises of `Provider` over the `replicate` client. Opened once, shared by all."""

    def __init__(self, settings: ReplicateSettings, catalogue: Catalogue, secrets: Secrets) -> None:
        self._settings = settings
        self._models = {model.id: model for model in catalogue.models}
        self._wire = Wire(settings, secrets)
        self._downloads = Downloads(settings.download_hosts)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        await self._wire.close()
        await self._downloads.close()

    def dialect(self, model: str, ask: Ask) -> Mapping[str, Any]:
        """The input in the model's own terms. Raises Rejected where the model can't do what is asked."""
        known = self._models.get(model)
        if known is None:
            raise Rejected(f"model {model!r} is not in the catalogue", code="model_unknown")
        return FAMILIES[known.family](ask, known)

    async def create(self, take: Take) -> Prediction:
        """Ask for a take; charged from the moment it is accepted."""
        path, body = self._request(take)
        headers = {"Cancel-After": f"{CANCEL_AFTER.total_seconds():.0f}s"}
        try:
            return predictions.read(await self._wire.call("POST", path, json=body, headers=headers))
        except _TROUBLE as error:
            raise errors.on_create(error) from error

    def _request(self, take: Take) -> tuple[str, dict[str, Any]]:
        body: dict[str, Any] = {"input": dict(take.input)}
        if self._settings.webhook_url:
            body |= {"webhook": self._settings.webhook_url, "webhook_events_filter": ["completed"]}
        if take.model not in self._models:
            raise Rejected(f"model {take.model!r} is not in the catalogue", code="model_unknown")
        if take.model_version is None:
            return f"/v1/models/{take.model}/predictions", body
        return "/v1/predictions", body | {"version": take.model_version}

    async def get(self, prediction_id: str) -> Prediction:
        """How a prediction stands. Raises NotFound once it has been forgotten."""
        async with _asking(f"prediction {prediction_id}"):
            return predictions.read(await self._wire.call("GET", _path(prediction_id)))

    async def created_since(self, at: datetime) -> Sequence[Prediction]:
        """All predictions of the account since an instant, oldest first."""
        oldest = at - CLOCK_SKEW
        found: list[Prediction] = []
        async with _asking("the list of predictions"):
            async for prediction in self._newest_first():
                if prediction.created_at < oldest:
                    break
                found.append(prediction)
        return sorted(found, key=lambda p: (p.created_at, p.id))

    async def _newest_first(self) -> AsyncIterator[Prediction]:
        path = "/v1/predictions"
        for _ in range(_PAGES):
            page = predictions.read_listing(await self._wire.call("GET", path))
            for told in page.results:
                yield predictions.read(told)
            if page.next is None:
                return
            # Its query only: the host of a `next` would be sent our token, whatever host it is.
            path = f"/v1/predictions?{httpx.URL(page.next).query.decode()}"
        raise Nonsense(f"more than {_PAGES} pages of predictions")

    async def cancel(self, prediction_id: str) -> None:
        """Ask it to stop. One that has ended is left as it is."""
        path = _path(prediction_id)
        async with _asking(f"prediction {prediction_id}"):
            try:
                await self._wire.call("POST", f"{path}/cancel")
            except Refusal as refusal:
                # What is answered for one that has ended is not documented: a refusal, perhaps.
                if refusal.status not in _TOO_LATE or not await self._has_ended(path):
                    raise

    async def _has_ended(self, path: str) -> bool:
        return predictions.read(await self._wire.call("GET", path)).status in _ENDED

    async def download(self, url: str, into: Path, *, max_size: int) -> str:
        """Fetch an output into a file and return its content type.

        Only from allowed hosts, without our token. Raises Rejected for what isn't allowed or too large,
        NotFound once it has expired, Transient otherwise.
        """
        return await self._downloads.save(url, into, max_size=max_size)

    @property
    def takes_urls(self) -> bool:
        """Whether it can read our signed URLs: not the real one, where ours lead to a laptop."""
        return self._settings.inputs == "presigned"

    async def lend(self, path: Path, *, content_type: str) -> str:
        """Copy a file into the provider's own store and return its address there. Raises Transient."""
        async with _asking(f"file {path.name}"):
            with path.open("rb") as file:
                content = {"content": (_named(path, content_type), file, content_type)}
                told = await self._wire.call("POST", "/v1/files", files=content)
            return predictions.read_file(told)


def _named(path: Path, content_type: str) -> str:
    """A name that ends as its type does: some models tell pictures by that alone."""
    return path.name if path.suffix else path.name + (mimetypes.guess_extension(content_type) or "")


def _path(prediction_id: str) -> str:
    """Raises NotFound for what can't be an id: ids also come from outside, and go into an address."""
    if not _ID.fullmatch(prediction_id):
        raise NotFound(f"prediction {prediction_id[:80]!r}: not an id of Replicate's")
    return f"/v1/predictions/{prediction_id}"


@asynccontextmanager
async def _asking(what: str) -> AsyncIterator[None]:
    """Translate the trouble of requests that can be repeated."""
    try:
        yield
    except _TROUBLE as error:
        raise errors.on_read(error, what) from error
