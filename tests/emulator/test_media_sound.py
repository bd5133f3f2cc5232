"""Speech, music and the sound of places: as long as asked for, never clipped, in the mood of the words."""

from __future__ import annotations

import socket
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from emulator.media import render_music, render_speech
from emulator.media.ambience import ambience
from emulator.media.encode import SAMPLE_RATE
from emulator.media.moods import MODES, mood_for
from emulator.media.music import compose
from emulator.media.speech import VOICES, voice_named


def seconds(path: Path) -> float:
    with av.open(str(path)) as file:
        return sum(frame.samples / frame.rate for frame in file.decode(audio=0))


def test_speech_grows_with_its_text_and_shrinks_with_speed(tmp_path: Path) -> None:
    """Longer texts take longer, faster voices less, and there is no silence around them."""
    short, long, fast = (tmp_path / name for name in ("short.wav", "long.wav", "fast.wav"))
    text = "The storm rolls in from the west, and one by one the boats come home."
    render_speech(short, text="The storm.", voice="narrator")
    render_speech(long, text=text, voice="narrator")
    render_speech(fast, text=text, voice="narrator", speed=1.5)
    assert seconds(long) > 2.5 * seconds(short)
    assert seconds(fast) == pytest.approx(seconds(long) / 1.5, rel=0.12)
    with wave.open(str(long)) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
    loud = np.flatnonzero(np.abs(pcm) > 0.02)
    assert loud[0] < 0.15 * 24_000
    assert len(pcm) - loud[-1] < 0.15 * 24_000
    assert 0.5 < np.abs(pcm).max() < 0.95


def test_voices_differ_but_keep_their_pace(tmp_path: Path) -> None:
    """At least two voices: the deep one is another sound of nearly the same length."""
    high, low = tmp_path / "high.wav", tmp_path / "low.wav"
    for path, voice in ((high, "Lively_Girl"), (low, "Deep_Voice_Man")):
        render_speech(path, text="One by one the boats come home.", voice=voice)
    assert high.read_bytes() != low.read_bytes()
    assert seconds(low) == pytest.approx(seconds(high), rel=0.25)


def test_voice_names_find_a_voice() -> None:
    """Hints in a name decide; any other name always gets the same voice."""
    assert voice_named("Deep_Voice_Man") == VOICES["low"]
    assert voice_named("Friendly_Woman") == VOICES["narrator"]
    assert voice_named("xyz-17") == voice_named("XYZ-17")


def test_speech_needs_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With every socket refused, a voice that the package would have to download still speaks."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("speech opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)
    render_speech(tmp_path / "speech.mp3", text="Hello there.", voice="fenrir")
    assert seconds(tmp_path / "speech.mp3") > 0.4


def test_speech_repeats_and_survives_empty_text(tmp_path: Path) -> None:
    """The same bytes again; nothing to say is a short silence, not an error."""
    for name in ("a.wav", "b.wav"):
        render_speech(tmp_path / name, text="Home.", voice="a")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    render_speech(tmp_path / "empty.wav", text="...", voice="a")
    assert seconds(tmp_path / "empty.wav") > 0


@pytest.mark.parametrize(
    ("prompt", "mood", "minor"),
    [
        ("calm ambient piano", "calm", False),
        ("epic orchestral trailer", "epic", True),
        ("a storm, dark and tense", "tense", True),
        ("joyful upbeat ukulele", "joyful", False),
        ("neon city synthwave", "electronic", True),
        ("sad and nostalgic", "melancholic", True),
    ],
)
def test_mood_follows_the_words(prompt: str, mood: str, *, minor: bool) -> None:
    """Major or minor is in the scale's third."""
    found = mood_for(prompt)
    assert found.name == mood
    assert (MODES[found.mode][2] == 3) is minor


def test_tempo_follows_the_words() -> None:
    """Joy is faster than calm, slow is slower, and a named tempo is kept."""
    assert mood_for("joyful").tempo > mood_for("calm").tempo + 30
    assert mood_for("slow joyful").tempo < mood_for("joyful").tempo < mood_for("fast joyful").tempo
    assert mood_for("house at 126 bpm").tempo == 126


def test_music_is_exact_repeats_and_never_clips(tmp_path: Path) -> None:
    """To the sample, stereo, the same bytes, peaks below full scale, another seed another piece."""
    piece, again, other = (compose("epic adventure", seed, 3.3) for seed in (1, 1, 2))
    assert piece.shape == (round(3.3 * SAMPLE_RATE), 2)
    assert np.array_equal(piece, again)
    assert not np.allclose(piece, other)
    assert 0.2 < np.abs(piece).max() <= 0.8
    assert np.abs(piece[:, 0] - piece[:, 1]).max() > 0.01
    assert max(np.abs(piece[0]).max(), np.abs(piece[-1]).max()) < 0.01
    for name in ("a.mp3", "b.mp3"):
        render_music(tmp_path / name, prompt="calm", seed=1, seconds=2)
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()
    assert seconds(tmp_path / "a.mp3") == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize(
    "prompt",
    ["", "storm at sea", "forest birds at dawn", "city rain", "campfire", "space", "train", "night forest"],
)
def test_places_have_a_quiet_sound(prompt: str) -> None:
    """Audible, far from clipping, exact in length, and the same again."""
    sound = ambience(prompt, 3, 1.25)
    assert sound.shape == (60_000, 2)
    assert 0.02 < float(np.sqrt(np.mean(sound**2))) < 0.09
    assert np.abs(sound).max() < 0.9
    assert np.array_equal(sound, ambience(prompt, 3, 1.25))
