"""Instruments: each turns a pitch and a length into sound; a mixing desk lays notes on a loop."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from emulator.media.encode import SAMPLE_RATE

Note = NDArray[np.float32]
"""Mono sound."""


def pitch(midi: float) -> float:
    """Hertz of a MIDI note."""
    return float(440.0 * 2.0 ** ((midi - 69) / 12))


def _time(seconds: float) -> Note:
    return np.arange(max(2, round(seconds * SAMPLE_RATE)), dtype=np.float32) / np.float32(SAMPLE_RATE)


def _swell(at: Note, attack: float, release: float) -> Note:
    rise = np.clip(at / attack, 0, 1)
    fall = np.clip((at[-1] - at) / release, 0, 1)
    return np.asarray((rise * rise * (3 - 2 * rise)) * (fall * fall * (3 - 2 * fall)), np.float32)


def _harmonics(at: Note, hertz: float, levels: tuple[float, ...], detune: float = 0.0) -> Note:
    phase = np.float32(2 * np.pi * hertz * (1 + detune)) * at
    tone = np.zeros_like(at)
    for number, level in enumerate(levels, 1):
        if hertz * number < 9000 and level:
            tone += np.float32(level) * np.sin(phase * np.float32(number))
    return tone


@lru_cache(maxsize=256)
def pad(midi: float, seconds: float) -> Note:
    """Warm and slow: two detuned voices that breathe."""
    at = _time(seconds * 1.35)
    tone = sum(
        _harmonics(at, pitch(midi), (1, 0.42, 0.22, 0.1, 0.05), detune) for detune in (-0.0022, 0.0019)
    )
    breath = 1 + np.float32(0.12) * np.sin(np.float32(2 * np.pi * 0.23) * at + np.float32(midi))
    return np.asarray(0.5 * tone * breath * _swell(at, 0.45 * seconds, 0.5 * seconds), np.float32)


@lru_cache(maxsize=256)
def strings(midi: float, seconds: float) -> Note:
    """A section: brighter, with vibrato."""
    at = _time(seconds * 1.15)
    wobble = np.float32(0.004) * np.sin(np.float32(2 * np.pi * 5.1) * at) * np.clip(at * 2, 0, 1)
    levels = tuple(0.9**n / n for n in range(1, 10))
    tone = _harmonics(at + wobble / np.float32(2 * np.pi * 5.1), pitch(midi), levels) + _harmonics(
        at, pitch(midi), levels, 0.003
    )
    return np.asarray(0.34 * tone * _swell(at, min(0.5, 0.3 * seconds), 0.3 * seconds), np.float32)


@lru_cache(maxsize=256)
def piano(midi: float, seconds: float) -> Note:
    """Felt piano: a soft hammer, high partials that die first."""
    at = _time(max(1.8, seconds * 2))
    hertz = pitch(midi)
    tone = np.zeros_like(at)
    for number, level in enumerate((1, 0.55, 0.28, 0.16, 0.08, 0.05), 1):
        stretched = hertz * number * (1 + 0.0004 * number * number)
        tone += (
            np.float32(level)
            * np.sin(np.float32(2 * np.pi * stretched) * at)
            * np.exp(-at * np.float32(0.9 + 0.75 * number))
        )
    return np.asarray(tone * np.clip(at / 0.006, 0, 1) * _swell(at, 0.001, 0.25), np.float32)


@lru_cache(maxsize=256)
def bells(midi: float, _seconds: float) -> Note:
    """Glass: partials that don't fit a string."""
    at = _time(3.2)
    hertz = pitch(midi + 12)
    parts = ((1, 1.0, 1.4), (2.76, 0.45, 2.6), (5.4, 0.2, 4.5), (0.5, 0.2, 1.2))
    tone = sum(
        level * np.sin(np.float32(2 * np.pi * hertz * part) * at) * np.exp(-at * fall)
        for part, level, fall in parts
    )
    return np.asarray(0.6 * tone * _swell(at, 0.003, 0.4), np.float32)


@lru_cache(maxsize=256)
def pluck(midi: float, _seconds: float) -> Note:
    """A plucked string."""
    at = _time(1.3)
    tone = sum(
        np.sin(np.float32(2 * np.pi * pitch(midi) * number) * at)
        * np.exp(-at * (3.2 + 1.6 * number))
        / number**1.1
        for number in range(1, 9)
    )
    return np.asarray(0.8 * tone * _swell(at, 0.003, 0.2), np.float32)


@lru_cache(maxsize=256)
def synth(midi: float, seconds: float) -> Note:
    """A short electronic tone whose filter closes."""
    at = _time(min(0.5, seconds * 1.4))
    tone = sum(
        np.sin(np.float32(2 * np.pi * pitch(midi) * number) * at)
        / number
        * np.exp(-at * (2.0 + 2.4 * number))
        for number in range(1, 12)
    )
    return np.asarray(0.75 * tone * _swell(at, 0.004, 0.05), np.float32)


@lru_cache(maxsize=128)
def bass(midi: float, seconds: float) -> Note:
    """Round and low."""
    at = _time(seconds)
    tone = _harmonics(at, pitch(midi), (1, 0.35, 0.12, 0.05))
    return np.asarray(
        tone * np.exp(-at * np.float32(0.5)) * _swell(at, 0.02, min(0.2, 0.3 * seconds)), np.float32
    )


@lru_cache(maxsize=8)
def drum(name: str) -> Note:
    """kick, taiko, snare, hat: the same every time."""
    rng = np.random.Generator(np.random.PCG64(5))
    if name in ("kick", "taiko"):
        low, seconds = (48.0, 0.4) if name == "kick" else (58.0, 1.1)
        at = _time(seconds)
        glide = low + (70 if name == "kick" else 45) * np.exp(-at * 28)
        body = np.sin(2 * np.pi * np.cumsum(glide) / SAMPLE_RATE) * np.exp(-at * (9 if name == "kick" else 4))
        skin = rng.standard_normal(at.size) * np.exp(-at * 90) * 0.12
        return np.asarray((body + skin) * _swell(at, 0.001, 0.05), np.float32)
    at = _time(0.22 if name == "snare" else 0.06)
    hiss = np.diff(rng.standard_normal(at.size + 1)) * np.exp(-at * (20 if name == "snare" else 70))
    tone = np.sin(2 * np.pi * 190 * at) * np.exp(-at * 28) if name == "snare" else 0
    return np.asarray(0.35 * hiss + 0.4 * tone, np.float32)


class Desk:
    """A stereo loop of `seconds`: what rings past its end rings on at its start."""

    def __init__(self, seconds: float) -> None:
        self.length = round(seconds * SAMPLE_RATE)
        self.dry = np.zeros((2, self.length), np.float32)
        self.wet = np.zeros((2, self.length), np.float32)

    def play(self, note: Note, at: float, level: float, right: float = 0.5, *, echo: float = 1.0) -> None:
        """Lay `note` down at `at` seconds; `right` 0 is left, 1 is right."""
        begin = round(at * SAMPLE_RATE) % self.length
        sides = np.array([np.cos(right * np.pi / 2), np.sin(right * np.pi / 2)], np.float32) * np.float32(
            level
        )
        while note.size:
            room = min(note.size, self.length - begin)
            part = sides[:, None] * note[:room]
            self.dry[:, begin : begin + room] += part
            self.wet[:, begin : begin + room] += part * np.float32(echo)
            note, begin = note[room:], 0

    def mixed(self, space: float, rng: np.random.Generator) -> NDArray[np.float32]:
        """Both together with a hall around them, (2, samples)."""
        hall = np.fft.rfft(_hall(rng, min(self.length, round(2.4 * SAMPLE_RATE))), self.length)
        hertz = np.fft.rfftfreq(self.length, 1 / SAMPLE_RATE) + 1
        colour = (
            1 / (1 + (180 / hertz) ** 2) / (1 + hertz / 2600)
        )  # no rumble, and walls that swallow the highs
        tail = np.fft.irfft(np.fft.rfft(self.wet) * hall * colour, self.length)
        return np.asarray((1 - 0.5 * space) * self.dry + 1.6 * space * tail, np.float32)


def _hall(rng: np.random.Generator, length: int) -> NDArray[np.float32]:
    at = np.arange(length) / SAMPLE_RATE
    noise = rng.standard_normal((2, length)) * np.exp(-at * 2.9) * np.clip(at / 0.02, 0, 1)
    return np.asarray(noise / np.sqrt((noise * noise).sum(1, keepdims=True)), np.float32)
