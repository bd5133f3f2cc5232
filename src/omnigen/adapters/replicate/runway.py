"""Runway's Gen-4: animates a first frame for 5 or 10 s, silently."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_SHAPES = ("21:9", "16:9", "4:3", "1:1", "3:4", "9:16")


def runway(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected."""
    return {
        "prompt": dialect.prompt(ask, model),
        "duration": dialect.seconds(ask, model),
        "aspect_ratio": dialect.shape(ask, _SHAPES),
        **dialect.picture(ask, "image", model),
        **dialect.seed(ask),
    }
