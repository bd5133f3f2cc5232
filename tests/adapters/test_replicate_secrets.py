"""Replicate's token and signing secret are replaced while we work: nothing is lost by it, and nothing paid twice."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from omnigen.adapters.local.secrets import GivenSecrets
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.adapters.replicate.provider import ReplicateProvider
from omnigen.adapters.replicate.webhooks import WebhookCheck
from omnigen.domain.errors import Ambiguous, Rejected, Transient, Unauthenticated
from omnigen.domain.secret import Secret
from omnigen.settings import ReplicateSettings
from tests.adapters.odd_server import Asked, Script, answer, saying
from tests.builders import NOW, a_take

VEO = "google/veo-3.1-fast"
CREATED = answer(
    201,
    {"id": "abc", "status": "starting", "model": VEO, "input": {}, "created_at": "2026-11-05T12:00:00Z"},
)
UNAUTHENTICATED = answer(401, {"title": "Unauthenticated"})


class Turning:
    """`omnigen.ports.secrets.Secrets` of which the newest text is told only once an older one was refused."""

    def __init__(self, *texts: str) -> None:
        self._texts = [Secret(text) for text in texts]
        self.looks = 0

    async def get(self, name: str, *, refused: Secret | None = None) -> Secret:
        if refused == self._texts[0] and len(self._texts) > 1:
            self.looks += 1
            self._texts.pop(0)
        return self._texts[0]

    async def accepted(self, name: str, *, afresh: bool = False) -> Sequence[Secret]:
        self.looks += afresh
        return self._texts[: 2 if afresh else 1]


def settings(url: str) -> ReplicateSettings:
    return ReplicateSettings(
        base_url=url,
        token="replicate",
        webhook_url=None,
        webhook_secret="signing",
        download_hosts=(),
        inputs="files",
    )


def provider_at(url: str, secrets: Any) -> ReplicateProvider:
    return ReplicateProvider(settings(url), load_catalogue(), secrets)


def only_for(token: str, otherwise: bytes = UNAUTHENTICATED, said: bytes = CREATED) -> Script:
    def script(asked: Asked) -> bytes:
        return said if asked.headers["authorization"] == f"Bearer {token}" else otherwise

    return script


class TestToken:
    async def test_a_new_one_is_taken_up(self) -> None:
        """After a 401, which proves that nothing was accepted, the same request goes with the new token, once."""
        secrets = Turning("r8_old", "r8_new")
        async with saying(only_for("r8_new")) as odd, provider_at(odd.url, secrets) as provider:
            assert (await provider.create(a_take(model=VEO))).id == "abc"
            await provider.create(a_take(model=VEO))
        assert [asked.headers["authorization"][-3:] for asked in odd.asked] == ["old", "new", "new"]
        assert odd.asked[0].body == odd.asked[1].body
        assert odd.asked[1].headers["cancel-after"] == "1200s"

    async def test_one_that_is_wrong_is_not_tried_again(self) -> None:
        """Where there is no newer one the refusal stands, and nothing is asked twice."""
        async with saying(only_for("r8_other")) as odd, provider_at(odd.url, Turning("r8_only")) as provider:
            with pytest.raises(Rejected) as caught:
                await provider.create(a_take(model=VEO))
        assert caught.value.reason == "provider_unauthenticated"
        assert len(odd.asked) == 1

    async def test_once_is_enough(self) -> None:
        """A new one that is refused too is not followed by a third."""
        secrets = Turning("r8_a", "r8_b", "r8_c")
        async with saying(only_for("r8_c")) as odd, provider_at(odd.url, secrets) as provider:
            with pytest.raises(Rejected):
                await provider.create(a_take(model=VEO))
        assert len(odd.asked) == 2

    @pytest.mark.parametrize("status", [403, 408, 500, 502, 503])
    async def test_nothing_else_is_sent_twice(self, status: int) -> None:
        """Any other answer may stand for a prediction that was accepted, and charged."""
        secrets = Turning("r8_old", "r8_new")
        said = only_for("r8_new", otherwise=answer(status, {}))
        async with saying(said) as odd, provider_at(odd.url, secrets) as provider:
            with pytest.raises((Ambiguous, Rejected)):
                await provider.create(a_take(model=VEO))
        assert (len(odd.asked), secrets.looks) == (1, 0)

    async def test_what_becomes_of_the_second_request_counts(self) -> None:
        """Its reply may be lost like any other's."""
        secrets = Turning("r8_old", "r8_new")
        said = only_for("r8_old", otherwise=answer(500, {}), said=UNAUTHENTICATED)
        async with saying(said) as odd, provider_at(odd.url, secrets) as provider:
            with pytest.raises(Ambiguous):
                await provider.create(a_take(model=VEO))
        assert len(odd.asked) == 2

    async def test_a_file_goes_whole_again(self, tmp_path: Path) -> None:
        """An upload that was refused half-way is sent from its beginning."""
        path = tmp_path / "still.png"
        path.write_bytes(b"picture" * 10_000)
        said = only_for("r8_new", said=answer(201, {"urls": {"get": "https://replicate.delivery/x"}}))
        secrets = Turning("r8_old", "r8_new")
        async with saying(said) as odd, provider_at(odd.url, secrets) as provider:
            assert await provider.lend(path, content_type="image/png") == "https://replicate.delivery/x"
        assert len(odd.asked) == 2
        assert b"picture" * 10_000 in odd.asked[1].body

    async def test_no_error_shows_one(self) -> None:
        """Neither in its words nor in what it came from."""
        secrets = Turning("r8_canary_1", "r8_canary_2")
        async with saying(only_for("none")) as odd, provider_at(odd.url, secrets) as provider:
            with pytest.raises(Rejected) as caught:
                await provider.create(a_take(model=VEO))
        shown, error = "", caught.value
        while error is not None:
            shown += f"{error!r} {vars(error)}"
            error = error.__cause__ or error.__context__
        assert "canary" not in shown


class TestWithout:
    async def test_no_token_of_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Settings alone decide: an empty token stays empty."""
        monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_environment")
        empty = GivenSecrets({"replicate": Secret("")})
        async with saying(UNAUTHENTICATED) as odd, provider_at(odd.url, empty) as provider:
            with pytest.raises(Rejected) as caught:
                await provider.create(a_take(model=VEO))
        assert caught.value.reason == "provider_unauthenticated"
        assert odd.asked[0].headers["authorization"] == "Bearer"

    async def test_one_that_is_no_token(self) -> None:
        """It is not sent, and not shown."""
        evil = GivenSecrets({"replicate": Secret("r8_canary\nX-Evil: 1")})
        async with saying(CREATED) as odd, provider_at(odd.url, evil) as provider:
            with pytest.raises(Transient, match="'replicate'") as caught:
                await provider.create(a_take(model=VEO))
        assert "canary" not in str(caught.value)
        assert odd.asked == []

    async def test_none_at_all(self) -> None:
        """A secret that is missing is named, and nothing is sent: nothing can have been charged."""
        async with saying(CREATED) as odd, provider_at(odd.url, GivenSecrets({})) as provider:
            for call in (provider.create(a_take(model=VEO)), provider.get("abc"), provider.cancel("abc")):
                with pytest.raises(Transient, match="'replicate'") as caught:
                    await call
                assert caught.value.reason == "secret_missing"
        assert odd.asked == []


class StillClock:
    """`omnigen.ports.clock.Clock` that doesn't move."""

    def now(self) -> datetime:
        return NOW

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody waits here")


def a_secret(seed: str) -> str:
    return "whsec_" + base64.b64encode(seed.encode() * 8).decode()


def signed(secret: str, body: bytes) -> dict[str, str]:
    at = str(int(NOW.astimezone(UTC).timestamp()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, b".".join((b"msg_1", at.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }


class TestSigningSecret:
    async def test_the_one_that_we_know(self) -> None:
        """A delivery of the usual sort costs no look."""
        secrets = Turning(a_secret("old"))
        check = WebhookCheck(settings("http://x"), secrets, StillClock())
        assert await check(signed(a_secret("old"), b"{}"), b"{}") == "msg_1"
        assert secrets.looks == 0

    async def test_one_that_is_new(self) -> None:
        """A signature that we can't make is looked into once more, with the newest secrets."""
        secrets = Turning(a_secret("old"), a_secret("new"))
        check = WebhookCheck(settings("http://x"), secrets, StillClock())
        assert await check(signed(a_secret("new"), b"{}"), b"{}") == "msg_1"
        assert await check(signed(a_secret("old"), b"{}"), b"{}") == "msg_1"

    async def test_nobodys(self) -> None:
        """With all of them it stays refused."""
        check = WebhookCheck(settings("http://x"), Turning(a_secret("old"), a_secret("new")), StillClock())
        with pytest.raises(Unauthenticated):
            await check(signed(a_secret("foreign"), b"{}"), b"{}")

    async def test_an_outage_is_no_forgery(self) -> None:
        """The caller, whoever it is, may come again; it isn't told what our secrets are called."""

        class Away(Turning):
            async def accepted(self, name: str, *, afresh: bool = False) -> Sequence[Secret]:
                raise Transient(f"secret {name!r} can't be read", code="secret_unreadable")

        check = WebhookCheck(settings("http://x"), Away(), StillClock())
        with pytest.raises(Transient) as caught:
            await check(signed(a_secret("old"), b"{}"), b"{}")
        assert "signing" not in caught.value.message
