"""Moods of music: which scale, which chords, how fast, and who plays; chosen by the prompt's words."""

from __future__ import annotations

import re

from attrs import evolve, frozen

from emulator.media.chance import pick
from emulator.media.words import read

MODES = {
    "ionian": (0, 2, 4, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "aeolian": (0, 2, 3, 5, 7, 8, 10),
}


@frozen(kw_only=True)
class Mood:
    """How one kind of piece is made."""

    name: str
    mode: str
    tempo: float
    """Beats a minute."""
    progressions: tuple[tuple[int, ...], ...]
    """Chords as steps of the scale, 0 is home; one is chosen."""
    parts: tuple[str, ...]
    """Who plays: pad, strings, piano, bells, pluck, arpeggio, bass, pulse, beat, drums, taiko, lead."""
    seventh: bool = False
    register: int = 57
    """MIDI note of the key's home, before the seed moves it by up to four half tones."""
    space: float = 0.25
    """How much of it is reverberation."""


MOODS: dict[str, Mood] = {
    "calm": Mood(
        name="calm",
        mode="ionian",
        tempo=70,
        progressions=((0, 5, 3, 4), (0, 4, 5, 3), (3, 0, 4, 5)),
        parts=("pad", "piano", "bass"),
        seventh=True,
        space=0.36,
    ),
    "epic": Mood(
        name="epic",
        mode="aeolian",
        tempo=92,
        progressions=((0, 5, 2, 6), (0, 2, 6, 3)),
        parts=("strings", "pad", "bass", "taiko", "pulse", "lead"),
        register=50,
        space=0.34,
    ),
    "tense": Mood(
        name="tense",
        mode="phrygian",
        tempo=104,
        progressions=((0, 0, 1, 0), (0, 5, 1, 0)),
        parts=("pad", "strings", "pulse", "taiko", "bass"),
        register=48,
        space=0.3,
    ),
    "joyful": Mood(
        name="joyful",
        mode="ionian",
        tempo=120,
        progressions=((0, 4, 5, 3), (0, 3, 0, 4), (0, 5, 3, 4)),
        parts=("pluck", "bass", "drums", "pad", "bells"),
        register=60,
        space=0.18,
    ),
    "melancholic": Mood(
        name="melancholic",
        mode="aeolian",
        tempo=64,
        progressions=((0, 5, 3, 4), (0, 3, 5, 4), (0, 6, 5, 4)),
        parts=("piano", "pad", "bass"),
        register=57,
        seventh=True,
        space=0.36,
    ),
    "electronic": Mood(
        name="electronic",
        mode="aeolian",
        tempo=110,
        progressions=((0, 5, 2, 6), (0, 3, 5, 6)),
        parts=("pad", "arpeggio", "bass", "beat", "pulse"),
        register=52,
        space=0.2,
    ),
    "mysterious": Mood(
        name="mysterious",
        mode="dorian",
        tempo=74,
        progressions=((0, 3, 0, 6), (0, 1, 3, 0)),
        parts=("pad", "bells", "bass", "arpeggio"),
        register=55,
        seventh=True,
        space=0.4,
    ),
    "wintry": Mood(
        name="wintry",
        mode="lydian",
        tempo=68,
        progressions=((0, 1, 5, 0), (0, 4, 1, 5)),
        parts=("pad", "bells", "piano"),
        register=60,
        seventh=True,
        space=0.42,
    ),
    "cosmic": Mood(
        name="cosmic",
        mode="lydian",
        tempo=60,
        progressions=((0, 1, 0, 4), (0, 5, 1, 0)),
        parts=("pad", "strings", "bells", "bass"),
        register=53,
        seventh=True,
        space=0.45,
    ),
    "warm": Mood(
        name="warm",
        mode="mixolydian",
        tempo=86,
        progressions=((0, 6, 3, 0), (0, 3, 6, 3), (0, 4, 3, 0)),
        parts=("pluck", "pad", "bass", "drums", "piano"),
        register=55,
        seventh=True,
        space=0.26,
    ),
}
_SAID = {
    "calm": "calm peaceful gentle soft ambient serene relax* meditat* quiet tender lullaby soothing",
    "epic": "epic heroic orchestral trailer grand majestic triumphant powerful sweeping adventure",
    "tense": "tense tension dark suspense* ominous dramatic danger thriller menacing anxious storm* horror",
    "joyful": "joyful happy upbeat cheerful playful bright fun sunny uplifting energetic celebrat* ukulele",
    "melancholic": "melanchol* sad wistful nostalg* lonely bittersweet emotional sorrow* longing rain*",
    "electronic": "electronic synth* neon techno house edm cyber* retro electro lo-fi lofi futuristic",
    "mysterious": "myster* magical enchanted curious strange night dreamy ethereal fog*",
    "wintry": "wintry winter snow* christmas icy frost* crystal*",
    "cosmic": "cosmic space planet* stars galax* astronaut vast infinite",
    "warm": "warm romantic golden acoustic folk guitar jazz* cosy cozy hopeful inspir* sunset",
}
_BY_PLACE = {
    "city": "electronic",
    "space": "cosmic",
    "sea": "calm",
    "desert": "warm",
    "meadow": "joyful",
    "road": "warm",
    "underwater": "mysterious",
    "rails": "warm",
    "room": "warm",
    "mountains": "epic",
}


def mood_for(prompt: str) -> Mood:
    """The mood that most words of `prompt` speak for, at the tempo that it names, if it does."""
    text = f" {' '.join(re.findall(r'[a-z0-9]+', prompt.lower()))} "
    votes = {name: sum(_said(text, word) for word in words.split()) for name, words in _SAID.items()}
    best = max(votes, key=lambda name: votes[name])
    if not votes[best]:
        places = read(prompt).places
        best = _BY_PLACE.get(
            places[0] if places else "", pick(("calm", "warm", "mysterious"), "mood", prompt)
        )
    return _at_tempo(MOODS[best], text)


def _said(text: str, word: str) -> bool:
    stem = word.removesuffix("*").replace("-", " ")
    return f" {stem}" in text if word.endswith("*") else f" {stem} " in text


def _at_tempo(mood: Mood, text: str) -> Mood:
    named = re.search(r" (\d{2,3}) ?bpm ", text)
    if named:
        return evolve(mood, tempo=min(180.0, max(48.0, float(named[1]))))
    factor = (
        0.85
        if " slow " in text or " slowly " in text
        else 1.18
        if " fast " in text or " driving " in text
        else 1.0
    )
    return evolve(mood, tempo=mood.tempo * factor)
