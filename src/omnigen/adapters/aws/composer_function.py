"""Asks the composer's Lambda something and waits for the answer: it has FFmpeg and the decoders, others have not."""

import json
from collections.abc import Mapping
from typing import Any, Final

from botocore.config import Config
from botocore.exceptions import ClientError

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.outage import is_outage
from omnigen.domain.errors import TooLarge, Transient
from omnigen.settings import AwsSettings

LARGEST: Final = 6_000_000
"""Bytes that Lambda takes in one call."""


class ComposerFunction:
    """One way of asking: how long an answer is waited for, and what it is called when there is none."""

    def __init__(
        self,
        settings: AwsSettings,
        clients: Clients,
        *,
        seconds: int,
        code: str,
        retry_after: float | None = None,
    ) -> None:
        self._function = settings.composer_function
        self._clients = clients
        # Whoever asks repeats better than a client its call.
        self._config = Config(read_timeout=seconds, retries={"mode": "standard", "total_max_attempts": 1})
        self._code = code
        self._retry_after = retry_after
        self._opened: Any = None

    async def ask(self, request: Mapping[str, Any]) -> Any:
        """The answer to an event, as JSON. Raises Transient where there is none, and TooLarge."""
        payload = json.dumps(request)
        if len(payload) > LARGEST:
            raise TooLarge(f"{self._function} is told {len(payload)} bytes; at most {LARGEST} are taken")
        try:
            if self._opened is None:
                self._opened = await self._clients.open("lambda", config=self._config)
            told = await self._opened.invoke(FunctionName=self._function, Payload=payload)
            answer = await told["Payload"].read()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise self._failed(f"{self._function} can't be called ({code})") from error
        except Exception as error:
            if not is_outage(error):
                raise
            raise self._failed(f"{self._function} can't be reached ({type(error).__name__})") from error
        if told.get("FunctionError"):
            raise self._failed(f"{self._function} broke ({self._why(answer)})")
        return self._decoded(answer)

    def _why(self, payload: bytes) -> str:
        """What Lambda tells of an error that the function has raised, without its stack."""
        told = self._decoded(payload)
        known = told if isinstance(told, dict) else {}
        return f"{known.get('errorType', 'unknown')}: {str(known.get('errorMessage', ''))[:300]}"

    def _decoded(self, payload: bytes) -> Any:
        try:
            return json.loads(payload)
        except ValueError as error:
            raise self._failed(f"{self._function} answered with no JSON") from error

    def _failed(self, why: str) -> Transient:
        return Transient(why, retry_after=self._retry_after, code=self._code)
