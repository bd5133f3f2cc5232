"""Hosts that answer with too much, too little, too slowly, or packed: bounded in bytes, memory and time."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from omnigen.adapters.oidc import KeyRing, fetch_over_http
from omnigen.adapters.replicate import downloads
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.adapters.replicate.downloads import Downloads
from omnigen.adapters.replicate.provider import ReplicateProvider
from omnigen.adapters.replicate.wire import LARGEST_REPLY
from omnigen.domain.errors import Ambiguous, OmniGenError, Rejected, Transient
from tests.adapters.odd_server import answer, saying
from tests.adapters.test_replicate_secrets import Turning, settings
from tests.builders import NOW, a_take
from tests.security.outside import host, pouring

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
JSON_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
PIECE = b"10000\r\n" + bytes(65_536) + b"\r\n"
VEO = "google/veo-3.1-fast"


@pytest.fixture
async def local() -> AsyncIterator[Downloads]:
    opened = Downloads(("127.0.0.1",))
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (HEAD + b"\r\n", bytes(65_536)),
        (CHUNKED, PIECE),
        (CHUNKED, b"20\r\n" + bytes(32) + b"\r\n"),
    ],
    ids=["until it closes", "chunked", "in small chunks"],
)
async def test_a_body_without_end(local: Downloads, tmp_path: Path, head: bytes, piece: bytes) -> None:
    """It is left as soon as there is more than one byte too much, and nothing stays on the disk."""
    async with host(pouring(head, piece)) as port:
        with pytest.raises(Rejected) as caught:
            await local.save(f"http://127.0.0.1:{port}/a.mp4", tmp_path / "a", max_size=20_000)
    assert caught.value.reason == "output_size"
    assert not (tmp_path / "a").exists()


async def test_crumbs(local: Downloads, tmp_path: Path) -> None:
    """Every piece costs as much to read as a large one: a body in single bytes is left after some thousands."""
    async with host(pouring(CHUNKED, b"1\r\nx\r\n" * 1000)) as port:
        with pytest.raises(Rejected) as caught:
            await local.save(f"http://127.0.0.1:{port}/a.mp4", tmp_path / "a", max_size=100_000_000)
    assert caught.value.reason == "output_pieces"


async def test_a_head_without_end(local: Downloads, tmp_path: Path) -> None:
    """Headers are bounded too."""
    async with host(pouring(b"HTTP/1.1 200 OK\r\n", b"x-more: " + b"y" * 50_000 + b"\r\n")) as port:
        with pytest.raises(Transient):
            await local.save(f"http://127.0.0.1:{port}/a.mp4", tmp_path / "a", max_size=200_000)


async def test_a_drip(local: Downloads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps a connection busy, but not for longer than a whole download may take."""
    monkeypatch.setattr(downloads, "_WHOLE_S", 0.1)

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"content-length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)  # the pace of the host, not a wait for anything

    async with host(drip) as port:
        with pytest.raises(Transient):
            await local.save(f"http://127.0.0.1:{port}/a.mp4", tmp_path / "a", max_size=1000)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "gzip, gzip"])
async def test_a_packed_output_stays_packed(local: Downloads, tmp_path: Path, coding: str) -> None:
    """A bomb is not unpacked: what is written is what came over the line, and what is no clip is refused later."""
    bomb = gzip.compress(bytes(50_000_000), 1)
    async with saying(answer(200, bomb, content_type="video/mp4", content_encoding=coding)) as odd:
        await local.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=len(bomb))
    assert (tmp_path / "a").read_bytes() == bomb


@pytest.mark.parametrize(
    "length",
    ["-1", "+4", "4, 5", "0x4", "4 4", "9" * 19, "9" * 6000, "٤", "1e3", "", "4\r\ncontent-length: 5"],
)
async def test_a_length_that_lies(local: Downloads, tmp_path: Path, length: str) -> None:
    """Refused, or a connection that is broken: never another error, never half a file."""
    said = HEAD + b"content-length: " + length.encode() + b"\r\n\r\nfour"
    async with saying(said) as odd:
        with pytest.raises(OmniGenError) as caught:
            await local.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=1000)
    assert type(caught.value) in {Rejected, Transient}
    assert not (tmp_path / "a").exists()


async def test_more_than_was_announced(local: Downloads, tmp_path: Path) -> None:
    """What follows the announced end belongs to nothing."""
    async with saying(HEAD + b"content-length: 4\r\n\r\nfour and more\r\nHTTP/1.1 200 OK\r\n\r\n") as odd:
        await local.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=1000)
    assert (tmp_path / "a").read_bytes() == b"four"


async def test_no_cookies(local: Downloads, tmp_path: Path) -> None:
    """A host can't mark us."""
    clip = answer(200, b"x", content_type="video/mp4", set_cookie="mark=1; Path=/")
    async with saying(clip) as odd:
        for _ in range(2):
            await local.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=1000)
    assert [asked.headers.get("cookie") for asked in odd.asked] == [None, None]


# --- what answers for Replicate itself


def provider_at(url: str) -> ReplicateProvider:
    return ReplicateProvider(settings(url), load_catalogue(None), Turning("r8_token"))


async def refusals(provider: ReplicateProvider) -> list[type[OmniGenError]]:
    """What becomes of each kind of call."""
    calls: list[Any] = [
        lambda: provider.create(a_take(model=VEO)),
        lambda: provider.get("abc"),
        lambda: provider.created_since(NOW),
        lambda: provider.cancel("abc"),
    ]
    met = []
    for call in calls:
        with pytest.raises(OmniGenError) as caught:
            await call()
        met.append(type(caught.value))
    return met


NO_ANSWER = [Ambiguous, Transient, Transient, Transient]
"""Of a creation nobody can say whether it was charged; the rest is asked again."""


@pytest.mark.parametrize("status", [b"200 OK", b"201 Created", b"500 Oh", b"404 No"])
async def test_a_reply_without_end(status: bytes) -> None:
    """It is left at the size of the largest page; the memory doesn't grow with what the other side would send."""
    head = JSON_HEAD.replace(b"200 OK", status) + b"transfer-encoding: chunked\r\n\r\n"
    async with host(pouring(head, PIECE)) as port, provider_at(f"http://127.0.0.1:{port}") as provider:
        tracemalloc.start()
        with pytest.raises(OmniGenError):
            await provider.get("abc")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 3 * LARGEST_REPLY


async def test_a_packed_reply() -> None:
    """Sixty megabytes in sixty kilobytes: nobody asked for it to be packed, and nobody unpacks it."""
    bomb = gzip.compress(b'{"id": "' + b" " * 60_000_000, 1)
    async with saying(answer(200, bomb, content_encoding="gzip")) as odd, provider_at(odd.url) as provider:
        tracemalloc.start()
        met = await refusals(provider)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert met == NO_ANSWER
    assert peak < 10_000_000
    assert {asked.headers["accept-encoding"] for asked in odd.asked} == {"identity"}


async def test_deep_and_odd_replies() -> None:
    """JSON that no decoder likes is no crash, whether it is said to be a success or a problem."""
    for body in (
        b"[" * 200_000,
        b'{"id": ' + b"9" * 10_000 + b"}",
        b"\xff\xfe",
        b'{"id":',
        b"",
    ):
        async with saying(answer(200, body)) as odd, provider_at(odd.url) as provider:
            assert await refusals(provider) == NO_ANSWER, body[:20]
        async with saying(answer(500, body)) as odd, provider_at(odd.url) as provider:
            assert await refusals(provider) == NO_ANSWER, body[:20]


async def test_the_token_goes_nowhere_else() -> None:
    """Replies that point elsewhere are not followed: neither a redirect nor the address of a next page."""
    async with saying(answer(200, {})) as elsewhere:
        for status in (301, 302, 307, 308):
            async with (
                saying(answer(status, b"", location=elsewhere.url)) as odd,
                provider_at(odd.url) as provider,
            ):
                assert await refusals(provider) == NO_ANSWER
        page = answer(200, {"results": [], "next": f"{elsewhere.url}/v1/predictions?cursor=x"})
        last = answer(200, {"results": [], "next": None})
        async with (
            saying(lambda asked: last if "cursor=x" in asked.target else page) as odd,
            provider_at(odd.url) as provider,
        ):
            assert await provider.created_since(NOW) == []
            assert len(odd.asked) == 2
    assert elsewhere.asked == []


# --- the sign-in's keys


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_a_packed_key_set(coding: str) -> None:
    """Not unpacked; what it is then is no key set."""
    bomb = gzip.compress(b" " * 60_000_000, 1)
    async with saying(answer(200, bomb, content_encoding=coding)) as odd:
        tracemalloc.start()
        ring = KeyRing(fetch_over_http(odd.url), lambda: NOW)
        with pytest.raises(OmniGenError):
            await ring.find("any")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.parametrize("piece", [bytes(65_536), b"{" * 65_536])
async def test_a_key_set_without_end(piece: bytes) -> None:
    async with host(pouring(JSON_HEAD + b"\r\n", piece)) as port:
        with pytest.raises(Transient, match="more than 262144 bytes"):
            await fetch_over_http(f"http://127.0.0.1:{port}/jwks.json")()


async def test_a_key_set_elsewhere() -> None:
    """Keys are where the settings say; a redirect is an outage, and so is one to what is no address."""
    async with saying(answer(200, {"keys": []})) as elsewhere:
        for to in (elsewhere.url, "data:,x"):
            async with saying(answer(302, b"", location=to)) as odd:
                with pytest.raises(Transient):
                    await fetch_over_http(odd.url)()
    assert elsewhere.asked == []
