"""Names that nobody was given: hostile ids in every place of every address find nothing and break nothing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from omnigen.adapters.local.clock import RandomIds
from tests.contract.harness import FAMILIES, each_family
from tests.http.conftest import bearer, enterprise
from tests.security.house import OTHER, OWNER, House, Operation, a_house, listening

ODD = (
    "job_",
    "job",
    "JOB_000003",
    "job_000003 ",
    " job_000003",
    "job_000003\n",
    "job_000003\0",
    "job_000003%00",
    "job_０00003",
    "upl_000003",
    "take_job_000003_1_1_video_1",
    "000003",
    "*",
    "%",
    "_",
    "job\\_000003",
    "' OR '1'='1",
    "job_000003'--",
    '"; DROP TABLE jobs; --',
    '{"$ne": null}',
    "owner#ada",
    "ada",
    "JOB#job_000003",
    "../job_000003",
    "..\\..\\etc\\passwd",
    "....//....//etc/passwd",
    "job_000003/../job_000002",
    "job_000003;owner=ada",
    "job_000003?owner=ada",
    "job_000003#x",
    "${jndi:ldap://127.0.0.1/x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "\r\nSet-Cookie: a=b",
    "\u202ejob_000003",
    "\U0001f3ac",
    "é",
    "é",
    "\ud7ff",
    "job_" + "0" * 300,
    "a" * 3_000,
    "-1",
    "0",
    "1e9",
    "9" * 40,
    "NaN",
    "null",
    "true",
)
RAW = (
    b"%2e%2e",
    b"%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    b"job_000003%2f..%2fjob_000002",
    b"%252e%252e%252f",
    b"..%c0%af..%c0%afetc",
    b"%ff%fe",
    b"%ed%a0%80",
    b"%00",
    b"job_000003%00.json",
    b"job_000003%0d%0aSet-Cookie:%20a=b",
    b"%",
    b"%zz",
    b"%u0041",
    b"+",
)
"""As they stand in the line of a request: encoded twice, wrongly, or not as UTF-8."""


@pytest.fixture
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    family = FAMILIES[request.param]
    family.serve()
    async with a_house(family, tmp_path) as made:
        yield made


def _places(operation: Operation) -> list[str]:
    return [name for name in ("job_id", "kind", "number") if f"{{{name}}}" in operation.path]


async def _asked(house: House, operation: Operation, place: str, written: str) -> httpx.Response:
    """An operation on the owner's film, with one part of its address exchanged."""
    own = {"job_id": house.jobs["film"], "kind": "manifest", "number": "1", place: written}
    way = operation.way
    headers = enterprise(OWNER) | ({"Idempotency-Key": "odd"} if way.keyed else {})
    body = {} if way.body is None else {"json": way.body}
    address = "http://api.test" + operation.path.format(**own)
    return await house.client.request(operation.method, httpx.URL(address), headers=headers, **body)


@pytest.mark.parametrize("house", each_family(), indirect=True)
async def test_a_hostile_name_finds_nothing(house: House) -> None:
    """404, or 422 where a number is asked for: never an error of ours, never somebody's job, in each store."""
    before = await house.belongings()
    for operation in house.operations:
        for place in _places(operation):
            for odd in (*(quote(name, safe="") for name in ODD), *(raw.decode() for raw in RAW)):
                answer = await _asked(house, operation, place, odd)
                assert answer.status_code in (404, 422), (operation.id, place, odd, answer.text)
                assert answer.headers["content-type"] == "application/problem+json"
                assert len(answer.content) < 1_500, "a long name is not given back"
                assert "set-cookie" not in answer.headers
    assert await house.belongings() == before


RAW_TARGETS = (
    b"/api/v1/jobs/FILM/files/..",
    b"/api/v1/jobs/FAILED/../FILM/files/../../../../etc/passwd",
    b"/api/v1/jobs/%2e%2e/%2e%2e/metrics",
    b"/api/v1/jobs/FILM%2ffiles%2fmanifest/files/x",
    b"/api/v1/jobs/FILM%00/files/manifest",
    b"/api/v1/jobs/\xff\xfe",
    b"/api/v1/jobs/" + b"a" * 6_000,
    b"//api/v1//jobs/nothing",
    b"/api/v1/jobs/FILM;x=y",
    b"/api/v1/jobs/FILM/scenes/-1/regenerate",
    b"http://elsewhere.test/api/v1/jobs/nothing",
    b"*",
)
"""Targets that no well-behaved client would send, to the server that is used in production."""


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)
async def test_targets_that_no_client_writes_are_survived(house: House) -> None:
    """Sent as they are over a socket: another owner gets nothing by any of them, and the server stays up."""
    token = bearer(OTHER)["Authorization"].encode()
    async with listening(house.server) as port:
        for target in RAW_TARGETS:
            written = target.replace(b"FILM", house.jobs["film"].encode())
            written = written.replace(b"FAILED", house.jobs["failed"].encode())
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = b"GET %b HTTP/1.1\r\nHost: api.test\r\nAuthorization: %b\r\nConnection: close\r\n\r\n"
            writer.write(head % (written, token))
            answer = await reader.read()
            writer.close()
            assert answer[9:12] in (b"400", b"404", b"405", b"414", b"422"), (target, answer[:200])
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"http://127.0.0.1:{port}/health")).status_code == 200


def test_ids_of_jobs_and_uploads_do_not_follow_each_other() -> None:
    """80 bits of chance in each: who knows one, or its time, knows no other. Yet what guards them is their owner."""
    ids = RandomIds()
    made = [ids.new("job") for _ in range(1_000)]
    assert len({name[14:] for name in made}) == 1_000
    assert all(len(name) == len("job_") + 26 for name in made)
    assert len({name[14:16] for name in made}) > 300
