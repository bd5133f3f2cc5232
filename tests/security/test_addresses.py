"""A name leads to public addresses only, and the address that was looked at is the one that is connected to."""

import asyncio
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from omnigen.adapters.replicate.addresses import Address, CheckedTransport, is_allowed, is_public
from omnigen.adapters.replicate.downloads import Downloads
from omnigen.domain.errors import OmniGenError, Rejected, Transient
from tests.adapters.odd_server import answer, saying
from tests.security.outside import answering, certified, host

PUBLIC = ["8.8.8.8", "104.16.0.1", "2606:4700::1111", "2a00:1450:4001:81b::200e", "64:ff9b::808:808"]
NOT_PUBLIC = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "169.254.170.2", "100.64.0.1", "192.0.0.1", "192.0.0.9", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8",
    "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1", "100::1", "2001:db8::1", "3fff::1",
    "5f00::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1", "2001:20::1", "::ffff:0:127.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    """Loopback, private, link-local with its metadata services, reserved, multicast, and each IPv6 form of an IPv4 one."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"])
def test_localhost_is_this_machine(address: str) -> None:
    """Where loopback is listed, its names lead nowhere else."""
    assert not is_allowed("localhost", ip_address(address))
    assert is_allowed("localhost", ip_address("127.0.0.1"))


@pytest.mark.parametrize("address", NOT_PUBLIC)
async def test_a_listed_name_at_an_address_inside(address: str, tmp_path: Path) -> None:
    """Refused before a connection is opened, and for good."""
    downloads = Downloads(("replicate.delivery",), resolving=answering((address,)))
    with pytest.raises(Rejected, match="not public") as caught:
        await downloads.save("https://replicate.delivery/a.mp4", tmp_path / "a", max_size=10)
    assert caught.value.reason == "output_host"
    await downloads.close()


async def test_a_name_with_one_address_inside(tmp_path: Path) -> None:
    """One of several is enough: whoever mixes them means the other one."""
    downloads = Downloads(("replicate.delivery",), resolving=answering(("8.8.8.8", "127.0.0.1")))
    with pytest.raises(Rejected):
        await downloads.save("https://replicate.delivery/a.mp4", tmp_path / "a", max_size=10)
    await downloads.close()


async def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    async def unknown(host: str, port: int) -> list[Address]:
        raise OSError("no such name")

    for resolving in (unknown, answering(())):
        downloads = Downloads(("replicate.delivery",), resolving=resolving)
        with pytest.raises(Transient):
            await downloads.save("https://replicate.delivery/a.mp4", tmp_path / "a", max_size=10)
        await downloads.close()


class Noting(httpx.AsyncBaseTransport):
    """Says where it would have connected to, and with what."""

    def __init__(self, *unreachable: str) -> None:
        self.asked: list[httpx.Request] = []
        self._unreachable = unreachable

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if request.url.host in self._unreachable:
            raise httpx.ConnectError("refused")
        return httpx.Response(200)


async def test_rebinding() -> None:
    """A name that resolves to another address at its second look: it is looked at once, and that one is connected to."""
    inner = Noting()
    resolving = answering(("8.8.8.8",), ("127.0.0.1",))
    async with httpx.AsyncClient(transport=CheckedTransport(inner, resolving=resolving)) as client:
        await client.get("https://clips.example:8443/a?b=c")
        with pytest.raises(Rejected):
            await client.get("https://clips.example:8443/a?b=c")
    asked = inner.asked[0]
    assert str(asked.url) == "https://8.8.8.8:8443/a?b=c"
    assert asked.headers["host"] == "clips.example:8443"
    assert asked.extensions["sni_hostname"] == "clips.example"
    assert len(inner.asked) == 1


async def test_the_next_address_where_one_is_down() -> None:
    inner = Noting("2606:4700::1111")
    resolving = answering(("2606:4700::1111", "8.8.8.8"))
    async with httpx.AsyncClient(transport=CheckedTransport(inner, resolving=resolving)) as client:
        assert (await client.get("https://clips.example/a")).status_code == 200
    assert [r.url.host for r in inner.asked] == ["2606:4700::1111", "8.8.8.8"]


async def test_tls_proves_the_name_not_the_address(tmp_path: Path) -> None:
    """The certificate is held against the name that was asked for, though an address is connected to."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(answer(200, b"x"))
        await writer.drain()

    server, trusting = certified("clips.example", tmp_path)
    inner = httpx.AsyncHTTPTransport(verify=trusting, trust_env=False)
    transport = CheckedTransport(inner, resolving=answering(("127.0.0.1",)), allow=lambda *_: True)
    async with host(say, tls=server) as port, httpx.AsyncClient(transport=transport) as client:
        assert (await client.get(f"https://clips.example:{port}/a")).content == b"x"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://other.example:{port}/a")


async def test_localhost_by_name(tmp_path: Path) -> None:
    """The real resolver, and whichever of loopback's addresses answers."""
    downloads = Downloads(("localhost",))
    async with saying(answer(200, b"x", content_type="video/mp4")) as odd:
        address = odd.url.replace("127.0.0.1", "localhost")
        assert await downloads.save(f"{address}/a.mp4", tmp_path / "a", max_size=1) == "video/mp4"
    await downloads.close()


WRITTEN = [
    "file:///etc/passwd", "gopher://replicate.delivery/_x", "ftp://replicate.delivery/a", "s3://replicate.delivery/a",
    "data:video/mp4;base64,AAAA", "javascript:alert(1)", "ws://replicate.delivery/a", "unix:///run/docker.sock",
    "https:replicate.delivery/a", "https:///replicate.delivery/a", "\thttps://replicate.delivery/a",
    "https://replicate.delivery:22/a", "https://replicate.delivery:0/a", "https://replicate.delivery:443:80/a",
    "https://:pw@replicate.delivery/a", "https://replicate.delivery:80@evil.example/a",
    "https://evil.example%2f@replicate.delivery/a", "https://replicate.delivery%2eevil.example/a",
    "https://replicate.delivery%00.evil.example/a", "https://replicate.delivery%20/a", "https://replicate.delivery\\.evil.example/a",
    "https://replicate\u3002delivery.evil.example/a", "https://\uff52eplicate.delivery/a", "https://repl\u0456cate.delivery/a",
    "http://\uff11\uff12\uff17.0.0.1/a", "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/a",
    "http://0/a", "http://0.0.0.0/a", "http://017700000001/a", "http://0177.0.0.1/a", "http://0x7f000001/a", "http://127.0.1/a",
    "http://127.0.0.1.nip.io/a", "http://localhost.localdomain/a", "http://localtest.me/a",
    "http://[::]/a", "http://[0:0:0:0:0:0:0:1]/a", "http://[::ffff:7f00:1]/a", "http://[::1%25lo]/a", "http://[fd00:ec2::254]/a",
    "https://169.254.169.254/a", "https://[fd00:ec2::254]/a", "https://2852039166/a", "https://0xa9.0xfe.0xa9.0xfe/a",
    "https://metadata.google.internal/a", "https://[64:ff9b::a9fe:a9fe]/a", "https://[2002:a9fe:a9fe::]/a",
]  # fmt: skip


@pytest.mark.parametrize("address", WRITTEN)
async def test_however_it_is_written(address: str) -> None:
    """Other schemes, ports, users, letters and numbers: what is not a listed host under https is nothing to us."""
    downloads = Downloads(("127.0.0.1", "replicate.delivery", "*.replicate.delivery"))
    with pytest.raises(Rejected):
        downloads.allowed(address)
    await downloads.close()


@pytest.mark.parametrize(
    "address", ["https://" + "a" * 60_000 + "/a", "a" * 60_000 + "://replicate.delivery/a"]
)
async def test_what_is_said_of_an_address_has_an_end(address: str) -> None:
    """It is told to users, and kept."""
    downloads = Downloads(("replicate.delivery",))
    with pytest.raises(Rejected) as caught:
        downloads.allowed(address)
    assert len(caught.value.message) < 200
    await downloads.close()


@pytest.mark.parametrize(
    "to",
    [
        "http://replicate.delivery/a", "//169.254.169.254/a", "file:///etc/passwd", "http://[::1]:1/a", "http://127.1/a",
        "http://2130706433/a", "https://127.0.0.1/a", "https://u@replicate.delivery/a", "gopher://127.0.0.1/", "data:,x",
        "http:///a", "http://[::ffff:127.0.0.1]/", "\\\\169.254.169.254\\a", "https://replicate.delivery:8443/", "x\xe4://a",
    ],
)  # fmt: skip
async def test_redirects_lead_nowhere_else(to: str, tmp_path: Path) -> None:
    """Each hop is looked at as the first one was; https is not left for http."""
    downloads = Downloads(("127.0.0.1", "replicate.delivery"), resolving=answering(("127.0.0.1",)))
    async with saying(
        lambda asked: answer(302, b"", location=to) if asked.target == "/a.mp4" else answer(404, b"")
    ) as odd:
        with pytest.raises(OmniGenError) as caught:
            await downloads.save(f"{odd.url}/a.mp4", tmp_path / "a", max_size=10)
    # What reads as a path of the same host is asked of that host, which has no such file.
    assert caught.value.reason in {"output_host", "output_expired"}
    await downloads.close()
