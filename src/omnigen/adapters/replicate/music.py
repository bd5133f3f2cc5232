"""MiniMax Music: a song's form is told by tags in its lyrics; tags alone make it instrumental."""

from typing import Any

from omnigen.adapters.replicate import dialect
from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Rejected
from omnigen.ports.provider import Ask

_SECTION_S = 30
"""About how much music an [Inst] section makes; what is over is faded out by the composer."""
_LONGEST_S = 300
_NO_VOICE = "Instrumental, no vocals. "


def music(ask: Ask, model: Model) -> dict[str, Any]:
    """Raises Rejected. It takes no seed and no length: sections are asked for until they cover it."""
    if not 0 <= ask.seconds <= _LONGEST_S:
        raise Rejected(f"{ask.seconds} s of music; at most {_LONGEST_S} s are made", code="clip_length")
    sections = max(1, -(-ask.seconds // _SECTION_S))
    wish = dialect.prompt(ask, model)
    return {
        "lyrics": "\n".join(["[Intro]", *["[Inst]"] * sections, "[Outro]"]),
        "prompt": (_NO_VOICE + wish)[: model.max_prompt],
        "audio_format": "mp3",
        "sample_rate": 44100,
        "bitrate": 256000,
    }
