"""Outputs come from allowed hosts only, bounded, whole or not at all, and never with our token."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from omnigen.adapters.replicate import downloads
from omnigen.adapters.replicate.downloads import Downloads
from omnigen.domain.errors import NotFound, OmniGenError, Rejected, Transient
from omnigen.settings import REPLICATE_DELIVERY
from tests.adapters.odd_server import RESET, SILENCE, Asked, answer, saying

CLIP = answer(200, b"x" * 1000, content_type="video/mp4")


@pytest.fixture
async def local() -> AsyncIterator[Downloads]:
    opened = Downloads(("127.0.0.1", *REPLICATE_DELIVERY))
    yield opened
    await opened.close()


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_clip(local: Downloads, tmp_path: Path) -> None:
    """It arrives under its name alone, with its type; nothing but the request is sent along."""
    async with saying(CLIP) as odd:
        assert await local.save(f"{odd.url}/a.mp4", tmp_path / "a.mp4", max_size=1000) == "video/mp4"
    assert files(tmp_path) == ["a.mp4"]
    assert not {"authorization", "cookie"} & set(odd.asked[0].headers)
    assert odd.asked[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    "address",
    [
        "https://replicate.delivery/pbxt/a.mp4",
        "https://eu.replicate.delivery/a.mp4",
        "https://REPLICATE.delivery/a.mp4",
        "http://127.0.0.1:9/a.mp4",
    ],
)
async def test_allowed(local: Downloads, address: str) -> None:
    """The listed hosts, their subdomains where a wildcard says so, and loopback where it is listed."""
    assert local.allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "a.mp4", "//replicate.delivery/a", "file:///etc/passwd", "ftp://replicate.delivery/a",
        "http://replicate.delivery/a", "https://replicate.delivery:8443/a", "https://evil.example/a",
        "https://replicate.delivery.evil.example/a", "https://evilreplicate.delivery/a",
        "https://.replicate.delivery/a", "https://user:pw@replicate.delivery/a",
        "https://replicate.delivery@evil.example/a", "https://evil.example\\@replicate.delivery/a",
        "https://evil.example#@replicate.delivery/a", "https://replicate.delivery./a",
        "https://10.0.0.1/a", "http://127.1/a", "http://2130706433/a", "http://0x7f.0.0.1/a", "http://[::1]/a",
        "http://localhost/a", "http://169.254.169.254/latest/meta-data/", "https://[::ffff:127.0.0.1]/a",
        "http://[64:ff9b::7f00:1]/a", "https://replicate.delivery\r\nX: y/a", "https://" + "a" * 70_000,
    ],
)  # fmt: skip
async def test_not_allowed(local: Downloads, address: str, tmp_path: Path) -> None:
    """Everything else, however it is spelt; nothing is asked and nothing written."""
    with pytest.raises(Rejected):
        await local.save(address, tmp_path / "a", max_size=10)
    assert files(tmp_path) == []


async def test_loopback_only_where_it_is_listed(tmp_path: Path) -> None:
    """Against the real Replicate, an output can't point back at this machine."""
    real = Downloads(REPLICATE_DELIVERY)
    async with saying(CLIP) as odd:
        with pytest.raises(Rejected):
            await real.save(odd.url, tmp_path / "a", max_size=1000)
    assert odd.asked == []
    await real.close()


async def test_a_listed_port(tmp_path: Path) -> None:
    """A host may be listed with its port, and is then no other's."""
    async with saying(CLIP) as odd, saying(CLIP) as other:
        only = Downloads((odd.url.removeprefix("http://"),))
        assert await only.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=1000)
        with pytest.raises(Rejected):
            await only.save(f"{other.url}/a.mp4", tmp_path / "b", max_size=1000)
        await only.close()


@pytest.mark.parametrize("size", [999, 0])
@pytest.mark.parametrize("told", [True, False])
async def test_too_large(local: Downloads, tmp_path: Path, size: int, told: bool) -> None:
    """Refused by its announced size, or as soon as it is past it."""
    quiet = b"HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n\r\n" + b"x" * 1000
    async with saying(CLIP if told else quiet) as odd:
        with pytest.raises(Rejected) as caught:
            await local.save(odd.url, tmp_path / "a", max_size=size)
    assert caught.value.reason == "output_size"
    assert files(tmp_path) == []


@pytest.mark.parametrize(
    ("told", "path", "expected"),
    [
        ("video/mp4; charset=x", "/a", "video/mp4"),
        ("VIDEO/MP4", "/a", "video/mp4"),
        ("application/octet-stream", "/tmp.mp4", "video/mp4"),
        ("binary/octet-stream", "/tmp.png?sig=1", "image/png"),
        ("", "/tmp.mp3", "audio/mpeg"),
        ("application/octet-stream", "/tmp", None),
        ("text/html", "/tmp.mp4", None),
        ("image/svg+xml", "/a", None),
        ("application/vnd.apple.mpegurl", "/a.mp4", None),
    ],
)
async def test_types(local: Downloads, tmp_path: Path, told: str, path: str, expected: str | None) -> None:
    """Only what a model makes; the name decides where the host doesn't say."""
    async with saying(answer(200, b"x", content_type=told)) as odd:
        if expected is None:
            with pytest.raises(Rejected):
                await local.save(odd.url + path, tmp_path / "a", max_size=1000)
        else:
            assert await local.save(odd.url + path, tmp_path / "a", max_size=1000) == expected


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (answer(404, b""), NotFound),
        (answer(410, b""), NotFound),
        (answer(400, b""), Rejected),
        (answer(403, b""), Transient),
        (answer(429, b""), Transient),
        (answer(500, b""), Transient),
        (answer(206, b"x", content_type="video/mp4"), Transient),
        (answer(200, b"", content_type="video/mp4"), Transient),
        (answer(200, b"x", content_type="video/mp4", content_length="100"), Transient),
        (answer(304, b""), Transient),
        (RESET, Transient),
        (b"garbage\r\n\r\n", Transient),
    ],
)
async def test_trouble(local: Downloads, tmp_path: Path, said: bytes, kind: type[OmniGenError]) -> None:
    """Expired is NotFound; what may pass is Transient; a cut file is never taken for a whole one."""
    async with saying(said) as odd:
        with pytest.raises(OmniGenError) as caught:
            await local.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=1000)
    assert type(caught.value) is kind
    assert files(tmp_path) == []


async def test_silence(local: Downloads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that says nothing doesn't hold a worker."""
    monkeypatch.setattr(downloads, "_WHOLE_S", 0.05)
    async with saying(SILENCE) as odd:
        with pytest.raises(Transient):
            await local.save(odd.url, tmp_path / "a", max_size=1000)


async def test_redirects(local: Downloads, tmp_path: Path) -> None:
    """One to an allowed place is followed, one to any other is not, and none goes on for ever."""

    def script(asked: Asked) -> bytes:
        to = {
            "/ok": "/clip",
            "/out": "https://evil.example/a",
            "/meta": "http://169.254.169.254/",
            "/loop": "/loop",
        }
        return answer(302, b"", location=to[asked.target]) if asked.target in to else CLIP

    async with saying(script) as odd:
        assert await local.save(f"{odd.url}/ok", tmp_path / "a", max_size=1000) == "video/mp4"
        for path in ("/out", "/meta", "/loop"):
            with pytest.raises(Rejected):
                await local.save(odd.url + path, tmp_path / "b", max_size=1000)
    assert files(tmp_path) == ["a"]


async def test_an_old_file_stays_until_the_new_one_is_whole(local: Downloads, tmp_path: Path) -> None:
    """What is there under the name is replaced at the end, or not at all."""
    (tmp_path / "a").write_bytes(b"old")
    async with saying(answer(200, b"x", content_type="video/mp4", content_length="9")) as odd:
        with pytest.raises(Transient):
            await local.save(odd.url, tmp_path / "a", max_size=1000)
    assert (tmp_path / "a").read_bytes() == b"old"
