"""The sound of a place: wind, water, rain, a city's hum, thunder, as shaped noise at a low level."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from emulator.media.chance import dice
from emulator.media.encode import SAMPLE_RATE, Samples
from emulator.media.words import Reading, read

Track = NDArray[np.float32]
"""Stereo sound, (2, samples)."""
Sound = Callable[[np.random.Generator, int], Track]

_LEVEL = 0.055
"""Loudness (RMS) of the whole: under narration and music."""


def ambience(prompt: str, seed: int, seconds: float) -> Samples:
    """Stereo sound for `prompt`, exactly round(seconds * SAMPLE_RATE) samples long."""
    count = max(1, round(seconds * SAMPLE_RATE))
    track = np.zeros((2, count), np.float32)
    for name, share in _heard(read(prompt)).items():
        track += np.float32(share) * _levelled(_SOUNDS[name](dice("ambience", name, prompt, seed), count))
    track = np.tanh(_levelled(track) * np.float32(_LEVEL) * 1.2) / np.float32(1.2)
    edge = np.minimum(1, (np.arange(count, dtype=np.float32) + 1) / (0.05 * SAMPLE_RATE))
    return np.ascontiguousarray((track * edge * edge[::-1]).T, np.float32)


def _heard(reading: Reading) -> dict[str, float]:
    """Which sounds a prompt has, and how much of each."""
    heard = {sound: share for word, sound, share in _BY_WORD if reading.has(word)}
    if reading.hour == "night" and reading.has("forest", "meadow", "lake", "mountains"):
        heard["crickets"] = 0.25
    if reading.hour in ("dawn", "day") and reading.has("forest", "meadow"):
        heard["chirps"] = 0.3
    return heard or {"room": 1.0, "wind": 0.3}


_BY_WORD = (
    ("mountains", "wind", 0.8),
    ("desert", "wind", 1.0),
    ("snow", "wind", 0.8),
    ("forest", "wind", 0.6),
    ("meadow", "wind", 0.6),
    ("wind", "wind", 1.2),
    ("storm", "gale", 1.2),
    ("storm", "thunder", 0.8),
    ("sea", "waves", 1.0),
    ("beach", "waves", 1.0),
    ("lake", "stream", 0.6),
    ("rain", "rain", 1.0),
    ("city", "hum", 0.8),
    ("road", "hum", 1.0),
    ("rails", "clatter", 0.7),
    ("fire", "crackle", 1.0),
    ("candle", "crackle", 0.5),
    ("room", "room", 1.0),
    ("space", "drone", 0.8),
    ("underwater", "drone", 0.8),
    ("birds", "gulls", 0.2),
)


def _noise(rng: np.random.Generator, count: int, low: float, high: float, slope: float = 0.0) -> Track:
    """Noise between `low` and `high` Hz that falls by `slope` (1 is pink, 2 is brown)."""
    length = 1 << int(np.ceil(np.log2(max(count, 1024))))
    spectrum = rng.standard_normal((2, length // 2 + 1, 2)).astype(np.float32).view(np.complex64)[..., 0]
    pitch = np.fft.rfftfreq(length, 1 / SAMPLE_RATE).astype(np.float32) + np.float32(1)
    shape = 1 / (1 + (low / pitch) ** 4) / (1 + (pitch / high) ** 4) / pitch ** np.float32(slope / 2)
    return np.asarray(np.fft.irfft(spectrum * shape, length)[:, :count], np.float32)


def _levelled(track: Track) -> Track:
    return np.asarray(track / max(float(np.sqrt(np.mean(track * track))), 1e-9), np.float32)


def _time(count: int) -> Track:
    return np.arange(count, dtype=np.float32) / np.float32(SAMPLE_RATE)


def _swaying(rng: np.random.Generator, count: int, period: float) -> Track:
    """A level around 1 that comes and goes, a little apart on both sides."""
    at, phase = _time(count), rng.uniform(0, 6.28, 3)
    one = 0.55 * np.sin(6.2832 / period * at + phase[0]) + 0.3 * np.sin(6.2832 / period * 2.3 * at + phase[1])
    two = np.roll(one, count // 17)
    return np.asarray(1 + 0.75 * np.stack([one, 0.6 * one + 0.4 * two]), np.float32)


def _wind(rng: np.random.Generator, count: int) -> Track:
    return _noise(rng, count, 90, 520, 1.0) * _swaying(rng, count, 5.5)


def _gale(rng: np.random.Generator, count: int) -> Track:
    howl = _levelled(_noise(rng, count, 320, 480, 0.5)) * _swaying(rng, count, 3.1) ** 2
    return _levelled(_noise(rng, count, 60, 700, 1.2)) * _swaying(rng, count, 4.0) + np.float32(0.35) * howl


def _waves(rng: np.random.Generator, count: int) -> Track:
    swell = (0.5 + 0.5 * np.sin(6.2832 / 6.5 * _time(count) + rng.uniform(0, 6.28))) ** 2
    wash = _levelled(_noise(rng, count, 350, 4200, 1.1)) * (0.15 + swell).astype(np.float32)
    return np.asarray(wash + np.float32(0.6) * _levelled(_noise(rng, count, 40, 260, 1.5)), np.float32)


def _stream(rng: np.random.Generator, count: int) -> Track:
    return _levelled(_noise(rng, count, 500, 3200, 0.6)) * _swaying(rng, count, 0.9) ** 2


def _rain(rng: np.random.Generator, count: int) -> Track:
    drops = _impulses(rng, count, 90.0, 0.004)
    return np.asarray(
        _levelled(_noise(rng, count, 900, 9000, 0.9)) + np.float32(0.5) * _levelled(drops), np.float32
    )


def _hum(rng: np.random.Generator, count: int) -> Track:
    passing = _levelled(_noise(rng, count, 200, 1400, 1.0)) * np.clip(_swaying(rng, count, 6.0) - 0.8, 0, 2)
    return np.asarray(_levelled(_noise(rng, count, 45, 190, 1.2)) + np.float32(0.35) * passing, np.float32)


def _clatter(rng: np.random.Generator, count: int) -> Track:
    beat = (_time(count) * 1.35) % 1.0
    hits = np.exp(-beat * 26) + 0.8 * np.exp(-((beat - 0.16) % 1.0) * 26)
    return _levelled(_noise(rng, count, 60, 900, 1.0)) * np.asarray(0.5 + 1.6 * hits, np.float32)


def _crackle(rng: np.random.Generator, count: int) -> Track:
    return _levelled(_noise(rng, count, 50, 300, 1.2)) + np.float32(0.8) * _levelled(
        _impulses(rng, count, 14.0, 0.006)
    )


def _room(rng: np.random.Generator, count: int) -> Track:
    return np.float32(0.5) * _levelled(_noise(rng, count, 60, 900, 1.6))


def _drone(rng: np.random.Generator, count: int) -> Track:
    at, root = _time(count), 48 * 2 ** (rng.integers(0, 5) / 12)
    tones = sum(np.sin(6.2832 * root * part * at + rng.uniform(0, 6)) / part for part in (1, 1.5, 2, 3))
    return np.asarray(tones * np.float32(0.5) + _levelled(_noise(rng, count, 30, 220, 1.4)), np.float32)


def _thunder(rng: np.random.Generator, count: int) -> Track:
    since = _time(count) - np.float32(count / SAMPLE_RATE * 0.52)
    roll = np.where(since > 0, np.exp(-since * 0.9) * np.clip(since * 7, 0, 1), 0)
    return _levelled(_noise(rng, count, 25, 160, 1.0)) * (
        roll * _swaying(rng, count, 0.7) ** 2 + 1e-3
    ).astype(np.float32)


def _crickets(_rng: np.random.Generator, count: int) -> Track:
    at = _time(count)
    song = [
        np.sin(6.2832 * pitch * at)
        * (np.sin(6.2832 * rate * at + phase) > 0.2)
        * (np.sin(2.1 * at + phase) > -0.3)
        for pitch, rate, phase in ((4150, 14.0, 0.0), (4480, 15.3, 2.0))
    ]
    return np.asarray(np.stack([song[0] + 0.4 * song[1], song[1] + 0.4 * song[0]]) * 0.5, np.float32)


def _chirps(rng: np.random.Generator, count: int) -> Track:
    return _calls(rng, count, 2.2, (2600, 4800), 0.09, 34.0)


def _gulls(rng: np.random.Generator, count: int) -> Track:
    return _calls(rng, count, 0.45, (900, 1300), 0.32, 5.0)


def _calls(
    rng: np.random.Generator,
    count: int,
    often: float,
    pitches: tuple[int, int],
    lasting: float,
    wobble: float,
) -> Track:
    track = np.zeros((2, count), np.float32)
    length = int(lasting * SAMPLE_RATE)
    at = np.arange(length) / SAMPLE_RATE
    for _ in range(int(rng.poisson(often * count / SAMPLE_RATE)) + 1):
        start, pitch, right = (
            int(rng.integers(0, max(1, count - 4 * length))),
            rng.uniform(*pitches),
            rng.uniform(0.2, 0.8),
        )
        for again in range(int(rng.integers(2, 5))):
            begin = start + int(again * length * 1.25)
            glide = pitch * (1 - 0.25 * at / lasting) + 0.12 * pitch * np.sin(6.2832 * wobble * at)
            call = np.sin(6.2832 * np.cumsum(glide) / SAMPLE_RATE) * np.sin(np.pi * at / lasting) ** 2
            room = max(0, min(length, count - begin))
            track[:, begin : begin + room] += np.stack([call * (1 - right), call * right])[:, :room].astype(
                np.float32
            )
    return track + np.float32(1e-6)


def _impulses(rng: np.random.Generator, count: int, often: float, lasting: float) -> Track:
    track = np.zeros((2, count), np.float32)
    hits = int(often * count / SAMPLE_RATE) + 1
    track[rng.integers(0, 2, hits), rng.integers(0, count, hits)] = rng.power(0.4, hits) * rng.choice(
        [-1, 1], hits
    )
    length = int(lasting * SAMPLE_RATE)
    ring = np.exp(-np.arange(length) / (length / 5)) * np.cos(np.arange(length) * 0.35)
    return np.stack([np.convolve(side, ring)[:count] for side in track]).astype(np.float32) + np.float32(1e-7)


_SOUNDS: dict[str, Sound] = {
    "wind": _wind,
    "gale": _gale,
    "waves": _waves,
    "stream": _stream,
    "rain": _rain,
    "hum": _hum,
    "clatter": _clatter,
    "crackle": _crackle,
    "room": _room,
    "drone": _drone,
    "thunder": _thunder,
    "crickets": _crickets,
    "chirps": _chirps,
    "gulls": _gulls,
}
