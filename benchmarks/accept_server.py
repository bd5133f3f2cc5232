"""The API in a process of its own, and an issuer of tokens whose keys it fetches."""

import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import RSAKey

from benchmarks.figures import ROOT
from emulator.ports import HOST, free_ports

_SHOTS: Final = (
    "Wide establishing shot, slow push-in. A lighthouse at dusk. Soft fading light. Cinematic look.",
    "Medium tracking shot. A storm rolls in, with the lighthouse in view. Slate blue and amber palette.",
    "Wide final shot, slow pull-back. The light comes on. It is dusk, with soft fading light.",
)
_BRIEF: Final = {"prompt": "A lighthouse at dusk, a storm rolls in, the light comes on", "duration": 15}
_STORYBOARD: Final = {
    "title": "A lighthouse at dusk",
    "music": "Brooding and tense, building to a swell",
    "scenes": [
        {"prompt": shot, "duration": 5, "transition": {"type": "dissolve" if number else "cut"}}
        for number, shot in enumerate(_SHOTS)
    ],
}
BODIES: Final = {
    "storyboard": json.dumps({"storyboard": _STORYBOARD}).encode(),
    "brief": json.dumps({"brief": _BRIEF}).encode(),
}
"""Three scenes that were planned before, as the app sends them, or a wish that has to be planned first."""
OWNERS: Final = 1_500
"""Each may have a hundred jobs on their way."""
_ISSUER: Final = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_benchmark"
_CLIENT: Final = "benchmark"


@dataclass(frozen=True)
class Served:
    """A running API."""

    port: int
    tokens: Path
    """A file with one access token a line, each of another owner."""
    database: Path
    process: int
    """Its first process."""


@contextmanager
def served(folder: Path, *, owners: int = OWNERS, **changes: str) -> Iterator[Served]:
    """Start the API on an empty folder, without a worker and with changed variables; stop it at the end."""
    folder.mkdir()
    key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, private=True, auto_kid=True)
    tokens = folder / "tokens"
    tokens.write_text("\n".join(_token(key, f"owner-{n}") for n in range(owners)))
    with _key_server(key) as jwks_url, _api(folder, jwks_url, changes) as (port, process):
        yield Served(port, tokens, folder / "omnigen.db", process)


def _token(key: RSAKey, owner: str) -> str:
    now = int(time.time())
    claims: dict[str, Any] = {
        "sub": owner,
        "iss": _ISSUER,
        "client_id": _CLIENT,
        "token_use": "access",
        "cognito:groups": ["enterprise"],
        "scope": "openid email profile",
        "iat": now,
        "exp": now + 3600,
    }
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])


@contextmanager
def _key_server(key: RSAKey) -> Iterator[str]:
    body = json.dumps({"keys": [key.as_dict(private=False)]}).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Keys)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}/jwks.json"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _api(folder: Path, jwks_url: str, changes: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    [port] = free_ports(1)
    environment = {
        "PATH": os.environ["PATH"],
        "OMNIGEN_DATA_DIR": str(folder),
        "OMNIGEN_PORT": str(port),
        "OMNIGEN_RATE_LIMITS": "off",
        "OMNIGEN_SUBMISSIONS": "0",  # refuses nobody
        "OMNIGEN_OIDC_ISSUER": _ISSUER,
        "OMNIGEN_OIDC_JWKS_URL": jwks_url,
        "OMNIGEN_OIDC_CLIENT_ID": _CLIENT,
        "OMNIGEN_S3_ENDPOINT": f"http://{HOST}:9",  # nothing of a brief is stored there
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "REPLICATE_BASE_URL": f"http://{HOST}:9",
        **changes,
    }
    with (folder / "api.log").open("wb") as log:
        argv = [sys.executable, "-m", "omnigen.entrypoints.http"]
        process = subprocess.Popen(argv, env=environment, cwd=ROOT, stdout=log, stderr=log)
        try:
            _wait_for(port, process)
            yield port, process.pid
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/health", timeout=1).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the API has not started")
