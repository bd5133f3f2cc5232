"""The inspector that asks the composer's Lambda finds what the one in this process finds, and leaves nothing behind."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from attrs import frozen

from emulator.aws.functions import create_functions
from emulator.aws.resources import HERE, account_of, resources
from omnigen.adapters.aws import lambda_inspector
from omnigen.adapters.aws.clients import AioClients, ThreadedClients
from omnigen.adapters.aws.lambda_inspector import LambdaInspector
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.domain.errors import Invalid, NotFound, Rejected, Transient
from omnigen.ports.inspector import INSPECTIONS, Footage, Inspector, MediaKind
from omnigen.settings import AwsSettings, Settings
from omnigen.usecases.inspect_object import InspectObject
from tests.adapters.odd_server import answer, saying
from tests.fixtures.clips import ClipShelf, tone
from tests.fixtures.cloud import Cloud

BUCKET = HERE.bucket("assets")
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


@frozen
class Far:
    """An inspector that asks a function, and the store that the two share."""

    inspector: Inspector
    assets: S3Assets

    async def left(self) -> list[str]:
        return [found.key async for found in self.assets.list(INSPECTIONS)]


def environment(cloud: Cloud, **changes: str) -> dict[str, str]:
    own = {
        "OMNIGEN_S3_ENDPOINT": cloud.url,
        "OMNIGEN_ASSETS_BUCKET": BUCKET,
        "OMNIGEN_JOBS_TABLE": "none",
        "OMNIGEN_USAGE_TABLE": "none",
        "OMNIGEN_COMPOSER_FUNCTION": f"{HERE.prefix}composer",
        "OMNIGEN_DATA_DIR": "/tmp/omnigen-inspected",
    }
    return cloud.environment(**own | changes)


@asynccontextmanager
async def far(cloud: Cloud, kind: Callable[[AwsSettings], Any], **changes: str) -> AsyncIterator[Far]:
    settings = Settings.from_environment(environment(cloud, **changes))
    async with kind(settings.aws) as clients:
        assets = await S3Assets.open(settings.assets, clients)
        yield Far(LambdaInspector(settings.aws, clients, assets), assets)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def composed(cloud: Cloud) -> Cloud:
    """The account with a bucket and the composer's function, which has the rights of infra/resources.json."""
    async with AioClients(cloud.settings) as clients:
        await (await clients.open("s3")).create_bucket(Bucket=BUCKET)
        composer = account_of(resources()).functions["composer"]
        broken = replace(composer, name=f"{HERE.prefix}broken", handler="omnigen.nowhere.handler")
        client, iam = await clients.open("lambda"), await clients.open("iam")
        await create_functions(client, iam, [composer, broken], environment(cloud))
    return cloud


@pytest_asyncio.fixture(params=[AioClients, ThreadedClients], ids=["api", "lambda"], loop_scope="module")
async def asking(request: pytest.FixtureRequest, composed: Cloud) -> AsyncIterator[Far]:
    async with far(composed, request.param) as opened:
        yield opened


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> ClipShelf:
    return ClipShelf(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def near() -> FfmpegInspector:
    return FfmpegInspector(cores=2)


def files(shelf: ClipShelf) -> list[tuple[MediaKind, Path, bool]]:
    picture = ("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1")
    return [
        (MediaKind.SOUND, shelf.sound(tone(1.5, 440)), False),
        (MediaKind.VIDEO, shelf.numbered(1, 30, rate=25), True),
        (MediaKind.IMAGE, shelf.made(*picture, suffix=".png"), False),
    ]


async def test_it_finds_the_same(asking: Far, near: FfmpegInspector, shelf: ClipShelf) -> None:
    """Sound, video and image: every field, exact rates too; and the object is gone."""
    for kind, path, sampled in files(shelf):
        found = await asking.inspector.inspect(path, kind, sampled=sampled)
        assert found == await near.inspect(path, kind, sampled=sampled)
        assert found.kind is kind
    assert await asking.left() == []


async def test_it_refuses_the_same(asking: Far, near: FfmpegInspector, tmp_path: Path) -> None:
    """What is no media file is Rejected there and here, in the same words, and is gone too."""
    path = tmp_path / "x"
    path.write_bytes(b"#EXTM3U\n/etc/passwd\n" + os.urandom(100))
    told = []
    for inspector in (asking.inspector, near):
        with pytest.raises(Rejected) as caught:
            await inspector.inspect(path, MediaKind.SOUND)
        told.append((caught.value.message, caught.value.reason))
    assert told[0] == told[1]
    assert await asking.left() == []


async def test_two_look_into_equal_bytes(asking: Far, shelf: ClipShelf) -> None:
    """Neither takes the other's away."""
    path = shelf.sound(tone(0.5, 880))
    found = await asyncio.gather(*(asking.inspector.inspect(path, MediaKind.SOUND) for _ in range(2)))
    assert found[0] == found[1]
    assert await asking.left() == []


@pytest.mark.parametrize("function", ["nowhere", f"{HERE.prefix}broken"])
async def test_a_function_that_cannot_answer(composed: Cloud, shelf: ClipShelf, function: str) -> None:
    """It says nothing about the file: Transient, naming the function; and the object is gone."""
    async with far(composed, AioClients, OMNIGEN_COMPOSER_FUNCTION=function) as asking:
        with pytest.raises(Transient, match=function) as caught:
            await asking.inspector.inspect(shelf.sound(tone(0.5, 440)), MediaKind.SOUND)
        assert caught.value.reason == "inspector_failed"
        assert await asking.left() == []


async def test_too_large(composed: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before it goes anywhere."""
    monkeypatch.setattr(lambda_inspector, "LARGEST", 1_000)
    path = tmp_path / "x"
    path.write_bytes(bytes(1_001))
    async with far(composed, AioClients, OMNIGEN_COMPOSER_FUNCTION="nowhere") as asking:
        with pytest.raises(Rejected, match="1001 bytes; at most 1000"):
            await asking.inspector.inspect(path, MediaKind.SOUND)


@pytest.mark.parametrize(
    "said",
    [b"", b"oops", b"[]", b"{}", b'{"footage": {}}', b'{"footage": {"kind": "smell", "rate": null}}'],
)
async def test_nonsense_is_no_verdict(composed: Cloud, shelf: ClipShelf, said: bytes) -> None:
    """An answer that is neither of the two says nothing about the file."""
    async with (
        saying(lambda _: answer(200, said)) as server,
        far(composed, AioClients) as asking,
        AioClients(Cloud(server.url).settings) as clients,
    ):
        talking = LambdaInspector(Cloud(server.url).settings, clients, asking.assets)
        with pytest.raises(Transient):
            await talking.inspect(shelf.sound(tone(0.5, 440)), MediaKind.SOUND)
        assert await asking.left() == []


class TestTheOtherHalf:
    @pytest_asyncio.fixture(loop_scope="module")
    async def look(self, asking: Far, near: FfmpegInspector) -> InspectObject:
        return InspectObject(assets=asking.assets, inspector=near)

    @pytest.mark.parametrize(
        "request_",
        [
            {},
            {"key": "jobs/j/takes/t.mp3", "kind": "sound"},
            {"key": "inspections/x", "kind": "smell"},
            {"key": 5, "kind": "sound"},
            {"key": "inspections/x", "kind": "sound", "sampled": "yes"},
        ],
    )
    async def test_what_it_is_not_for(self, look: InspectObject, request_: dict[str, Any]) -> None:
        """It can't be had to read anything but what was put there to be looked into."""
        with pytest.raises(Invalid):
            await look(request_)

    async def test_what_is_gone(self, look: InspectObject) -> None:
        """The one who asked has gone on."""
        with pytest.raises(NotFound):
            await look({"key": f"{INSPECTIONS}{uuid4().hex}", "kind": "sound"})

    async def test_its_answer_is_data(self, look: InspectObject, asking: Far, shelf: ClipShelf) -> None:
        """JSON can carry it there and back."""
        key = f"{INSPECTIONS}{uuid4().hex}"
        path = shelf.numbered(1, 30, rate=25)
        await asking.assets.put(key, path, content_type="video/mp4")
        told = await look({"step": "inspect", "key": key, "kind": "video"})
        assert Footage.of_data(told["footage"]) == await FfmpegInspector(cores=1).inspect(
            path, MediaKind.VIDEO
        )
        await asking.assets.delete(key)
