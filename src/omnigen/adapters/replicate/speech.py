"""MiniMax Speech: a text read aloud by a voice."""

import math
from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Rejected
from omnigen.ports.provider import Ask

_VOICE = "Wise_Woman"
_SLOWEST, _FASTEST = 0.5, 2.0


def speech(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. It takes no seed. Numbers are read as an English reader would."""
    if not math.isfinite(ask.speed) or not _SLOWEST <= ask.speed <= _FASTEST:
        raise Rejected(f"speed is {ask.speed}; {_SLOWEST} to {_FASTEST} is allowed", code="speech_speed")
    return {
        "text": dialect.prompt(ask, model),
        "voice_id": ask.voice or _VOICE,
        "speed": ask.speed,
        "emotion": "auto",
        "english_normalization": True,
        "sample_rate": 44100,
        "audio_format": "wav",
        "channel": "mono",
    }
