"""Kuaishou's Kling: 3 to 15 s; its resolution is called a mode, and it takes no seed."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_SHAPES = ("16:9", "9:16", "1:1")


def kling(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. Without a seed each prediction differs, as asking anew is meant to."""
    return {
        "prompt": dialect.prompt(ask, model),
        "duration": dialect.seconds(ask, model),
        "aspect_ratio": dialect.shape(ask, _SHAPES),
        "mode": "pro" if dialect.resolution(ask, model) == "1080p" else "standard",
        "generate_audio": model.sound,
        **dialect.picture(ask, "start_image", model),
    }
