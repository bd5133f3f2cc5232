"""A renderer that costs nothing, and a fake Replicate that uses it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from attrs import frozen
from replicate.client import Client

from emulator.replicate import Options, Studio, running
from emulator.replicate.orders import Order

AUTH = {"Authorization": "Bearer r8_test"}
VEO = "google/veo-3.1-fast"
PUBLIC = httpx.Client(timeout=60)  # a picture takes a busy machine a while
"""Without a token, as outputs are fetched. One for all: a client costs 20 ms."""


def render(order: Order, path: Path) -> None:
    """A file that says what was ordered."""
    frames = [image.read_bytes() for image in order.images]
    path.write_bytes(f"{order.kind} {order.prompt} {order.seed} {order.seconds} {frames}".encode() * 20)


@frozen
class Fake:
    """A running emulator, seen over HTTP."""

    url: str

    def client(self) -> Client:
        return Client(api_token="r8_test", base_url=self.url)

    def http(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = AUTH | more.pop("headers", {})
        url = path if path.startswith("http") else self.url + path
        return PUBLIC.request(method, url, headers=headers, **more)

    def create(self, given: dict[str, Any], model: str = VEO, **more: Any) -> httpx.Response:
        headers = {"Prefer": "wait"} | more.pop("headers", {})
        body = {"input": given} | more
        return self.http("POST", f"/v1/models/{model}/predictions", json=body, headers=headers)

    def fault(self, **rule: Any) -> None:
        self.http("POST", "/_emulator/faults", json=rule).raise_for_status()

    def advance(self, seconds: float) -> None:
        self.http("POST", "/_emulator/clock", json={"advance": seconds}).raise_for_status()

    def charged(self) -> list[str]:
        answer = self.http("GET", "/_emulator/ledger").json()
        return [charge["prediction_id"] for charge in answer["charges"]]


@contextmanager
def fake_replicate(folder: Path, **options: Any) -> Iterator[Fake]:
    """Generations take no time unless `seconds` says otherwise."""
    chosen = Options(state_dir=folder, **({"seconds": 0.0} | options))
    studio = Studio(folder / "cache", shelf=chosen.media_dir, render=render, executor=ThreadPoolExecutor(2))
    with running(chosen, studio=studio) as url:
        yield Fake(url)
