"""What every asset store promises, and what those promise that a browser reads from."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import attrs
import httpx
import pytest
import pytest_asyncio

from omnigen.adapters.aws import s3_upload
from omnigen.adapters.aws.clients import AioClients, ThreadedClients
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.adapters.memory.assets import MemoryAssets
from omnigen.domain.errors import NotFound, Transient
from omnigen.ports.assets import Assets, UploadForm
from omnigen.settings import AwsSettings, Settings
from tests.fixtures.storage import EVERYTHING, NOTHING, PART_SIZES, SIGNATURES, S3Server

MINUTE = timedelta(minutes=1)
S3 = {"api": EVERYTHING, "lambda": EVERYTHING, "emulator": NOTHING}
"""Stores, and what the server behind each checks: the API's clients and a Lambda's on SeaweedFS, or on the S3_ENDPOINT
that is given; the API's on the AWS emulator's S3."""
STORES = ["memory", *(pytest.param(name, marks=pytest.mark.slow) for name in S3)]

pytestmark = pytest.mark.asyncio(loop_scope="module")
"""One loop for all: opening a client costs more than most of these tests."""


@pytest.fixture(scope="module")
def s3_server(s3_server: S3Server) -> S3Server:
    """The one that is shared, or another S3 API where S3_ENDPOINT names one."""
    given = {
        "endpoint": "S3_ENDPOINT",
        "bucket": "S3_BUCKET",
        "access_key_id": "S3_ACCESS_KEY_ID",
        "secret_access_key": "S3_SECRET_ACCESS_KEY",
    }
    return replace(
        s3_server, **{part: os.environ[name] for part, name in given.items() if name in os.environ}
    )


@asynccontextmanager
async def opened(
    server: S3Server, kind: Callable[[AwsSettings], Any] = AioClients, **changes: str
) -> AsyncIterator[S3Assets]:
    """A store on the server, with some of its settings changed."""
    settings = Settings.from_environment(server.environment | changes)
    async with kind(settings.aws) as clients:
        yield await S3Assets.open(settings.assets, clients)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def api_s3(s3_server: S3Server) -> AsyncIterator[S3Assets]:
    async with opened(s3_server) as store:
        yield store


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lambda_s3(s3_server: S3Server) -> AsyncIterator[S3Assets]:
    async with opened(s3_server, ThreadedClients) as store:
        yield store


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def emulator_s3(aws_s3: S3Server) -> AsyncIterator[S3Assets]:
    async with opened(aws_s3) as store:
        yield store


@pytest.fixture(params=list(S3))
def s3(request: pytest.FixtureRequest) -> S3Assets:
    store: S3Assets = request.getfixturevalue(f"{request.param}_s3")
    return store


@pytest.fixture(params=[name for name, checked in S3.items() if PART_SIZES in checked])
def strict_s3(request: pytest.FixtureRequest) -> S3Assets:
    """Only where the server refuses parts that are too small."""
    store: S3Assets = request.getfixturevalue(f"{request.param}_s3")
    return store


@pytest.fixture(params=STORES)
def assets(request: pytest.FixtureRequest) -> Assets:
    if request.param == "memory":
        return MemoryAssets()
    store: Assets = request.getfixturevalue(f"{request.param}_s3")
    return store


@pytest.fixture
def prefix() -> str:
    return f"tests/{uuid4().hex}/"


@pytest.fixture
def a_file(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(data: bytes) -> Path:
        path = tmp_path / uuid4().hex
        path.write_bytes(data)
        return path

    return write


class TestEveryStore:
    async def test_what_was_put_comes_back(self, assets: Assets, prefix: str, a_file, tmp_path: Path) -> None:
        """put, head and fetch agree on key, size, hash, type and length of play."""
        data = os.urandom(70_000)
        put = await assets.put(f"{prefix}a.mp4", a_file(data), content_type="video/mp4", seconds=4.25)
        assert (put.sha256, put.size) == (hashlib.sha256(data).hexdigest(), len(data))
        assert await assets.head(f"{prefix}a.mp4") == put
        assert await assets.fetch(f"{prefix}a.mp4", tmp_path / "back") == put
        assert (tmp_path / "back").read_bytes() == data

    async def test_bytes_too(self, assets: Assets, prefix: str) -> None:
        """put_bytes stores what put would."""
        put = await assets.put_bytes(f"{prefix}captions.vtt", b"WEBVTT\n", content_type="text/vtt")
        assert await assets.head(f"{prefix}captions.vtt") == put
        assert put.sha256 == hashlib.sha256(b"WEBVTT\n").hexdigest()

    async def test_an_empty_file(self, assets: Assets, prefix: str, a_file, tmp_path: Path) -> None:
        """Nothing is a content like any other."""
        put = await assets.put(f"{prefix}empty", a_file(b""), content_type="text/plain")
        assert await assets.fetch(f"{prefix}empty", tmp_path / "back") == put
        assert put.size == 0

    async def test_keys_are_any_text(self, assets: Assets, prefix: str) -> None:
        """Spaces, plus signs, percent signs and umlauts are part of a key."""
        key = f"{prefix}a b+c%2Fd/ü&=.bin"
        await assets.put_bytes(key, b"x", content_type="application/octet-stream")
        assert [found.key async for found in assets.list(prefix)] == [key]
        await assets.copy(key, f"{key}.copy")
        assert await assets.head(f"{key}.copy") is not None

    async def test_absence(self, assets: Assets, prefix: str, tmp_path: Path) -> None:
        """What is not there is None to head, NotFound to fetch and copy; no file is left behind."""
        assert await assets.head(f"{prefix}none") is None
        with pytest.raises(NotFound):
            await assets.fetch(f"{prefix}none", tmp_path / "none")
        with pytest.raises(NotFound):
            await assets.copy(f"{prefix}none", f"{prefix}copy")
        assert not any(os.scandir(tmp_path))

    async def test_a_later_put_replaces(self, assets: Assets, prefix: str, a_file) -> None:
        """Without `once`, the last writer wins."""
        await assets.put(f"{prefix}a", a_file(b"one"), content_type="text/plain")
        put = await assets.put(f"{prefix}a", a_file(b"two!"), content_type="text/html")
        assert await assets.head(f"{prefix}a") == put

    async def test_once(self, assets: Assets, prefix: str, a_file) -> None:
        """With `once`, the first stays, and the second is told what is there."""
        first = await assets.put(f"{prefix}a", a_file(b"one"), content_type="text/plain", once=True)
        second = await assets.put(f"{prefix}a", a_file(b"two!"), content_type="text/html", once=True)
        assert second == first == await assets.head(f"{prefix}a")

    async def test_once_among_many(self, assets: Assets, prefix: str, a_file) -> None:
        """Eight writers at once: all are told of one and the same content, which is the one that is there."""
        paths = [a_file(f"writer {n}".encode()) for n in range(8)]
        told = await asyncio.gather(
            *(assets.put(f"{prefix}a", path, content_type="text/plain", once=True) for path in paths)
        )
        assert len({file.sha256 for file in told}) == 1
        assert await assets.head(f"{prefix}a") == told[0]

    async def test_copy(self, assets: Assets, prefix: str, a_file) -> None:
        """A copy has everything of the original but its key, and outlives it."""
        put = await assets.put(f"{prefix}a", a_file(b"data"), content_type="video/mp4", seconds=2.0)
        await assets.copy(f"{prefix}a", f"{prefix}b")
        await assets.delete(f"{prefix}a")
        assert await assets.head(f"{prefix}b") == attrs.evolve(put, key=f"{prefix}b")

    async def test_delete(self, assets: Assets, prefix: str) -> None:
        """What is deleted is gone; deleting it again is fine."""
        await assets.put_bytes(f"{prefix}a", b"x", content_type="text/plain")
        await assets.delete(f"{prefix}a")
        await assets.delete(f"{prefix}a")
        assert await assets.head(f"{prefix}a") is None

    async def test_list(self, assets: Assets, prefix: str) -> None:
        """A listing has all objects under its prefix, of every depth, or those after a key; ages are real."""
        before = datetime.now(UTC) - MINUTE
        for name in ("one/a", "one/b/c", "two/d"):
            await assets.put_bytes(f"{prefix}{name}", b"xyz", content_type="text/plain")
        found = [item async for item in assets.list(f"{prefix}one/")]
        assert [item.key for item in found] == [f"{prefix}one/a", f"{prefix}one/b/c"]
        later = [item.key async for item in assets.list(prefix, after=f"{prefix}one/a")]
        assert later == [f"{prefix}one/b/c", f"{prefix}two/d"]
        assert all(item.size == 3 and before < item.modified_at < before + 2 * MINUTE for item in found)


@pytest.mark.slow
class TestLargeFiles:
    @pytest.fixture(autouse=True)
    def small_parts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """5 MiB is the smallest part that S3 allows."""
        monkeypatch.setattr(s3_upload, "PART", 5 * 1024 * 1024)

    async def test_in_parts(self, s3: S3Assets, prefix: str, a_file, tmp_path: Path) -> None:
        """A file larger than a part is the same file afterwards, its whole hash in its metadata."""
        data = os.urandom(11 * 1024 * 1024)
        put = await s3.put(f"{prefix}a", a_file(data), content_type="video/mp4", seconds=9.0)
        assert await s3.fetch(f"{prefix}a", tmp_path / "back") == put
        assert put.sha256 == hashlib.sha256(data).hexdigest()

    async def test_once_for_large_files(self, s3: S3Assets, prefix: str, a_file) -> None:
        """`once` holds for large files too, whoever is first; no part is left over."""
        paths = [a_file(bytes([n]) * (6 * 1024 * 1024)) for n in range(4)]
        told = await asyncio.gather(
            *(s3.put(f"{prefix}a", path, content_type="video/mp4", once=True) for path in paths)
        )
        assert len({file.sha256 for file in told}) == 1
        left = await s3._client.list_multipart_uploads(Bucket=s3._bucket, Prefix=prefix)
        assert left.get("Uploads", []) == []


@pytest.mark.slow
class TestTrouble:
    async def test_unreachable_is_not_absent(self, s3_server: S3Server, prefix: str, tmp_path: Path) -> None:
        """A server that doesn't answer is Transient, for every verb."""
        path = tmp_path / "f"
        path.write_bytes(b"x")
        async with opened(s3_server, OMNIGEN_S3_ENDPOINT="http://127.0.0.1:9") as store:
            attempts = (
                store.head(prefix),
                store.fetch(prefix, tmp_path / "g"),
                store.put(prefix, path, content_type="text/plain"),
                store.put(prefix, path, content_type="text/plain", once=True),
                store.put_bytes(prefix, b"x", content_type="text/plain"),
                store.copy(prefix, "b"),
                store.delete(prefix),
                store.check(),
                anext(aiter(store.list(prefix))),
            )
            told = await asyncio.gather(*attempts, return_exceptions=True)
        assert [type(error) for error in told] == [Transient] * len(attempts)

    async def test_no_bucket_is_not_absence(self, s3_server: S3Server, prefix: str, tmp_path: Path) -> None:
        """In a bucket that isn't there, nothing can be said to be absent."""
        async with opened(s3_server, OMNIGEN_ASSETS_BUCKET="no-such-bucket") as store:
            for attempt in (store.head(prefix), store.fetch(prefix, tmp_path / "g"), store.check()):
                with pytest.raises(Transient):
                    await attempt

    async def test_a_wrong_key_is_not_absence(self, s3_server: S3Server, prefix: str) -> None:
        """403 proves neither presence nor absence."""
        assert SIGNATURES in s3_server.checks
        async with opened(s3_server, AWS_SECRET_ACCESS_KEY="wrong" * 8) as store:
            with pytest.raises(Transient) as caught:
                await store.head(prefix)
        assert caught.value.reason == "storage_forbidden"

    async def test_damage_is_noticed(self, s3: S3Assets, prefix: str, tmp_path: Path) -> None:
        """Content that isn't what its hash says is refused, and no file is left."""
        told = {"sha256": hashlib.sha256(b"other").hexdigest(), "seconds": "0.0"}
        await s3._client.put_object(Bucket=s3._bucket, Key=f"{prefix}a", Body=b"damaged", Metadata=told)
        with pytest.raises(Transient) as caught:
            await s3.fetch(f"{prefix}a", tmp_path / "a")
        assert caught.value.reason == "storage_damaged"
        assert not any(os.scandir(tmp_path))

    async def test_one_bad_part_fails_the_upload(
        self, strict_s3: S3Assets, prefix: str, a_file, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Trouble with a part is told as our own error, and the upload is taken back."""
        monkeypatch.setattr(s3_upload, "PART", 1024)  # too small: S3 refuses to join such parts
        with pytest.raises(Transient):
            await strict_s3.put(f"{prefix}a", a_file(os.urandom(5000)), content_type="video/mp4")
        assert await strict_s3.head(f"{prefix}a") is None


@pytest.mark.slow
class TestReadingByUrl:
    @pytest_asyncio.fixture(loop_scope="module")
    async def url(self, s3: S3Assets, prefix: str) -> str:
        await s3.put_bytes(f"{prefix}film.mp4", bytes(range(100)), content_type="video/mp4")
        return await s3.read_url(f"{prefix}film.mp4", expires_in=MINUTE)

    async def test_whole(self, url: str) -> None:
        """The URL alone is enough, and the type is the object's."""
        async with httpx.AsyncClient() as browser:
            got = await browser.get(url)
        assert (got.status_code, got.content, got.headers["content-type"]) == (
            200, bytes(range(100)), "video/mp4",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("asked", "first", "after"), [("bytes=10-19", 10, 20), ("bytes=90-", 90, 100), ("bytes=-5", 95, 100)]
    )
    async def test_ranges(self, url: str, asked: str, first: int, after: int) -> None:
        """A player may seek."""
        async with httpx.AsyncClient() as browser:
            got = await browser.get(url, headers={"Range": asked})
        assert (got.status_code, got.content) == (206, bytes(range(first, after)))
        assert got.headers["content-range"] == f"bytes {first}-{after - 1}/100"

    async def test_asked_for_again_it_is_the_same(self, s3: S3Assets, prefix: str, url: str) -> None:
        """A page that looks every second shows a film that doesn't start anew; another name is another URL."""
        assert await s3.read_url(f"{prefix}film.mp4", expires_in=MINUTE) == url
        assert await s3.read_url(f"{prefix}film.mp4", expires_in=MINUTE, download_as="a.mp4") != url
        assert "X-Amz-Expires=80" in url

    async def test_expired(self, s3: S3Assets, url: str) -> None:
        """A URL that was signed in the past for a minute is refused now."""
        old = httpx.URL(url).copy_set_param("X-Amz-Date", "20260101T000000Z")
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(old)).status_code == 403

    async def test_of_another_key(self, url: str) -> None:
        """A URL is for its own key only."""
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(url.replace("film.mp4", "other.mp4"))).status_code == 403

    async def test_a_download_has_a_name(self, s3: S3Assets, prefix: str) -> None:
        """Its name arrives whole, whatever it is made of, and can't add a header."""
        await s3.put_bytes(f"{prefix}a", b"x", content_type="video/mp4")
        name = 'Ärger\r\nX-Evil: 1 "quoted" 100%.mp4'
        url = await s3.read_url(f"{prefix}a", expires_in=MINUTE, download_as=name)
        async with httpx.AsyncClient() as browser:
            got = await browser.get(url)
        told = got.headers["content-disposition"]
        assert told.startswith("attachment;")
        assert "%C3%84rger%0D%0AX-Evil" in told
        assert "x-evil" not in got.headers

    async def test_signed_for_the_host_that_browsers_see(self, s3_server: S3Server, prefix: str) -> None:
        """With a public endpoint, URLs name it, and its signature holds there."""
        public = s3_server.endpoint.replace("127.0.0.1", "localhost")
        async with opened(s3_server, OMNIGEN_S3_PUBLIC_ENDPOINT=public) as store:
            await store.put_bytes(f"{prefix}a", b"x", content_type="text/plain")
            url = await store.read_url(f"{prefix}a", expires_in=MINUTE)
        assert urlsplit(url).netloc == urlsplit(public).netloc
        async with httpx.AsyncClient() as browser:
            assert (await browser.get(url)).content == b"x"


@pytest.mark.slow
class TestUploading:
    @pytest_asyncio.fixture(loop_scope="module")
    async def form(self, s3: S3Assets, prefix: str) -> UploadForm:
        return await s3.upload_form(
            f"{prefix}in.png", content_type="image/png", max_size=1000, expires_in=MINUTE
        )

    @staticmethod
    async def send(form: UploadForm, data: bytes, **changes: str) -> int:
        """Post it as a browser does."""
        file = {"file": ("picture.png", data, "image/png")}
        async with httpx.AsyncClient() as browser:
            return (await browser.post(form.url, data={**form.fields, **changes}, files=file)).status_code

    async def test_what_fits_arrives(
        self, s3: S3Assets, form: UploadForm, prefix: str, tmp_path: Path
    ) -> None:
        """It is there with the form's type; its hash is known once it is fetched."""
        assert await self.send(form, b"x" * 1000) in {200, 201, 204}
        there = await s3.head(f"{prefix}in.png")
        assert there is not None
        assert (there.size, there.content_type, there.sha256) == (1000, "image/png", "")
        got = await s3.fetch(f"{prefix}in.png", tmp_path / "in.png")
        assert got.sha256 == hashlib.sha256(b"x" * 1000).hexdigest()

    @pytest.mark.parametrize("size", [0, 1001, 50_000])
    async def test_what_does_not_fit_is_refused(
        self, s3: S3Assets, form: UploadForm, prefix: str, size: int
    ) -> None:
        """Neither nothing nor too much."""
        assert await self.send(form, b"x" * size) in {400, 403, 413}
        assert await s3.head(f"{prefix}in.png") is None

    @pytest.mark.parametrize("change", ["Content-Type", "key", "policy"])
    async def test_a_form_can_not_be_changed(self, form: UploadForm, change: str) -> None:
        """Type, key and policy are signed."""
        other = {"Content-Type": "text/html", "key": "elsewhere", "policy": "e30="}[change]
        assert await self.send(form, b"x", **{change: other}) in {400, 403}

    async def test_memory_takes_forms_too(self, prefix: str, tmp_path: Path) -> None:
        """The store in memory keeps the same limits, by its own way of receiving."""
        store = MemoryAssets()
        form = await store.upload_form(f"{prefix}a", content_type="image/png", max_size=3, expires_in=MINUTE)
        with pytest.raises(ValueError, match="allows less"):
            store.receive(form, b"1234")
        store.receive(form, b"123")
        got = await store.fetch(f"{prefix}a", tmp_path / "a")
        assert (got.size, got.sha256) == (3, hashlib.sha256(b"123").hexdigest())
