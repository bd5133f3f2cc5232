"""Those who must get through while too much is submitted: people at their jobs, and the provider's webhooks."""

import base64
import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from benchmarks.accept_server import Served
from benchmarks.overload_load import Stream

SECRET: Final = "whsec_" + base64.b64encode(b"a secret of the benchmark").decode()
LOOKS, CANCELS, WEBHOOKS = 100, 20, 50
"""A second."""
LOOKED_AT: Final = 200
"""Jobs that somebody looks at, again and again."""


class Others:
    """Their requests, prepared from jobs that are there. Each job is cancelled once, each webhook is a new one."""

    expected: Mapping[str, int] = {"Looks at jobs": 200, "Cancellations": 202, "Webhooks": 204}

    def __init__(self, served: Served, jobs: Sequence[str], seconds: float) -> None:
        tokens = served.tokens.read_text().split()
        with sqlite3.connect(f"file:{served.database}?mode=ro", uri=True) as db:
            owners = dict(db.execute("SELECT id, owner FROM jobs"))
        self._jobs = [(job, bearer(tokens[int(owners[job].rpartition("-")[2])])) for job in jobs]
        self._to_cancel = iter(self._jobs[LOOKED_AT:])
        self._cancels = int(CANCELS * seconds) + 1
        self._webhooks = int(WEBHOOKS * seconds) + 1
        if len(jobs) < LOOKED_AT + 2 * self._cancels:
            raise RuntimeError(f"there are {len(jobs)} jobs: too few to look at and to cancel")

    def streams(self) -> list[Stream]:
        """One of each kind. Twice there are enough."""
        looks = [request("GET", f"/api/v1/jobs/{job}", b"", token) for job, token in self._jobs[:LOOKED_AT]]
        cancels = [
            request("POST", f"/api/v1/jobs/{job}/cancel", b"", token)
            for job, token in islice(self._to_cancel, self._cancels)
        ]
        return [
            Stream("Looks at jobs", LOOKS, looks, 50),
            Stream("Cancellations", CANCELS, cancels, 50),
            Stream("Webhooks", WEBHOOKS, list(_deliveries(self._webhooks)), 50),
        ]


def _deliveries(count: int) -> Iterator[bytes]:
    key, now = base64.b64decode(SECRET.removeprefix("whsec_")), int(time.time())
    for number in range(count):
        name, body = f"msg_{now}_{number}", json.dumps({"id": f"prediction-{number}"}).encode()
        mac = hmac.new(key, f"{name}.{now}.".encode() + body, hashlib.sha256).digest()
        signed = {
            "webhook-id": name,
            "webhook-timestamp": str(now),
            "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
        }
        yield request("POST", "/api/v1/webhooks/replicate", body, signed)


def bearer(token: str) -> dict[str, str | bytes]:
    """The header of a signed-in user."""
    return {"Authorization": f"Bearer {token}"}


def request(method: str, path: str, body: bytes, headers: Mapping[str, str | bytes]) -> bytes:
    """All of a request, as it goes over the line."""
    whole = {"Host": "api", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    lines = [b"%b: %b" % (name.encode(), _bytes(value)) for name, value in whole.items()]
    return b"\r\n".join([f"{method} {path} HTTP/1.1".encode(), *lines, b"", body])


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()
