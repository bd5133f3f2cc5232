"""What users bring: where it may go, what it may be, and that nothing that comes later is used instead.

Against the S3 server that checks signatures and policies, and the inspector that runs in production.
"""

import asyncio
import hashlib
import json
import re
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from attrs import evolve, frozen

from omnigen.adapters.aws.clients import AioClients
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.adapters.local.clock import RandomIds, SystemClock
from omnigen.adapters.memory import MemoryStore
from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import UploadForm
from omnigen.ports.inspector import Footage, Inspector, MediaKind
from omnigen.ports.uploads import Upload, UploadStatus
from omnigen.settings import Settings
from omnigen.usecases.admit_upload import AdmitUpload
from omnigen.usecases.policy import Policy
from omnigen.usecases.request_upload import RequestUpload
from tests.builders import a_scene
from tests.fakes.world import ADA, board_of
from tests.fixtures.storage import S3Server
from tests.security.pictures import BAITS, HTML, Bait, plain

pytestmark = pytest.mark.asyncio(loop_scope="module")
REFUSED: Final = {400, 401, 403, 405, 411, 412, 413, 501}


@frozen(kw_only=True)
class Desk:
    """Where uploads are asked for and let in."""

    assets: S3Assets
    store: MemoryStore
    request: RequestUpload
    inspector: Inspector

    async def asked(self, data: bytes, content_type: str = "image/png") -> tuple[Upload, UploadForm]:
        """Permission for a file of that size."""
        return await self.request(ADA, content_type=content_type, size=len(data))

    async def brought(self, data: bytes, content_type: str = "image/png") -> Upload:
        """A file that has arrived in quarantine, as a browser sends it."""
        upload, form = await self.asked(data, content_type)
        assert await send(form, data) in {200, 201, 204}
        return upload

    async def admitted(self, upload: Upload, inspector: Inspector | None = None) -> StoredFile:
        """What a job would use of it. Raises Invalid."""
        admit = AdmitUpload(
            uploads=self.store.uploads,
            assets=self.assets,
            inspector=inspector or self.inspector,
            clock=SystemClock(),
        )
        return (await admit(ADA.id, starting_from(upload), "job_1"))[upload.id]

    async def now(self, upload: Upload) -> Upload:
        return await self.store.uploads.get(upload.id, owner=ADA.id)

    async def read(self, key: str) -> httpx.Response:
        """As the provider reads it."""
        async with httpx.AsyncClient(trust_env=False) as reader:
            return await reader.get(await self.assets.read_url(key, expires_in=timedelta(minutes=1)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(s3_server: S3Server) -> AsyncIterator[Desk]:
    settings, store = Settings.from_environment(s3_server.environment), MemoryStore()
    async with AioClients(settings.aws) as clients:
        assets = await S3Assets.open(settings.assets, clients)
        request = RequestUpload(
            uploads=store.uploads, assets=assets, clock=SystemClock(), ids=RandomIds(), policy=Policy()
        )
        yield Desk(assets=assets, store=store, request=request, inspector=FfmpegInspector(2))


def starting_from(upload: Upload) -> Storyboard:
    return board_of(a_scene(1, reference=upload.id))


async def send(form: UploadForm, data: bytes, name: str = "picture.png", **changes: str) -> int:
    """Post a form as a browser does; its status."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        file = {"file": (name, data, "image/png")}
        return (await browser.post(form.url, data={**form.fields, **changes}, files=file)).status_code


# --- where it may go


def _keys(upload: Upload) -> list[str]:
    return [
        f"uploads/{upload.id}",
        "uploads/upl_another",
        "quarantine/upl_another",
        f"{upload.key}/more",
        f"{upload.key}.html",
        f"../{upload.key}",
        "jobs/job_another/video.mp4",
        "inspections/x",
        "index.html",
        "quarantine/${filename}",
    ]


async def test_a_form_is_for_its_own_key_alone(desk: Desk) -> None:
    """No other upload's, no job's, not the place of what was admitted; and no file name makes it one."""
    data = plain()
    upload, form = await desk.asked(data)
    assert form.fields["key"] == upload.key == f"quarantine/{upload.id}"
    for key in _keys(upload):
        assert await send(form, data, key=key) in REFUSED, key
    for prefix in (
        "uploads/upl_another",
        "quarantine/upl_another",
        "quarantine/picture",
        "jobs/",
        "index",
        upload.key,
    ):
        assert [found.key async for found in desk.assets.list(prefix)] == []
    assert await send(form, data, name="../../jobs/job_1/video.mp4") in {200, 201, 204}
    assert await desk.assets.head("jobs/job_1/video.mp4") is None


@pytest.mark.parametrize(
    "change",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": "image/svg+xml"},
        {"policy": b64encode(b'{"expiration": "2099-01-01T00:00:00Z", "conditions": []}').decode()},
        {"x-amz-signature": "0" * 64},
        {"x-amz-credential": "stranger/20261123/us-east-1/s3/aws4_request"},
        {"x-amz-date": "20200101T000000Z"},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_nothing_of_a_form_can_be_changed(desk: Desk, change: dict[str, str]) -> None:
    upload, form = await desk.asked(plain())
    assert await send(form, plain(), **change) in REFUSED
    assert await desk.assets.head(upload.key) is None


async def test_the_server_itself_refuses_what_is_larger_than_was_announced(desk: Desk) -> None:
    """By one byte, by ten megabytes, and by nothing at all."""
    upload, form = await desk.asked(plain())
    for data in (plain() + b"x", bytes(10_000_000), b""):
        assert await send(form, data) in REFUSED
        assert await desk.assets.head(upload.key) is None


async def test_a_form_says_what_it_is_for_and_how_long(desk: Desk) -> None:
    """Its policy names bucket, key, type and size, and ends within the quarter of an hour that the answer tells."""
    upload, form = await desk.asked(plain())
    policy = json.loads(b64decode(form.fields["policy"]))
    assert ["content-length-range", 1, upload.size] in policy["conditions"]
    assert {"key": upload.key} in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert not any(isinstance(c, list) and c[0] == "starts-with" for c in policy["conditions"])
    ends = policy["expiration"].replace("Z", "+00:00")
    left = SystemClock().now().fromisoformat(ends) - SystemClock().now()
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)
    assert abs((form.expires_at - SystemClock().now()) - left) < timedelta(seconds=5)


async def test_a_form_that_has_expired_is_refused(desk: Desk) -> None:
    """Signed rightly, for a time that is over."""
    key = f"quarantine/{uuid4().hex}"

    def signed(seconds: int) -> Any:
        fields = {"Content-Type": "image/png"}
        return desk.assets._signer.generate_presigned_post(
            desk.assets._bucket, key, Fields=fields, Conditions=[fields], ExpiresIn=seconds
        )

    over, fresh = await signed(-60), await signed(60)
    form = UploadForm(url=over["url"], fields=over["fields"], expires_at=SystemClock().now())
    assert await send(form, plain()) in REFUSED
    assert await desk.assets.head(key) is None
    assert await send(evolve(form, fields=fresh["fields"]), plain()) in {200, 201, 204}


async def test_without_a_form_nothing_is_written_or_read(desk: Desk) -> None:
    """The store knows nobody: no PUT, GET, listing or deletion but by a signature."""
    upload = await desk.brought(plain())
    form = (await desk.asked(plain()))[1]
    async with httpx.AsyncClient(trust_env=False) as stranger:
        for method in ("GET", "HEAD", "PUT", "DELETE", "POST"):
            answer = await stranger.request(method, f"{form.url}/{upload.key}")
            assert answer.status_code in REFUSED | {404}, method
        assert (await stranger.get(f"{form.url}?list-type=2")).status_code in REFUSED
        assert (await stranger.get(f"{form.url}?policy")).status_code in REFUSED | {404}
    assert await desk.assets.head(upload.key) is not None


@pytest.mark.parametrize(
    "content_type",
    ["text/html", "image/svg+xml", "image/gif", "image/PNG", "image/png; a=b", "image/png\r\nX: y", "*/*", "video/mp4"],
)  # fmt: skip
async def test_only_pictures_and_sounds_are_permitted(desk: Desk, content_type: str) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.asked(b"x", content_type)
    assert refused.value.field == "content_type"


# --- what it may be


@pytest.mark.parametrize("bait", BAITS.values(), ids=BAITS.keys())
async def test_what_is_let_in_is_a_picture_and_nothing_else(desk: Desk, bait: Bait) -> None:
    """Kept with the type that it has, or refused with a sentence about it; quarantine is empty afterwards."""
    data = bait.make()
    upload = await desk.brought(data, bait.announced)
    if bait.kept_as is None:
        with pytest.raises(Invalid) as refused:
            await desk.admitted(upload)
        assert refused.value.field == "storyboard.scenes[1].reference_image"
        assert refused.value.message.startswith(f"upload {upload.id} can't be used: the image ")
        assert not re.search(r"Traceback|/tmp|\.py|Errno| 0x", refused.value.message)
        assert (await desk.now(upload)).status is UploadStatus.REFUSED
        assert await desk.assets.head(f"uploads/{upload.id}") is None
    else:
        file = await desk.admitted(upload)
        assert (file.content_type, file.sha256) == (bait.kept_as, hashlib.sha256(data).hexdigest())
        served = await desk.read(file.key)
        assert served.headers["content-type"] == bait.kept_as
        assert served.content == data
    assert await desk.assets.head(upload.key) is None


# --- what comes later


async def test_what_comes_after_it_was_let_in_is_never_used(desk: Desk) -> None:
    """The form still opens quarantine; what was looked into lies elsewhere, under another key, and stays."""
    first = plain()
    upload, form = await desk.asked(first + bytes(500))
    assert await send(form, first) in {200, 201, 204}
    file = await desk.admitted(upload)
    assert await send(form, HTML) in {200, 201, 204}
    again = await desk.admitted(upload)
    assert again == file == (await desk.now(upload)).file
    assert file.key == f"uploads/{upload.id}" != upload.key
    assert (await desk.read(file.key)).content == first


async def test_what_was_refused_stays_refused(desk: Desk) -> None:
    """A good picture that is sent behind a bad one is not looked at: an id is decided once."""
    upload, form = await desk.asked(HTML + plain())
    assert await send(form, HTML) in {200, 201, 204}
    for data in (plain(), plain("JPEG")):
        with pytest.raises(Invalid, match="can't be used"):
            await desk.admitted(upload)
        await send(form, data)


class Interrupted:
    """An inspector that lets something happen while it looks, the first time."""

    def __init__(self, real: Inspector, meanwhile: Callable[[], Any]) -> None:
        self._real = real
        self._meanwhile: Callable[[], Any] | None = meanwhile

    async def inspect(self, path: Path, kind: MediaKind, *, sampled: bool = False) -> Footage:
        found = await self._real.inspect(path, kind, sampled=sampled)
        if (meanwhile := self._meanwhile) is not None:
            self._meanwhile = None
            await meanwhile()
        return found


async def test_of_two_files_that_are_looked_at_at_once_one_counts(desk: Desk) -> None:
    """Exchanged between two submissions: both use the same bytes, which are those that the record vouches for."""
    one, other = plain(size=(40, 40)), plain(size=(24, 64))
    upload, form = await desk.asked(one + other)
    assert await send(form, one) in {200, 201, 204}
    second: list[StoredFile] = []

    async def exchange() -> None:
        assert await send(form, other) in {200, 201, 204}
        second.append(await desk.admitted(upload))

    first = await desk.admitted(upload, Interrupted(desk.inspector, exchange))
    assert [first] == second == [(await desk.now(upload)).file]
    kept = (await desk.read(first.key)).content
    assert hashlib.sha256(kept).hexdigest() == first.sha256
    assert kept == other


async def test_if_a_bad_file_was_decided_on_a_good_one_is_not_used(desk: Desk) -> None:
    """Refused for one submission, refused for the other; nothing is left of either file."""
    upload, form = await desk.asked(plain() + HTML)
    assert await send(form, plain()) in {200, 201, 204}

    async def exchange() -> None:
        assert await send(form, HTML) in {200, 201, 204}
        with pytest.raises(Invalid, match="is not a PNG, JPEG or WebP image"):
            await desk.admitted(upload)

    with pytest.raises(Invalid, match="can't be used"):
        await desk.admitted(upload, Interrupted(desk.inspector, exchange))
    assert (await desk.now(upload)).status is UploadStatus.REFUSED
    assert await desk.assets.head(f"uploads/{upload.id}") is None
    assert await desk.assets.head(upload.key) is None


async def test_many_submissions_at_once_get_the_same_file(desk: Desk) -> None:
    upload = await desk.brought(plain())
    files = await asyncio.gather(*(desk.admitted(upload) for _ in range(6)))
    assert len(set(files)) == 1
