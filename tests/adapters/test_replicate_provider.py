"""The provider over real HTTP: against the fake Replicate, and against a server that says odd things."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from emulator.ports import free_ports
from omnigen.adapters.local.secrets import GivenSecrets
from omnigen.adapters.replicate import wire
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.adapters.replicate.provider import ReplicateProvider
from omnigen.domain.errors import Ambiguous, NotFound, OmniGenError, Rejected, Transient
from omnigen.domain.secret import Secret
from omnigen.domain.take import Take
from omnigen.ports.provider import Ask, Prediction, PredictionStatus
from omnigen.settings import ReplicateSettings
from tests.adapters.odd_server import RESET, SILENCE, Asked, answer, saying
from tests.builders import a_take
from tests.emulator.replicate_stub import Fake, fake_replicate

VEO = "google/veo-3.1-fast"
CATALOGUE = load_catalogue()
TOKEN = "r8_canary"
MEGABYTE = 1_000_000


def settings(url: str, **changes: Any) -> ReplicateSettings:
    given: dict[str, Any] = {
        "base_url": url,
        "token": "token",
        "webhook_url": None,
        "webhook_secret": "",
        "download_hosts": ("127.0.0.1",),
        "inputs": "presigned",
    }
    return ReplicateSettings(**given | changes)


def provider_at(url: str, **changes: Any) -> ReplicateProvider:
    return ReplicateProvider(settings(url, **changes), CATALOGUE, GivenSecrets({"token": Secret(TOKEN)}))


def a_prediction(**changes: Any) -> dict[str, Any]:
    given = {
        "id": "abc123",
        "status": "processing",
        "model": VEO,
        "version": "hidden",
        "input": {"prompt": "p"},
        "output": None,
        "error": None,
        "logs": "",
        "created_at": "2026-11-05T12:00:00.123456Z",
    }
    return given | changes


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fake]:
    with fake_replicate(tmp_path_factory.mktemp("replicate")) as running:
        yield running


@pytest.fixture
async def provider(fake: Fake) -> AsyncIterator[ReplicateProvider]:
    async with provider_at(fake.url) as opened:
        yield opened


def take_of(provider: ReplicateProvider, prompt: str, model: str = VEO, **more: Any) -> Take:
    first = (provider._models[model].seconds or (0,))[0]
    told = provider.dialect(model, Ask(prompt=prompt, seconds=first, seed=1, **more))
    return a_take(model=model, input=told)


async def ended(provider: ReplicateProvider, prediction: Prediction) -> Prediction:
    """Its end: the fake's generations take no time, so a few looks are enough."""
    while prediction.status in {PredictionStatus.STARTING, PredictionStatus.PROCESSING}:
        prediction = await provider.get(prediction.id)
    return prediction


class TestAgainstTheFake:
    async def test_a_clip_from_ask_to_file(self, provider: ReplicateProvider, tmp_path: Path) -> None:
        """create, get and download: a clip, once, with the input that was posted."""
        take = take_of(provider, "a lighthouse at dusk")
        made = await provider.create(take)
        assert (made.model, made.input) == (VEO, take.input)
        done = await ended(provider, made)
        assert (done.status, done.progress, done.error_code) == (PredictionStatus.SUCCEEDED, 1.0, None)
        assert done.output is not None
        assert await provider.download(done.output, tmp_path / "clip.mp4", max_size=MEGABYTE) == "video/mp4"
        assert (tmp_path / "clip.mp4").stat().st_size > 0

    async def test_every_model_of_the_catalogue(self, provider: ReplicateProvider) -> None:
        """Each is accepted in its own dialect and makes something."""
        picture = "data:image/png;base64,iVBORw0KGgo="
        asks = [
            take_of(provider, f"test {m.id}", m.id, image=picture if m.first_frame_required else None)
            for m in CATALOGUE.models
        ]
        made = await asyncio.gather(*(provider.create(take) for take in asks))
        done = await asyncio.gather(*(ended(provider, prediction) for prediction in made))
        assert [(d.model, d.status) for d in done if not d.output] == []

    async def test_a_lost_reply_is_found_again(self, fake: Fake, provider: ReplicateProvider) -> None:
        """After an ambiguous reply, created_since has the prediction with the very input that was posted."""
        fake.fault(match={"prompt": "lost reply"}, action="drop_reply", times=1)
        take, since = take_of(provider, "lost reply"), datetime.now(UTC)
        with pytest.raises(Ambiguous):
            await provider.create(take)
        found = [
            p for p in await provider.created_since(since) if p.input == take.input and p.model == take.model
        ]
        assert len(found) == 1

    async def test_oldest_first_over_all_pages(self, tmp_path: Path) -> None:
        """More predictions than a page holds come back all, in order; those from before don't."""
        with fake_replicate(tmp_path) as fake:
            async with provider_at(fake.url) as provider:
                await provider.create(take_of(provider, "from before"))
                fake.advance(3600)
                now = datetime.now(UTC) + timedelta(hours=1)
                made = [await provider.create(take_of(provider, f"page {n}")) for n in range(105)]
                found = await provider.created_since(now)
                assert [p.id for p in found] == [p.id for p in made]
                assert await provider.created_since(now + timedelta(hours=1)) == []

    @pytest.mark.parametrize(
        ("fault", "status", "code"),
        [
            ({"action": "sensitive"}, PredictionStatus.FAILED, "sensitive"),
            ({"action": "fail", "error": "CUDA out of memory"}, PredictionStatus.FAILED, "failed"),
            ({"action": "abort"}, PredictionStatus.ABORTED, "failed"),
        ],
    )
    async def test_bad_ends(
        self, fake: Fake, provider: ReplicateProvider, fault: dict[str, Any], status: str, code: str
    ) -> None:
        """Each is told apart, `aborted` too, which the client itself knows nothing of."""
        prompt = f"bad end {fault['action']}"
        fake.fault(match={"prompt": prompt}, **fault)
        done = await ended(provider, await provider.create(take_of(provider, prompt)))
        assert (done.status, done.error_code, done.output) == (status, code, None)

    @pytest.mark.parametrize(
        ("fault", "kind", "code"),
        [
            ({"action": "throttle", "retry_after": 7}, Transient, "provider_throttled"),
            ({"action": "no_credit"}, Rejected, "provider_credit"),
            ({"action": "error_5xx", "status": 503}, Ambiguous, "provider_failed"),
            ({"action": "drop_request"}, Ambiguous, "provider_reply_lost"),
        ],
    )
    async def test_refusals(
        self,
        fake: Fake,
        provider: ReplicateProvider,
        fault: dict[str, Any],
        kind: type[OmniGenError],
        code: str,
    ) -> None:
        """Each is sorted by whether it may have been charged."""
        prompt = f"refusal {code}"
        fake.fault(match={"prompt": prompt}, **fault)
        with pytest.raises(kind) as caught:
            await provider.create(take_of(provider, prompt))
        assert caught.value.reason == code
        if isinstance(caught.value, Transient):
            assert caught.value.retry_after == 7

    async def test_cancel(self, fake: Fake, provider: ReplicateProvider) -> None:
        """It stops; again, it is left as it is."""
        fake.fault(match={"prompt": "never ends"}, action="never_finish")
        made = await provider.create(take_of(provider, "never ends"))
        await provider.cancel(made.id)
        await provider.cancel(made.id)
        assert (await provider.get(made.id)).status is PredictionStatus.CANCELED

    async def test_what_is_wrong_with_the_input(self, provider: ReplicateProvider) -> None:
        """An input that the model doesn't take is Rejected, and says why."""
        with pytest.raises(Rejected, match="duration"):
            await provider.create(a_take(model=VEO, input={"prompt": "x", "duration": 5}))

    @pytest.mark.parametrize("prediction_id", ["none", "../models", "", "a/b", "a?b", "a\r\nb", "x" * 1000])
    async def test_an_id_that_is_none(self, provider: ReplicateProvider, prediction_id: str) -> None:
        """Unknown and malformed ids are the same: not found."""
        with pytest.raises(NotFound):
            await provider.get(prediction_id)
        with pytest.raises(NotFound):
            await provider.cancel(prediction_id)

    async def test_expired_output(self, fake: Fake, provider: ReplicateProvider, tmp_path: Path) -> None:
        """An hour later it is NotFound, and no file is left."""
        done = await ended(provider, await provider.create(take_of(provider, "expires")))
        assert done.output is not None
        fake.advance(3700)
        with pytest.raises(NotFound):
            await provider.download(done.output, tmp_path / "clip.mp4", max_size=MEGABYTE)
        assert not any(os.scandir(tmp_path))

    async def test_lending(self, fake: Fake, tmp_path: Path) -> None:
        """With the files API a file gets an address at the provider; with signed URLs, none."""
        (tmp_path / "first.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        async with provider_at(fake.url, inputs="files") as provider:
            lent = await provider.lend(tmp_path / "first.png", content_type="image/png")
            assert lent is not None
            assert lent.startswith(f"{fake.url}/v1/files/")
            made = await provider.create(take_of(provider, "lent", "wan-video/wan-2.7-i2v", image=lent))
            assert (await ended(provider, made)).status is PredictionStatus.SUCCEEDED
        async with provider_at(fake.url) as provider:
            assert provider.takes_urls

    async def test_a_pinned_version(self, fake: Fake, provider: ReplicateProvider) -> None:
        """A version is asked for by its id, and the prediction still says its model."""
        version = fake.http("GET", f"/v1/models/{VEO}").json()["latest_version"]["id"]
        take = take_of(provider, "pinned")
        made = await provider.create(a_take(model=VEO, input=take.input, model_version=version))
        assert made.model == VEO


class TestWhatIsSent:
    async def test_a_request(self) -> None:
        """Token, path, input, Cancel-After; no webhook and no Prefer unless they are wanted."""
        async with saying(answer(201, a_prediction())) as odd, provider_at(odd.url) as provider:
            await provider.create(a_take(model=VEO, input={"prompt": "p", "duration": 4}))
        (asked,) = odd.asked
        assert (asked.method, asked.target) == ("POST", f"/v1/models/{VEO}/predictions")
        assert asked.json == {"input": {"prompt": "p", "duration": 4}}
        assert asked.headers["authorization"] == f"Bearer {TOKEN}"
        assert asked.headers["cancel-after"] == "1200s"
        assert "prefer" not in asked.headers

    async def test_a_webhook(self) -> None:
        """Where one is set, only the end of a prediction is asked for."""
        hook = "https://omnigen.example/api/v1/webhooks/replicate"
        async with (
            saying(answer(201, a_prediction())) as odd,
            provider_at(odd.url, webhook_url=hook) as provider,
        ):
            await provider.create(a_take(model=VEO))
        assert odd.asked[0].json["webhook"] == hook
        assert odd.asked[0].json["webhook_events_filter"] == ["completed"]

    async def test_the_token_stays_with_its_host(self) -> None:
        """A next page on another host is asked of ours, by its query alone."""
        foreign = "http://evil.example/v1/predictions?cursor=abc"

        def script(asked: Asked) -> bytes:
            first = asked.target == "/v1/predictions"
            return answer(200, {"results": [], "next": foreign if first else None})

        async with saying(script) as odd, provider_at(odd.url) as provider:
            assert await provider.created_since(datetime.now(UTC)) == []
        assert [asked.target for asked in odd.asked] == ["/v1/predictions", "/v1/predictions?cursor=abc"]


SAID = [
    (RESET, Ambiguous, None),
    (b"", Ambiguous, None),
    (b"HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{", Ambiguous, None),
    (b"SSH-2.0-OpenSSH_9.6\r\n", Ambiguous, None),
    (answer(201, b"<html>hello</html>"), Ambiguous, None),
    (answer(201, {"ok": True}), Ambiguous, None),
    (answer(201, []), Ambiguous, None),
    (answer(302, b"", location="http://127.0.0.1:9/"), Ambiguous, None),
    (answer(408, {}), Ambiguous, None),
    (answer(500, b"oops"), Ambiguous, None),
    (answer(502, b"<html>bad gateway"), Ambiguous, None),
    (answer(503, {}, retry_after="5"), Ambiguous, None),
    (answer(504, {}), Ambiguous, None),
    (answer(400, {"detail": "no"}), Rejected, None),
    (answer(401, {}), Rejected, None),
    (answer(402, {"title": "Insufficient credit"}), Rejected, None),
    (answer(403, {}), Rejected, None),
    (answer(404, {}), Rejected, None),
    (answer(413, b""), Rejected, None),
    (answer(422, {"detail": "Invalid version or not permitted"}), Rejected, None),
    (answer(429, {}), Transient, None),
    (answer(429, {}, retry_after="12"), Transient, 12),
    (answer(429, {"retry_after": 3}), Transient, 3),
    (answer(429, {"detail": "Request was throttled. Your rate limit resets in ~30s."}), Transient, 30),
    (answer(429, {}, retry_after="86400"), Transient, 300),
    (answer(429, {}, retry_after="-5"), Transient, 0),
    (answer(429, {}, retry_after="nan"), Transient, None),
    (answer(429, {}, retry_after="soon"), Transient, None),
    (answer(429, {}, retry_after="Fri, 31 Dec 2100 23:59:59 GMT"), Transient, 300),
    (answer(429, {}, retry_after="Thu, 01 Jan 1970 00:00:00 GMT"), Transient, 0),
    (answer(429, b"\xff\xfe"), Transient, None),
]


class TestOddReplies:
    @pytest.mark.parametrize(("said", "kind", "wait"), SAID)
    async def test_to_a_creation(self, said: bytes, kind: type[OmniGenError], wait: float | None) -> None:
        """Sorted by whether it may have been charged, and never asked twice."""
        async with saying(said) as odd, provider_at(odd.url) as provider:
            with pytest.raises(OmniGenError) as caught:
                await provider.create(a_take(model=VEO))
        assert type(caught.value) is kind
        assert getattr(caught.value, "retry_after", None) == wait
        assert len(odd.asked) == 1

    @pytest.mark.parametrize(("said", "kind", "wait"), SAID)
    async def test_to_a_look(self, said: bytes, kind: type[OmniGenError], wait: float | None) -> None:
        """A look costs nothing: all is Transient but a plain 404; nothing is retried behind our back."""
        expected = NotFound if b" 404 " in said[:20] else Transient
        async with saying(said) as odd, provider_at(odd.url) as provider:
            with pytest.raises(OmniGenError) as caught:
                await provider.get("abc123")
        assert type(caught.value) is expected
        assert len(odd.asked) == 1

    async def test_nobody_listens(self) -> None:
        """Refused before anything was sent: certainly not charged."""
        (port,) = free_ports(1)
        async with provider_at(f"http://127.0.0.1:{port}") as provider:
            with pytest.raises(Transient):
                await provider.create(a_take(model=VEO))

    async def test_silence(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Accepted or not, nobody knows: the call ends by itself, as Ambiguous."""
        monkeypatch.setattr(wire, "_WHOLE_CALL_S", 0.05)
        async with saying(SILENCE) as odd, provider_at(odd.url) as provider:
            with pytest.raises(Ambiguous):
                await provider.create(a_take(model=VEO))
            with pytest.raises(Transient):
                await provider.get("abc123")

    async def test_an_endless_list(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A listing whose pages never end is given up."""
        monkeypatch.setattr("omnigen.adapters.replicate.provider._PAGES", 5)
        endless = answer(200, {"results": [], "next": "http://x/v1/predictions?cursor=1"})
        async with saying(endless) as odd, provider_at(odd.url) as provider:
            with pytest.raises(Transient):
                await provider.created_since(datetime.now(UTC))

    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            ({"logs": "0%|          | 0/10\n 50%|#####     | 5/10"}, 0.5),
            ({"logs": "progress: 37 %"}, 0.37),
            ({"logs": "900% sure"}, 1.0),
            ({"logs": None}, 0.0),
            ({"status": "succeeded", "logs": ""}, 1.0),
        ],
    )
    async def test_progress(self, said: dict[str, Any], expected: float) -> None:
        """The last percentage of the log, within bounds."""
        async with saying(answer(200, a_prediction(**said))) as odd, provider_at(odd.url) as provider:
            assert (await provider.get("abc123")).progress == expected

    @pytest.mark.parametrize(
        ("output", "expected"),
        [
            ("https://replicate.delivery/a.mp4", "https://replicate.delivery/a.mp4"),
            (["https://replicate.delivery/a.png", "https://replicate.delivery/b.png"], "https://replicate.delivery/a.png"),
            (["{\"scenes\"", ": []}"], "{\"scenes\": []}"),
            ({"seed": 3, "video": "https://replicate.delivery/a.mp4"}, "https://replicate.delivery/a.mp4"),
            ([], None),
            (None, None),
            (17, None),
        ],
    )  # fmt: skip
    async def test_outputs(self, output: Any, expected: str | None) -> None:
        """One address, or a text in pieces."""
        said = answer(200, a_prediction(status="succeeded", output=output))
        async with saying(said) as odd, provider_at(odd.url) as provider:
            assert (await provider.get("abc123")).output == expected

    async def test_a_status_of_the_future(self) -> None:
        """One that isn't known yet is taken for running; instants are in UTC."""
        told = a_prediction(status="queued", created_at="2026-11-05T14:00:00+02:00", input=None)
        async with saying(answer(200, told)) as odd, provider_at(odd.url) as provider:
            found = await provider.get("abc123")
        assert found.status is PredictionStatus.PROCESSING
        assert found.created_at == datetime(2026, 11, 5, 12, tzinfo=UTC)

    async def test_secrets_stay_out_of_errors(self) -> None:
        """No message, and no cause of one, shows the token."""
        refused = saying(answer(401, {"detail": "Unauthenticated"}))
        async with refused as odd, provider_at(odd.url) as provider:
            with pytest.raises(Rejected) as caught:
                await provider.create(a_take(model=VEO))
        assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r}"

    async def test_a_model_that_is_not_ours(self) -> None:
        """A model outside the catalogue is never asked for, whatever its name does to a path."""
        async with saying(RESET) as odd, provider_at(odd.url) as provider:
            for model in ("a/b", "../../v1/account"):
                with pytest.raises(Rejected):
                    await provider.create(a_take(model=model))
                with pytest.raises(Rejected):
                    provider.dialect(model, Ask(prompt="x"))
        assert odd.asked == []
