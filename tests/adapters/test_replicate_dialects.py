"""Each family's dialect stays inside its model's input schema, and inside what its price covers."""

import itertools

import attrs
import pytest

from emulator.replicate.catalogue import MODELS
from emulator.replicate.schema import complaints
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.adapters.replicate.families import FAMILIES
from omnigen.domain.catalogue import Model, TakeKind
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import MAX_NARRATION, MAX_SEED, AspectRatio, Resolution
from omnigen.ports.provider import Ask

CATALOGUE = load_catalogue()
PICTURE = "https://example.test/first.png"
BY_ID = {model.id: model for model in CATALOGUE.models}
VIDEOS = [model for model in CATALOGUE.models if model.kind is TakeKind.VIDEO]
PICTURED = [model for model in CATALOGUE.models if model.aspect_ratios]


def name(model: Model) -> str:
    return model.id


def an_ask(model: Model, **changes: object) -> Ask:
    ask = Ask(prompt="a lighthouse at dusk", seed=7, seconds=(model.seconds or (0,))[0], image=PICTURE)
    return attrs.evolve(ask, **changes)


def said(model: Model, **changes: object) -> dict[str, object]:
    return FAMILIES[model.family](an_ask(model, **changes), model)


@pytest.mark.parametrize("model", CATALOGUE.models, ids=name)
def test_every_input_fits_the_schema(model: Model) -> None:
    """All lengths, shapes, resolutions, with and without picture and seed: the model's schema takes each."""
    pictures = [PICTURE] if model.first_frame_required else [PICTURE, None]
    axes = itertools.product(model.seconds or (0,), AspectRatio, Resolution, pictures, (None, 0, MAX_SEED))
    for seconds, shape, resolution, image, seed in axes:
        told = said(model, seconds=seconds, aspect_ratio=shape, resolution=resolution, image=image, seed=seed)
        assert complaints(MODELS[model.id].fields, told) == []


@pytest.mark.parametrize("model", CATALOGUE.models, ids=name)
def test_the_longest_prompt_fits(model: Model) -> None:
    """The catalogue's limit is within the schema's, and one more is refused, as is none."""
    assert complaints(MODELS[model.id].fields, said(model, prompt="x" * model.max_prompt)) == []
    for prompt in ("x" * (model.max_prompt + 1), "", "  \n"):
        with pytest.raises(Rejected) as caught:
            said(model, prompt=prompt)
        assert caught.value.reason == "prompt_length"


@pytest.mark.parametrize("model", VIDEOS, ids=name)
def test_only_lengths_that_are_made(model: Model) -> None:
    """Any other length is refused, and the message says which are allowed."""
    for seconds in set(range(-1, 20)) - set(model.seconds):
        with pytest.raises(Rejected, match=f"makes clips of {model.seconds[0]}"):
            said(model, seconds=seconds)


@pytest.mark.parametrize("model", VIDEOS, ids=name)
def test_resolution_never_exceeds_what_is_paid(model: Model) -> None:
    """A resolution that the catalogue doesn't list is never asked for."""
    listed = {r.value for r in model.resolutions}
    for resolution in Resolution:
        told = said(model, resolution=resolution)
        asked = told.get("resolution") or {"standard": "720p", "pro": "1080p"}.get(
            str(told.get("mode")), "720p"
        )
        assert asked in listed


@pytest.mark.parametrize("model", PICTURED, ids=name)
def test_native_shapes_are_asked_for_as_they_are(model: Model) -> None:
    """The shapes in the catalogue are those that the dialect passes on unchanged, where it names any."""
    for shape in model.aspect_ratios:
        assert said(model, aspect_ratio=shape).get("aspect_ratio", shape) == shape


@pytest.mark.parametrize(
    ("model", "shape", "nearest"),
    [
        ("google/veo-3.1-fast", "4:5", "9:16"),
        ("google/veo-3.1-fast", "1:1", "16:9"),
        ("kwaivgi/kling-v3-omni-video", "4:5", "1:1"),
        ("bytedance/seedance-2.0", "4:5", "3:4"),
        ("runwayml/gen4-turbo", "4:5", "3:4"),
    ],
)
def test_other_shapes_become_the_nearest(model: str, shape: str, nearest: str) -> None:
    """What loses least when it is cropped; the wider where two are as near."""
    assert said(BY_ID[model], aspect_ratio=shape)["aspect_ratio"] == nearest


@pytest.mark.parametrize("shape", ["", "wide", "16:0", "0:9", "16x9", "-16:9", "1:1:1"])
def test_a_shape_that_is_none(shape: str) -> None:
    """It is refused, not divided by."""
    with pytest.raises(Rejected):
        said(BY_ID["google/veo-3.1-fast"], aspect_ratio=shape)


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1])
def test_a_seed_out_of_range(seed: int) -> None:
    """It is refused before it is paid for."""
    with pytest.raises(Rejected):
        said(BY_ID["google/veo-3.1-fast"], seed=seed)


@pytest.mark.parametrize("model_id", ["wan-video/wan-2.7-i2v", "runwayml/gen4-turbo"])
def test_an_animator_needs_a_picture(model_id: str) -> None:
    """Without its first frame there is nothing to ask for."""
    with pytest.raises(Rejected) as caught:
        said(BY_ID[model_id], image=None)
    assert caught.value.reason == "first_frame_missing"


@pytest.mark.parametrize("speed", [0.49, 2.01, float("nan"), float("inf")])
def test_speech_within_its_speeds(speed: float) -> None:
    """Half to twice the usual pace."""
    with pytest.raises(Rejected):
        said(CATALOGUE.default(TakeKind.SPEECH), speed=speed)


def test_every_narration_can_be_spoken() -> None:
    """The longest narration that a storyboard allows fits the voice; the voice is the one asked for."""
    told = said(CATALOGUE.default(TakeKind.SPEECH), prompt="a" * MAX_NARRATION, voice="Calm_Woman")
    assert (told["voice_id"], told["text"]) == ("Calm_Woman", "a" * MAX_NARRATION)


@pytest.mark.parametrize(("seconds", "sections"), [(0, 1), (30, 1), (31, 2), (180, 6)])
def test_music_has_sections_for_its_length(seconds: int, sections: int) -> None:
    """No words are ever sung, and the form grows with the programme."""
    told = said(CATALOGUE.default(TakeKind.MUSIC), seconds=seconds)
    assert str(told["lyrics"]).split("\n") == ["[Intro]", *["[Inst]"] * sections, "[Outro]"]


def test_the_planner_gets_its_instructions() -> None:
    """They go beside the prompt, and the answer is bounded as its price supposes."""
    told = said(CATALOGUE.default(TakeKind.PLAN), system="Answer in JSON.")
    assert (told["system_prompt"], told["max_completion_tokens"]) == ("Answer in JSON.", 4096)


def test_the_emulator_knows_every_model() -> None:
    """Nothing in the catalogue is missing offline."""
    assert set(BY_ID) <= set(MODELS)
