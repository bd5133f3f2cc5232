"""The sound of a place: wind, water, rain, a city's hum, as shaped noise at a low level."""

from __future__ import annotations

import numpy as np

from emulator.media.chance import dice
from emulator.media.encode import SAMPLE_RATE, Samples


def ambience(prompt: str, seed: int, seconds: float) -> Samples:
    """Stereo sound for `prompt`, `seconds` long."""
    rng = dice("ambience", prompt, seed)
    noise = np.cumsum(rng.standard_normal((round(seconds * SAMPLE_RATE), 2)), axis=0)
    noise -= np.linspace(0, 1, len(noise))[:, None] * noise[-1]
    return np.asarray(0.05 * noise / np.abs(noise).max(), np.float32)
