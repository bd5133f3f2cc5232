"""What the real service may do and the fake doesn't: the provider is ready for it."""

from pathlib import Path

import pytest

from omnigen.domain.errors import Transient
from tests.adapters.odd_server import Asked, answer, saying
from tests.adapters.test_replicate_provider import a_prediction, provider_at
from tests.emulator.replicate_stub import fake_replicate


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [("file", "image/png", "file.png"), ("a.jpeg", "image/jpeg", "a.jpeg"), ("file", "x/y", "file")],
)
async def test_what_is_lent_is_named_by_its_type(tmp_path: Path, name: str, kind: str, told: str) -> None:
    """Some models know a picture by the ending of its name only."""
    (tmp_path / name).write_bytes(b"content")
    with fake_replicate(tmp_path / "fake") as fake:
        async with provider_at(fake.url, inputs="files") as provider:
            lent = await provider.lend(tmp_path / name, content_type=kind)
        assert fake.http("GET", lent).json()["name"] == told


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_a_refusal_for_one_that_has_ended(status: int) -> None:
    """Left as it is, however Replicate says so."""

    def script(asked: Asked) -> bytes:
        return answer(status, {}) if asked.method == "POST" else answer(200, a_prediction(status="failed"))

    async with saying(script) as odd, provider_at(odd.url) as provider:
        await provider.cancel("abc123")


@pytest.mark.parametrize(("status", "asked"), [(422, 2), (500, 1), (401, 1)])
async def test_a_refusal_for_one_that_runs(status: int, asked: int) -> None:
    """Transient: it goes on, and has to be cancelled again."""

    def script(asked: Asked) -> bytes:
        return answer(status, {}) if asked.method == "POST" else answer(200, a_prediction())

    async with saying(script) as odd, provider_at(odd.url) as provider:
        with pytest.raises(Transient):
            await provider.cancel("abc123")
    assert len(odd.asked) == asked
