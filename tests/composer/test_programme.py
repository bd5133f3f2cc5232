"""A finished programme is the timeline: every frame, every tick of sound, every tag."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from attrs import evolve
from av.stream import Disposition

from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.captions import Cue
from omnigen.domain.chapters import Chapter
from omnigen.domain.errors import Transient
from omnigen.domain.storyboard import TransitionKind
from omnigen.domain.timeline import Canvas, Timeline
from omnigen.ports.composer import Clash, Programme
from tests.composer.scenes import Film, names_in, over, timeline
from tests.fixtures.clips import SAMPLE_RATE, ClipShelf, ffmpeg, frames_of, numbers, onsets, samples_of

TICKS = (12, 36)
"""Frames of each clip on which a tick begins."""


def film(shelf: ClipShelf, plan: Timeline) -> Film:
    """Numbered clips at least as long as their scenes, each with its ticks."""
    clips = tuple(
        shelf.numbered(85 if c.number % 2 else 170, 61, rate=plan.rate, tick_frames=TICKS) for c in plan.clips
    )
    return Film(timeline=plan, clips=clips, canvas=Canvas(width=160, height=96, rate=plan.rate))


def pure_frames(plan: Timeline) -> dict[int, tuple[int, int]]:
    """Programme frames that show one clip alone: its number code and its own frame."""
    pure = {}
    for segment in plan.segments():
        for n in range(segment.overlap, segment.frames):
            pure[segment.start + n] = (85 if segment.number % 2 else 170, n)
    return pure


TITLE = "Über: 'x' = \"y\", [z];"
FADES = timeline(
    53, (61, over(TransitionKind.FADE, 7)), (58, over(TransitionKind.SLIDE_LEFT, 11)), 49, rate=24
)


@pytest.fixture(scope="module")
def programme(shelf: ClipShelf, build: FfmpegBuild, tmp_path_factory: pytest.TempPathFactory) -> Programme:
    folder = tmp_path_factory.mktemp("programme")
    composer = FfmpegComposer(build, folder / "work", 2)
    return asyncio.run(film(shelf, FADES).programme(composer, folder, title=TITLE))


def test_every_frame_and_every_tick_is_in_its_place(programme: Programme) -> None:
    """Odd lengths, two transitions and a cut: no frame off, no tick off by more than a millisecond."""
    shown = frames_of(programme.video)
    assert len(shown) == FADES.frames == programme.frames
    assert {n: numbers(shown[n]) for n in pure_frames(FADES)} == pure_frames(FADES)
    expected = [(FADES.start_of(c.number) + tick) * SAMPLE_RATE / 24 for c in FADES.clips for tick in TICKS]
    found = onsets(samples_of(programme.video))
    assert np.abs(np.array(found) - expected).max() < SAMPLE_RATE / 1000


def test_the_file_is_what_players_want(programme: Programme) -> None:
    """H.264 High, yuv420p, bt709, AAC 48 kHz stereo, index first, titled, no clock inside."""
    with av.open(str(programme.video)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        context = picture.codec_context
        assert (context.name, context.profile, context.pix_fmt) == ("h264", "High", "yuv420p")
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (
            1,
            1,
            1,
            1,
        )
        assert (sound.codec_context.name, sound.codec_context.sample_rate, sound.channels) == (
            "aac",
            48_000,
            2,
        )
        assert picture.average_rate == 24
        assert sound.duration * sound.time_base == picture.duration * picture.time_base
        assert container.metadata["title"] == TITLE
        assert "creation_time" not in container.metadata
    data = programme.video.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_poster_is_a_picture_of_the_programme(programme: Programme) -> None:
    with av.open(str(programme.poster)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="gray").astype(float)
    assert picture.shape == (96, 160)
    assert picture.mean() > 60
    assert numbers(picture)[0] in (85, 170)


async def test_the_poster_is_not_the_black_beginning(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    black = shelf.made("-f", "lavfi", "-i", "color=black:s=160x96:r=24:d=2", "-pix_fmt", "yuv420p")
    mixed = Film(timeline=timeline(48, 24), clips=(black, shelf.numbered(85, 24)))
    programme = await mixed.programme(composer, tmp_path)
    with av.open(str(programme.poster)) as container:
        assert next(container.decode(video=0)).to_ndarray(format="gray").mean() > 60


async def test_black_footage_gets_a_poster_all_the_same(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    black = shelf.made("-f", "lavfi", "-i", "color=black:s=160x96:r=24:d=2", "-pix_fmt", "yuv420p")
    programme = await Film(timeline=timeline(24), clips=(black,)).programme(composer, tmp_path)
    assert programme.poster.stat().st_size > 0


@pytest.mark.parametrize("rate", [30, 23])
async def test_other_rates_are_exact_too(
    rate: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """At 23 a frame has no whole number of samples; sound and picture end together all the same."""
    plan = timeline(29, (31, over(TransitionKind.FADE, 9)), 23, rate=rate)
    programme = await film(shelf, plan).programme(composer, tmp_path)
    shown = frames_of(programme.video)
    assert {n: numbers(shown[n]) for n in pure_frames(plan)} == pure_frames(plan)
    assert len(shown) == plan.frames


async def test_captions_lie_beside_the_video(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    cues = (Cue(start=12, frames=12, text="Fish & chips"),)
    programme = await film(shelf, timeline(30)).programme(composer, tmp_path, cues=cues)
    assert programme.captions is not None
    assert programme.captions.read_text() == ("WEBVTT\n\n00:00:00.500 --> 00:00:01.000\nFish &amp; chips\n")


CUES = (
    Cue(start=0, frames=12, text="Fish & chips,\ntwice"),
    Cue(start=12, frames=10, text="<ja>"),
    Cue(start=40, frames=8, text="Größe"),
)
PARTS = (Chapter(start=0, frames=24, title="Über"), Chapter(start=24, frames=24, title="Two; 'x'"))


async def joined(shelf: ClipShelf, composer: FfmpegComposer, folder: Path, **told: Any) -> Programme:
    plan = film(shelf, timeline(24, 24))
    segments, sound = await plan.segments(composer, folder), await plan.sound(composer, folder)
    return await composer.join(evolve(plan.render(segments, sound), **told), folder / "out")


def track_of(build: FfmpegBuild, video: Path) -> str:
    """The track of captions, as SubRip."""
    command = [build.path, "-v", "error", "-i", video, "-map", "0:s:0", "-f", "srt", "-"]
    return (
        subprocess.run(command, capture_output=True, check=True).stdout.decode().replace("\r\n", "\n").strip()
    )


async def test_captions_are_a_track_and_scenes_are_chapters(
    shelf: ClipShelf, composer: FfmpegComposer, build: FfmpegBuild, tmp_path: Path
) -> None:
    """FFmpeg reads both back to the frame; captions have their language, and wait until they are asked for."""
    programme = await joined(shelf, composer, tmp_path, cues=CUES, language="deu", chapters=PARTS)
    assert programme.captions_srt is not None
    assert track_of(build, programme.video) == programme.captions_srt.read_text(encoding="utf-8").strip()
    with av.open(str(programme.video)) as container:
        (captions,) = container.streams.subtitles
        assert captions.metadata["language"] == "deu"
        assert not captions.disposition & Disposition.default
        assert [s.disposition for s in (*container.streams.video, *container.streams.audio)] == [
            Disposition.default
        ] * 2
        assert [(c["start"] * c["time_base"], c["metadata"]["title"]) for c in container.chapters()] == [
            (0, "Über"),
            (1, "Two; 'x'"),
        ]
    assert len(frames_of(programme.video)) == 48


async def test_captions_in_the_picture_are_not_in_a_track_too(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """They would be seen twice; the files beside the video are there all the same."""
    programme = await joined(shelf, composer, tmp_path, cues=CUES, burned=True)
    assert programme.captions_srt is not None
    with av.open(str(programme.video)) as container:
        assert not container.streams.subtitles


async def test_texts_don_t_change_what_is_seen_and_heard(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """The same pictures, the same samples, and the same bytes each time."""
    bare = await joined(shelf, composer, tmp_path / "bare")
    one, two = [
        await joined(shelf, composer, tmp_path / n, cues=CUES, chapters=PARTS, language="eng")
        for n in ("one", "two")
    ]
    assert one.video.read_bytes() == two.video.read_bytes()
    assert np.array_equal(samples_of(bare.video), samples_of(one.video))
    assert np.array_equal(frames_of(bare.video), frames_of(one.video))


async def test_the_same_inputs_give_the_same_bytes(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    plan = film(shelf, timeline(24, (24, over(TransitionKind.FADE, 6))))
    segments = await plan.segments(composer, tmp_path)
    sounds = [await plan.sound(composer, tmp_path / n) for n in ("one", "two")]
    one, two = [await composer.join(plan.render(segments, s), s.parent) for s in sounds]
    assert one.video.read_bytes() == two.video.read_bytes()
    assert one.poster.read_bytes() == two.poster.read_bytes()


def test_nothing_but_the_programme_is_left(programme: Programme) -> None:
    out = programme.video.parent
    assert names_in(out) == {"video.mp4", "poster.jpg", "sprites.jpg", "sprites.vtt"}
    assert names_in(out.parent / "work") == set()


async def test_a_segment_of_another_encoder_is_not_joined(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Same size, same frames, other parameters under the same numbers: a join would show garbage from there on."""
    plan = film(shelf, timeline(24, 24))
    one, two = await plan.segments(composer, tmp_path)
    other = tmp_path / "other.mp4"
    numbered = ("-x264-params", "sps-id=31:ref=5")
    ffmpeg("-i", two, "-c:v", "libx264", "-profile:v", "high", *numbered, "-color_range", "tv", other)
    with pytest.raises(Clash, match="scenes"):
        await composer.join(plan.render((one, other), await plan.sound(composer, tmp_path)), tmp_path / "out")
    assert not (tmp_path / "out").exists()


async def test_a_segment_of_the_wrong_length_is_not_joined(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path, work_dir: Path
) -> None:
    plan = film(shelf, timeline(24, 24))
    segments = await plan.segments(composer, tmp_path)
    longer = Film(timeline=timeline(24, 30), clips=plan.clips, canvas=plan.canvas)
    sound = await plan.sound(composer, tmp_path)
    with pytest.raises(Transient, match="scene 2 came out wrong: frames is 24, not 30"):
        await composer.join(longer.render(segments, sound), tmp_path / "out")
    assert names_in(work_dir) == set()
