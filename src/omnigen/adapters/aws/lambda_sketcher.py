"""The `Sketcher` of those who have no FFmpeg: has the composer's Lambda draw."""

from typing import Any, Final

import msgspec

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.composer_function import ComposerFunction
from omnigen.domain.errors import Transient
from omnigen.domain.sketch import Sketch
from omnigen.domain.take import StoredFile
from omnigen.ports.sketcher import sketch_request
from omnigen.settings import AwsSettings

_SECONDS: Final = 50
"""Less than a load balancer waits for an answer. What has been made of a long preview by then is kept."""
_CODE: Final = "sketch_failed"
_RETRY_S: Final = 5.0


class LambdaSketcher:
    """Keeps the promises of `Sketcher` by asking a function that keeps them (`usecases.draw_sketch`)."""

    def __init__(self, settings: AwsSettings, clients: Clients) -> None:
        self._composer = ComposerFunction(
            settings, clients, seconds=_SECONDS, code=_CODE, retry_after=_RETRY_S
        )

    async def __call__(self, sketch: Sketch, folder: str) -> StoredFile:
        """See the port for the promise."""
        answer = await self._composer.ask({"step": "sketch", **sketch_request(sketch, folder)})
        return _read(answer)


def _read(answer: Any) -> StoredFile:
    try:
        return msgspec.convert(answer["file"], StoredFile)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise Transient("a sketch was answered by nonsense", code=_CODE, retry_after=_RETRY_S) from error
