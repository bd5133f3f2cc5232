"""The API as it is started in production, in processes of its own, with a sign-in whose keys are the tests'."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from attrs import frozen

from emulator.ports import HOST, free_ports
from tests.adapters.signing import CLIENT, ISSUER, key_set
from tests.e2e.processes import until
from tests.http.conftest import WEBHOOK_SECRET

S3_KEY_ID: Final = "nobody"


@frozen(kw_only=True)
class Running:
    """One process: where it listens, and what it has written."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def lines(self) -> list[bytes]:
        """What stands in its log by now; lines may come 50 ms late."""
        return self.log.read_bytes().split(b"\n")[:-1]

    def answers(self) -> bool:
        line = HTTPConnection(HOST, self.port, timeout=10)
        try:
            line.request("GET", "/health")
            return line.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            line.close()


@contextmanager
def running(folder: Path, count: int = 1, **environment: str) -> Iterator[list[Running]]:
    """So many API processes, each on a port of its own, over one data folder and SQLite file."""
    with ExitStack() as stack:
        jwks = stack.enter_context(_keys_served())
        given = {
            "OMNIGEN_DATA_DIR": str(folder),
            "OMNIGEN_API_PROCESSES": "1",
            "OMNIGEN_S3_ENDPOINT": f"http://{HOST}:9",
            "AWS_ACCESS_KEY_ID": S3_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": "nothing",
            "OMNIGEN_OIDC_ISSUER": ISSUER,
            "OMNIGEN_OIDC_JWKS_URL": jwks,
            "OMNIGEN_OIDC_CLIENT_ID": CLIENT,
            "OMNIGEN_REPLICATE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "OMNIGEN_APP_ORIGINS": "https://app.test",
            **environment,
        }
        started = [stack.enter_context(_process(folder, port, given)) for port in free_ports(count)]
        for api in started:
            until(api.answers, "the API answers", timeout_s=60)
        yield started


@contextmanager
def _process(folder: Path, port: int, environment: dict[str, str]) -> Iterator[Running]:
    log = folder / f"api-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            (sys.executable, "-m", "omnigen.entrypoints.http"),
            env={"PATH": os.environ["PATH"], **environment, "OMNIGEN_PORT": str(port)},
            stdout=out,
            stderr=out,
        )
        try:
            yield Running(port=port, log=log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _keys_served() -> Iterator[str]:
    """The issuer's key set over HTTP."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = key_set()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Keys)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_port}/keys"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
