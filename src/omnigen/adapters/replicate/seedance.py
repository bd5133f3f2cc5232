"""ByteDance's Seedance: any whole length up to 15 s, seven shapes, sound included."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_SHAPES = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")


def seedance(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. With a picture, the clip takes the picture's shape."""
    return {
        "prompt": dialect.prompt(ask, model),
        "duration": dialect.seconds(ask, model),
        "aspect_ratio": dialect.shape(ask, _SHAPES),
        "resolution": dialect.resolution(ask, model),
        "generate_audio": model.sound,
        **dialect.picture(ask, "image", model),
        **dialect.seed(ask),
    }
