"""A piece of music from words: chords led from one to the next, a bass, a figure above, a rhythm, a hall.

It fills its length with whole beats and is laid on a loop, so its end leads back into its beginning.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from attrs import frozen

from emulator.media import synth
from emulator.media.chance import dice, pick
from emulator.media.encode import SAMPLE_RATE, Samples, encode_sound
from emulator.media.moods import MODES, Mood, mood_for
from emulator.media.synth import Desk

_PEAK = 0.8
_BEATS_A_CHORD = 4


@frozen(kw_only=True)
class Bar:
    """One chord and when it sounds."""

    start: float
    seconds: float
    beat: float
    """Seconds of one beat."""
    bass: int
    notes: tuple[int, ...]
    scale: tuple[int, ...]
    """The key's notes around the melody's register."""
    share: float
    """0 for the first bar, near 1 for the last."""
    number: int


def render_music(path: Path, *, prompt: str, seed: int, seconds: float) -> None:
    """Write stereo music, .mp3 or .wav by the suffix, `seconds` long."""
    encode_sound(path, compose(prompt, seed, seconds), rate=SAMPLE_RATE)


def compose(prompt: str, seed: int, seconds: float) -> Samples:
    """The piece as samples in (-1, 1)."""
    if seconds <= 0:
        raise ValueError(f"seconds is {seconds}; more than 0 is needed")
    mood = mood_for(prompt)
    desk = Desk(max(seconds, 0.1))
    rng = dice("music", prompt, seed)
    bars = _bars(mood, rng, max(seconds, 0.1))
    for part in mood.parts:
        for bar in bars:
            _PARTS[part](
                desk, bar, dice("part", part, prompt, seed, bar.number % 4 if part in _THEMES else bar.number)
            )
    return _mastered(desk.mixed(mood.space, rng))


def _bars(mood: Mood, rng: np.random.Generator, seconds: float) -> list[Bar]:
    beats = max(1, round(seconds * mood.tempo / 60))
    beat = seconds / beats
    home = mood.register + int(rng.integers(-4, 5))
    steps = MODES[mood.mode]
    progression = pick(mood.progressions, "progression", int(rng.integers(1 << 30)))
    voicing: tuple[int, ...] = ()
    bars = []
    for number, first in enumerate(range(0, beats, _BEATS_A_CHORD)):
        degree = progression[number % len(progression)]
        voicing = _led(voicing, _chord(steps, degree, mood.seventh), home)
        bars.append(
            Bar(
                start=first * beat,
                seconds=min(_BEATS_A_CHORD, beats - first) * beat,
                beat=beat,
                bass=(home + steps[degree % 7]) % 12 + 36,
                notes=voicing,
                scale=tuple(home + 12 * octave + step for octave in (0, 1) for step in steps),
                share=first / beats,
                number=number,
            )
        )
    return bars


def _chord(steps: tuple[int, ...], degree: int, seventh: bool) -> tuple[int, ...]:
    thirds = (0, 2, 4, 6) if seventh else (0, 2, 4)
    return tuple(steps[(degree + third) % 7] + 12 * ((degree + third) // 7) for third in thirds)


def _led(before: tuple[int, ...], chord: tuple[int, ...], home: int) -> tuple[int, ...]:
    """The inversion whose notes lie nearest to the chord before."""
    centre = sum(before) / len(before) if before else home + 4
    return tuple(sorted(home + step + 12 * round((centre - home - step) / 12) for step in chord))


def _pad(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    for number, note in enumerate(bar.notes):
        desk.play(synth.pad(note, bar.seconds), bar.start, 0.13, 0.25 + 0.5 * number / len(bar.notes))


def _strings(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    level = 0.10 + 0.06 * bar.share
    for number, note in enumerate((*bar.notes, bar.notes[0] + 12)):
        desk.play(synth.strings(note, bar.seconds), bar.start, level, 0.8 - 0.6 * number / len(bar.notes))


def _piano(desk: Desk, bar: Bar, rng: np.random.Generator) -> None:
    """A broken chord, and above it a line that walks in steps."""
    half = bar.beat / 2
    for number in range(int(bar.seconds / bar.beat)):
        note = bar.notes[(0, 2, 1, 2)[number % 4] % len(bar.notes)]
        desk.play(synth.piano(note, bar.beat), bar.start + number * bar.beat, 0.15, 0.4)
    at, place = 0.0, int(rng.integers(7, 11))
    while at < bar.seconds - half:
        if rng.uniform() < 0.7:
            note = (
                _fitting(bar, place)
                if at % (2 * bar.beat) < half
                else bar.scale[min(place, len(bar.scale) - 1)]
            )
            desk.play(synth.piano(note + 12, bar.beat), bar.start + at, 0.14, 0.58)
        place = int(np.clip(place + rng.choice([-2, -1, 1, 2]), 6, 12))
        at += bar.beat * float(rng.choice([0.5, 1.0, 1.0, 1.5]))


def _fitting(bar: Bar, place: int) -> int:
    """The chord's note that is nearest to a place in the scale."""
    wanted = bar.scale[min(place, len(bar.scale) - 1)]
    tones = [note + 12 * octave for note in bar.notes for octave in (-1, 0, 1)]
    return min(tones, key=lambda note: abs(note - wanted))


def _bells(desk: Desk, bar: Bar, rng: np.random.Generator) -> None:
    for number in range(max(1, int(bar.seconds / bar.beat))):
        if rng.uniform() < 0.55:
            note = bar.notes[int(rng.integers(len(bar.notes)))] + 12
            desk.play(
                synth.bells(note, 1),
                bar.start + number * bar.beat,
                0.07,
                float(rng.uniform(0.2, 0.8)),
                echo=1.6,
            )


def _pluck(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    order = (0, 1, 2, 1, 3, 2, 1, 2)
    notes = (*bar.notes, bar.notes[0] + 12)
    for number in range(round(bar.seconds / bar.beat * 2)):
        level = 0.2 if number % 4 == 0 else 0.14
        desk.play(
            synth.pluck(notes[order[number % 8] % len(notes)] + 12, 0.5),
            bar.start + number * bar.beat / 2,
            level,
            0.35 + 0.3 * (number % 2),
        )


def _arpeggio(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    notes = (*bar.notes, bar.notes[0] + 12, bar.notes[1] + 12)
    count = round(bar.seconds / bar.beat * 4)
    for number in range(count):
        note = notes[(number * 3 + number // 8) % len(notes)]
        level = (0.06 + 0.05 * bar.share) * (1.25 if number % 4 == 0 else 0.9)
        desk.play(
            synth.synth(note + 12, bar.beat / 4),
            bar.start + number * bar.beat / 4,
            level,
            0.3 + 0.4 * (number % 2),
            echo=1.4,
        )


def _bass(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    desk.play(synth.bass(bar.bass, bar.seconds), bar.start, 0.26, 0.5, echo=0.2)


def _pulse(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    for number in range(round(bar.seconds / bar.beat * 2)):
        level = (0.10 + 0.05 * bar.share) * (1.2 if number % 2 == 0 else 0.8)
        desk.play(
            synth.synth(bar.bass + 12, bar.beat / 2),
            bar.start + number * bar.beat / 2,
            level,
            0.45 + 0.1 * (number % 2),
            echo=0.5,
        )


def _beat(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    for number in range(round(bar.seconds / bar.beat)):
        at = bar.start + number * bar.beat
        desk.play(synth.drum("kick"), at, 0.34, 0.5, echo=0.05)
        desk.play(synth.drum("hat"), at + bar.beat / 2, 0.10, 0.62, echo=0.2)
        if number % 2:
            desk.play(synth.drum("snare"), at, 0.16, 0.46, echo=0.6)


def _drums(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    for number in range(round(bar.seconds / bar.beat)):
        at = bar.start + number * bar.beat
        desk.play(
            synth.drum("kick" if number % 2 == 0 else "snare"),
            at,
            0.22 if number % 2 == 0 else 0.10,
            0.5,
            echo=0.3,
        )
        for half in (0.0, 0.5):
            desk.play(synth.drum("hat"), at + half * bar.beat, 0.05 if half else 0.03, 0.6, echo=0.2)


def _taiko(desk: Desk, bar: Bar, _rng: np.random.Generator) -> None:
    for at, level in ((0.0, 0.34), (1.5, 0.16), (2.0, 0.24), (3.5, 0.14)):
        if at * bar.beat < bar.seconds:
            desk.play(
                synth.drum("taiko"), bar.start + at * bar.beat, level * (0.7 + 0.3 * bar.share), 0.5, echo=0.9
            )


def _lead(desk: Desk, bar: Bar, rng: np.random.Generator) -> None:
    place = int(rng.integers(6, 10))
    for at, beats in ((0.0, 2.0), (2.0, 1.0), (3.0, 1.0)):
        if at * bar.beat < bar.seconds:
            note = _fitting(bar, place) if at == 0 else bar.scale[min(place, len(bar.scale) - 1)]
            desk.play(
                synth.strings(note + 12, beats * bar.beat), bar.start + at * bar.beat, 0.09, 0.55, echo=1.3
            )
            place = int(np.clip(place + rng.choice([-1, 1, 2]), 5, 11))


_PARTS = {
    "pad": _pad,
    "strings": _strings,
    "piano": _piano,
    "bells": _bells,
    "pluck": _pluck,
    "arpeggio": _arpeggio,
    "bass": _bass,
    "pulse": _pulse,
    "beat": _beat,
    "drums": _drums,
    "taiko": _taiko,
    "lead": _lead,
}
_THEMES = ("piano", "lead", "bells")
"""Their figures come back every fourth bar."""


def _mastered(track: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Samples:
    """Even loudness, rounded peaks, a soft way in."""
    track = track - track.mean(1, keepdims=True)
    loud = float(np.sqrt(np.mean(track * track)))
    track = np.tanh(track * np.float32(0.17 / max(loud, 1e-6)))
    track *= np.float32(_PEAK / max(float(np.abs(track).max()), _PEAK))
    count = track.shape[1]
    at = np.arange(count, dtype=np.float32) / SAMPLE_RATE
    way_in, way_out = np.clip((at + 1e-4) / 0.4, 0, 1), np.clip((at[-1] - at) / 0.06, 0, 1)
    return np.ascontiguousarray((track * np.sin(way_in * np.pi / 2) * way_out).T, np.float32)
