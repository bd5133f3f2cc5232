"""Alibaba's Wan, image to video: animates a first frame and keeps its shape."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask


def wan(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. Its own rewriting of prompts is turned off, so that a seed means something."""
    return {
        "prompt": dialect.prompt(ask, model),
        "duration": dialect.seconds(ask, model),
        "resolution": dialect.resolution(ask, model),
        "enable_prompt_expansion": False,
        **dialect.picture(ask, "first_frame", model),
        **dialect.seed(ask),
    }
