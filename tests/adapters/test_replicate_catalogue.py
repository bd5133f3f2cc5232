"""A catalogue says which file, model and field is wrong, and the packaged one is right."""

from importlib import resources
from pathlib import Path

import pytest

from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid

PACKAGED = resources.files("omnigen").joinpath("catalogue.toml").read_text(encoding="utf-8")


def test_the_packaged_one() -> None:
    """There is a default of every kind, every model costs something, and lengths are as documented."""
    catalogue = load_catalogue()
    assert {catalogue.default(kind).kind for kind in TakeKind} == set(TakeKind)
    assert all(model.price.micros > 0 for model in catalogue.models)
    assert catalogue.default(TakeKind.VIDEO).id == "google/veo-3.1-fast"
    assert catalogue.default(TakeKind.VIDEO).seconds == (4, 6, 8)
    assert {m.id for m in catalogue.models if m.first_frame_required} == {
        "wan-video/wan-2.7-i2v", "runwayml/gen4-turbo",
    }  # fmt: skip


def test_one_of_ones_own(tmp_path: Path) -> None:
    """A file replaces the packaged one."""
    path = tmp_path / "mine.toml"
    path.write_text(PACKAGED.replace('150_000, unit = "second"', '1, unit = "second"'), encoding="utf-8")
    assert load_catalogue(path).default(TakeKind.VIDEO).price.micros == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("dated = 2026-11-01", 'dated = "soon"', ["dated", "soon"]),
        ("dated = 2026-11-01", "dated = 2026-11-01T10:00:00", ["dated"]),
        ('family = "veo"', 'family = "vo"', ["google/veo-3.1-fast", "family", "vo", "seedance"]),
        ("micros = 150_000", "micros = -1", ["google/veo-3.1-fast", "micros"]),
        ("micros = 150_000", "micros = 0.15", ["google/veo-3.1-fast", "price.micros"]),
        ('unit = "second" } # listed: with', 'unit = "hour" } # listed: with', ["veo", "price.unit"]),
        ("seconds = [4, 6, 8]", "seconds = [8, 4]", ["google/veo-3.1-fast", "seconds"]),
        ("seconds = [4, 6, 8]", "seconds = []", ["google/veo-3.1-fast", "seconds"]),
        ("seconds = [4, 6, 8]", "seconds = [0, 4]", ["google/veo-3.1-fast", "seconds"]),
        ('aspect_ratios = ["16:9", "9:16"]', 'aspect_ratios = ["2:1"]', ["veo-3.1-fast", "aspect_ratios"]),
        ('title = "Veo 3.1 Fast"', "colour = 1", ["google/veo-3.1-fast", "colour"]),
        ('models."google/veo-3.1-fast"', 'models."veo"', ["veo", "owner/name"]),
        ('video = "google/veo-3.1-fast"', 'video = "minimax/music-2.5"', ["default.video", "music-2.5"]),
        ('video = "google/veo-3.1-fast"', "", ["default.video"]),
        ("[default]", "[defaults]", ["[default]"]),
        ("[default]", "[default", ["not a TOML file"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    """The message has the file, the model and the field."""
    path = tmp_path / "mine.toml"
    assert old in PACKAGED
    path.write_text(PACKAGED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(Invalid) as caught:
        load_catalogue(path)
    assert all(word in caught.value.message for word in [str(path), *words])


def test_no_file_no_text(tmp_path: Path) -> None:
    """A file that is missing, or not text, is one clear line."""
    with pytest.raises(Invalid, match="can't be read"):
        load_catalogue(tmp_path / "none.toml")
    (tmp_path / "bin.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Invalid, match="not a TOML file"):
        load_catalogue(tmp_path / "bin.toml")
