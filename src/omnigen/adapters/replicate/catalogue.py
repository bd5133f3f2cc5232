"""Reads the catalogue of models and prices, the packaged one or a file in its place."""

import tomllib
from collections.abc import Mapping
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Final

import msgspec

from omnigen.adapters.replicate.families import FAMILIES
from omnigen.domain.catalogue import Catalogue, Model, Price, TakeKind, Unit
from omnigen.domain.errors import Invalid, OmniGenError
from omnigen.domain.storyboard import AspectRatio, Resolution

_PACKAGED: Final = "catalogue.toml"
_DEFAULT: Final = {kind: kind.value for kind in TakeKind}


class _PriceEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    micros: int
    unit: Unit


class _ModelEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    title: str
    family: str
    kind: TakeKind
    price: _PriceEntry
    version: str | None = None
    seconds: tuple[int, ...] = ()
    aspect_ratios: tuple[AspectRatio, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    first_frame_required: bool = False
    takes_reference: bool = False
    sound: bool = False
    max_prompt: int = 2_000
    run_seconds: int = 120


def load_catalogue(path: Path | None = None) -> Catalogue:
    """The catalogue in that file, or the packaged one. Raises Invalid, naming file, model and field."""
    name = str(path) if path else _PACKAGED
    table = _read(path, name)
    models = tuple(_model(model_id, entry, name) for model_id, entry in _table(table, "models", name).items())
    return _catalogue(table, models, name)


def _read(path: Path | None, name: str) -> dict[str, Any]:
    source = path or resources.files("omnigen").joinpath(_PACKAGED)
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise Invalid(f"{name} can't be read: {error.strerror}", field=name) from error
    except ValueError as error:  # not TOML, or not UTF-8
        raise Invalid(f"{name} is not a TOML file: {error}", field=name) from error


def _table(table: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    found = table.get(key)
    if not isinstance(found, dict) or not found:
        raise Invalid(f"{name} has no table [{key}]", field=key)
    return found


def _model(model_id: str, entry: object, name: str) -> Model:
    where = f'{name}: models."{model_id}"'
    try:
        read = msgspec.convert(entry, _ModelEntry)
        model = Model(id=model_id, **(_fields(read) | {"price": Price(**_fields(read.price))}))
    except (msgspec.ValidationError, ValueError) as error:
        raise Invalid(f"{where}: {error}", field=model_id) from error
    wrong = _complaint(model)
    if wrong:
        raise Invalid(f"{where}: {wrong}", field=model_id)
    return model


def _fields(entry: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}


def _complaint(model: Model) -> str | None:
    """What the types can't say of a model."""
    if model.id.count("/") != 1:
        return "its id is not of the form owner/name"
    if model.family not in FAMILIES:
        return f"family is {model.family!r}; allowed are {', '.join(sorted(FAMILIES))}"
    if (model.kind is TakeKind.VIDEO) != bool(model.seconds):
        return "seconds are for videos, which need them"
    if list(model.seconds) != sorted(set(model.seconds)) or any(s < 1 for s in model.seconds):
        return f"seconds are {list(model.seconds)}; positive and ascending ones are allowed"
    if model.kind in {TakeKind.VIDEO, TakeKind.STILL} and not (model.aspect_ratios and model.resolutions):
        return "aspect_ratios and resolutions are needed"
    return None


def _catalogue(table: Mapping[str, Any], models: tuple[Model, ...], name: str) -> Catalogue:
    dated = table.get("dated")
    if type(dated) is not date:
        raise Invalid(f"{name}: dated is {dated!r}; a date such as 2026-11-01 is allowed", field="dated")
    defaults = _table(table, "default", name)
    chosen = {kind: str(defaults.get(key, "")) for kind, key in _DEFAULT.items()}
    catalogue = Catalogue(
        dated=dated,
        models=models,
        default_video=chosen[TakeKind.VIDEO],
        default_still=chosen[TakeKind.STILL],
        default_speech=chosen[TakeKind.SPEECH],
        default_music=chosen[TakeKind.MUSIC],
        default_planner=chosen[TakeKind.PLAN],
    )
    _check_defaults(catalogue, name)
    return catalogue


def _check_defaults(catalogue: Catalogue, name: str) -> None:
    for kind in TakeKind:
        try:
            catalogue.default(kind)
        except OmniGenError as error:
            raise Invalid(f"{name}: default.{kind}: {error.message}", field=f"default.{kind}") from error
