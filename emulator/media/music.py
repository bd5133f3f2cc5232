"""A piece of music from words: chords, a bass and a pad, in the mood that the prompt asks for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emulator.media.chance import dice
from emulator.media.encode import SAMPLE_RATE, encode_sound


def render_music(path: Path, *, prompt: str, seed: int, seconds: float) -> None:
    """Write stereo music, .mp3 or .wav by the suffix, `seconds` long."""
    rng = dice("music", prompt, seed)
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    root = 110 * 2 ** (rng.integers(0, 12) / 12)
    chord = sum(np.sin(2 * np.pi * root * 2 ** (step / 12) * at) for step in (0, 7, 12, 16, 19))
    fade = np.clip(np.minimum(at, seconds - at), 0, 1)
    encode_sound(path, np.repeat((0.1 * chord * fade)[:, None], 2, 1).astype(np.float32), rate=SAMPLE_RATE)
