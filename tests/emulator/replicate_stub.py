"""A renderer that costs nothing, a fake Replicate that uses it, and somebody who listens to its webhooks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from attrs import Factory, define, frozen
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


@frozen
class Received:
    headers: dict[str, str]
    body: bytes

    @property
    def prediction(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


@define
class Listener:
    """Answers each webhook with the next status it was given, then 200; keeps what came."""

    url: str = ""
    refusals: list[int] = Factory(list)
    received: list[Received] = Factory(list)
    arrived: threading.Condition = Factory(threading.Condition)

    def wait_for(self, count: int) -> list[Received]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.received) >= count, timeout=30), self.received
            return list(self.received)


@contextmanager
def listening() -> Iterator[Listener]:
    """One on loopback, for as long as it is needed."""
    kept = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(kept.refusals.pop(0) if kept.refusals else 200)
            self.end_headers()
            with kept.arrived:
                kept.received.append(Received({k.lower(): v for k, v in self.headers.items()}, body))
                kept.arrived.notify_all()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}/hook"
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield kept
        server.shutdown()
