"""An asset store behind a bad line: a call ends well or is Transient, and nothing wrong is ever taken for right."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Final

import pytest
from attrs import define
from botocore.config import Config

from omnigen.adapters.aws import clients, s3_errors, s3_upload
from omnigen.adapters.aws.clients import AioClients
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.domain.errors import NotFound, Transient
from omnigen.settings import Settings
from tests.faults.proxy import Fault, Proxy, always, between, once
from tests.fixtures.storage import S3Server

SMALL: Final = random.Random(1).randbytes(100_000)
LARGE: Final = random.Random(2).randbytes(11 * 1024 * 1024)
TYPE: Final = "video/mp4"
PART: Final = 5 * 1024 * 1024
"""The smallest that S3 takes."""


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that are soon sent; where nothing comes, or nearly nothing, time-outs that a test can wait for."""
    monkeypatch.setattr(s3_upload, "PART", PART)
    if request.node.callspec.params.get("fault", Fault.DRIP) in (Fault.DRIP, Fault.SILENCE):
        quick = clients.DEFAULTS.merge(Config(connect_timeout=1, read_timeout=1.5))
        monkeypatch.setattr(clients, "DEFAULTS", quick)
        monkeypatch.setattr(s3_errors, "PATIENCE_S", 4.0)


@define
class Line:
    """The store behind the proxy."""

    proxy: Proxy
    assets: S3Assets
    folder: Path
    key: str

    def heal(self) -> None:
        self.proxy.choose = lambda _: None

    async def put(self, data: bytes = SMALL, *, is_once: bool = False) -> None:
        path = self.folder / "given"
        path.write_bytes(data)
        await self.assets.put(self.key, path, content_type=TYPE, once=is_once)

    async def fetch(self) -> bytes:
        path = self.folder / "fetched"
        path.unlink(missing_ok=True)
        await self.assets.fetch(self.key, path)
        return path.read_bytes()

    async def is_whole_or_absent(self, data: bytes) -> bool:
        """Whether it is there, once all is well; if so it is what was sent, by its bytes and by what is said of it."""
        self.heal()
        told = await self.assets.head(self.key)
        if told is None:
            return False
        assert await self.fetch() == data
        assert (told.sha256, told.size) == (hashlib.sha256(data).hexdigest(), len(data))
        return True


@pytest.fixture
async def line(s3_server: S3Server, tmp_path: Path) -> AsyncIterator[Line]:
    async with between(s3_server.endpoint) as proxy:
        settings = Settings.from_environment(s3_server.environment | {"OMNIGEN_S3_ENDPOINT": proxy.url})
        async with AioClients(settings.aws) as made:
            assets = await S3Assets.open(settings.assets, made)
            yield Line(proxy, assets, tmp_path, f"faults/{tmp_path.name}")


PUTTING: Final = [f for f in Fault if f not in (Fault.DAMAGED, Fault.REPLY_SHORT, Fault.REPLY_CUT)]
"""An answer to PUT has no body to be cut."""


@pytest.mark.parametrize("fault", PUTTING)
async def test_a_file_is_put_though_one_request_fails(fault: Fault, line: Line) -> None:
    """The client's own repetition is enough, and does no harm where the first had taken effect."""
    line.proxy.choose = once(fault, "PUT")
    try:
        await line.put()
    except Transient:
        assert fault is Fault.DRIP  # as slow as no answer, however often it is asked
    assert line.proxy.done == [fault]
    await line.put()
    assert await line.is_whole_or_absent(SMALL)


@pytest.mark.parametrize("fault", PUTTING)
async def test_a_store_that_never_takes_a_file_is_an_outage(fault: Fault, line: Line) -> None:
    """Whatever the store has made of it: it is the file, or nothing, and a later try succeeds."""
    line.proxy.choose = always(fault, "PUT")
    with pytest.raises(Transient):
        await line.put(is_once=True)
    await line.is_whole_or_absent(SMALL)
    line.heal()
    await line.put(is_once=True)
    assert await line.is_whole_or_absent(SMALL)


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("POST", Fault.REPLY_LOST),
        ("POST", Fault.REPLY_SHORT),
        ("POST", Fault.SLOW_DOWN),
        ("PUT", Fault.RESET),
        ("PUT", Fault.REQUEST_CUT),
        ("PUT", Fault.ERROR),
    ],
)
async def test_a_file_in_parts(method: str, fault: Fault, line: Line) -> None:
    """Its beginning, its parts or its end fail once: it is there whole, or not at all, and no part is left."""
    line.proxy.choose = once(fault, method)
    try:
        await line.put(LARGE)
    except Transient:
        await line.is_whole_or_absent(LARGE)
        await line.put(LARGE)
    assert line.proxy.done == [fault]
    assert await line.is_whole_or_absent(LARGE)


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_file_is_fetched_whole_or_not_at_all(fault: Fault, line: Line) -> None:
    """Damage is noticed by the hash; nothing lies under the name before it is right."""
    await line.put()
    line.proxy.choose = always(fault, "GET")
    with pytest.raises(Transient):
        await line.fetch()
    assert [path.name for path in line.folder.iterdir()] == ["given"]
    line.proxy.choose = once(fault, "GET")
    try:
        found = await line.fetch()
    except Transient:
        found = await line.fetch()
    assert found == SMALL


@pytest.mark.parametrize("fault", [f for f in Fault if f not in (Fault.DAMAGED, Fault.REPLY_SHORT)])
async def test_an_outage_is_never_absence(fault: Fault, line: Line) -> None:
    """A look that fails says so: whoever took it for absence would make, and pay for, the same again."""
    await line.put()
    line.proxy.choose = always(fault, "HEAD")
    if fault is Fault.REPLY_CUT:  # an answer to HEAD is all head
        assert await line.assets.head(line.key)
        return
    with pytest.raises(Transient):
        await line.assets.head(line.key)


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.SLOW_DOWN, Fault.SILENCE])
async def test_absence_is_certain_or_not_said(fault: Fault, line: Line) -> None:
    """Nothing is under the key; without the second look, at the bucket, nobody knows."""
    line.proxy.choose = always(fault, "HEAD")
    with pytest.raises(Transient):
        await line.assets.head(line.key)
    line.heal()
    assert await line.assets.head(line.key) is None
    with pytest.raises(NotFound):
        await line.fetch()


CALLS: Final[dict[str, Callable[[Line], Awaitable[object]]]] = {
    "fetch": lambda line: line.fetch(),
    "put": lambda line: line.put(),
    "put_bytes": lambda line: line.assets.put_bytes(line.key, SMALL, content_type=TYPE),
    "head": lambda line: line.assets.head(line.key),
    "copy": lambda line: line.assets.copy(line.key, f"{line.key}-2"),
    "delete": lambda line: line.assets.delete(line.key),
}


@pytest.mark.parametrize("call", CALLS)
async def test_a_store_that_drips_holds_nobody(call: str, line: Line) -> None:
    """Each byte comes in time, and the whole never: a job would wait for it until long after its deadline."""
    await line.put()
    line.proxy.choose = always(Fault.DRIP, "GET", "PUT", "HEAD", "DELETE")
    with pytest.raises(Transient):
        await asyncio.wait_for(CALLS[call](line), 20)
