"""What every keeper of secrets promises, and what one promises that can be turned while we look."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from attrs import define

from omnigen.adapters.aws.clients import AioClients, ThreadedClients
from omnigen.adapters.aws.secretsmanager import COOLDOWN, KEPT, OVERLAP, SecretsManager
from omnigen.adapters.local.secrets import GivenSecrets
from omnigen.domain.errors import Transient
from omnigen.domain.secret import Secret
from omnigen.ports.secrets import Secrets
from omnigen.settings import Settings
from tests.adapters.odd_server import Asked, answer, saying
from tests.fixtures.aws import ministack
from tests.fixtures.cloud import Cloud

CANARY = "r8_canary"
CLIENTS = {"api": AioClients, "lambda": ThreadedClients}


@define
class Place:
    """Secrets of one kind, and the way in which an operator puts one there."""

    secrets: Secrets
    put: Callable[[str, str], Awaitable[None]]


@pytest.fixture(params=["given", *(pytest.param(name, marks=pytest.mark.slow) for name in CLIENTS)])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    if request.param == "given":
        given: dict[str, Secret] = {}

        async def give(name: str, text: str) -> None:
            given[name] = Secret(text)

        yield Place(GivenSecrets(given), give)
        return
    cloud: Cloud = request.getfixturevalue("cloud")
    async with CLIENTS[request.param](cloud.settings) as clients:
        client = await clients.open("secretsmanager")

        async def create(name: str, text: str) -> None:
            await client.create_secret(Name=name, SecretString=text)

        yield Place(SecretsManager(clients), create)


def a_name() -> str:
    return f"omnigen/{uuid4().hex}"


class TestEveryKeeper:
    async def test_a_text_by_its_name(self, place: Place) -> None:
        """The text itself; it is also what others may sign with, and the same if its door refuses it."""
        name = a_name()
        await place.put(name, CANARY)
        text = await place.secrets.get(name)
        assert text.reveal() == CANARY
        assert await place.secrets.get(name, refused=text) == text
        assert list(await place.secrets.accepted(name)) == [text]
        assert list(await place.secrets.accepted(name, afresh=True)) == [text]

    async def test_one_that_is_missing_is_named(self, place: Place) -> None:
        """It may be put there at any time: nothing but Transient."""
        name = a_name()
        for asked in (place.secrets.get(name), place.secrets.accepted(name)):
            with pytest.raises(Transient, match=name) as caught:
                await asked
            assert caught.value.reason == "secret_missing"

    async def test_many_ask_at_once(self, place: Place) -> None:
        """All are told the same."""
        name = a_name()
        await place.put(name, CANARY)
        told = await asyncio.gather(*(place.secrets.get(name) for _ in range(50)))
        assert set(map(Secret.reveal, told)) == {CANARY}


class Turned:
    """A secret in Secrets Manager, a clock, and what we make of both."""

    def __init__(self, client: Any, clients: Any) -> None:
        self.client = client
        self.name = a_name()
        self.later = 0.0
        self.secrets = SecretsManager(clients, now=self._now)

    def _now(self) -> float:
        # The server dates its versions by the same clock.
        return time.time() + self.later

    async def put(self, text: str) -> None:
        await self.client.put_secret_value(SecretId=self.name, SecretString=text)

    async def text(self, refused: str | None = None) -> str:
        given = None if refused is None else Secret(refused)
        return (await self.secrets.get(self.name, refused=given)).reveal()

    async def texts(self, *, afresh: bool = False) -> list[str]:
        return [secret.reveal() for secret in await self.secrets.accepted(self.name, afresh=afresh)]


@pytest.mark.slow
class TestRotation:
    @pytest.fixture(params=list(CLIENTS))
    async def turned(self, request: pytest.FixtureRequest, cloud: Cloud) -> AsyncIterator[Turned]:
        async with CLIENTS[request.param](cloud.settings) as clients:
            client = await clients.open("secretsmanager")
            made = Turned(client, clients)
            await client.create_secret(Name=made.name, SecretString="one")
            yield made

    async def test_it_is_believed_for_minutes(self, turned: Turned) -> None:
        """No call for each use; a new text is noticed in time."""
        assert await turned.text() == "one"
        await turned.put("two")
        assert await turned.text() == "one"
        turned.later = KEPT + 1
        assert await turned.text() == "two"

    async def test_a_refusal_has_it_looked_up(self, turned: Turned) -> None:
        """At once; then not again and again, however often it is refused; what others have looked up is told."""
        assert await turned.text() == "one"
        await turned.put("two")
        assert await turned.text(refused="one") == "two"
        assert await turned.text(refused="one") == "two"
        assert await turned.text(refused="two") == "two"
        await turned.put("three")
        assert await turned.text(refused="two") == "two"
        turned.later = COOLDOWN + 1
        assert await turned.text(refused="two") == "three"

    async def test_both_are_accepted_for_a_while(self, turned: Turned) -> None:
        """What was signed with the text before is still good on the day after; not for ever."""
        assert await turned.texts() == ["one"]
        await turned.put("two")
        assert await turned.texts() == ["one"]
        assert await turned.texts(afresh=True) == ["two", "one"]
        turned.later = OVERLAP + 60
        assert await turned.texts() == ["two"]

    async def test_deleted_is_no_outage(self, turned: Turned) -> None:
        """What was taken away is not believed on; put there again, it is found soon."""
        assert await turned.text() == "one"
        await turned.client.delete_secret(SecretId=turned.name)
        turned.later = KEPT + 1
        with pytest.raises(Transient, match=turned.name) as caught:
            await turned.text()
        assert caught.value.reason == "secret_missing"
        await turned.client.restore_secret(SecretId=turned.name)
        turned.later += COOLDOWN + 1
        assert await turned.text() == "one"

    async def test_one_without_a_text(self, turned: Turned) -> None:
        """Bytes are told from a text, by the name of the secret."""
        name = a_name()
        await turned.client.create_secret(Name=name, SecretBinary=b"canary")
        with pytest.raises(Transient, match=name) as caught:
            await turned.secrets.get(name)
        assert caught.value.reason == "secret_unreadable"


@pytest.mark.slow
async def test_through_an_outage(tmp_path: Path) -> None:
    """What was read is believed on, however old; what wasn't can't be had, which is not absence."""
    with ministack(tmp_path, SERVICES="secretsmanager") as url:
        there = Cloud(url)
        clients = AioClients(there.settings)
        turned = Turned(await clients.open("secretsmanager"), clients)
        await turned.client.create_secret(Name=turned.name, SecretString="one")
        assert await turned.text() == "one"
    turned.later = 100 * KEPT
    assert await turned.text() == "one"
    assert await turned.text(refused="one") == "one"
    with pytest.raises(Transient, match="another") as caught:
        await turned.secrets.get("another")
    assert caught.value.reason == "secret_unreadable"
    await clients.__aexit__()


def told(text: str) -> bytes:
    return answer(200, {"Name": "n", "SecretString": text, "CreatedDate": 1_795_000_000})


def secrets_at(url: str) -> tuple[AioClients, SecretsManager]:
    given = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "local"}
    clients = AioClients(Settings.from_environment(given).aws)
    return clients, SecretsManager(clients)


async def test_read_once_for_all_who_ask() -> None:
    """Forty tasks that wake up together make one call; one that is cancelled takes nothing from the others."""
    async with saying(lambda _: told(CANARY)) as server:
        clients, secrets = secrets_at(server.url)
        async with clients:
            waiting = [asyncio.create_task(secrets.get("n")) for _ in range(40)]
            await asyncio.sleep(0)
            waiting[0].cancel()
            found = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1:] == [Secret(CANARY)] * 39
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "said",
    [
        answer(400, {"__type": "AccessDeniedException", "Message": "no"}),
        answer(400, {"__type": "DecryptionFailure", "Message": "no"}),
        answer(200, {"Name": "n", "SecretString": "", "CreatedDate": 1}),
        answer(200, b"<html>"),
    ],
    ids=["denied", "no key", "empty", "no JSON"],
)
async def test_what_cannot_be_read_is_no_absence(said: bytes) -> None:
    """One clear error, with the name of the secret and a word of why."""
    async with saying(lambda _: said) as server:
        clients, secrets = secrets_at(server.url)
        async with clients:
            with pytest.raises(Transient, match="secret 'n' can't be read") as caught:
                await secrets.get("n")
    assert caught.value.reason == "secret_unreadable"


async def test_nothing_shows_a_text() -> None:
    """Neither the keeper, nor what it gives, nor an error that comes after it has read one."""
    replies = [told(CANARY), answer(400, {"__type": "AccessDeniedException", "Message": "no"})]

    def script(asked: Asked) -> bytes:
        assert json.loads(asked.body) == {"SecretId": "n", "VersionStage": "AWSCURRENT"}
        return replies.pop(0) if len(replies) > 1 else replies[0]

    async with saying(script) as server:
        clients, secrets = secrets_at(server.url)
        async with clients:
            text = await secrets.get("n")
            again = await secrets.get("n", refused=text)
    assert again.reveal() == CANARY
    shown = f"{text!r} {again} {vars(secrets)!r}"
    assert CANARY not in shown
