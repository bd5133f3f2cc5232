"""Google's Veo: clips of 4, 6 or 8 s with a sound of their own, wide or tall."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_SHAPES = ("16:9", "9:16")


def veo(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected."""
    return {
        "prompt": dialect.prompt(ask, model),
        "duration": dialect.seconds(ask, model),
        "aspect_ratio": dialect.shape(ask, _SHAPES),
        "resolution": dialect.resolution(ask, model),
        "generate_audio": model.sound,
        **dialect.picture(ask, "image", model),
        **dialect.seed(ask),
    }
