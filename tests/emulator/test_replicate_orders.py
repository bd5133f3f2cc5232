"""What the fake Replicate makes of an input: media orders and storyboards."""

import json
from pathlib import Path
from typing import Any

import pytest

from emulator.replicate.catalogue import MODELS
from emulator.replicate.orders import order_of, seed_of, size_of
from emulator.replicate.planner import answer


@pytest.mark.parametrize(
    ("model", "given", "size", "seconds"),
    [
        ("google/veo-3.1", {}, (1920, 1080), 8),
        (
            "google/veo-3.1-fast",
            {"aspect_ratio": "9:16", "resolution": "720p", "duration": 4},
            (720, 1280),
            4,
        ),
        (
            "bytedance/seedance-2.0",
            {"aspect_ratio": "1:1", "resolution": "480p", "duration": 12},
            (480, 480),
            12,
        ),
        ("bytedance/seedance-2.0", {"aspect_ratio": "21:9", "duration": -1}, (1680, 720), 5),
        ("kwaivgi/kling-v3-omni-video", {"mode": "standard", "duration": 15}, (1280, 720), 15),
        ("kwaivgi/kling-v3-omni-video", {}, (1920, 1080), 5),
        ("wan-video/wan-2.7-i2v", {"resolution": "720p", "duration": 2}, (1280, 720), 2),
        ("runwayml/gen4-turbo", {"aspect_ratio": "4:3", "duration": 10}, (960, 720), 10),
        ("black-forest-labs/flux-2-pro", {"aspect_ratio": "16:9"}, (1376, 768), 0),
        (
            "black-forest-labs/flux-2-pro",
            {"aspect_ratio": "custom", "width": 640, "height": 320},
            (640, 320),
            0,
        ),
        ("stability-ai/stable-diffusion-3.5-large", {}, (1024, 1024), 0),
    ],
)
def test_sizes_and_lengths_are_those_asked_for(
    model: str, given: dict[str, Any], size: tuple[int, int], seconds: float
) -> None:
    order = order_of(MODELS[model], {"prompt": "x"} | given, {}, seed=1)
    assert (size_of(order, None), order.seconds) == (size, seconds)


def test_the_shape_may_follow_the_first_image() -> None:
    first = Path("first.png")
    order = order_of(MODELS["wan-video/wan-2.7-i2v"], {"prompt": "x"}, {"first_frame": [first]}, seed=1)
    assert (order.images, size_of(order, 0.8)) == ((first,), (1080, 1350))


def test_audio_is_made_where_the_model_makes_it() -> None:
    audio = {ref: order_of(MODELS[ref], {"prompt": "x"}, {}, seed=1).audio for ref in list(MODELS)[:6]}
    assert [ref for ref, has in audio.items() if not has] == [
        "kwaivgi/kling-v3-omni-video",
        "runwayml/gen4-turbo",
    ]


def test_without_a_seed_the_words_decide() -> None:
    assert seed_of({"prompt": "a", "seed": 5}) == 5
    assert seed_of({"seed": -1}) == seed_of({"seed": 2**64 - 1}) == 2**63 - 1
    assert seed_of({"prompt": "a"}) == seed_of({"prompt": "a"}) != seed_of({"prompt": "b"})


def test_the_planner_writes_the_scenes_it_is_asked_for() -> None:
    """So many scenes, of so many seconds in all, in the brief's words; the same each time."""
    asked = {
        "system_prompt": "You plan videos. Answer with JSON.",
        "prompt": "Brief: a lighthouse at dusk, a storm rolls in, the light comes on\n3 scenes, duration 15",
    }
    written = "".join(answer(asked))
    storyboard = json.loads(written)
    assert "".join(answer(asked)) == written
    assert sum(scene["duration"] for scene in storyboard["scenes"]) == 15
    beats = ["a lighthouse at dusk", "a storm rolls in", "the light comes on"]
    assert all(beat in scene["prompt"] for beat, scene in zip(beats, storyboard["scenes"], strict=True))


def test_the_planner_keeps_to_a_schema() -> None:
    """References, enumerations, bounds and constants, whatever the fields are called."""
    scene = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "minimum": 1},
            "visual": {"type": "string", "maxLength": 40},
            "seconds": {"enum": [4, 6, 8]},
            "voiceover": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "transition": {"enum": ["wipe", "dissolve"]},
        },
    }
    schema = {
        "$defs": {"Scene": scene},
        "type": "object",
        "properties": {
            "version": {"const": 2},
            "shots": {"type": "array", "items": {"$ref": "#/$defs/Scene"}, "minItems": 4, "maxItems": 6},
        },
    }
    prompt = f"Answer as JSON by {json.dumps(schema)}\nPrompt: a fox in the snow\nDuration: 30"
    board = json.loads("".join(answer({"prompt": prompt})))
    assert board["version"] == 2
    assert [shot["n"] for shot in board["shots"]] == [1, 2, 3, 4, 5, 6]
    assert all(shot["seconds"] == 4 and len(shot["visual"]) <= 40 for shot in board["shots"])
    assert all("fox" in shot["visual"] for shot in board["shots"])


def test_the_planner_stops_where_it_is_cut_off() -> None:
    whole = answer({"prompt": "JSON: a fox"})
    assert answer({"prompt": "JSON: a fox", "max_completion_tokens": 5}) == whole[:5]
