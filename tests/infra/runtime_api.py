"""Lambda's side of a function: hands it events one by one over the Runtime API, and takes down what it answers."""

import json
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

_LIFE_S = 60.0
_FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:omnigen"


class RuntimeApi:
    """A server that one function's runtime client asks for work."""

    def __init__(
        self, address: str, events: "queue.Queue[Any]", answers: "queue.Queue[tuple[str, Any]]"
    ) -> None:
        self.address = address
        self._events = events
        self._answers = answers

    def invoke(self, event: Any, timeout_s: float = 60) -> tuple[str, Any]:
        """`response` and what it returned, `error` and what it raised, or `init/error` if it never started."""
        self._events.put(event)
        return self._answers.get(timeout=timeout_s)


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """The server, on loopback, at a port of its own."""
    events: queue.Queue[Any] = queue.Queue()
    answers: queue.Queue[tuple[str, Any]] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            event = events.get()
            if event is _END:
                self.close_connection = True
                return
            deadline = str(int((time.time() + _LIFE_S) * 1000))
            # The runtime client is native code, and crashes where one of these is missing.
            told = {
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": str(uuid4()),
                "Lambda-Runtime-Deadline-Ms": deadline,
                "Lambda-Runtime-Invoked-Function-Arn": _FUNCTION,
            }
            self._answer(200, json.dumps(event).encode(), told)

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
            kind = self.path.rpartition("/")[2]
            answers.put(("init/error" if "/init/" in self.path else kind, body))
            self._answer(202, b"", {})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield RuntimeApi(f"127.0.0.1:{server.server_port}", events, answers)
    finally:
        events.put(_END)
        server.shutdown()
        server.server_close()


_END = object()
