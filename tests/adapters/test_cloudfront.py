"""Reading through CloudFront: URLs that an edge accepts, each for its own object and its own while only."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from omnigen.adapters.aws.cloudfront import CdnAssets
from omnigen.adapters.local.secrets import GivenSecrets
from omnigen.adapters.memory.assets import MemoryAssets
from omnigen.domain.errors import Transient
from omnigen.domain.secret import Secret
from omnigen.settings import CdnSettings
from tests.adapters.edge import Edge, a_key, pem
from tests.adapters.odd_server import saying

NOW = 1_795_000_000.0
QUARTER = timedelta(minutes=15)
ODD = "jobs/a b+c%2Fd/ü&=?*~'.mp4"
KEY, NEXT_KEY = a_key(), a_key()
FILM = bytes(range(100))
ELLIPTIC = ec_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Stage:
    """An edge, its client, and a store whose URLs lead there. `secrets` may be changed at any time."""

    def __init__(self, edge: Edge, url: str) -> None:
        self.edge = edge
        self.url = url
        self.clock = NOW
        self.secrets = {"cdn": Secret(pem(KEY))}
        settings = CdnSettings(url=url, key_pair_id="K1", private_key="cdn")
        self.assets = CdnAssets(MemoryAssets(), settings, GivenSecrets(self.secrets), now=lambda: self.clock)

    async def get(self, url: str, **headers: str) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as browser:
            return await browser.get(url, headers=headers)


@asynccontextmanager
async def a_stage() -> AsyncIterator[Stage]:
    edge = Edge(key_group={"K1": KEY, "K2": NEXT_KEY}, objects={"film.mp4": FILM, ODD: b"odd"}, now=NOW)
    async with saying(edge) as server:
        yield Stage(edge, server.url)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made


async def test_the_url_alone_is_enough(stage: Stage) -> None:
    """Whole and in ranges, as a player asks for them."""
    url = await stage.assets.read_url("film.mp4", expires_in=QUARTER)
    assert (await stage.get(url)).content == FILM
    part = await stage.get(url, Range="bytes=10-19")
    assert (part.status_code, part.content) == (206, FILM[10:20])


async def test_keys_are_any_text(stage: Stage) -> None:
    """Nothing in a key is a separator or a wildcard."""
    url = await stage.assets.read_url(ODD, expires_in=QUARTER)
    assert (await stage.get(url)).content == b"odd"
    assert not set("*? ") & set(url.partition("?")[0])


@pytest.mark.parametrize("seconds", [1, 2, 10, 60, 900, 7200])
async def test_it_expires(stage: Stage, seconds: int) -> None:
    """It lives for as long as was asked for, a third more at most, and not a second longer."""
    life = timedelta(seconds=seconds)
    stage.clock = NOW + 7.5
    url = await stage.assets.read_url("film.mp4", expires_in=life)
    statuses = []
    for at in (stage.clock, stage.clock + seconds - 1, stage.clock + seconds * 4 / 3 + 2):
        stage.edge.now = at
        statuses.append((await stage.get(url)).status_code)
    assert statuses == [200, 200, 403]
    assert stage.edge.refusals == ["Expired"]


async def test_it_is_for_nothing_else(stage: Stage) -> None:
    """Another key, a longer life, a name of one's own, another key pair: the signature covers all of it."""
    url = await stage.assets.read_url("film.mp4", expires_in=QUARTER)
    named = await stage.assets.read_url("film.mp4", expires_in=QUARTER, download_as="a.mp4")
    changed: list[Any] = [
        url.replace("film.mp4", "other.mp4"),
        url.replace("film.mp4", "*"),
        httpx.URL(url).copy_set_param("Expires", str(int(NOW) + 10**6)),
        httpx.URL(url).copy_set_param("Key-Pair-Id", "K2"),
        url + "&response-content-disposition=attachment",
        named.replace("a.mp4", "b.mp4"),
        named.replace("response-content-disposition=", "response-content-type="),
    ]
    assert [(await stage.get(str(other))).status_code for other in changed] == [403] * len(changed)
    assert set(stage.edge.refusals) == {"BadSignature"}


async def test_a_download_has_a_name(stage: Stage) -> None:
    """Its name arrives whole, whatever it is made of, and can't add a header."""
    name = 'Ärger\r\nX-Evil: 1 "quoted" 100%.mp4'
    url = await stage.assets.read_url("film.mp4", expires_in=QUARTER, download_as=name)
    got = await stage.get(url)
    assert got.headers["content-disposition"].startswith("attachment;")
    assert "%C3%84rger%0D%0AX-Evil" in got.headers["content-disposition"]
    assert "x-evil" not in got.headers


async def test_equal_while_it_is_looked_at(stage: Stage) -> None:
    """Asked for again a moment later the URL is the same one, so that a browser has the file already."""
    first = await stage.assets.read_url("film.mp4", expires_in=QUARTER)
    stage.clock = NOW + 2
    assert await stage.assets.read_url("film.mp4", expires_in=QUARTER) == first
    stage.clock = NOW + 300
    assert await stage.assets.read_url("film.mp4", expires_in=QUARTER) != first


async def test_a_new_key_is_taken_up(stage: Stage) -> None:
    """JSON in the secret brings the id with it: from then on URLs are signed with the new key."""
    await stage.assets.read_url("film.mp4", expires_in=QUARTER)
    stage.secrets["cdn"] = Secret(json.dumps({"key_pair_id": "K2", "private_key": pem(NEXT_KEY)}))
    url = await stage.assets.read_url("film.mp4", expires_in=QUARTER)
    assert httpx.URL(url).params["Key-Pair-Id"] == "K2"
    assert (await stage.get(url)).status_code == 200


@pytest.mark.parametrize(
    "text",
    ["", "canary", "{canary", '{"private_key": "canary"}', pem(KEY).replace("A", "canary", 1), ELLIPTIC],
    ids=["empty", "no key", "no JSON", "no id", "damaged", "elliptic"],
)
async def test_what_is_no_key(stage: Stage, text: str) -> None:
    """The secret is named, and not shown; it may be put right at any time."""
    stage.secrets["cdn"] = Secret(text)
    with pytest.raises(Transient, match="'cdn'") as caught:
        await stage.assets.read_url("film.mp4", expires_in=QUARTER)
    assert "canary" not in f"{caught.value} {caught.value.__cause__}"
    stage.secrets["cdn"] = Secret(pem(KEY))
    assert (await stage.get(await stage.assets.read_url("film.mp4", expires_in=QUARTER))).status_code == 200


async def test_all_but_reading_is_the_stores_matter(stage: Stage) -> None:
    """What is put is in the store itself, and its upload forms lead there."""
    await stage.assets.put_bytes("a", b"x", content_type="text/plain")
    assert [found.key async for found in stage.assets.list("")] == ["a"]
    form = await stage.assets.upload_form("b", content_type="image/png", max_size=1, expires_in=QUARTER)
    assert not form.url.startswith(stage.url)
