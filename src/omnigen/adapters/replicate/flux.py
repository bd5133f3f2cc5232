"""Black Forest Labs' FLUX.2: stills of about a megapixel, with pictures to look at where there are any."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_SHAPES = ("16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16")


def flux(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. One megapixel is what its price covers, and a 720p picture fits in it."""
    pictures = {"input_images": [ask.image]} if ask.image else {}
    return {
        "prompt": dialect.prompt(ask, model),
        "aspect_ratio": dialect.shape(ask, _SHAPES),
        "resolution": "1 MP",
        "output_format": "png",
        **pictures,
        **dialect.seed(ask),
    }
