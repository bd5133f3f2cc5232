"""Stability AI's Stable Diffusion 3.5: stills, from a prompt or over a picture."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_SHAPES = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")


def diffusion(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. Over a picture, the still takes the picture's shape."""
    return {
        "prompt": dialect.prompt(ask, model),
        "aspect_ratio": dialect.shape(ask, _SHAPES),
        "output_format": "png",
        **dialect.picture(ask, "image", model),
        **dialect.seed(ask),
    }
