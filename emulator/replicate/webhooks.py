"""Tells webhooks, signed by the Standard Webhooks scheme."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
import secrets
from collections import deque

import aiohttp
from attrs import asdict, frozen

from emulator.replicate.clock import Clock

EVENTS = ("start", "output", "logs", "completed")
RETRIES = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds before each further attempt: a minute in all, for the last webhook only."""
PATIENCE = aiohttp.ClientTimeout(total=10)


def new_secret() -> str:
    """A signing secret of the Standard Webhooks scheme."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


@frozen(kw_only=True)
class Delivery:
    """One attempt to tell a webhook; `status` is None where nobody answered."""

    prediction_id: str
    event: str
    message_id: str
    attempt: int
    status: int | None

    def as_dict(self) -> dict[str, str | int | None]:
        """For JSON."""
        return asdict(self)


class Postman:
    """Delivers webhooks and remembers the last thousand attempts."""

    def __init__(self, session: aiohttp.ClientSession, secret: str, clock: Clock) -> None:
        self.secret = secret
        self.deliveries: deque[Delivery] = deque(maxlen=1000)
        self._session = session
        self._clock = clock

    async def tell(self, url: str, *, prediction_id: str, event: str, body: bytes) -> bool:
        """Whether it was taken (a 2xx). Only "completed" is tried again; its id stays the same."""
        message_id = f"msg_{secrets.token_hex(12)}"
        for attempt, pause in enumerate((*RETRIES, None) if event == "completed" else (None,), start=1):
            status = await self._post(url, message_id, body)
            self.deliveries.append(
                Delivery(
                    prediction_id=prediction_id,
                    event=event,
                    message_id=message_id,
                    attempt=attempt,
                    status=status,
                )
            )
            if status is not None and 200 <= status < 300:
                return True
            if pause is not None:
                await self._clock.sleep_until(self._clock.now() + pause * random.uniform(0.9, 1.1))  # noqa: S311 - jitter
        return False

    async def _post(self, url: str, message_id: str, body: bytes) -> int | None:
        timestamp = int(self._clock.now())
        headers = {
            "content-type": "application/json",
            "user-agent": "Replicate/1.0",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self.secret, message_id, timestamp, body),
        }
        try:
            async with self._session.post(
                url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
