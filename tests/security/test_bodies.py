"""Bodies made to hurt whoever reads them: packed, deep, wide, long, written twice. Refused in words, in little memory."""

import gzip
import tracemalloc
import zlib
from typing import Final

import httpx
import pytest

from tests.http.conftest import Api, enterprise, problem_of

JSON: Final = {"Content-Type": "application/json"}
PROMPT: Final = b'"prompt":"a lighthouse at dusk"'
READERS: Final = [
    ("POST", "/api/v1/jobs"),
    ("POST", "/api/v1/storyboards"),
    ("POST", "/api/v1/storyboards/animatic"),
    ("POST", "/api/v1/storyboards/estimate"),
    ("POST", "/api/v1/storyboards/plan"),
    ("POST", "/api/v1/uploads"),
    ("POST", "/api/v1/jobs/job_x/retry"),
    ("PATCH", "/api/v1/jobs/job_x/storyboard"),
    ("POST", "/api/v1/jobs/job_x/scenes/1/regenerate"),
]
"""Whatever reads a body for a caller. The webhook's are in test_forged_webhooks."""

BODIES: Final[dict[str, bytes]] = {
    "deep lists": b"[" * 500_000 + b"]" * 500_000,
    "deep objects": b'{"brief":' * 100_000 + b"1" + b"}" * 100_000,
    "deep where it is unknown": b'{"x":' + b"[" * 900 + b"]" * 900 + b"}",
    "deep, then no number": b'{"brief":' + b"[" * 900 + b"NaN" + b"]" * 900 + b"}",
    "deep by name, then no number": b'{"brief":' * 900 + b"NaN" + b"}" * 900,
    "a number of a million digits": b'{"brief":{"duration":' + b"9" * 1_000_000 + b"}}",
    "a fraction of a million digits": b'{"brief":{"duration":0.' + b"1" * 1_000_000 + b"}}",
    "a number beyond all floats": b'{"brief":{%b,"duration":1e999999999}}' % PROMPT,
    "a number below all floats": b'{"brief":{%b,"duration":1e-999999999}}' % PROMPT,
    "an integer of 400 digits": b'{"storyboard":{"scenes":[{"prompt":"x","duration":5,"seed":%b}]}}'
    % (b"1" * 400),
    "dollars of 100,000 digits": b'{"max_cost":"%b","brief":{%b,"duration":15}}' % (b"9" * 100_000, PROMPT),
    "dollars to the power of a billion": b'{"max_cost":"1E+999999999","brief":{%b,"duration":15}}' % PROMPT,
    "80,000 names": b"{" + b",".join(b'"k%d":1' % n for n in range(80_000)) + b"}",
    "80,000 names inside": b'{"brief":{"prompt":5,'
    + b",".join(b'"k%d":1' % n for n in range(80_000))
    + b"}}",
    "a name of 900,000 characters": b'{"' + b"k" * 900_000 + b'":1}',
    "a text of 900,000 characters": b'"' + b"x" * 900_000 + b'"',
    "nothing but escapes": b'{"brief":{"prompt":"' + b"\\u0000" * 150_000 + b'"}}',
    "200,000 scenes": b'{"storyboard":{"scenes":[' + b"1," * 200_000 + b"1]}}",
    "50,000 empty lists": b"[" + b"[]," * 50_000 + b"[]]",
    "names of a prototype": b'{"__proto__":{"owner":"eve"},"constructor":{"prototype":{}}}',
    "half a pair": b'{"brief":{"prompt":"\\ud83c\\udf0a\\ud800 lighthouse at dusk"}}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "another encoding": '{"brief": {}}'.encode("utf-16"),
    "too long a UTF-8": b'{"brief":{"prompt":"\xc0\xaf\xe0\x80\xaf\xed\xa0\x80"}}',
    "a comment": b"{/* */}",
    "two of them": b"{}{}",
    "cut off": b'{"brief":{"prompt":"a lighth',
}


@pytest.mark.parametrize("name", BODIES)
async def test_it_is_refused_in_words(api: Api, name: str) -> None:
    """400, 413 or 422 on every route that reads a body, never an error of ours; what is said of it is short."""
    for method, path in READERS:
        said = await api.client.request(
            method, path, content=BODIES[name], headers=enterprise() | JSON | {"Idempotency-Key": "k"}
        )
        problem = problem_of(said, said.status_code)
        assert said.status_code in {400, 404, 413, 422}, (method, path, said.text[:200])
        assert len(said.content) < 1500, (method, path, len(said.content))
        assert "Traceback" not in problem["detail"]


async def test_it_takes_little_memory(api: Api) -> None:
    """A few times the largest body that is read, however it is made."""
    headers = enterprise() | JSON
    await api.client.post("/api/v1/jobs", content=b"{}", headers=headers)
    for name, body in BODIES.items():
        tracemalloc.start()
        await api.client.post("/api/v1/jobs", content=body, headers=headers)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 40_000_000, name


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "br", "zstd", "compress", "gzip, gzip", "GZIP", "x-gzip"]
)
async def test_a_packed_body_is_not_unpacked(api: Api, coding: str) -> None:
    """Refused by its header, unread: a hundred megabytes in a hundred kilobytes are a hundred kilobytes."""
    pack = zlib.compress if coding == "deflate" else gzip.compress
    bomb = pack(b" " * 20_000_000 + b"{}")
    tracemalloc.start()
    for method, path in READERS:
        said = await api.client.request(
            method,
            path,
            content=bomb,
            headers=enterprise() | JSON | {"Content-Encoding": coding, "Idempotency-Key": "k"},
        )
        assert "Content-Encoding" in problem_of(said, 415)["detail"]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


async def test_of_a_name_that_comes_twice_the_last_one_counts(client: httpx.AsyncClient) -> None:
    """Everywhere: there is one reader of bodies, so that nothing is checked by one meaning and done by the other."""

    async def drafted(*durations: int) -> httpx.Response:
        body = b",".join([PROMPT, *(b'"duration":%d' % seconds for seconds in durations)])
        return await client.post(
            "/api/v1/storyboards", content=b"{" + body + b"}", headers=enterprise() | JSON
        )

    assert (await drafted(15, 30)).json() == (await drafted(30)).json() != (await drafted(15)).json()
    assert problem_of(await drafted(15, 901), 422)["detail"].startswith("duration is 901 s")


@pytest.mark.parametrize("count", [100, 1000])
async def test_many_parameters_and_headers(client: httpx.AsyncClient, count: int) -> None:
    """Ignored or refused, but read once."""
    query = "&".join(f"p{n}={n}" for n in range(count))
    headers = [(f"X-Odd-{n}", "y" * 20) for n in range(count)] + list(enterprise().items())
    said = await client.get(f"/api/v1/jobs?{query}", headers=headers)
    assert said.status_code in {200, 400, 422, 431}, said.text[:200]
