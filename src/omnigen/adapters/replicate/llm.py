"""OpenAI's GPT on Replicate: instructions and a request in, text out."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.ports.provider import Ask

_MOST_TOKENS = 4096
"""Longest answer; the price of a run is reckoned with it."""
_TEMPERATURE = 0.4
"""Low: the answer has to keep to a schema."""


def llm(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. It takes no seed."""
    instructions = {"system_prompt": ask.system} if ask.system else {}
    return {
        "prompt": dialect.prompt(ask, model),
        **instructions,
        "max_completion_tokens": _MOST_TOKENS,
        "temperature": _TEMPERATURE,
    }
