"""The fake Replicate's ledger: money, by OmniGen's own price table."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import TakeKind, Unit
from omnigen.domain.pricing import price_of
from tests.emulator.replicate_stub import Fake, fake_replicate

CATALOGUE = load_catalogue()
PICTURE = "data:image/png;base64,iVBORw0KGgo="


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with fake_replicate(tmp_path) as running:
        yield running


def ledger(fake: Fake) -> dict[str, Any]:
    found: dict[str, Any] = fake.http("GET", "/_emulator/ledger").json()
    return found


def test_seconds_runs_and_characters_are_priced(fake: Fake) -> None:
    """The length that was asked for, or the model's default; a run; a text by its characters."""
    fake.create({"prompt": "x", "duration": 4})
    fake.create({"prompt": "x"}, model="google/veo-3.1")
    fake.create({"prompt": "x"}, model="black-forest-labs/flux-2-pro")
    fake.create({"text": "t" * 250}, model="minimax/speech-2.8-turbo")
    found = ledger(fake)
    assert [c["micros"] for c in found["charges"]] == [600_000, 3_200_000, 30_000, 15_000]
    assert (found["accepted"], found["charged"], found["total"]) == (4, 4, 3_845_000)


@pytest.mark.parametrize("model", CATALOGUE.models, ids=lambda m: m.id)
def test_every_model_costs_what_omnigen_says(fake: Fake, model: Any) -> None:
    """The fake and the catalogue know the same models by the same names."""
    seconds = model.seconds[0] if model.kind is TakeKind.VIDEO else 0
    words = {"text": "hello", "lyrics": "[Inst]", "prompt": "hello", "image": PICTURE, "first_frame": PICTURE}
    given = words | ({"duration": seconds} if seconds else {})
    assert fake.create(given, model=model.id).status_code == 201
    characters = 5 if model.price.unit is Unit.THOUSAND_CHARACTERS else 0
    assert ledger(fake)["total"] == price_of(model, seconds=seconds, characters=characters)


def test_another_price_table(tmp_path: Path) -> None:
    """A model that it doesn't list has no price, and counts for nothing in the sum."""
    packaged = Path(__file__).parents[2] / "src/omnigen/catalogue.toml"
    dearer = packaged.read_text().replace("micros = 150_000", "micros = 160_000")
    (tmp_path / "mine.toml").write_text(dearer.replace("stability-ai/stable-diffusion-3.5-large", "a/b"))
    with fake_replicate(tmp_path, catalogue=tmp_path / "mine.toml") as fake:
        fake.create({"prompt": "x", "duration": 4})
        fake.create({"prompt": "x"}, model="stability-ai/stable-diffusion-3.5-large")
        found = ledger(fake)
    assert ([c["micros"] for c in found["charges"]], found["total"]) == ([640_000, None], 640_000)


def test_a_price_table_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="can't be read"),
        fake_replicate(tmp_path, catalogue=tmp_path / "none.toml"),
    ):
        pass
