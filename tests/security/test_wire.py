"""What arrives on the socket, byte by byte, at the server of production: nothing is read twice, nothing named.

Only what a load balancer would let through, or what reaches us without one, is tried; the slow and the many are
bounded here by time and size, and by the load balancer in number.
"""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from omnigen.entrypoints.http.middleware.body_limit import PATIENCE_S
from omnigen.entrypoints.http.serving import SILENCE_MS
from tests.http.conftest import token
from tests.security.apis import HOST, Running, running

HOST_LINE = b"Host: api.test\r\n"
CLOSE = b"Connection: close\r\n\r\n"
WEBHOOK = b"POST /api/v1/webhooks/replicate HTTP/1.1\r\n" + HOST_LINE
HIDDEN = b"GET /smuggled HTTP/1.1\r\nHost: api.test\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("wire")) as [started]:
        yield started


def said(api: Running, sent: bytes, *, patience_s: float = 30) -> bytes:
    """All that comes back until the server closes the line. What doesn't end in time is an error."""
    with socket.create_connection((HOST, api.port), timeout=patience_s) as line:
        line.sendall(sent)
        answer = b""
        while chunk := _received(line):
            answer += chunk
        return answer


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(65_536)
    except ConnectionResetError:
        return b""


def statuses(answer: bytes) -> list[int]:
    """Of each response in an answer."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


REFUSED = {
    "two lengths": WEBHOOK + b"Content-Length: 6\r\nContent-Length: 0\r\n\r\nABCDEF" + HIDDEN,
    "two lengths in one": WEBHOOK + b"Content-Length: 6, 6\r\n\r\nABCDEF" + HIDDEN,
    "a signed length": WEBHOOK + b"Content-Length: +6\r\n\r\nABCDEF" + HIDDEN,
    "a negative length": WEBHOOK + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a length in hex": WEBHOOK + b"Content-Length: 0x6\r\n\r\nABCDEF" + HIDDEN,
    "a length beyond numbers": WEBHOOK + b"Content-Length: 99999999999999999999\r\n\r\n" + HIDDEN,
    "another coding": WEBHOOK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked, but not last": WEBHOOK + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a blank before the colon": WEBHOOK + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunked in HTTP/1.0": WEBHOOK.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a folded line": b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"X-A: b\r\n c\r\n" + CLOSE,
    "a lone CR": b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"X-A: b\rX-B: c\r\n" + CLOSE,
    "a NUL": b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"X-A: b\0\r\n" + CLOSE,
    "bytes in the path": b"GET /x\xff\xfe HTTP/1.1\r\n" + HOST_LINE + CLOSE,
    "HTTP/0.9": b"GET /health\r\n\r\n",
    "many headers": b"GET /health HTTP/1.1\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(500)) + CLOSE,
    "long headers": b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"X-A: " + b"a" * 300_000 + b"\r\n" + CLOSE,
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_two_readers_could_read_differently_is_refused_and_the_line_closed(
    api: Running, name: str
) -> None:
    answer = said(api, REFUSED[name])
    assert [status in (400, 431) for status in statuses(answer)] == [True], answer
    assert b"smuggled" not in answer


SMUGGLED = {
    "length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 600\r\n\r\n0\r\n\r\n",
    "a line end in a chunk's extension": b"Transfer-Encoding: chunked\r\n\r\n2;a=b\nX\r\nab\r\n0\r\n\r\n",
    "a chunk beyond numbers": b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nab\r\n0\r\n\r\n",
    "a chunk that is longer than it says": b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", list(SMUGGLED))
def test_what_lies_behind_a_doubtful_body_is_never_a_request(api: Running, name: str) -> None:
    """RFC 9112, 6.1: the one request may be answered, but the line is closed then, and what follows isn't read."""
    answer = said(api, WEBHOOK + SMUGGLED[name] + HIDDEN)
    assert len(statuses(answer)) == 1, answer
    assert statuses(answer)[0] in (400, 401)
    assert b"smuggled" not in answer


def test_requests_in_one_go_are_answered_in_order(api: Running) -> None:
    """The control: what is right in every reader's eyes is read as two."""
    one = b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"X-Request-Id: first-one\r\n\r\n"
    answer = said(api, one + HIDDEN)
    assert statuses(answer) == [200, 404]
    assert answer.index(b"first-one") < answer.index(b"smuggled")


@pytest.mark.parametrize(
    "opening",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
        b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        b"Connection: close, Upgrade, HTTP2-Settings\r\n\r\n",
        b"GET /health HTTP/1.1\r\n" + HOST_LINE + b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nConnection: close, Upgrade\r\n\r\n",
    ],
    ids=["HTTP/2 at once", "h2c", "WebSocket"],
)
def test_no_other_protocol_is_spoken_on_the_line(api: Running, opening: bytes) -> None:
    """Through a switch of protocol requests would pass a proxy unseen."""
    answer = said(api, opening)
    assert statuses(answer) in ([], [200])
    assert b" 101 " not in answer


@pytest.mark.parametrize("target", [b"http://evil.test/nowhere", b"//evil.test/nowhere", b"/nowhere"])
def test_the_host_of_a_request_is_repeated_nowhere(api: Running, target: bytes) -> None:
    """Not in links, not in redirects, not in errors: whoever names it leads nobody astray."""
    names = (
        b"Host",
        b"X-Forwarded-Host",
        b"X-Forwarded-Server",
        b"X-Original-URL",
        b"X-Rewrite-URL",
        b"Forwarded",
    )
    lines = b"".join(b"%b: host=poisoned.test\r\n" % name for name in names[1:])
    request = b"GET " + target + b" HTTP/1.1\r\nHost: poisoned.test\r\n" + lines + CLOSE
    answer = said(api, request)
    assert statuses(answer) == [404]
    assert b"poisoned" not in answer
    assert b"\r\nlocation:" not in answer


INJECTED = (
    "/x%0d%0aSet-Cookie:%20a=b",
    "/x%0aSet-Cookie:%20a=b",
    "/%E5%98%8A%E5%98%8DSet-Cookie:a=b",
    "/x%00",
    "/x%1b[31m",
)


@pytest.mark.parametrize("path", INJECTED)
def test_no_line_end_gets_from_a_request_into_a_response(api: Running, path: str) -> None:
    lines = (
        f"X-Request-Id: abcdefgh{path[2:]}\r\nIdempotency-Key: k{path[2:]}\r\nLast-Event-ID: 1{path[2:]}\r\n"
        f"Origin: https://app.test{path[2:]}\r\nAuthorization: Bearer {path[2:]}\r\n"
    )
    for where in (path, f"/api/v1/jobs{path}", f"/api/v1/jobs/x/files{path}"):
        request = f"GET {where} HTTP/1.1\r\nHost: api.test\r\n{lines}".encode() + CLOSE
        head, _, body = said(api, request).partition(b"\r\n\r\n")
        assert b"set-cookie" not in head.lower()
        assert json.loads(body)["status"] in (401, 404)


def test_nothing_says_what_the_server_is_made_of(api: Running) -> None:
    for request in (
        b"GET /health HTTP/1.1\r\n",
        b"GET /nowhere HTTP/1.1\r\n",
        b"?\r\n",
        b"TRACE / HTTP/1.1\r\n",
    ):
        head = said(api, request + HOST_LINE + CLOSE).partition(b"\r\n\r\n")[0].lower()
        for word in (b"granian", b"hyper", b"litestar", b"python", b"x-powered-by", b"via:"):
            assert word not in head, head


@pytest.mark.parametrize("method", [b"TRACE", b"CONNECT", b"DEBUG", b"TRACK", b"PROPFIND"])
def test_a_method_that_echoes_or_tunnels_is_not_possible(api: Running, method: bytes) -> None:
    answer = said(api, method + b" /health HTTP/1.1\r\n" + HOST_LINE + b"X-Echo: shout\r\n" + CLOSE)
    assert statuses(answer) == [405]
    assert b"shout" not in answer


def test_words_that_are_no_methods_share_one_number(api: Running) -> None:
    """Else anybody could have the process remember a new one with each request, for ever."""
    for number in range(30):
        said(api, b"WORD%d /health HTTP/1.1\r\n" % number + HOST_LINE + CLOSE)
    numbers = httpx.get(f"{api.url}/metrics", trust_env=False).text
    assert "WORD" not in numbers
    assert 'omnigen_http_requests_total{method="other",route="unknown",status="405"}' in numbers


def test_a_megabyte_of_token_is_stopped_before_anybody_looks_at_it(api: Running) -> None:
    line = b"Authorization: Bearer " + b"a" * 1_000_000 + b"\r\n"
    assert statuses(said(api, b"GET /api/v1/jobs HTTP/1.1\r\n" + HOST_LINE + line + CLOSE)) == [431]


def test_one_token_in_one_place(api: Running) -> None:
    """Two headers, in whichever order, joined or apart; other headers, a cookie, the query, a form."""
    good, bad = f"Authorization: Bearer {token()}\r\n", "Authorization: Bearer x.y.z\r\n"
    asked = "GET /api/v1/usage HTTP/1.1\r\nHost: api.test\r\n"
    for lines in (good + bad, bad + good, good + good, good.replace("\r\n", f", {bad[15:]}")):
        assert statuses(said(api, f"{asked}{lines}".encode() + CLOSE)) == [401], lines
    elsewhere = (
        "Proxy-Authorization",
        "X-Authorization",
        "X-Forwarded-Authorization",
        "X-Amzn-Oidc-Data",
        "X-User",
    )
    for name in elsewhere:
        assert statuses(said(api, f"{asked}{name}: Bearer {token()}\r\n".encode() + CLOSE)) == [401], name
    cookie = f"{asked}Cookie: access_token={token()}; Authorization=Bearer {token()}\r\n"
    assert statuses(said(api, cookie.encode() + CLOSE)) == [401]
    form = f"POST /api/v1/jobs?access_token={token()} HTTP/1.1\r\nHost: api.test\r\n"
    body = f"access_token={token()}"
    form += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    assert statuses(said(api, form.encode() + CLOSE + body.encode())) == [401]
    assert statuses(said(api, f"{asked}{good}".encode() + CLOSE)) == [200], "the control"


def test_the_server_outlasts_the_load_balancer_and_nobody_else() -> None:
    """A load balancer keeps its lines for 60 s: whoever closes first makes errors of requests that are on their way."""
    assert 60_000 < SILENCE_MS <= 120_000
    assert PATIENCE_S <= 60
