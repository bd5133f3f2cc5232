"""Reads a text aloud with a small neural voice that runs offline (hibari-tts).

The package brings one voice. The others are that voice read at another pace and resampled, which moves its
pitch and its formants together: a lower voice, a brighter one. Nothing is ever downloaded.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from emulator.media.chance import pick
from emulator.media.encode import encode_sound

if TYPE_CHECKING:
    from hibari import Hibari

_RATE = 24_000
_PEAK = 0.85
_SILENCE = 0.012
_MARGIN = int(0.06 * _RATE)


@frozen
class Voice:
    """How the packaged voice is turned into another one: `pitch` 0.8 is lower, 1.1 brighter."""

    pitch: float
    pace: float = 1.0


VOICES = {
    "narrator": Voice(1.0),
    "low": Voice(0.8, 0.97),
    "warm": Voice(0.9, 0.96),
    "bright": Voice(1.09, 1.03),
}
_HINTS = {
    "low": ("man", "male", "deep", "guy", "boy", "father", "king", "knight"),
    "bright": ("girl", "young", "lively", "child", "princess"),
    "warm": ("wise", "elder", "calm", "abbess", "mature", "soft"),
    "narrator": ("woman", "female", "lady", "narrator", "heart"),
}


def render_speech(path: Path, *, text: str, voice: str, speed: float = 1.0) -> None:
    """Write `text` read aloud as a mono .wav or .mp3; `speed` is 0.5 to 2.0, 1.0 a narrator's."""
    if not 0.5 <= speed <= 2.0:
        raise ValueError(f"speed is {speed}; between 0.5 and 2.0 is allowed")
    encode_sound(path, _speak(text, voice_named(voice), speed)[:, None], rate=_RATE)


def voice_named(name: str) -> Voice:
    """The voice whose hint is in `name`; any other name always gets the same one of the four."""
    lowered = name.lower().replace("woman", "female")
    for voice in ("narrator", "bright", "warm", "low"):
        if any(hint in lowered for hint in _HINTS[voice]):
            return VOICES[voice]
    return VOICES[pick(sorted(VOICES), "voice", lowered)]


def _speak(text: str, voice: Voice, speed: float) -> NDArray[np.float32]:
    read_at = float(np.clip(speed * voice.pace / voice.pitch, 0.4, 2.5))
    spoken = _reader()(text, speed=read_at, seed=0)
    if not spoken.size:
        return np.zeros(_RATE // 4, np.float32)
    return _level(_trim(_stretch(spoken, 1.0 / voice.pitch)))


@cache
def _reader() -> Hibari:
    from hibari import Hibari  # noqa: PLC0415 - loads onnxruntime: only who speaks pays for it

    return Hibari()


def _stretch(sound: NDArray[np.float32], factor: float) -> NDArray[np.float32]:
    """Play `sound` slower by `factor`: resampled in the frequency domain, so nothing folds back."""
    if factor == 1.0:
        return sound
    length = round(len(sound) * factor)
    spectrum = np.fft.rfft(sound)
    return np.asarray(np.fft.irfft(spectrum, length) * factor, np.float32)


def _trim(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    loud = np.flatnonzero(np.abs(sound) > _SILENCE)
    if not loud.size:
        return sound
    return sound[max(0, loud[0] - _MARGIN) : loud[-1] + _MARGIN]


def _level(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    peak = float(np.abs(sound).max())
    ramp = np.minimum(1.0, np.arange(len(sound), dtype=np.float32) / (0.01 * _RATE))
    return np.asarray(sound * (_PEAK / max(peak, 1e-6)) * ramp * ramp[::-1], np.float32)
