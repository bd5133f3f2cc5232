"""What is heard: the clips, the voice over them, music under both, at the loudness that was promised."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import TransitionKind
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import SAMPLE_RATE, ClipShelf, onsets, samples_of, ticks, tone


def loudness(build: FfmpegBuild, path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of a finished file."""
    command = [build.path, "-hide_banner", "-nostats", "-i", path, "-map", "0:a"]
    command += ["-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = said[said.rindex("Summary:") :]
    found = [re.search(p, summary) for p in (r"I:\s+(-?[\d.]+) LUFS", r"Peak:\s+(-?[\d.]+) dBFS")]
    return tuple(float(f[1]) for f in found)  # type: ignore[index, return-value]


def level(sound: NDArray[np.float32], hertz: float, start_s: float, end_s: float) -> float:
    """How strong one pitch is in a stretch of sound, in dB."""
    part = sound[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    time = np.arange(len(part)) / SAMPLE_RATE
    return float(20 * np.log10(np.abs(np.mean(part * np.exp(-2j * np.pi * hertz * time))) + 1e-9))


def silent(shelf: ClipShelf, *frames: int) -> tuple[Path, ...]:
    return tuple(shelf.numbered(85, n, tick_frames=None) for n in frames)


def speech(seconds: float) -> NDArray[np.float32]:
    """A voice for tests: a tone that swells four times a second."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    swell = np.abs(np.sin(2 * np.pi * 2 * time)).astype(np.float32)
    return tone(seconds, 440) * swell


@pytest.mark.parametrize("kind", ["noise", "clicks", "quiet tone", "loud and hard", "single samples"])
async def test_the_programme_is_loud_as_promised_and_never_over_the_ceiling(
    kind: str, shelf: ClipShelf, composer: FfmpegComposer, build: FfmpegBuild, tmp_path: Path
) -> None:
    """-14 LUFS within half a unit and at most -1 dBTP after encoding; what no limiter can make as loud, since it is
    silence with a few samples in it, still keeps under the ceiling."""
    random = np.random.default_rng(7)
    sounds = {
        "noise": random.uniform(-1, 1, 4 * SAMPLE_RATE).astype(np.float32),
        "clicks": ticks(4, [n / 8 for n in range(32)]) * 1.9,
        "quiet tone": tone(4, 440, 0.01),
        "loud and hard": np.sign(tone(4, 97)) * 0.98,
        "single samples": _single(4, 24),
    }
    music = shelf.sound(sounds[kind])
    film = Film(timeline=timeline(96), clips=silent(shelf, 96))
    programme = await film.programme(composer, tmp_path, music=music)
    integrated, peak = loudness(build, programme.video)
    assert peak <= -1.0
    assert abs(integrated - -14) <= 0.5 or kind in ("clicks", "single samples")
    assert integrated < -13.5


def _single(seconds: int, every: int) -> NDArray[np.float32]:
    """One sample of full scale now and then."""
    sound = np.zeros(seconds * SAMPLE_RATE, np.float32)
    sound[:: SAMPLE_RATE // every] = 1
    return sound


async def test_a_voice_alone_is_as_loud_as_promised(
    shelf: ClipShelf, composer: FfmpegComposer, build: FfmpegBuild, tmp_path: Path
) -> None:
    """Pauses don't count: it is what is said that is measured."""
    film = Film(timeline=timeline(96, 96), clips=silent(shelf, 96, 96))
    voices = [shelf.sound(speech(3.5) * 0.2), shelf.sound(speech(2.0) * 0.2)]
    programme = await film.programme(composer, tmp_path, narrations=voices)
    integrated, peak = loudness(build, programme.video)
    assert peak <= -1.0
    assert abs(integrated - -14) <= 0.5


async def test_a_narration_that_goes_on_into_a_transition_is_heard_to_its_end(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Up to its last tick, also in the last scene; the next voice waits for it."""
    plan = timeline(48, (48, over(TransitionKind.FADE, 12)))
    voices = [shelf.sound(ticks(1.95, [0.0, 1.9])), shelf.sound(ticks(1.5, [0.3, 1.45]))]
    film = Film(timeline=plan, clips=silent(shelf, 48, 48))
    programme = await film.programme(composer, tmp_path, narrations=voices)
    found = np.array(onsets(samples_of(programme.video))) / SAMPLE_RATE
    assert len(found) == 4
    assert found[1] > 1.5
    assert found[2] > found[1] + 0.25
    assert found[3] < plan.frames / 24 - 0.02


async def test_a_programme_with_nothing_to_hear_is_silent_and_whole(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(30, 30), clips=silent(shelf, 30, 30))
    programme = await film.programme(composer, tmp_path)
    heard = samples_of(programme.video)
    assert np.abs(heard).max() < 1e-3
    assert 0 <= len(heard) - 60 * 2000 < 1024


async def test_a_narration_starts_with_its_scene(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    plan = timeline(48, (48, over(TransitionKind.FADE, 12)), 48)
    voices = [None, shelf.sound(ticks(1, [0.0, 0.5])), shelf.sound(ticks(1.2, [0.0, 0.5]))]
    film = Film(timeline=plan, clips=silent(shelf, 48, 48, 48))
    programme = await film.programme(composer, tmp_path, narrations=voices)
    starts = [plan.start_of(n) * 2000 for n in (2, 3)]
    expected = [s + d for s in starts for d in (0, SAMPLE_RATE // 2)]
    assert np.abs(np.array(onsets(samples_of(programme.video))) - expected).max() < SAMPLE_RATE / 1000


async def test_a_narration_a_little_too_long_is_fitted_to_its_last_word(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """2.2 s in a scene of 2 s: its last tick is heard, 1.1 times as early."""
    voice = shelf.sound(ticks(2.2, [0.1, 1.1, 2.15]))
    film = Film(timeline=timeline(48, 48), clips=silent(shelf, 48, 48))
    programme = await film.programme(composer, tmp_path, narrations=[voice])
    found = np.array(onsets(samples_of(programme.video))) / SAMPLE_RATE
    assert len(found) == 3
    assert np.abs(found - np.array([0.1, 1.1, 2.15]) / 1.1).max() < 0.05


async def test_a_narration_much_too_long_is_refused_by_scene(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(48, 48), clips=silent(shelf, 48, 48))
    with pytest.raises(Rejected, match="narration of scene 2") as refused:
        await film.programme(composer, tmp_path, narrations=[None, shelf.sound(tone(2.5, 440))])
    assert refused.value.field == "storyboard.scenes[2].narration"
    assert not (tmp_path / "out").exists()


async def test_music_goes_under_when_somebody_speaks(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """At least 4 dB down under the voice, and back up after it."""
    film = Film(timeline=timeline(144), clips=silent(shelf, 144))
    programme = await film.programme(
        composer, tmp_path, narrations=[shelf.sound(speech(2.5))], music=shelf.sound(tone(6, 1500))
    )
    heard = samples_of(programme.video)
    under, alone = level(heard, 1500, 1.2, 2.3), level(heard, 1500, 3.4, 4.4)
    assert alone - under > 4


async def test_music_is_repeated_without_a_seam_and_let_out_gently(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Where one end goes over into the other beginning, as much is heard as elsewhere."""
    film = Film(timeline=timeline(192), clips=silent(shelf, 192))
    random = np.random.default_rng(3)
    noise = random.uniform(-0.3, 0.3, round(2.3 * SAMPLE_RATE)).astype(np.float32)
    heard = samples_of((await film.programme(composer, tmp_path, music=shelf.sound(noise))).video)
    tenths = heard[: 80 * 4800].reshape(80, 4800)
    power = 10 * np.log10((tenths**2).mean(axis=1) + 1e-9)
    assert np.ptp(power[12:54]) < 1.5
    assert power[0] < power[20] - 6
    assert power[-1] < power[20] - 12


async def test_the_sound_of_clips_is_crossfaded_with_their_pictures(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """In the middle of the fade both are heard, each about half as strong; beyond it only one."""
    low, high = (
        shelf.made(
            *("-f", "lavfi", "-i", "color=gray:s=160x96:r=24:d=2"),
            *("-f", "lavfi", "-i", f"sine=f={f}:d=2", "-shortest"),
        )
        for f in (400, 2500)
    )
    film = Film(timeline=timeline(48, (48, over(TransitionKind.FADE, 24))), clips=(low, high))
    heard = samples_of((await film.programme(composer, tmp_path)).video)
    alone, mixed, gone = (level(heard, 400, a, a + 0.1) for a in (0.5, 1.45, 2.2))
    assert mixed - alone == pytest.approx(-6, abs=2)
    assert gone < alone - 40
    assert level(heard, 2500, 1.45, 1.55) == pytest.approx(level(heard, 2500, 2.5, 2.6) - 6, abs=2)


async def test_footage_in_the_place_of_music_is_refused(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(24), clips=silent(shelf, 24))
    with pytest.raises(Rejected, match="the music holds no sound"):
        await film.programme(composer, tmp_path, music=silent(shelf, 24)[0])
